//! The status of every pane of a layout: from the tags and processes of a snapshot, and from the
//! manifest, if it can be read. Pure; no probe runs.

mod health;
mod pane;
mod part;
mod since;
mod standing;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use health::{Health, health};
pub use pane::{LayoutStatus, PaneStatus, Wanted};
pub use part::part;
pub use since::Clock;
pub use standing::{Reason, Source, Standing};
pub use state::State;

use std::collections::BTreeSet;

use crate::layout::{Layout, Pane, owner_key};
use crate::live::{LivePane, LiveProcess, Snapshot};
use crate::plan;
use crate::status::standing::Body;

/// The layout whose status is asked for.
#[derive(Debug, Clone, Copy)]
pub struct LayoutRef<'a> {
    pub layout: &'a str,
    /// `None` for any manifest.
    pub manifest: Option<&'a str>,
    /// The resolved manifest, if it can be read.
    pub wanted: Option<&'a Layout>,
}

/// Returns the status of a layout: one for each manifest that has a layout with this name.
pub fn of_layout(asked: LayoutRef, snapshot: &Snapshot, clock: &Clock) -> Vec<LayoutStatus> {
    let LayoutRef {
        layout,
        manifest,
        wanted,
    } = asked;
    if let Some(manifest) = manifest {
        return vec![status(layout, manifest, wanted, snapshot, clock)];
    }
    let owners = owners(snapshot);
    let owners = owners.into_iter().filter(|owner| owner.0 == layout);
    let mut found: Vec<LayoutStatus> = owners
        .map(|(layout, manifest)| status(layout, manifest, None, snapshot, clock))
        .collect();
    // A person may have moved panes elsewhere, and the rest of the layout is gone.
    let made = plan::made_by(layout, None, snapshot);
    found.extend(left_over(made.panes, &found, Some(layout), clock));
    if found.is_empty() {
        found.push(LayoutStatus {
            layout: Some(layout.to_owned()),
            manifest: None,
            panes: Vec::new(),
            foreign: 0,
            is_there: false,
        });
    }
    found
}

/// Returns the status of all live layouts.
pub fn of_all(snapshot: &Snapshot, clock: &Clock) -> Vec<LayoutStatus> {
    let mut found: Vec<LayoutStatus> = owners(snapshot)
        .into_iter()
        .map(|(layout, manifest)| status(layout, manifest, None, snapshot, clock))
        .collect();
    let marked = snapshot.panes.iter().filter(|pane| pane.owner.is_some());
    found.extend(left_over(marked.collect(), &found, None, clock));
    found
}

/// Returns the layouts that sessions belong to, in the order of the sessions.
fn owners(snapshot: &Snapshot) -> Vec<(&str, &str)> {
    let mut known = BTreeSet::new();
    let owners = snapshot.sessions.iter();
    let owners = owners.filter_map(|session| session.owner.as_ref());
    let owners = owners.map(|owner| (owner.layout.as_str(), owner.manifest.as_str()));
    owners.filter(|owner| known.insert(*owner)).collect()
}

/// Returns the panes that are in none of `found`.
fn left_over(
    panes: Vec<&LivePane>,
    found: &[LayoutStatus],
    layout: Option<&str>,
    clock: &Clock,
) -> Option<LayoutStatus> {
    let keys: Vec<String> = found
        .iter()
        .filter_map(|one| Some(owner_key(one.layout.as_ref()?, one.manifest.as_ref()?)))
        .collect();
    let is_left = |pane: &&LivePane| {
        let owner = pane.owner.as_ref();
        owner.is_some_and(|owner| !keys.contains(owner))
    };
    let left: Vec<&LivePane> = panes.into_iter().filter(is_left).collect();
    (!left.is_empty()).then(|| LayoutStatus {
        layout: layout.map(str::to_owned),
        manifest: None,
        panes: left
            .iter()
            .filter_map(|live| of_pane(live, None, Wanted::Unknown, clock))
            .collect(),
        foreign: 0,
        is_there: true,
    })
}

fn status(
    layout: &str,
    manifest: &str,
    wanted: Option<&Layout>,
    snapshot: &Snapshot,
    clock: &Clock,
) -> LayoutStatus {
    let made = plan::made_by(layout, Some(manifest), snapshot);
    let found = wanted.map(|layout| plan::found(layout, snapshot));
    let found = found.unwrap_or_default();
    let of_wanted = |pane: &Pane| match found.get(&pane.address) {
        None => Some(absent(pane)),
        Some(live) => {
            let moved = live.address.as_ref().filter(|own| **own != pane.address);
            let wanted = moved.map_or(Wanted::AsItIs, |_| Wanted::At(pane.address.clone()));
            of_pane(live, Some(pane), wanted, clock)
        }
    };
    let panes = wanted.into_iter().flat_map(Layout::panes);
    let mut panes: Vec<PaneStatus> = panes.filter_map(of_wanted).collect();
    let is_other = |live: &&&LivePane| found.values().all(|other| other.id != live.id);
    let others = made.panes.iter().filter(is_other);
    let unwanted = wanted.map_or(Wanted::Unknown, |_| Wanted::No);
    panes.extend(others.filter_map(|live| of_pane(live, None, unwanted.clone(), clock)));
    part::keep_unmet(&mut panes);
    LayoutStatus {
        layout: Some(layout.to_owned()),
        manifest: Some(manifest.to_owned()),
        panes,
        foreign: made.foreign,
        is_there: !made.panes.is_empty(),
    }
}

/// Returns the status of a wanted pane that does not exist.
fn absent(pane: &Pane) -> PaneStatus {
    PaneStatus {
        address: pane.address.clone(),
        kind: pane.kind,
        standing: Standing::absent(),
        id: None,
        pid: None,
        runs: Some(plan::diff::shown(&pane.command)),
        has_shell: false,
        restarts: 0,
        restarts_max: None,
        says: None,
        wanted: Wanted::AsItIs,
    }
}

/// Returns the status of a live pane, as it was applied; as it is wanted, if nothing was applied
/// yet. `None` if it was never given an address.
fn of_pane(
    live: &LivePane,
    pane: Option<&Pane>,
    wanted: Wanted,
    clock: &Clock,
) -> Option<PaneStatus> {
    let address = live.address.as_ref().or(pane.map(|pane| &pane.address))?;
    let standing = Standing::of(Some(live), pane, clock);
    let body = Body::of(live, pane);
    let applied = live.applied.as_ref();
    let restart = applied.and_then(|applied| applied.restart.as_ref());
    Some(PaneStatus {
        address: address.clone(),
        kind: body.kind,
        id: Some(live.id),
        pid: match live.process {
            // The process in a pending pane is only a placeholder.
            LiveProcess::Running { pid, .. } if standing.state != State::Pending => Some(pid),
            _ => None,
        },
        standing,
        runs: body.command.map(plan::diff::shown),
        has_shell: live.left.is_some(),
        restarts: live.restarts,
        restarts_max: restart.map(|restart| restart.max),
        says: live.status.clone(),
        wanted,
    })
}
