//! The panes that restart with those that are named.

use std::collections::BTreeSet;

use crate::layout::{Address, Layout, Pane};
use crate::live::LiveProcess;
use crate::plan::matching::Matching;

/// Adds the panes that run and restart with those of `selected`: which say so in their `needs`, or
/// all that need one of them; and what restarts with those. One that does not run, such as a task
/// that is done, is left alone, and what follows it is not.
pub(super) fn add<'l>(
    selected: &mut Vec<&'l Address>,
    layout: &'l Layout,
    matching: &Matching,
    with_dependents: bool,
) {
    let runs = |pane: &Pane| {
        let live = matching.panes.get(&pane.address);
        live.is_some_and(|live| matches!(live.process, LiveProcess::Running { .. }))
    };
    // A row of them may be as long as a manifest has panes.
    let mut reached: BTreeSet<&Address> = selected.iter().copied().collect();
    loop {
        let mut free = layout
            .panes()
            .filter(|pane| !reached.contains(&pane.address));
        let next = free.find(|pane| {
            let mut needs = pane.needs.iter();
            needs.any(|need| need.follows(with_dependents) && reached.contains(&need.target))
        });
        let Some(next) = next else { return };
        reached.insert(&next.address);
        if runs(next) {
            selected.push(&next.address);
        }
    }
}
