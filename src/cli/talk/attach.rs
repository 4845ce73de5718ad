//! `triad attach`: shows a session, a window or a pane in this terminal.

use std::path::Path;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::target::{self, Count};
use crate::cli::talk::client::{ClientRequest, ClientTarget};
use crate::layout::is_name;
use crate::live::{self, LiveSession, Snapshot};
use crate::status::PaneStatus;
use crate::tmux::server::Server;

/// Attach to a session, or switch to it inside tmux
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad attach [OPTIONS] [MANIFEST|NAME] [ADDRESS]",
    before_help = "triad attach shop/web/api",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Session, name of a layout or manifest, or an address: `session/window`,
    /// `session/window/pane`, or a pane's name if it is unique
    #[arg(value_name = "ADDRESS", num_args = 0..=2)]
    words: Vec<String>,
    /// Attach read-only, and without an effect on the size of the windows
    #[arg(long)]
    read_only: bool,
    /// Detach the other clients of the session
    #[arg(long)]
    detach_others: bool,
}

const DETAILS: &str = "\
`C-b d` leaves the session (the tmux prefix, then `d`), and everything in it keeps running. Inside \
tmux, also in a popup, the client of this terminal switches to it.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let (server, snapshot, target) = match &own.words[..] {
        [] => of_manifest(&world, global, None).await?,
        [word] => match of_manifest(&world, global, Some(word)).await {
            Err(failure) if failure.exit == Exit::NoManifest => {
                of_word(&world, global, word).await?
            }
            found => found?,
        },
        words => of_address(&world, global, words).await?,
    };
    let request = ClientRequest {
        world: &world,
        server: &server,
        snapshot: &snapshot,
        target: &target,
        is_read_only: own.read_only,
        detaches_others: own.detach_others,
    };
    request.go(output).await
}

type Found = (Server, Snapshot, ClientTarget);

/// Finds the first session of a manifest.
async fn of_manifest(
    world: &World,
    global: &Global,
    named: Option<&str>,
) -> Result<Found, Failure> {
    // Such a file is more likely something that a pane works with than a manifest.
    if let Some(name) = named.filter(|name| is_name(name) && world.current.join(name).is_file()) {
        let message = format!("`{name}` does not end in `.kdl`");
        return Err(Failure::new(Exit::NoManifest, message, ""));
    }
    // Variables from the environment may be missing, because nothing is started.
    let failure = match world.open_layout(global, named) {
        Ok(layout) => {
            let server = world.server(global, Some(&layout))?;
            let snapshot = observed(&server).await?;
            let name = layout.sessions[0].address.name();
            return match session_of(&snapshot, name) {
                Some(session) => {
                    let target = ClientTarget::of(session);
                    Ok((server, snapshot, target))
                }
                None => Err(not_running(&layout.name, named, &server)),
            };
        }
        Err(failure) => failure,
    };
    // A mistake in the manifest is no reason not to attach.
    let is_broken = failure.exit == Exit::Invalid && named != Some("-");
    let manifest = is_broken.then(|| world.load(named).ok()).flatten();
    let Some(manifest) = manifest.map(|loaded| loaded.path) else {
        return Err(failure);
    };
    let server = world.server(global, None)?;
    let snapshot = observed(&server).await?;
    let session = snapshot.sessions.iter().find(|session| {
        let owner = session.owner.as_ref();
        owner.is_some_and(|owner| *Path::new(&owner.manifest) == *manifest)
    });
    match session.map(ClientTarget::of) {
        Some(target) => Ok((server, snapshot, target)),
        None => Err(failure),
    }
}

/// Finds a session, the first session of a layout, or what an address names.
async fn of_word(world: &World, global: &Global, word: &str) -> Result<Found, Failure> {
    let server = world.server(global, None)?;
    let snapshot = observed(&server).await?;
    if let Some(target) = session_of(&snapshot, word).map(ClientTarget::of) {
        return Ok((server, snapshot, target));
    }
    match of_address(world, global, &[word.to_owned()]).await {
        // One that has other parts can only be an address.
        Err(failure) if word.contains('/') => Err(failure),
        Err(failure) if failure.exit == Exit::Usage && has_pane(word, &snapshot) => Err(failure),
        Err(_) => Err(unknown(word, world, &server, &snapshot)),
        found => found,
    }
}

/// Whether a pane has this name: the failure is about panes then.
fn has_pane(word: &str, snapshot: &Snapshot) -> bool {
    let panes = snapshot.panes.iter();
    let mut names = panes.filter_map(|pane| pane.address.as_ref()?.pane_name());
    names.any(|name| name == word)
}

