//! How panes stand, as a table that fits the width: what tells panes apart is never shortened.

use std::time::Duration;

use crate::layout::{Address, Until};
use crate::status::{LayoutStatus, PaneStatus, Reason, State, Wanted};
use crate::view::look::standing::tone;
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, cut, fitted, padded, width, wrapped};
use crate::view::text::printable::{Printable, printable};
use crate::view::text::words;

const HEADINGS: [&str; 6] = ["ADDRESS", "STATE", "SINCE", "PID", "RUNS", "WHY"];
/// The columns that give way where there is no room.
const RUNS: usize = 4;
const WHY: usize = 5;
/// What they keep.
const ROOM_MIN: usize = 8;
/// The cells between two columns.
const GAP: usize = 2;

/// The table of each layout. `place` says where the server is.
pub fn text(layouts: &[LayoutStatus], place: &str, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let panes: Vec<&PaneStatus> = layouts.iter().flat_map(|layout| &layout.panes).collect();
    if panes.is_empty() {
        let nothing = wrapped(&nothing(layouts, place), look.width, 0);
        return printable!("{}\n", nothing);
    }
    let widths = widths(&panes, look.width);
    let mut out = Printable::default();
    let headings = line(&HEADINGS.map(str::to_owned), &widths);
    let headings = cut(headings.trim_end(), look.width);
    out.push(printable!("{}\n", paint.paint(Tone::Faint, headings)));
    for layout in layouts.iter().filter(|layout| !layout.panes.is_empty()) {
        if layouts.len() > 1 {
            let name = layout
                .layout
                .as_deref()
                .unwrap_or("of a layout that is gone");
            let manifest = layout.manifest.as_deref().unwrap_or_default();
            let room = look.width.saturating_sub(width(name) + GAP);
            let manifest = paint.paint(Tone::Faint, fitted(manifest, room.max(ROOM_MIN)));
            let heading = printable!("{}  {}", paint.paint(Tone::Strong, name), manifest);
            out.push(printable!("{}\n", heading.trim_end()));
        }
        for pane in &layout.panes {
            out.push(row(pane, &widths, look));
        }
    }
    out.push(foot(layouts, look));
    out
}

fn nothing(layouts: &[LayoutStatus], place: &str) -> String {
    match layouts {
        [
            LayoutStatus {
                layout: Some(layout),
                ..
            },
        ] => format!("nothing of `{layout}` runs on {}", server(place)),
        _ => format!("no layout of triad runs on {}", server(place)),
    }
}

/// A server in a sentence: by the flags that name it, or as the default one.
fn server(place: &str) -> String {
    if place.starts_with('-') {
        format!("the server of {place}")
    } else {
        format!("the {place}")
    }
}

/// What else there is in the sessions.
fn foot(layouts: &[LayoutStatus], look: Look) -> Printable {
    let foreign: usize = layouts.iter().map(|layout| layout.foreign).sum();
    if foreign == 0 {
        return Printable::default();
    }
    let text = format!(
        "and {} that triad did not make",
        words::count(foreign, "pane")
    );
    let text = wrapped(&text, look.width, 0);
    let paint = Paint { color: look.color };
    printable!("{}\n", paint.paint(Tone::Faint, text))
}

fn cells(pane: &PaneStatus) -> [String; 6] {
    [
        pane.address.to_string(),
        pane.standing.state.as_str().to_owned(),
        pane.standing.since.map(since).unwrap_or_default(),
        pane.pid.map(|pid| pid.to_string()).unwrap_or_default(),
        pane.runs.clone().unwrap_or_default(),
        why(pane),
    ]
}

/// The widths of the columns: as wide as what stands in them, until the last two have to share.
fn widths(panes: &[&PaneStatus], total: usize) -> [usize; 6] {
    let mut widths = HEADINGS.map(width);
    for pane in panes {
        for (widest, cell) in std::iter::zip(&mut widths, cells(pane)) {
            *widest = (*widest).max(width(&fitted(&cell, usize::MAX)));
        }
    }
    let fixed: usize = widths[..RUNS].iter().map(|width| width + GAP).sum();
    let room = total.saturating_sub(fixed + GAP).max(2 * ROOM_MIN);
    if widths[RUNS] + widths[WHY] > room {
        // The reason gets the larger part, and each what the other does not need.
        let share = (room / 3).max(ROOM_MIN);
        let runs = widths[RUNS].min(share.max(room.saturating_sub(widths[WHY])));
        widths[RUNS] = runs;
        widths[WHY] = widths[WHY].min(room - runs);
    }
    widths
}

