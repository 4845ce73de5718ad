//! The panes that somebody waits for, and how they stand now.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, Layout, Need, Pane, PaneKind, Until};
use crate::live::LiveProcess;
use crate::plan::change::{Target, TargetState, meaning};
use crate::plan::matching::Matching;
use crate::plan::panes;

/// Everything that a starting pane needs, and everything that starts and whose end or readiness is
/// worth a word.
pub fn targets(
    layout: &Layout,
    matching: &Matching,
    starts: &BTreeMap<Address, usize>,
) -> Vec<Target> {
    let needs: Vec<&Need> = layout
        .panes()
        .filter(|pane| starts.contains_key(&pane.address))
        .flat_map(|pane| &pane.needs)
        .collect();
    let needed: BTreeSet<&Address> = needs.iter().map(|need| &need.target).collect();
    let is_end_needed = |pane: &Pane| {
        let mut of_pane = needs.iter().filter(|need| need.target == pane.address);
        of_pane.any(|need| {
            matches!(
                meaning(need.until, pane.kind),
                Until::ExitedOk | Until::Exited
            )
        })
    };
    layout
        .panes()
        .filter(|pane| {
            let may_fail = matches!(pane.kind, PaneKind::Service | PaneKind::Task);
            let is_watched = may_fail || pane.ready.is_some();
            starts.contains_key(&pane.address) && is_watched || needed.contains(&pane.address)
        })
        .map(|pane| Target {
            state: match (
                starts.contains_key(&pane.address),
                matching.panes.get(&pane.address),
            ) {
                (true, _) => TargetState::Planned,
                (false, None) => TargetState::Absent,
                (false, Some(live)) if live.is_stopped() => TargetState::Stopped,
                (false, Some(live)) => match (&live.process, live.ended()) {
                    (_, Some(exit)) if panes::is_restarting(live, exit) => TargetState::Restarting,
                    (_, Some(exit)) => TargetState::Ended(exit),
                    (LiveProcess::Running { pid, .. }, None) => TargetState::Running { pid: *pid },
                    (LiveProcess::Empty | LiveProcess::Ended(_), None) => TargetState::Absent,
                },
            },
            strangers: match matching.panes.get(&pane.address) {
                Some(live) => live.strangers.clone(),
                None => BTreeSet::new(),
            },
            is_needed: needed.contains(&pane.address),
            is_end_needed: is_end_needed(pane),
            pane: pane.clone(),
        })
        .collect()
}
