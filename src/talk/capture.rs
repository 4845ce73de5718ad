//! Reads the screens of panes, or all that they have shown, in one tmux process.

use std::collections::BTreeMap;

use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::question::unescaped;
use crate::tmux::script::{Bindings, Command, Line, Script};
use crate::tmux::server::{Server, ServerError};
use crate::tmux::styled::{Reader, Row};
use crate::tmux::version::Version;

/// The record before the state of a pane, after the nonce.
const STATE: &str = "state";
/// The record before the rows of a pane.
const ROWS: &str = "rows";

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

/// Reads panes. A pane that is gone by now is not in the answer.
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
    let script = script(panes, extent, nonce);
    let text = script.text(nonce, Some(id), &Bindings::new());
    let text = text.expect("the ids of panes are known");
    let output = server.source(&text).await?;
    Ok(read(&output.stdout, nonce))
}

/// The fields of the state, the text of others last.
const FORMAT: [&str; 11] = [
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

/// Returns the script that reads panes. Each is a line of its own: one that has closed does not
/// affect the others.
fn script(panes: &[PaneId], extent: Extent, nonce: &str) -> Script {
    let format = format!("{nonce} {STATE} {}", FORMAT.join("\t"));
    let reads = panes.iter().map(|pane| {
        // Without its `%`, which `display-message` takes for part of a date.
        let head = format!("{nonce} {ROWS} {}", pane.0);
        let pane = pane.to_string();
        let filter = format!("#{{==:#{{pane_id}},{pane}}}");
        let mut capture = Command::new(["capture-pane", "-e", "-p"]);
        // Both keep blanks at the end of a row, whose colours show.
        capture = capture.word(if extent.joins_lines { "-J" } else { "-N" });
        if extent.with_history {
            capture = capture.word("-S").word("-");
        }
        Line {
            step: None,
            what: "read a pane",
            commands: vec![
                Command::new(["list-panes", "-t", &pane, "-f", &filter, "-F", &format]),
                Command::new(["display-message", "-p", &head]),
                capture.word("-t").word(pane.as_str()),
            ],
        }
    });
    Script {
        lines: reads.collect(),
    }
}

/// Reads the answer.
fn read(text: &str, nonce: &str) -> BTreeMap<PaneId, Capture> {
    let mut all: BTreeMap<PaneId, Capture> = BTreeMap::new();
    let mut of = None;
    let mut reader = Reader::default();
    for line in text.lines() {
        let record = line
            .strip_prefix(nonce)
            .and_then(|rest| rest.strip_prefix(' '));
        match record.and_then(|record| record.split_once(' ')) {
            Some((STATE, fields)) => all.extend(state(fields)),
            Some((ROWS, pane)) => {
                of = pane.parse().ok().map(PaneId);
                reader = Reader::default();
            }
            // The end of a line of the script.
            Some(_) => of = None,
            None => {
                if let Some(capture) = of.and_then(|pane| all.get_mut(&pane)) {
                    capture.lines.push(reader.row(line));
                }
            }
        }
    }
    all
}

fn state(fields: &str) -> Option<(PaneId, Capture)> {
    let fields: Vec<&str> = fields.splitn(FORMAT.len(), '\t').collect();
    let [
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

    #[test]
    fn the_screens_of_several_panes_are_told_apart() {
        let text = "N state %1\t3.4\t80\t2\t4\t1\t1\t0\t0\t7\ta\tof \\$HOME\n\
            N rows 1\nN state of mind\n\x1b[1mbold\n\nN ok 0\n\
            N state %3\t3.8\t80\t2\t0\t0\t0\t1\t1\t0\t\nN rows 3\nplain\n\nN ok 2\n";
        // The first row of the first pane looks like a record, but for the nonce.
        let text = text.replace("N state of mind", "M state of mind");
        let captures = read(&text, "N");
        assert_eq!(captures.len(), 2, "a closed pane is not included");
        let first = &captures[&PaneId(1)];
        assert_eq!(first.title, "a\tof $HOME");
        assert_eq!((first.columns, first.rows, first.history), (80, 2, 7));
        let lines: Vec<String> = first.lines.iter().map(Row::text).collect();
        assert_eq!(lines, ["M state of mind", "bold", ""]);
        let second = &captures[&PaneId(3)];
        assert!(second.is_alternate && second.is_dead && !second.cursor.is_visible);
        let plain = crate::tmux::styled::Style::default();
        assert_eq!(
            second.lines[0].0[0].style, plain,
            "no colour runs on to the next pane"
        );
    }
}
