//! The states of panes, as a table that fits the width: the parts that distinguish panes are never
//! shortened.

use std::time::Duration;

use crate::status::{LayoutStatus, PaneStatus};
use crate::view::look::standing::{tone, why};
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, cut, fitted, padded, width, wrapped};
use crate::view::text::printable::{Piece, Printable, printable};
use crate::view::text::words;

const HEADINGS: [&str; 6] = ["ADDRESS", "STATE", "SINCE", "PID", "RUNS", "WHY"];
/// The columns that shrink if there is too little room.
const RUNS: usize = 4;
const WHY: usize = 5;
/// Their smallest width.
const ROOM_MIN: usize = 8;
/// The cells between two columns.
const GAP: usize = 2;

/// Returns the table of each layout. `place` is the place of the server.
pub fn text(layouts: &[LayoutStatus], place: &str, look: Look) -> Printable {
    let lines = lines(layouts, place, look);
    Printable::join(lines.iter().map(|line| &line.text), &printable!("\n"))
}

/// Returns the same for a screen with this number of rows, the most urgent panes first, and the
/// number of panes that do not fit.
pub fn screen(layouts: &[LayoutStatus], place: &str, look: Look, rows: usize) -> Printable {
    let mut layouts = layouts.to_vec();
    for layout in &mut layouts {
        layout.panes.sort_by_key(|pane| pane.standing.urgency());
    }
    layouts.sort_by_key(|layout| layout.panes.first().map(|pane| pane.standing.urgency()));
    let mut lines = lines(&layouts, place, look);
    if lines.len() > rows {
        let hidden = lines.split_off(rows.saturating_sub(1));
        let hidden = hidden.iter().filter(|line| line.is_pane).count();
        let text = format!("and {}; q quits", words::count(hidden, "more pane"));
        let paint = Paint { color: look.color };
        lines.push(Line {
            is_pane: false,
            text: paint.paint(Tone::Faint, fitted(&text, look.width)),
        });
    }
    Printable::join(lines.iter().map(|line| &line.text), &printable!("\n"))
}

/// A line of a table.
struct Line {
    is_pane: bool,
    text: Printable,
}

fn lines(layouts: &[LayoutStatus], place: &str, look: Look) -> Vec<Line> {
    let line = |text: Printable| Line {
        is_pane: false,
        text,
    };
    let paint = Paint { color: look.color };
    if layouts.iter().all(|layout| layout.panes.is_empty()) {
        return vec![line(wrapped(&nothing(layouts, place), look.width, 0))];
    }
    let layouts: Vec<&LayoutStatus> = layouts.iter().collect();
    let (rows, widths) = rows(&layouts, look.width);
    let headings = self::line(&HEADINGS.map(str::to_owned), &widths);
    let headings = cut(headings.trim_end(), look.width);
    let mut out = vec![line(paint.paint(Tone::Faint, headings))];
    for (layout, rows) in std::iter::zip(&layouts, rows) {
        if layouts.len() > 1 && !layout.panes.is_empty() {
            out.push(line(heading(layout, look)));
        }
        for (pane, cells) in std::iter::zip(&layout.panes, rows) {
            out.push(Line {
                is_pane: true,
                text: row(pane, &cells, &widths, look),
            });
        }
    }
    out.extend(foot(&layouts, look).map(line));
    out
}

/// Returns the name of one of several layouts, and its manifest.
fn heading(layout: &LayoutStatus, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let name = layout.layout.as_deref();
    let name = name.unwrap_or("a layout that is gone");
    let manifest = layout.manifest.as_deref().unwrap_or_default();
    let room = look.width.saturating_sub(width(name) + GAP);
    let manifest = paint.paint(Tone::Faint, fitted(manifest, room.max(ROOM_MIN)));
    let heading = printable!("{}  {}", paint.paint(Tone::Strong, name), manifest);
    heading.trim_end().into_printable()
}

fn nothing(layouts: &[LayoutStatus], place: &str) -> String {
    match layouts {
        [
            LayoutStatus {
                layout: Some(layout),
                ..
            },
        ] => format!("no pane of `{layout}` runs on {}", server(place)),
        _ => format!("no layout runs on {}", server(place)),
    }
}

/// Returns the words for a server in a sentence: by its flags, or as the default one.
fn server(place: &str) -> String {
    if place.starts_with('-') {
        format!("the server {place}")
    } else {
        format!("the {place}")
    }
}

/// Returns the number of other panes in the sessions.
fn foot(layouts: &[&LayoutStatus], look: Look) -> Option<Printable> {
    let foreign: usize = layouts.iter().map(|layout| layout.foreign).sum();
    if foreign == 0 {
        return None;
    }
    let text = format!(
        "and {} that triad did not create",
        words::count(foreign, "pane")
    );
    let text = wrapped(&text, look.width, 0);
    let paint = Paint { color: look.color };
    Some(paint.paint(Tone::Faint, text))
}

