//! Asks about several panes in one tmux process: their state, and the last lines of their programs.

use std::collections::BTreeMap;

use crate::pane_text;
use crate::tmux::id::PaneId;
use crate::tmux::question::PaneState;
use crate::tmux::script::{Command, Line, Script};
use crate::tmux::tag;

/// The number of a pane's last lines to show when it fails.
const LAST_LINES: usize = 10;
/// The number of rows above the screen to search for them.
const ROWS_MAX: usize = 100;

/// The record before the lines of a pane, after the nonce.
const LINES: &str = "lines";
/// The record with the state of a pane.
const STATE: &str = "state";
/// The record at the end of the answer.
const END: &str = "end";

/// The results of looks, by the ids of panes. Missing panes are left out.
pub type Looks = BTreeMap<PaneId, Look>;

/// The result of a look at one pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub state: PaneState,
    /// The last lines that its program printed in this run.
    pub lines: Vec<String>,
    /// The number of rows of this run that are above the screen.
    behind: usize,
}

impl Look {
    /// Returns the number of rows above the screen in which to search for more of the last lines.
    /// Output of earlier programs is further up; the screen shows none of it.
    pub(super) fn missing_rows(&self) -> Option<usize> {
        let rows = self.behind.min(ROWS_MAX);
        (rows > 0 && self.lines.len() < LAST_LINES).then_some(rows)
    }
}

/// Returns the script that asks about panes, each with the number of rows above its screen.
pub(super) fn script(panes: &[(PaneId, usize)], nonce: &str) -> Script {
    let format = format!(
        "{nonce} {STATE} #{{history_size}}\t#{{{}}}\t{}",
        tag::BEFORE,
        PaneState::format()
    );
    let looks = panes.iter().map(|(pane, rows)| {
        // Without its `%`, which `display-message` takes for part of a date.
        let head = format!("{nonce} {LINES} {}", pane.0);
        let pane = pane.to_string();
        let filter = format!("#{{==:#{{pane_id}},{pane}}}");
        vec![
            Command::new(["list-panes", "-t", &pane, "-f", &filter, "-F", &format]),
            Command::new(["display-message", "-p", &head]),
            Command::new(["capture-pane", "-p", "-J", "-t", &pane, "-S"]).word(from(*rows)),
        ]
    });
    // Each line is separate: a pane that has closed does not affect the others.
    let end = vec![Command::new([
        "display-message",
        "-p",
        &format!("{nonce} {END} -"),
    ])];
    let lines = looks.chain([end]).map(|commands| Line {
        step: None,
        what: "look at a pane",
        commands,
    });
    Script {
        lines: lines.collect(),
    }
}

/// Returns the first row to read, as `capture-pane` counts: the first row of the screen is 0.
fn from(rows: usize) -> String {
    match rows {
        0 => "0".to_owned(),
        rows => format!("-{rows}"),
    }
}

/// Reads the answer about these panes. `None`: it is incomplete, and missing panes may exist.
pub(super) fn read(text: &str, nonce: &str, panes: &[PaneId]) -> Option<Looks> {
    let mut states = BTreeMap::new();
    let mut lines: BTreeMap<PaneId, Vec<String>> = BTreeMap::new();
    let mut of = None;
    let mut is_whole = false;
    for line in text.lines() {
        let record = line
            .strip_prefix(nonce)
            .and_then(|rest| rest.strip_prefix(' '));
        match record.and_then(|record| record.split_once(' ')) {
            Some((STATE, fields)) => {
                let state = state(fields);
                states.extend(state.map(|(state, behind)| (state.pane, (state, behind))));
            }
            Some((END, _)) => is_whole = true,
            Some((LINES, pane)) => of = pane.parse().ok().map(PaneId),
            // The end of one line of the script.
            Some(_) => of = None,
            None => {
                if let Some(pane) = of {
                    lines
                        .entry(pane)
                        .or_default()
                        .push(line.trim_end().to_owned());
                }
            }
        }
    }
    let look = |pane: &PaneId| {
        let (state, behind) = states.remove(pane)?;
        let lines = lines.remove(pane).unwrap_or_default();
        let lines = pane_text::last_of_program(lines, LAST_LINES);
        let look = Look {
            state,
            lines,
            behind,
        };
        Some((*pane, look))
    };
    is_whole.then(|| panes.iter().filter_map(look).collect())
}

/// Reads the state of a pane, and the number of its program's rows above the screen.
fn state(fields: &str) -> Option<(PaneState, usize)> {
    let (history, fields) = fields.split_once('\t')?;
    let (before, fields) = fields.split_once('\t')?;
    let history: usize = history.parse().ok()?;
    // In a new pane nothing precedes the program.
    let before = before.parse().unwrap_or(0);
    Some((PaneState::parse(fields)?, history.saturating_sub(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_each_pane_are_told_apart() {
        let text = "N state 9\t5\t7\t99\t%1\t40\t1\t3\t\tstarted\t\n\
            N lines 1\nfirst\n\nPane is dead (status 3)\nN ok 0\n\
            N state 0\t\t7\t99\t%2\t41\t0\t\t\tstarted\t\nN lines 2\nsecond\nN ok 1\nN end -\nN ok 3\n";
        let looks =
            read(text, "N", &[PaneId(1), PaneId(2), PaneId(3)]).expect("the text is complete");
        assert_eq!(looks.len(), 2, "a closed pane is not included");
        assert_eq!(looks[&PaneId(1)].lines, ["first"]);
        assert!(looks[&PaneId(1)].state.is_dead);
        assert_eq!(looks[&PaneId(1)].missing_rows(), Some(4));
        assert_eq!(looks[&PaneId(2)].missing_rows(), None);
        assert_eq!(looks[&PaneId(2)].lines, ["second"]);
    }

    #[test]
    fn an_incomplete_answer_closes_no_pane() {
        let text = "N state 0\t\t7\t99\t%1\t40\t1\t3\t\tstarted\t\nN lines 1\nfirst\nN ok 0\n";
        assert_eq!(read(text, "N", &[PaneId(1), PaneId(2)]), None);
    }
}
