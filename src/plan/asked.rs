//! What `start` and `restart` do with panes that are there: those that they name, what these need,
//! and what needs them.

use std::collections::BTreeSet;

use crate::layout::{Address, Layout, Pane};
use crate::live::{LivePane, LiveProcess};
use crate::plan::change::Reason;
use crate::plan::matching::Matching;
use crate::plan::{Planner, Purpose, panes};

impl Planner<'_> {
    /// Why the program of a live pane starts, if it does: not because the manifest says something
    /// else by now, but because it does not run, or is to run anew.
    pub(super) fn asked_reason(&self, pane: &Pane, live: &LivePane) -> Option<Reason> {
        if panes::is_half_made(live) {
            return Some(Reason::HalfMade);
        }
        let is_named = self.wishes.selects(&pane.address);
        if is_named && matches!(self.wishes.purpose, Purpose::Restart { .. }) {
            return Some(Reason::Again);
        }
        let exit = live.ended()?;
        if panes::is_restarting(live, exit) {
            return None;
        }
        if live.is_done(pane.kind) {
            // Only `restart` asks for another run.
            return None;
        }
        if is_named {
            return Some(Reason::Named);
        }
        let is_due = live.is_stopped() || panes::is_started_again(pane, exit, live.phase);
        is_due.then_some(Reason::Needed)
    }
}

/// Adds the panes that run and restart with those of `selected`: which say so in their `needs`, or
/// all that need one of them; and what restarts with those.
pub(super) fn add_dependents<'l>(
    selected: &mut Vec<&'l Address>,
    layout: &'l Layout,
    matching: &Matching,
    with_dependents: bool,
) {
    let runs = |pane: &&Pane| {
        let live = matching.panes.get(&pane.address);
        live.is_some_and(|live| matches!(live.process, LiveProcess::Running { .. }))
    };
    // A row of them may be as long as a manifest has panes.
    let mut known: BTreeSet<&Address> = selected.iter().copied().collect();
    loop {
        let mut free = layout.panes().filter(|pane| !known.contains(&pane.address));
        let next = free.find(|pane| {
            let mut needs = pane.needs.iter();
            let restarts =
                needs.any(|need| need.follows(with_dependents) && known.contains(&need.target));
            restarts && runs(pane)
        });
        let Some(next) = next else { return };
        known.insert(&next.address);
        selected.push(&next.address);
    }
}