fn line(cells: &[String; 6], widths: &[usize; 6]) -> String {
    let cells = std::iter::zip(cells, widths);
    let cells = cells.map(|(cell, width)| padded(&fitted(cell, *width), *width));
    cells.collect::<Vec<_>>().join(&" ".repeat(GAP))
}

fn row(pane: &PaneStatus, widths: &[usize; 6], look: Look) -> Printable {
    let line = line(&cells(pane), widths);
    let line = cut(line.trim_end(), look.width);
    let state = pane.standing.state.as_str();
    let before = widths[0] + GAP;
    // The address is as wide as its column or padded with blanks: the state stands right behind.
    let at = line.char_indices().map(|(at, _)| at);
    let at = at
        .chain([line.len()])
        .find(|&at| width(&line[..at]) >= before);
    let painted = at.filter(|&at| line[at..].starts_with(state)).map(|at| {
        let painted = Paint { color: look.color }.paint(tone(pane.standing.state), state);
        let (before, after) = (&line[..at], &line[at + state.len()..]);
        printable!("{}{}{}\n", before, painted, after)
    });
    painted.unwrap_or_else(|| printable!("{}\n", line))
}

/// A time as people say it, in its largest unit: `12s`, `4m`, `3h`, `2d`.
pub fn since(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// Why a pane stands as it does.
pub fn why(pane: &PaneStatus) -> String {
    let mut parts = Vec::new();
    match &pane.standing.reason {
        Reason::NotThere => parts.push("`triad apply` makes it".to_owned()),
        Reason::NotStarted => parts.push("not started yet".to_owned()),
        Reason::Needs(needs) => {
            let needs = needs.iter();
            let needs: Vec<String> = needs.map(|(target, until)| need(target, *until)).collect();
            parts.push(format!("until {}", needs.join(", ")));
        }
        Reason::Probes(probes) => {
            let probes: Vec<String> = probes.iter().map(ToString::to_string).collect();
            parts.push(format!("until {}", probes.join(", ")));
        }
        Reason::Answer(answer) => parts.push(answer.clone()),
        Reason::Runs => {}
        Reason::Ended(exit) => parts.push(exit.to_string()),
        Reason::GivenUp(exit) => {
            let times = words::count(to_usize(pane.restarts), "restart");
            parts.push(format!("failed after {times}: {exit}"));
        }
        Reason::Stopped(_) => parts.push("stopped by `triad stop`".to_owned()),
        Reason::Interrupted => {
            parts.push("ended by a run that was interrupted; `triad apply` starts it".to_owned());
        }
    }
    parts.extend(restarts(pane));
    parts.extend(pane.has_shell.then(|| "a shell took its place".to_owned()));
    let is_up = pane.standing.state.is_up();
    parts.extend(pane.says.as_ref().filter(|_| is_up).cloned());
    match &pane.wanted {
        Wanted::No => parts.push("not in the manifest".to_owned()),
        Wanted::At(address) => parts.push(format!("in the manifest it is {address}")),
        Wanted::Unknown | Wanted::AsItIs => {}
    }
    parts.join("; ")
}

fn restarts(pane: &PaneStatus) -> Option<String> {
    match (pane.standing.state, &pane.standing.reason) {
        (State::Restarting, _) => {
            let max = pane.restarts_max?;
            Some(format!("restart {} of {max}", pane.restarts))
        }
        (State::Failed, Reason::GivenUp(_)) => None,
        (state, _) if pane.restarts > 0 && (state.is_running() || state == State::Failed) => {
            let times = words::count(to_usize(pane.restarts), "restart");
            Some(format!("after {times}"))
        }
        _ => None,
    }
}

fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What a pane waits for: `db is ready`.
fn need(target: &Address, until: Until) -> String {
    let name = target.name();
    match until {
        Until::Started => format!("{name} is started"),
        Until::Ready => format!("{name} is ready"),
        Until::ExitedOk => format!("{name} has succeeded"),
        Until::Exited => format!("{name} has ended"),
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
