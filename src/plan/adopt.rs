//! `--adopt`: takes over sessions made by hand under wanted names, and sessions whose manifest has
//! moved to another path. The plan is made as if they had the tags of this layout already; the
//! steps here write those tags, and end nothing.

mod likeness;
mod machine;
mod moved;
mod pairing;
mod steps;

pub use machine::Machine;
pub(super) use moved::renamed;
pub use moved::{asked_paths, moved_from};

use std::collections::BTreeSet;

use crate::layout::{
    Address, AppliedPane, AppliedSettings, Layout, Pane, Salt, Session, Window, owner_key,
};
use crate::live::{LivePane, LiveSession, LiveWindow, Owner, Phase, Snapshot};
use crate::plan::adopt::likeness::Likeness;
use crate::plan::adopt::pairing::{Found, Pairing};
use crate::plan::adopt::steps::{Adoption, step};
use crate::plan::change::{Adopt, Adopted, Retag, Subject};
use crate::plan::matching;
use crate::tmux::id::SessionId;

/// Returns the processes whose arguments decide what is taken over.
pub fn asked_programs(layout: &Layout, snapshot: &Snapshot) -> Vec<i32> {
    let mut pids = Vec::new();
    for (_, live) in strangers(layout, snapshot) {
        for window in snapshot.windows_of(live.id) {
            pids.extend(snapshot.panes_of(window.id).filter_map(|pane| pane.pid));
        }
    }
    pids
}

/// Takes over every session that can be taken over.
pub fn adoption(
    layout: &Layout,
    snapshot: &Snapshot,
    salt: Option<Salt>,
    machine: &Machine,
) -> Adoption {
    let mut adoption = Adoption {
        snapshot: snapshot.clone(),
        ..Adoption::default()
    };
    adoption.moved(layout, machine);
    let snapshot = adoption.snapshot.clone();
    for (session, live) in strangers(layout, &snapshot) {
        let salt = salt.map(|salt| salt.of_session(&session.address));
        adoption.session(session, live.id, layout, salt);
        let pairing = Pairing::of(session, live, &snapshot, machine);
        for (window, live) in &pairing.windows {
            adoption.window(window, live);
        }
        for window in snapshot.windows_of(live.id) {
            for pane in snapshot.panes_of(window.id) {
                adoption.pane(pane, pairing.panes.get(&pane.id), layout, salt);
            }
        }
    }
    adoption
}

/// Returns the sessions without tags, each with the wanted session of that name.
fn strangers<'a, 'l>(
    layout: &'l Layout,
    snapshot: &'a Snapshot,
) -> Vec<(&'l Session, &'a LiveSession)> {
    let owned = matching::owned_sessions(snapshot, &layout.name, &layout.manifest);
    let addresses: BTreeSet<&Address> = owned
        .iter()
        .filter_map(|live| live.owner.as_ref()?.address.as_ref())
        .collect();
    let missing = layout
        .sessions
        .iter()
        .filter(|session| !addresses.contains(&session.address));
    let pairs = missing.filter_map(|session| {
        let mut sessions = snapshot.sessions.iter();
        let is_it =
            |live: &&LiveSession| live.owner.is_none() && live.name == session.address.name();
        Some((session, sessions.find(is_it)?))
    });
    pairs.collect()
}

impl Adoption {
    fn session(&mut self, session: &Session, id: SessionId, layout: &Layout, salt: Option<Salt>) {
        let mut sessions = self.snapshot.sessions.iter_mut();
        let live = sessions
            .find(|live| live.id == id)
            .expect("the session was listed");
        let panes = session
            .windows
            .iter()
            .flat_map(|window| window.root.panes());
        let has_secrets = panes.into_iter().any(Pane::has_secrets);
        live.owner = Some(Owner {
            layout: layout.name.clone(),
            tagged: None,
            manifest: layout.manifest.clone(),
            address: Some(session.address.clone()),
        });
        live.salt = salt.filter(|_| has_secrets);
        live.is_protected = session.protect;
        live.settings = AppliedSettings::default();
        let adopt = Adopt::Session {
            id,
            salt: live.salt,
            is_protected: session.protect,
        };
        let subject = Subject::session(&session.address);
        self.steps.push(step(subject, adopt, Adopted::ByHand));
    }

    fn window(&mut self, window: &Window, seen: &LiveWindow) {
        let mut windows = self.snapshot.windows.iter_mut();
        let live = windows.find(|live| live.id == seen.id);
        let live = live.expect("the window was listed");
        live.address = Some(window.address.clone());
        live.name.clone_from(&window.title);
        live.applied = None;
        live.settings = AppliedSettings::default();
        self.windows.insert(window.address.clone());
        let adopt = Adopt::Window {
            id: live.id,
            name: window.title.clone(),
        };
        let subject = Subject::window(&window.address);
        self.steps.push(step(subject, adopt, Adopted::ByHand));
    }

    /// Takes over a wanted pane. Any other pane stays its maker's, even if an earlier release
    /// marked it without an owner.
    fn pane(
        &mut self,
        seen: &LivePane,
        found: Option<&Found>,
        layout: &Layout,
        salt: Option<Salt>,
    ) {
        let mut panes = self.snapshot.panes.iter_mut();
        let live = panes.find(|live| live.id == seen.id);
        let live = live.expect("the pane was listed");
        let Some(Found { pane, like }) = found else {
            if live.owner.is_none() {
                (live.address, live.phase) = (None, None);
            }
            return;
        };
        let applied = AppliedPane::new(pane, &salt.unwrap_or(Salt::new([0; 32])));
        live.address = Some(pane.address.clone());
        live.owner = Some(owner_key(&layout.name, &layout.manifest));
        live.spec = applied.spec();
        live.phase = Some(Phase::Started);
        live.is_armed = applied.is_armed();
        live.typed = (!pane.typed.is_empty()).then_some(pane.typed.len());
        (live.left, live.follows) = (None, None);
        live.settings = AppliedSettings::default();
        live.applied = Some(applied.clone());
        let retag = Retag {
            pane: (*pane).clone(),
            applied: written(applied, like),
            rearms: true,
            was_typed: !pane.typed.is_empty(),
            takes_focus: false,
            phase: Phase::Started,
        };
        let (line, pid) = (like.runs.clone(), live.pid.unwrap_or_default());
        let adopted = match &like.other {
            None => Adopted::Runs { line, pid },
            Some(_) => Adopted::RunsOther { line, pid },
        };
        let adopt = Adopt::Pane(Box::new(retag));
        self.steps.push(step(Subject::pane(pane), adopt, adopted));
    }
}

/// Returns the tags to write: with the command that is running, so that the next plan offers to
/// start the wanted one.
fn written(mut applied: AppliedPane, like: &Likeness) -> AppliedPane {
    if let Some(other) = &like.other {
        applied.command = other.clone();
    }
    applied
}
