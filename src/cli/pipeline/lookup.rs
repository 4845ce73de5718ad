//! The panes that the words of `ps` and `wait` mean, found with one look at the server.

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::pipeline::{inside, selection};
use crate::cli::run::down;
pub(crate) use crate::cli::run::down::Meant;
use crate::layout::{Pattern, is_name};
use crate::live::{self, Snapshot};
use crate::tmux::server::Server;

/// The selected layout and panes.
#[derive(Debug)]
pub(crate) struct Selected {
    pub meant: Meant,
    pub patterns: Vec<Pattern>,
    pub server: Server,
    /// The state of the server at that look.
    pub snapshot: Snapshot,
}

/// Reads `[MANIFEST|NAME] [ADDRESS…]`. A first word that is the name of a live layout means that
/// layout, and so does the name of the layout that is found from here, unless this has a session or
/// a pane of that name.
pub(crate) async fn whose(
    world: &World,
    global: &Global,
    words: &[String],
) -> Result<Selected, Failure> {
    let (manifest, rest) = match words {
        [first, rest @ ..] if selection::is_manifest(world, first) => (Some(first.as_str()), rest),
        _ => (None, words),
    };
    let around = inside::manifest(world, global, manifest).await;
    let found = down::meant(world, global, manifest.or(around.as_deref()));
    // Without words, it is the manifest found from here; a first word that is a manifest is final,
    // too.
    let is_final = words.is_empty() || manifest.is_some();
    let found = if is_final { Ok(found?) } else { found };
    let wanted = found.as_ref().ok().and_then(|meant| meant.wanted.as_ref());
    let server = world.server(global, wanted)?;
    let snapshot = live::observe(&server, &nonce(), &live::Query::default()).await?;
    let (meant, rest) = match (found, manifest, words) {
        (Ok(meant), None, [name, rest @ ..]) if meant.layout == *name && !has(&meant, name) => {
            (meant, rest)
        }
        (Ok(meant), None, [name, rest @ ..]) if is_live(name, &snapshot) && !has(&meant, name) => {
            (by_name(name), rest)
        }
        (Ok(meant), _, _) => (meant, rest),
        (Err(failure), _, [name, rest @ ..]) => {
            let is_lost = failure.exit == Exit::NoManifest && is_name(name);
            if !is_lost && !is_live(name, &snapshot) {
                return Err(failure);
            }
            (by_name(name), rest)
        }
        (Err(failure), _, []) => return Err(failure),
    };
    Ok(Selected {
        meant,
        patterns: selection::patterns(rest)?,
        server,
        snapshot,
    })
}

/// Whether a layout with this name is live.
fn is_live(name: &str, snapshot: &Snapshot) -> bool {
    let sessions = snapshot.sessions.iter();
    let mut owners = sessions.filter_map(|session| session.owner.as_ref());
    owners.any(|owner| owner.layout == name)
}

/// Whether a manifest has a session or a pane with this name.
fn has(meant: &Meant, name: &str) -> bool {
    meant.wanted.as_ref().is_some_and(|layout| {
        let mut panes = layout.panes().map(|pane| &pane.address);
        panes.any(|pane| pane.session_name() == name || pane.name() == name)
    })
}

fn by_name(name: &str) -> Meant {
    Meant {
        layout: name.to_owned(),
        manifest: None,
        wanted: None,
    }
}
