//! Reads the screens of panes, or all that they have shown, in one tmux process.

use std::collections::BTreeMap;

use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::question::unescaped;
use crate::tmux::server::{Server, ServerError};
use crate::tmux::styled::{Reader, Row};
use crate::tmux::version::Version;

/// The record before the state of a pane, after the nonce.
const STATE: &str = "state";
/// The record before the rows of a pane.
const ROWS: &str = "rows";
/// The record at the end of the answer.
const END: &str = "end";

/// What is read, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The scrollback, too.
    pub with_history: bool,
    /// Whether rows that tmux wrapped are one line again.
    pub joins_lines: bool,
}

/// The screen of a pane at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    pub columns: usize,
    pub rows: usize,
    pub cursor: Cursor,
    /// Whether a program has the whole screen for itself.
    pub is_alternate: bool,
    /// Whether its program has ended.
    pub is_dead: bool,
    /// The number of rows of scrollback that it has.
    pub history: usize,
    pub title: String,
    /// The screen, after the scrollback if that was asked for.
    pub lines: Vec<Row>,
}

/// The cursor, counted from the top left corner of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub column: usize,
    pub row: usize,
    pub is_visible: bool,
}

/// Reads panes, as many as possible with one process. A pane that is gone by now is not in the answer.
///
/// # Errors
/// Returns an error if tmux cannot be run or does not answer.
pub async fn capture(
    server: &Server,
    id: ServerId,
    panes: &[PaneId],
    extent: Extent,
    nonce: &str,
) -> Result<BTreeMap<PaneId, Capture>, ServerError> {
    let mut all = BTreeMap::new();
    for part in panes.chunks(PANES_MAX) {
        let mut left = part.to_vec();
        while !left.is_empty() {
            let commands = commands(&left, extent, nonce);
            let words: Vec<&str> = commands.iter().map(String::as_str).collect();
            let output = server.query(&words).await?;
            let answer = read(&output.stdout, id, nonce);
            all.extend(answer.captures);
            // tmux stops at a pane that is gone: those after it are read again.
            match answer.stopped_at {
                None => break,
                Some(gone) => {
                    let at = left.iter().position(|pane| *pane == gone);
                    left.drain(..=at.unwrap_or(left.len() - 1));
                }
            }
        }
    }
    Ok(all)
}

/// How many panes are read with one process: tmux 3.7 takes at most 1,000 arguments.
const PANES_MAX: usize = 60;

/// The fields of the state, the text of others last.
const FORMAT: [&str; 13] = [
    "#{pid}",
    "#{start_time}",
    "#{pane_id}",
    "#{version}",
    "#{pane_width}",
    "#{pane_height}",
    "#{cursor_x}",
    "#{cursor_y}",
    "#{cursor_flag}",
    "#{alternate_on}",
    "#{pane_dead}",
    "#{history_size}",
    "#{pane_title}",
];

/// Returns the commands that read panes. All of them only read.
fn commands(panes: &[PaneId], extent: Extent, nonce: &str) -> Vec<String> {
    let ids: String = panes.iter().map(|pane| format!("{pane} ")).collect();
    let filter = format!("#{{m:* #{{pane_id}} *, {ids}}}");
    let format = format!("{nonce} {STATE} {}", FORMAT.join("\t"));
    let list = ["list-panes", "-a", "-f", &filter, "-F", &format, ";"];
    let mut commands = list.map(str::to_owned).to_vec();
    for pane in panes {
        // Without its `%`, which `display-message` takes for part of a date.
        let head = format!("{nonce} {ROWS} {}", pane.0);
        let pane = pane.to_string();
        // Both keep blanks at the end of a row, whose colours show.
        let keep = if extent.joins_lines { "-J" } else { "-N" };
        let start = if extent.with_history { "-" } else { "0" };
        let head = ["display-message", "-p", &head, ";"];
        let capture = [
            "capture-pane",
            "-e",
            "-p",
            keep,
            "-S",
            start,
            "-t",
            &pane,
            ";",
        ];
        commands.extend(head.iter().chain(&capture).map(|word| (*word).to_owned()));
    }
    let end = format!("{nonce} {END} -");
    commands.extend(["display-message", "-p", &end].map(str::to_owned));
    commands
}

