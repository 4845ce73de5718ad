//! What is asked about several panes in one tmux process, and how the answer is read: how each is,
//! and the last lines that it shows.

use std::collections::BTreeMap;

use crate::pane_text;
use crate::tmux::id::PaneId;
use crate::tmux::question::PaneState;
use crate::tmux::script::{Command, Line, Script};
use crate::tmux::tag;

/// How many of a pane's last lines are shown when it fails.
const LAST_LINES: usize = 10;
/// How many rows behind the screen they are looked for in.
const ROWS_MAX: usize = 100;

/// What the lines that a pane shows are preceded by, after the nonce.
const LINES: &str = "lines";
/// The same of how a pane is.
const STATE: &str = "state";
/// The same of the end of the answer.
const END: &str = "end";

/// What a look at panes found, by their ids. A pane that is not there is not in it.
pub type Looks = BTreeMap<PaneId, Look>;

/// What a look at one pane found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub state: PaneState,
    /// The last lines that its program printed in this run.
    pub lines: Vec<String>,
    /// How many rows this run has printed that the screen does not show any more.
    behind: usize,
}

impl Look {
    /// In how many rows behind the screen more of the last lines are to be looked for. What an
    /// earlier program has printed in the pane is before these; the screen shows none of it.
    pub(super) fn missing_rows(&self) -> Option<usize> {
        let rows = self.behind.min(ROWS_MAX);
        (rows > 0 && self.lines.len() < LAST_LINES).then_some(rows)
    }
}

/// The script that asks about panes, each with so many rows behind its screen.
pub(super) fn script(panes: &[(PaneId, usize)], nonce: &str) -> Script {
    let format = format!(
        "{nonce} {STATE} #{{history_size}}\t#{{{}}}\t{}",
        tag::BEFORE,
        PaneState::format()
    );
    let looks = panes.iter().map(|(pane, rows)| {
        // Without its `%`, which `display-message` takes for a part of a date.
        let head = format!("{nonce} {LINES} {}", pane.0);
        let pane = pane.to_string();
        let filter = format!("#{{==:#{{pane_id}},{pane}}}");
        vec![
            Command::new(["list-panes", "-t", &pane, "-f", &filter, "-F", &format]),
            Command::new(["display-message", "-p", &head]),
            Command::new(["capture-pane", "-p", "-J", "-t", &pane, "-S"]).word(from(*rows)),
        ]
    });
    // Each line stands alone: that one pane has closed costs no other its lines.
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

/// Where to begin, as `capture-pane` counts: the first row of the screen is 0.
fn from(rows: usize) -> String {
    match rows {
        0 => "0".to_owned(),
        rows => format!("-{rows}"),
    }
}

/// What the answer says of those panes. `None`: it has no end, and who is not in it may be there.
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

/// How a pane is, and how many rows its program has printed that are behind its screen.
fn state(fields: &str) -> Option<(PaneState, usize)> {
    let (history, fields) = fields.split_once('\t')?;
    let (before, fields) = fields.split_once('\t')?;
    let history: usize = history.parse().ok()?;
    // Nothing was before the program of a new pane.
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
        let looks = read(text, "N", &[PaneId(1), PaneId(2), PaneId(3)]).expect("it is whole");
        assert_eq!(looks.len(), 2, "a pane that is gone is not among them");
        assert_eq!(looks[&PaneId(1)].lines, ["first"]);
        assert!(looks[&PaneId(1)].state.is_dead);
        assert_eq!(looks[&PaneId(1)].missing_rows(), Some(4));
        assert_eq!(looks[&PaneId(2)].missing_rows(), None);
        assert_eq!(looks[&PaneId(2)].lines, ["second"]);
    }

    #[test]
    fn an_answer_that_is_cut_short_tells_of_no_pane_that_it_has_closed() {
        let text = "N state 0\t\t7\t99\t%1\t40\t1\t3\t\tstarted\t\nN lines 1\nfirst\nN ok 0\n";
        assert_eq!(read(text, "N", &[PaneId(1), PaneId(2)]), None);
    }
}
