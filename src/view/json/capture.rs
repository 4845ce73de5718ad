//! The screens of panes, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::layout::Address;
use crate::talk::capture::Capture;
use crate::tmux::id::PaneId;
use crate::tmux::styled::Row;

/// The screens of panes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonCaptures {
    pub format: u32,
    pub panes: Vec<JsonCapture>,
}

/// The screen of one pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonCapture {
    pub address: String,
    /// tmux's id of the pane.
    pub pane: String,
    pub title: String,
    /// The size of the screen.
    pub columns: usize,
    pub rows: usize,
    pub cursor: JsonCursor,
    /// Whether a program has the whole screen for itself.
    pub alternate: bool,
    /// Whether its program has ended.
    pub dead: bool,
    /// The number of rows of scrollback that the pane has.
    pub history: usize,
    /// The rows of the screen, after those of the scrollback with `--history`.
    pub lines: Vec<String>,
}

/// The cursor, counted from 0 at the top left corner of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JsonCursor {
    pub column: usize,
    pub row: usize,
    pub visible: bool,
}

/// Returns screens as JSON; `line` writes a row.
pub fn captures(
    captures: &[(&Address, PaneId, &Capture)],
    line: impl Fn(&Row) -> String,
) -> JsonCaptures {
    let capture = |(address, pane, capture): &(&Address, PaneId, &Capture)| JsonCapture {
        address: address.to_string(),
        pane: pane.to_string(),
        title: capture.title.clone(),
        columns: capture.columns,
        rows: capture.rows,
        cursor: JsonCursor {
            column: capture.cursor.column,
            row: capture.cursor.row,
            visible: capture.cursor.is_visible,
        },
        alternate: capture.is_alternate,
        dead: capture.is_dead,
        history: capture.history,
        lines: capture.lines.iter().map(&line).collect(),
    };
    JsonCaptures {
        format: FORMAT,
        panes: captures.iter().map(capture).collect(),
    }
}
