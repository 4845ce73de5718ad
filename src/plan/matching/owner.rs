//! Ownership a live object is: which layout made it, by the tags that are on it.

use std::collections::BTreeSet;

use crate::layout::{Layout, is_key_of, owner_key};
use crate::live::{LivePane, LiveSession, LiveWindow, Snapshot};
use crate::tmux::id::SessionId;

/// The sessions that belong to a layout: its name *and* its manifest are on them.
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
    /// Its sessions, in which a pane without an owner of its own is the session's.
    sessions: BTreeSet<SessionId>,
    keys: Keys,
}

/// What panes of a layout have as their owner.
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

    /// By a layout's name alone where the manifest is not told.
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

    /// Whether triad made a pane for this layout. Its own mark decides, because a person may have
    /// moved it; panes of earlier releases, and those that are not yet anybody's, have none.
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

    /// Whether a pane stands in one of the layout's sessions.
    pub(crate) fn is_within(&self, pane: &LivePane) -> bool {
        let window = self.snapshot.window(pane.window);
        window.is_some_and(|window| self.sessions.contains(&window.session))
    }

    /// Whether all panes of a window are the layout's, so that the window is.
    pub(super) fn has_all_of(&self, window: &LiveWindow) -> bool {
        let mut panes = self.snapshot.panes_of(window.id);
        panes.all(|pane| self.has(pane))
    }
}
