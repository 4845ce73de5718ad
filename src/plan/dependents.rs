//! Finds the panes that restart with the named ones.

use std::collections::BTreeSet;

use crate::layout::{Address, Layout, Pane};
use crate::live::LiveProcess;
use crate::plan::matching::Matching;

/// Adds the running panes that restart with those of `selected`, because their `needs` say so or
/// because all dependents do, directly or through others. A pane that is not running, such as a
/// finished task, is left alone; panes that follow it are not.
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
    // A chain of them may be as long as the manifest has panes.
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