/// The answer to one process.
#[derive(Debug, Default)]
struct Answer {
    captures: BTreeMap<PaneId, Capture>,
    /// The pane that is gone; those after it were not read.
    stopped_at: Option<PaneId>,
}

/// Reads the answer of this server; another one has other panes with these ids.
fn read(text: &str, id: ServerId, nonce: &str) -> Answer {
    let mut answer = Answer::default();
    let mut reader = Reader::default();
    for line in text.lines() {
        let record = line
            .strip_prefix(nonce)
            .and_then(|rest| rest.strip_prefix(' '));
        match record.and_then(|record| record.split_once(' ')) {
            Some((STATE, fields)) => answer.captures.extend(state(fields, id)),
            Some((ROWS, pane)) => {
                answer.stopped_at = pane.parse().ok().map(PaneId);
                reader = Reader::default();
            }
            Some(_) => answer.stopped_at = None,
            None => {
                let of = answer.stopped_at;
                if let Some(capture) = of.and_then(|pane| answer.captures.get_mut(&pane)) {
                    capture.lines.push(reader.row(line));
                }
            }
        }
    }
    if let Some(gone) = answer.stopped_at {
        answer
            .captures
            .retain(|_, capture| !capture.lines.is_empty());
        answer.captures.remove(&gone);
    }
    answer
}

fn state(fields: &str, id: ServerId) -> Option<(PaneId, Capture)> {
    let fields: Vec<&str> = fields.splitn(FORMAT.len(), '\t').collect();
    let [
        server,
        start_time,
        pane,
        version,
        columns,
        rows,
        column,
        row,
        visible,
        alternate,
        dead,
        history,
        title,
    ] = fields[..]
    else {
        return None;
    };
    let is_it = server.parse() == Ok(id.pid) && start_time.parse() == Ok(id.start_time);
    if !is_it {
        return None;
    }
    let capture = Capture {
        columns: columns.parse().ok()?,
        rows: rows.parse().ok()?,
        cursor: Cursor {
            column: column.parse().ok()?,
            row: row.parse().ok()?,
            is_visible: visible == "1",
        },
        is_alternate: alternate == "1",
        is_dead: dead == "1",
        history: history.parse().ok()?,
        title: match Version::parse(version).escapes_dollars() {
            true => unescaped(title),
            false => title.to_owned(),
        },
        lines: Vec::new(),
    };
    Some((pane.parse().ok()?, capture))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tmux::styled::Style;

    const ID: ServerId = ServerId {
        pid: 7,
        start_time: 99,
    };

    const STATES: &str = "N state 7\t99\t%1\t3.4\t80\t2\t4\t1\t1\t0\t0\t7\ta\tof \\$HOME\n\
        N state 7\t99\t%3\t3.8\t80\t2\t0\t0\t0\t1\t1\t0\t\n\
        N rows 1\nM state of mind\n\x1b[1mbold\n\n";

    #[test]
    fn the_screens_of_several_panes_are_told_apart() {
        let text = format!("{STATES}N rows 3\nplain\n\nN end -\n");
        let answer = read(&text, ID, "N");
        assert_eq!((answer.captures.len(), answer.stopped_at), (2, None));
        let first = &answer.captures[&PaneId(1)];
        assert_eq!(first.title, "a\tof $HOME");
        assert_eq!((first.columns, first.rows, first.history), (80, 2, 7));
        let lines: Vec<String> = first.lines.iter().map(Row::text).collect();
        assert_eq!(lines, ["M state of mind", "bold", ""]);
        let second = &answer.captures[&PaneId(3)];
        assert!(second.is_alternate && second.is_dead && !second.cursor.is_visible);
        // No colour runs on to the next pane.
        assert_eq!(second.lines[0].0[0].style, Style::default());
    }

    #[test]
    fn tmux_stops_at_a_pane_that_is_gone() {
        let answer = read(&format!("{STATES}N rows 2\n"), ID, "N");
        assert_eq!(answer.stopped_at, Some(PaneId(2)));
        let read: Vec<&PaneId> = answer.captures.keys().collect();
        assert_eq!(read, [&PaneId(1)], "the third was not read yet");
        let other = ServerId { pid: 8, ..ID };
        let text = format!("{STATES}N end -\n");
        assert!(super::read(&text, other, "N").captures.is_empty());
        assert_eq!(super::read("", ID, "N").stopped_at, None);
    }
}
