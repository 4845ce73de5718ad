//! `triad attach`: attaches to a session.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::live;
use crate::live::Snapshot;
use crate::tmux::id::SessionId;
use crate::tmux::server::{Server, ServerError};

/// Attach to a session, or switch to it inside tmux
#[derive(Debug, clap::Args)]
#[command(before_help = "triad attach shop", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    /// Session, name of a layout, or manifest
    target: Option<String>,
    /// Attach read-only
    #[arg(long)]
    read_only: bool,
}

const DETAILS: &str = "\
`C-b d` leaves the session (the tmux prefix, then `d`), and everything in it keeps running.";

pub(crate) async fn run(global: &Global, own: &Arguments, _: &Output) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let target = own.target.as_deref();
    // Variables from the environment may be missing, because nothing is started.
    let failure = match (world.open_layout(global, target), target) {
        (Ok(layout), _) => {
            let server = world.server(global, Some(&layout))?;
            let snapshot = observed(&server).await?;
            let name = layout.sessions[0].address.name();
            let Some(session) = session_of(&snapshot, name) else {
                return Err(not_running(&layout.name, target, &server));
            };
            return go(&world, &server, &snapshot, session, own.read_only).await;
        }
        (Err(failure), Some(name)) if failure.exit == Exit::NoManifest => {
            let server = world.server(global, None)?;
            return attach(&world, &server, name, own.read_only).await;
        }
        (Err(failure), _) => failure,
    };
    // A mistake in the manifest is no reason not to attach.
    let is_broken = failure.exit == Exit::Invalid && target != Some("-");
    let manifest = is_broken.then(|| world.load(target).ok()).flatten();
    let Some(manifest) = manifest.map(|loaded| loaded.path) else {
        return Err(failure);
    };
    let server = world.server(global, None)?;
    let snapshot = observed(&server).await?;
    let session = snapshot.sessions.iter().find(|session| {
        let owner = session.owner.as_ref();
        owner.is_some_and(|owner| *Path::new(&owner.manifest) == *manifest)
    });
    match session {
        Some(session) => go(&world, &server, &snapshot, &session.name, own.read_only).await,
        None => Err(failure),
    }
}

/// Attaches to the session with this name, or to the first session of the layout with this name.
pub(crate) async fn attach(
    world: &World,
    server: &Server,
    name: &str,
    read_only: bool,
) -> Result<Exit, Failure> {
    let snapshot = observed(server).await?;
    let Some(session) = session_of(&snapshot, name) else {
        return Err(Failure::new(
            Exit::Error,
            format!("there is no session or layout `{name}` on this server"),
            advice::instead_of_session(name, world, server, &snapshot),
        ));
    };
    go(world, server, &snapshot, session, read_only).await
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

/// Shows a session in this terminal until the person leaves it. How the client ended does not
/// matter.
pub(crate) async fn visit(world: &World, server: &Server, session: &str) -> Result<(), Failure> {
    let snapshot = observed(server).await?;
    match way(world, server, &snapshot, session, false).await? {
        Way::Switched(_) => Ok(()),
        Way::By(mut attach) => attach
            .status()
            .map(drop)
            .map_err(|source| failed(server, source)),
    }
}

/// Shows a session in this terminal.
async fn go(
    world: &World,
    server: &Server,
    snapshot: &Snapshot,
    session: &str,
    read_only: bool,
) -> Result<Exit, Failure> {
    match way(world, server, snapshot, session, read_only).await? {
        Way::Switched(exit) => Ok(exit),
        Way::By(mut attach) => Err(failed(server, attach.exec())),
    }
}

/// The ways to show a session.
enum Way {
    /// The client of this terminal was switched to it.
    Switched(Exit),
    /// This command attaches to it.
    By(Command),
}

async fn way(
    world: &World,
    server: &Server,
    snapshot: &Snapshot,
    session: &str,
    read_only: bool,
) -> Result<Way, Failure> {
    let target = format!("={session}:");
    if let Some(own) = own_session(world, server, snapshot) {
        let switched = switch(server, snapshot, own, &target, read_only);
        return switched.await.map(Way::Switched);
    }
    // Without a manifest, only the running panes say which names are secret.
    let server = server.clone().without(&snapshot.secret_names());
    let updates = updates(&server).await;
    let updates: Vec<&str> = updates.iter().map(String::as_str).collect();
    let attach = server.attach(&target, read_only, &world.environment, &updates);
    Ok(Way::By(attach))
}

fn failed(server: &Server, source: io::Error) -> Failure {
    let error = ServerError::Start {
        program: server.program().to_owned(),
        source,
    };
    live::ObserveError::from(error).into()
}

/// Returns the names of the variables that a session takes from a client that attaches.
async fn updates(server: &Server) -> Vec<String> {
    // A server that does not answer gets none of them.
    let told = server.query(&["show-options", "-gqv", "update-environment"]);
    let told = told.await.map(|output| output.stdout).unwrap_or_default();
    told.split_whitespace().map(str::to_owned).collect()
}

fn session_of<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a str> {
    let of_name = snapshot
        .sessions
        .iter()
        .find(|session| session.name == name);
    let of_layout = || {
        snapshot.sessions.iter().find(|session| {
            session
                .owner
                .as_ref()
                .is_some_and(|owner| owner.layout == name)
        })
    };
    of_name
        .or_else(of_layout)
        .map(|session| session.name.as_str())
}

/// Returns the session in which triad was called, if that was inside this server: in a pane, or in
/// a popup, which only the environment shows.
fn own_session(world: &World, server: &Server, snapshot: &Snapshot) -> Option<SessionId> {
    let pane = world.own_pane(server, snapshot);
    let pane = pane.and_then(|own| snapshot.panes.iter().find(|pane| pane.id == own));
    let window = pane.and_then(|pane| snapshot.window(pane.window));
    let told = || world.told_session(server);
    window.map(|window| window.session).or_else(told)
}

/// Switches the client that shows triad's session, because tmux refuses to attach inside itself.
async fn switch(
    server: &Server,
    snapshot: &Snapshot,
    own: SessionId,
    target: &str,
    read_only: bool,
) -> Result<Exit, Failure> {
    let clients = snapshot
        .clients
        .iter()
        .filter(|client| client.session == own);
    let Some(client) = clients.max_by_key(|client| client.activity) else {
        return Err(Failure::new(
            Exit::Error,
            "no client shows the pane that triad was called in",
            format!("switch by hand: `tmux switch-client -t '{target}'`"),
        ));
    };
    let mut command = vec!["switch-client", "-c", &client.name, "-t", target];
    if read_only {
        command.push("-r");
    }
    let switched = server.query(&command).await;
    let switched = switched.map_err(live::ObserveError::from)?;
    if switched.status.success() {
        return Ok(Exit::Success);
    }
    let message = format!("tmux cannot switch: {}", switched.stderr.trim());
    Err(Failure::new(Exit::Error, message, ""))
}