/// Finds what `[MANIFEST|NAME] ADDRESS` names.
async fn of_address(world: &World, global: &Global, words: &[String]) -> Result<Found, Failure> {
    let found = target::targets(world, global, words, Count::Any).await?;
    let written = words.last().map_or("", String::as_str);
    let target = common(written, &found.panes, &found.snapshot);
    let target = target.ok_or_else(|| nowhere(written, &found.panes, &found.server))?;
    Ok((found.server, found.snapshot, target))
}

/// Returns the pane, the window or the session that panes have in common.
fn common(written: &str, panes: &[PaneStatus], snapshot: &Snapshot) -> Option<ClientTarget> {
    let ids = panes.iter().filter_map(|pane| pane.id);
    let live: Vec<_> = ids.filter_map(|id| snapshot.pane(id)).collect();
    let first = live.first()?;
    let window = snapshot.window(first.window)?;
    let target = ClientTarget::of(snapshot.session(window.session)?);
    let mut parts = written.split('/');
    // `session/window` names a window, even with a single pane.
    let is_window_name =
        parts.clone().count() == 2 && parts.next_back() != panes[0].address.pane_name();
    let is_pane = live.len() == 1 && !is_window_name;
    let is_window = live.iter().all(|pane| pane.window == window.id);
    let is_session = || {
        let windows = live.iter().filter_map(|pane| snapshot.window(pane.window));
        let mut sessions = windows.map(|window| window.session);
        sessions.all(|session| session == window.session)
    };
    match (is_pane, is_window) {
        (true, _) => Some(target.at(window.id, Some(first.id))),
        (_, true) if written.contains('/') => Some(target.at(window.id, None)),
        (_, true) => Some(target),
        _ => is_session().then_some(target),
    }
}

fn nowhere(written: &str, panes: &[PaneStatus], server: &Server) -> Failure {
    if panes.iter().any(|pane| pane.id.is_some()) {
        let message = format!("`{written}` matches panes of several sessions");
        return Failure::new(Exit::Usage, message, "name one session, window or pane");
    }
    let up = advice::command(server, &["up"]);
    Failure::new(
        Exit::Error,
        format!("`{written}` does not exist on this server"),
        format!("`{up}` creates what is missing, and attaches"),
    )
}

/// Attaches to the session with this name, or to the first session of the layout with this name.
pub(crate) async fn attach(
    world: &World,
    server: &Server,
    name: &str,
    output: &Output,
) -> Result<Exit, Failure> {
    let snapshot = observed(server).await?;
    let Some(session) = session_of(&snapshot, name) else {
        return Err(unknown(name, world, server, &snapshot));
    };
    let target = ClientTarget::of(session);
    ClientRequest::new(world, server, &snapshot, &target)
        .go(output)
        .await
}

/// Shows a session in this terminal until the person leaves it. How the client ended does not
/// matter.
pub(crate) async fn visit(
    world: &World,
    server: &Server,
    session: &str,
    output: &Output,
) -> Result<(), Failure> {
    let snapshot = observed(server).await?;
    let session = snapshot
        .sessions
        .iter()
        .find(|live| live.name == session)
        .ok_or_else(|| unknown(session, world, server, &snapshot))?;
    let target = ClientTarget::of(session);
    ClientRequest::new(world, server, &snapshot, &target)
        .stay(output)
        .await
}

fn unknown(name: &str, world: &World, server: &Server, snapshot: &Snapshot) -> Failure {
    Failure::new(
        Exit::Error,
        format!("there is no session or layout `{name}` on this server"),
        advice::instead_of_session(name, world, server, snapshot),
    )
}

/// Returns the failure for a layout that has no session.
fn not_running(layout: &str, manifest: Option<&str>, server: &Server) -> Failure {
    let words: Vec<&str> = ["up"].into_iter().chain(manifest).collect();
    let up = advice::command(server, &words);
    Failure::new(
        Exit::Error,
        format!("the layout `{layout}` is not running on this server"),
        format!("`{up}` starts it and attaches to it"),
    )
}

async fn observed(server: &Server) -> Result<Snapshot, Failure> {
    Ok(live::observe(server, &nonce(), &live::Query::default()).await?)
}

fn session_of<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a LiveSession> {
    let sessions = || snapshot.sessions.iter();
    let of_name = sessions().find(|session| session.name == name);
    let is_of_layout = |session: &&LiveSession| {
        let owner = session.owner.as_ref();
        owner.is_some_and(|owner| owner.layout == name)
    };
    of_name.or_else(|| sessions().find(is_of_layout))
}
