//! Where triad was called: the tmux server, the session and the pane around it.

use std::fs;
use std::path::Path;

use crate::cli::context::World;
use crate::layout::owner_key;
use crate::live::{LivePane, LiveProcess, Owner, Snapshot};
use crate::machine::process;
use crate::tmux::id::{PaneId, SessionId};
use crate::tmux::server::Server;

impl World {
    /// Whether the environment is that of a pane that triad started.
    pub(super) fn is_in_pane(&self) -> bool {
        let layout = self.environment.get("TRIAD_LAYOUT");
        layout.is_some_and(|layout| !layout.is_empty())
    }

    /// Whether triad was called inside this server.
    pub(super) fn is_inside(&self, server: &Server) -> bool {
        // Several paths may lead to the same socket.
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.own_socket()
            .is_some_and(|own| real(own) == real(&server.socket_path()))
    }

    /// Returns the pane of this server that triad was called in: the one whose process is an
    /// ancestor, whatever the environment has become on the way, else the one that the environment
    /// names.
    pub(super) fn own_pane(&self, server: &Server, snapshot: &Snapshot) -> Option<PaneId> {
        let lineage = process::lineage();
        let is_own = |pane: &&LivePane| match pane.process {
            LiveProcess::Running { pid, .. } => lineage.contains(&pid),
            _ => false,
        };
        let above = snapshot.panes.iter().find(is_own).map(|pane| pane.id);
        let told = self.environment.get("TMUX_PANE");
        above.or_else(|| told.filter(|_| self.is_inside(server))?.parse().ok())
    }

    /// Returns the owner of the pane of this server that triad was called in: of that pane, or of the
    /// only running layout that `TRIAD_LAYOUT` names, where neither process nor `TMUX` shows the pane.
    pub(super) fn own_owner<'s>(
        &self,
        server: &Server,
        snapshot: &'s Snapshot,
    ) -> Option<&'s Owner> {
        let pane = self.own_pane(server, snapshot);
        let pane = pane.and_then(|own| snapshot.pane(own));
        if let Some(pane) = pane {
            return owner_of(pane, snapshot);
        }
        let name = self.environment.get("TRIAD_LAYOUT")?;
        let sessions = snapshot.sessions.iter();
        let owners = sessions.filter_map(|session| session.owner.as_ref());
        let mut owners = owners.filter(|owner| owner.layout == *name);
        let first = owners.next()?;
        let is_only = owners.all(|other| other.manifest == first.manifest);
        is_only.then_some(first)
    }

    /// Returns the session of this server that triad was called in, by the environment: a popup is
    /// no pane, so nothing else says it.
    pub(super) fn told_session(&self, server: &Server) -> Option<SessionId> {
        let tmux = self.environment.get("TMUX")?;
        let number = tmux.rsplit(',').next()?.parse().ok()?;
        self.is_inside(server).then_some(SessionId(number))
    }
}

/// Returns the owner of a pane, if a session of it still runs.
pub(super) fn owner_of<'s>(pane: &LivePane, snapshot: &'s Snapshot) -> Option<&'s Owner> {
    let tagged = pane.owner.as_ref()?;
    let sessions = snapshot.sessions.iter();
    let mut owners = sessions.filter_map(|session| session.owner.as_ref());
    owners.find(|owner| {
        let was = owner.tagged.as_ref().unwrap_or(&owner.layout);
        let mut names = [was, &owner.layout].into_iter();
        names.any(|name| owner_key(name, &owner.manifest) == *tagged)
    })
}
