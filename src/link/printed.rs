//! The lines that panes have printed from a row on: how tmux is asked for those of several panes in one
//! process, and how the answer is read.

use std::collections::BTreeMap;

use crate::tmux::id::PaneId;
use crate::tmux::script::{Command, Line, Script};

/// How many rows of scrollback are read at most: the last ones.
const ROWS_MAX: usize = 2_000;

/// The word before the rows of a pane, after the nonce.
const ROWS: &str = "rows";

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the first row of the screen.
    Screen,
    /// At this row, counted from the first one of the scrollback.
    Row(usize),
}

/// The lines of one pane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// As they were printed, with the spaces at their ends; empty ones after the last are left out.
    pub lines: Vec<String>,
    /// Rows between the one that was asked for and the first of these are too many.
    pub is_cut: bool,
}

/// The script that reads panes. tmux works out where a row is by then at the moment in which it is
/// read: what is printed meanwhile moves it.
pub(super) fn script(panes: &[(PaneId, Start)], nonce: &str) -> Script {
    let reads = panes.iter().map(|(pane, start)| {
        let start = match start {
            Start::Screen => "0".to_owned(),
            Start::Row(row) => format!("#{{e|-:{row},#{{history_size}}}}"),
        };
        let least = format!("-{ROWS_MAX}");
        let bounded = format!("#{{?#{{e|<:{start},{least}}},{least},{start}}}");
        // Without its `%`, which `display-message` takes for a part of a date.
        let head = format!("{nonce} {ROWS} {} {start}", pane.0);
        let pane = pane.to_string();
        let read =
            format!("display-message -p '{head}' ; capture-pane -p -J -t '{pane}' -S '{bounded}'");
        Line {
            step: None,
            what: "read a pane",
            commands: vec![Command::new(["run-shell", "-t", &pane, "-C", &read])],
        }
    });
    Script {
        lines: reads.collect(),
    }
}

/// Reads the answer.
pub(super) fn read(text: &str, nonce: &str) -> BTreeMap<PaneId, Printed> {
    let mut all: BTreeMap<PaneId, Printed> = BTreeMap::new();
    let mut of = None;
    for line in text.lines() {
        let record = line
            .strip_prefix(nonce)
            .and_then(|rest| rest.strip_prefix(' '));
        match record.map(|record| record.split(' ').collect::<Vec<_>>()) {
            Some(fields) => {
                of = head(&fields);
                if let Some((pane, is_cut)) = of {
                    let lines = Vec::new();
                    all.insert(pane, Printed { lines, is_cut });
                }
            }
            None => {
                let printed = of.and_then(|(pane, _)| all.get_mut(&pane));
                printed
                    .into_iter()
                    .for_each(|printed| printed.lines.push(line.to_owned()));
            }
        }
    }
    for printed in all.values_mut() {
        let last = printed
            .lines
            .iter()
            .rposition(|line| !line.trim_end().is_empty());
        printed.lines.truncate(last.map_or(0, |last| last + 1));
    }
    all
}

/// The pane whose rows follow, and whether some of them are missing; `None` at their end.
fn head(fields: &[&str]) -> Option<(PaneId, bool)> {
    let [ROWS, pane, start] = fields else {
        return None;
    };
    let is_cut = start
        .strip_prefix('-')
        .and_then(|rows| rows.parse::<usize>().ok())
        .is_some_and(|rows| rows > ROWS_MAX);
    Some((PaneId(pane.parse().ok()?), is_cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_each_pane_are_told_apart() {
        let text = "N rows 1 -2\none\n  two  \n\n\nN ok 0\nN ok 1\nN rows 3 -2001\n>>> \nN ok 2\n";
        let read = read(text, "N");
        assert_eq!(read.len(), 2, "a pane that is gone is not among them");
        assert_eq!(read[&PaneId(1)].lines, ["one", "  two  "]);
        assert!(!read[&PaneId(1)].is_cut);
        assert_eq!(read[&PaneId(3)].lines, [">>> "]);
        assert!(read[&PaneId(3)].is_cut);
    }
}
