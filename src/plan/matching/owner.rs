//! Tells which layout created a live object, by the tags on it.

use std::collections::BTreeSet;

use crate::layout::{Layout, is_key_of, owner_key};
use crate::live::{LivePane, LiveSession, LiveWindow, Snapshot};
use crate::tmux::id::SessionId;

/// Returns the sessions that belong to a layout: those tagged with its name *and* its manifest.
pub(crate) fn owned_sessions<'a>(
    snapshot: &'a Snapshot,
    layout: &str,
    manifest: &str,
) -> Vec<&'a LiveSession> {
    let is_owned = |session: &&LiveSession| {
        let owner = session.owner.as_ref();
        owner.is_some_and(|owner| owner.layout == layout && owner.manifest == manifest)
    };
    snapshot.sessions.iter().filter(is_owned).collect()
}

/// Tells the panes of a layout from all others.
#[derive(Debug)]
pub(crate) struct Ownership<'a> {
    pub snapshot: &'a Snapshot,
    /// Its sessions, which own the panes in them that have no owner of their own.
    sessions: BTreeSet<SessionId>,
    keys: Keys,
}

/// The owner tags of a layout's panes.
#[derive(Debug)]
enum Keys {
    /// Exactly this.
    Manifest(String),
    /// A layout's name, whatever the manifest.
    Name(String),
}

impl<'a> Ownership<'a> {
    pub(crate) fn layout(layout: &Layout, snapshot: &'a Snapshot) -> Self {
        Ownership::made_by(&layout.name, Some(&layout.manifest), snapshot)
    }

    /// Matches by a layout's name alone if no manifest is given.
    pub(crate) fn made_by(layout: &str, manifest: Option<&str>, snapshot: &'a Snapshot) -> Self {
        let sessions = snapshot.sessions.iter().filter(|session| {
            let owner = session.owner.as_ref();
            owner.is_some_and(|owner| {
                owner.layout == layout && manifest.is_none_or(|manifest| owner.manifest == manifest)
            })
        });
        Ownership {
            snapshot,
            sessions: sessions.map(|session| session.id).collect(),
            keys: match manifest {
                Some(manifest) => Keys::Manifest(owner_key(layout, manifest)),
                None => Keys::Name(layout.to_owned()),
            },
        }
    }

    /// Whether triad created a pane for this layout. The pane's own tag decides, because it may
    /// have been moved; panes of earlier releases and half-made ones have none.
    pub(crate) fn has(&self, pane: &LivePane) -> bool {
        match &pane.owner {
            Some(owner) => match &self.keys {
                Keys::Manifest(key) => owner == key,
                Keys::Name(layout) => is_key_of(owner, layout),
            },
            None => {
                let is_marked = pane.address.is_some() || pane.phase.is_some();
                let window = self.snapshot.window(pane.window);
                is_marked && window.is_some_and(|window| self.sessions.contains(&window.session))
            }
        }
    }

    pub(crate) fn owns(&self, session: &LiveSession) -> bool {
        self.sessions.contains(&session.id)
    }

    /// Whether a pane is in one of the layout's sessions.
    pub(crate) fn is_within(&self, pane: &LivePane) -> bool {
        let window = self.snapshot.window(pane.window);
        window.is_some_and(|window| self.sessions.contains(&window.session))
    }

    /// Whether all panes of a window, and so the window, belong to the layout.
    pub(super) fn has_all_of(&self, window: &LiveWindow) -> bool {
        let mut panes = self.snapshot.panes_of(window.id);
        panes.all(|pane| self.has(pane))
    }
}
