//! What is asked about several panes in one tmux process, and how the answer is read: how each is,
//! and the last lines that it shows.

use std::collections::BTreeMap;

use crate::pane_text;
use crate::tmux::id::PaneId;
use crate::tmux::question::PaneState;
use crate::tmux::script::{Command, Line, Script};

/// How many of a pane's last lines are shown when it fails.
const LAST_LINES: usize = 10;
/// How far back they are looked for.
const FROM: &str = "-100";

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
    /// The last lines that its program printed.
    pub lines: Vec<String>,
}

/// The script that asks about panes.
pub(super) fn script(panes: &[PaneId], nonce: &str) -> Script {
    let format = format!("{nonce} {STATE} {}", PaneState::format());
    let looks = panes.iter().map(|pane| {
        // Without its `%`, which `display-message` takes for a part of a date.
        let head = format!("{nonce} {LINES} {}", pane.0);
        let pane = pane.to_string();
        let filter = format!("#{{==:#{{pane_id}},{pane}}}");
        vec![
            Command::new(["list-panes", "-t", &pane, "-f", &filter, "-F", &format]),
            Command::new(["display-message", "-p", &head]),
            Command::new(["capture-pane", "-p", "-J", "-t", &pane, "-S", FROM]),
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
                let state = PaneState::parse(fields);
                states.extend(state.map(|state| (state.pane, state)));
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
        let state = states.remove(pane)?;
        let lines = lines.remove(pane).unwrap_or_default();
        let lines = pane_text::last_of_program(lines, LAST_LINES);
        Some((*pane, Look { state, lines }))
    };
    is_whole.then(|| panes.iter().filter_map(look).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_each_pane_are_told_apart() {
        let text = "N state 7\t99\t%1\t40\t1\t3\t\tstarted\t\n\
            N lines 1\nfirst\n\nPane is dead (status 3)\nN ok 0\n\
            N state 7\t99\t%2\t41\t0\t\t\tstarted\t\nN lines 2\nsecond\nN ok 1\nN end -\nN ok 3\n";
        let looks = read(text, "N", &[PaneId(1), PaneId(2), PaneId(3)]).expect("it is whole");
        assert_eq!(looks.len(), 2, "a pane that is gone is not among them");
        assert_eq!(looks[&PaneId(1)].lines, ["first"]);
        assert!(looks[&PaneId(1)].state.is_dead);
        assert_eq!(looks[&PaneId(2)].lines, ["second"]);
    }

    #[test]
    fn an_answer_that_is_cut_short_tells_of_no_pane_that_it_has_closed() {
        let text = "N state 7\t99\t%1\t40\t1\t3\t\tstarted\t\nN lines 1\nfirst\nN ok 0\n";
        assert_eq!(read(text, "N", &[PaneId(1), PaneId(2)]), None);
    }
}
