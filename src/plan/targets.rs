//! The panes that something waits for, and their present state.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    Address, Command, Layout, Need, Pane, PaneKind, Salt, StepId, Unhidden, Until, Veil, meaning,
};
use crate::live::{Exit, LivePane, LiveProcess};
use crate::plan::change::{Action, Note, Step, Target, TargetState};
use crate::plan::ended;
use crate::plan::matching::Matching;

/// Returns every pane that a starting one needs, every starting pane whose end or readiness is
/// worth reporting, and for an apply every running pane not seen ready yet.
pub(super) fn targets(
    layout: &Layout,
    matching: &Matching,
    (starts, steps): (&BTreeMap<Address, StepId>, &[Step]),
    salts: &[Salt],
    is_apply: bool,
) -> Vec<Target> {
    let needs: Vec<&Need> = starts
        .values()
        .filter_map(|step| match &steps[step.0].action {
            Action::Start(start) => Some(&start.pane.needs),
            _ => None,
        })
        .flatten()
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
            // The exit status of a user's own shell is no news, unless it ends at once.
            let may_fail = pane.kind != PaneKind::Pane
                || matches!(pane.command, Command::Shell(_))
                || !ended::is_bare_shell(&pane.command);
            let is_watched = may_fail || pane.ready.is_some();
            let live = matching.panes.get(&pane.address);
            let is_unseen = is_apply && live.is_some_and(|live| is_unseen(pane, live));
            let is_task =
                is_apply && pane.kind == PaneKind::Task && live.is_some_and(|live| runs(live));
            starts.contains_key(&pane.address) && is_watched
                || needed.contains(&pane.address)
                || is_unseen
                || is_task
        })
        .map(|pane| Target {
            state: match (
                starts.contains_key(&pane.address),
                matching.panes.get(&pane.address),
            ) {
                (true, _) => TargetState::Planned,
                (false, None) => TargetState::Absent,
                // A process that is running there is only a placeholder.
                (false, Some(live)) if ended::is_half_made(live) => TargetState::Absent,
                (false, Some(live)) if live.is_done(pane.kind) => {
                    TargetState::Ended(Exit::Status(0))
                }
                (false, Some(live)) if live.is_stopped() => TargetState::Stopped,
                (false, Some(live)) => match (&live.process, live.ended()) {
                    (_, Some(exit)) if ended::is_restarting(live, exit) => TargetState::Restarting,
                    (_, Some(exit)) => TargetState::Ended(exit),
                    (LiveProcess::Running { pid, .. }, None) => TargetState::Running { pid: *pid },
                    (LiveProcess::Empty | LiveProcess::Ended(_), None) => TargetState::Absent,
                },
            },
            strangers: match matching.panes.get(&pane.address) {
                Some(live) => live.strangers.clone(),
                None => BTreeSet::new(),
            },
            unhidden: (!starts.contains_key(&pane.address))
                .then(|| unhidden(pane, matching.panes.get(&pane.address).copied(), salts))
                .flatten(),
            is_needed: needed.contains(&pane.address),
            is_end_needed: is_end_needed(pane),
            is_known_ready: !starts.contains_key(&pane.address)
                && matching
                    .panes
                    .get(&pane.address)
                    .is_some_and(|live| live.ready.is_some()),
            pane: pane.clone(),
        })
        .collect()
}

/// Returns why a live pane's secrets cannot be hidden in its output.
fn unhidden(pane: &Pane, live: Option<&LivePane>, salts: &[Salt]) -> Option<Unhidden> {
    let applied = live?.applied.as_ref()?;
    Veil::over(pane.env.iter()).gap(&applied.secrets, salts)
}

/// Notes running panes that are waited for although no starting pane needs them.
pub(super) fn notes(targets: &[Target]) -> impl Iterator<Item = Note> {
    let named = |is_meant: fn(&Target) -> bool| {
        let targets = targets.iter();
        let meant = targets.filter(|target| is_meant(target) && !target.is_needed);
        let panes: Vec<Address> = meant.map(|target| target.pane.address.clone()).collect();
        Some(panes).filter(|panes| !panes.is_empty())
    };
    let unseen = named(Target::is_unseen).map(|panes| Note::Unseen { panes });
    let unended = named(Target::is_unended).map(|panes| Note::Unended { panes });
    unseen.into_iter().chain(unended)
}

/// Whether it is running, has probes, and has not satisfied them as far as known: nobody waited
/// long enough, or tmux has restarted it since.
fn is_unseen(pane: &Pane, live: &LivePane) -> bool {
    pane.ready.is_some() && runs(live) && live.ready.is_none()
}

fn runs(live: &LivePane) -> bool {
    let runs = matches!(live.process, LiveProcess::Running { .. }) && live.ended().is_none();
    runs && !live.is_stopped()
}
