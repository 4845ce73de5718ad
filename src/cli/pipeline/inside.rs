//! The layout of the pane that triad is called in, for verbs that are given no manifest: an agent or a
//! shell there need not be in the folder of its manifest.

use std::path::Path;

use crate::cli::context::{World, nonce};
use crate::cli::global::Global;
use crate::live::{self, Snapshot};
use crate::tmux::server::Server;

/// Returns the manifest of the layout around the caller, if that is to take the place of a manifest
/// that nobody named: none is found from here, or the layout of that one does not run.
pub(crate) async fn manifest(
    world: &World,
    global: &Global,
    named: Option<&str>,
) -> Option<String> {
    if named.is_some() || !world.is_in_pane() {
        return None;
    }
    let server = world.server(global, None).ok()?;
    let snapshot = observed(&server).await?;
    let around = world.own_owner(&server, &snapshot)?;
    if !Path::new(&around.manifest).is_file() {
        return None;
    }
    let found = world.load(None).ok();
    let is_used = match &found {
        None => false,
        Some(found) if found.path == around.manifest => true,
        Some(found) => runs(world, global, &found.path, (&server, &snapshot)).await,
    };
    (!is_used).then(|| around.manifest.clone())
}

/// Whether the layout of a manifest runs, on its own server or on this one.
async fn runs(
    world: &World,
    global: &Global,
    manifest: &str,
    (server, snapshot): (&Server, &Snapshot),
) -> bool {
    if has(snapshot, manifest) {
        return true;
    }
    let layout = world.open_layout(global, None).ok();
    let Ok(own) = world.server(global, layout.as_ref()) else {
        return false;
    };
    if own.socket_path() == server.socket_path() {
        return false;
    }
    let snapshot = observed(&own).await;
    snapshot.is_some_and(|snapshot| has(&snapshot, manifest))
}

fn has(snapshot: &Snapshot, manifest: &str) -> bool {
    let sessions = snapshot.sessions.iter();
    let mut owners = sessions.filter_map(|session| session.owner.as_ref());
    owners.any(|owner| owner.manifest == manifest)
}

async fn observed(server: &Server) -> Option<Snapshot> {
    let observed = live::observe(server, &nonce(), &live::Query::default()).await;
    // The verb itself reports why the server does not answer.
    observed.ok()
}