type Cells = [String; 6];

fn cells(pane: &PaneStatus, address: String) -> Cells {
    [
        address,
        pane.standing.state.as_str().to_owned(),
        pane.standing.since.map(since).unwrap_or_default(),
        pane.pid.map(|pid| pid.to_string()).unwrap_or_default(),
        pane.runs.clone().unwrap_or_default(),
        why(pane),
    ]
}

/// Returns the cells of each layout's panes, and the widths of the columns. If they do not fit, the
/// common part of a layout's addresses is shortened first.
fn rows(layouts: &[&LayoutStatus], total: usize) -> (Vec<Vec<Cells>>, [usize; 6]) {
    let of = |shown: fn(&LayoutStatus) -> Vec<String>| {
        let rows = layouts.iter().map(|layout| {
            let panes = std::iter::zip(&layout.panes, shown(layout));
            let rows: Vec<Cells> = panes.map(|(pane, address)| cells(pane, address)).collect();
            rows
        });
        let rows: Vec<Vec<Cells>> = rows.collect();
        let widths = widths(rows.iter().flatten());
        (rows, widths)
    };
    let (rows, widths) = of(addresses);
    if widths.iter().sum::<usize>() + GAP * WHY <= total {
        return (rows, widths);
    }
    let (rows, widths) = of(short_addresses);
    (rows, within(widths, total))
}

fn addresses(layout: &LayoutStatus) -> Vec<String> {
    let panes = layout.panes.iter();
    panes.map(|pane| pane.address.to_string()).collect()
}

/// Returns the addresses without the session, or the session and the window, that all panes are in.
fn short_addresses(layout: &LayoutStatus) -> Vec<String> {
    let addresses = addresses(layout);
    let start = |parts: usize| {
        let first = addresses.first()?;
        let ends = first.match_indices('/').map(|(at, _)| at + 1);
        let start = &first[..ends.into_iter().nth(parts - 1)?];
        addresses
            .iter()
            .all(|other| other.starts_with(start))
            .then_some(start)
    };
    let Some(start) = start(2).or_else(|| start(1)) else {
        return addresses;
    };
    let short = addresses
        .iter()
        .map(|address| format!("…/{}", &address[start.len()..]));
    short.collect()
}

/// Returns the widths of the columns: those of the widest cells.
fn widths<'a>(rows: impl Iterator<Item = &'a Cells>) -> [usize; 6] {
    let mut widths = HEADINGS.map(width);
    for cells in rows {
        for (widest, cell) in std::iter::zip(&mut widths, cells) {
            *widest = (*widest).max(width(&fitted(cell, usize::MAX)));
        }
    }
    widths
}

/// Returns the same if the last two columns have to share the room that is left.
fn within(mut widths: [usize; 6], total: usize) -> [usize; 6] {
    let fixed: usize = widths[..RUNS].iter().map(|width| width + GAP).sum();
    let room = total.saturating_sub(fixed + GAP).max(2 * ROOM_MIN);
    if widths[RUNS] + widths[WHY] > room {
        // The reason gets the larger part, and each column gets the room that the other does not
        // need.
        let share = (room / 3).max(ROOM_MIN);
        let runs = widths[RUNS].min(share.max(room.saturating_sub(widths[WHY])));
        widths[RUNS] = runs;
        widths[WHY] = widths[WHY].min(room - runs);
    }
    widths
}

fn line(cells: &Cells, widths: &[usize; 6]) -> String {
    let cells = std::iter::zip(cells, widths);
    let cells = cells.map(|(cell, width)| padded(&fitted(cell, *width), *width));
    cells.collect::<Vec<_>>().join(&" ".repeat(GAP))
}

fn row(pane: &PaneStatus, cells: &Cells, widths: &[usize; 6], look: Look) -> Printable {
    let line = line(cells, widths);
    let line = cut(line.trim_end(), look.width);
    let state = pane.standing.state.as_str();
    let before = widths[0] + GAP;
    // The address fills its column, so the state begins right after it.
    let at = line.char_indices().map(|(at, _)| at);
    let at = at
        .chain([line.len()])
        .find(|&at| width(&line[..at]) >= before);
    let painted = at.filter(|&at| line[at..].starts_with(state)).map(|at| {
        let painted = Paint { color: look.color }.paint(tone(pane.standing.state), state);
        let (before, after) = (&line[..at], &line[at + state.len()..]);
        printable!("{}{}{}", before, painted, after)
    });
    painted.unwrap_or_else(|| printable!("{}", line))
}

/// Returns a time in its largest unit: `12s`, `4m`, `3h`, `2d`.
pub fn since(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_largest_unit() {
        for (seconds, expected) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_599, "59m"),
            (3_600, "1h"),
            (86_399, "23h"),
            (86_400, "1d"),
            (u64::MAX, "213503982334601d"),
        ] {
            assert_eq!(since(Duration::from_secs(seconds)), expected);
        }
    }
}
