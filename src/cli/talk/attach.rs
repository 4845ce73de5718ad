//! `triad attach`: go there.

use std::os::unix::process::CommandExt;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::live;
use crate::live::Snapshot;
use crate::tmux::id::PaneId;
use crate::tmux::server::Server;

/// Attach to a layout's session; inside tmux, switch to it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A session, a layout by name, or a manifest
    target: Option<String>,
    /// Look, and type nothing
    #[arg(long)]
    read_only: bool,
}

pub(crate) async fn run(global: &Global, own: &Arguments, _: &Output) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let layout = world.layout(global, own.target.as_deref());
    let (name, layout) = match (layout, &own.target) {
        (Ok(layout), _) => (layout.sessions[0].address.name().to_owned(), Some(layout)),
        (Err(failure), Some(target)) if failure.exit == Exit::NoManifest => (target.clone(), None),
        (Err(failure), _) => return Err(failure),
    };
    let server = world.server(global, layout.as_ref())?;
    attach(&world, &server, &name, own.read_only).await
}

/// Attaches to the session of this name, or to the first of the layout of this name.
pub(crate) async fn attach(
    world: &World,
    server: &Server,
    name: &str,
    read_only: bool,
) -> Result<Exit, Failure> {
    let snapshot = live::observe(server, &nonce(), &live::Query::default()).await?;
    let Some(session) = session_of(&snapshot, name) else {
        return Err(Failure::new(
            Exit::Error,
            format!("there is no session or layout `{name}` on this server"),
            format!("make it: `triad apply {name}`"),
        ));
    };
    let target = format!("={session}:");
    if let Some(pane) = world.own_pane(server, &snapshot) {
        return switch(server, &snapshot, pane, &target, read_only).await;
    }
    let updates = updates(server).await;
    let updates: Vec<&str> = updates.iter().map(String::as_str).collect();
    let attach = server.attach(&target, read_only, &world.environment, &updates);
    let error = { attach }.exec();
    Err(Failure::new(
        Exit::NoTmux,
        format!("cannot run tmux: {error}"),
        "name it with `--tmux PATH`",
    ))
}

/// The names of the variables that a session takes from a client that attaches.
async fn updates(server: &Server) -> Vec<String> {
    // A server that does not tell gets none of them.
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

/// Inside tmux attaching is refused; the client that shows our pane switches instead.
async fn switch(
    server: &Server,
    snapshot: &Snapshot,
    own: PaneId,
    target: &str,
    read_only: bool,
) -> Result<Exit, Failure> {
    let pane = snapshot.panes.iter().find(|pane| pane.id == own);
    let window = pane.and_then(|pane| snapshot.window(pane.window));
    let session = window.map(|window| window.session);
    let clients = snapshot
        .clients
        .iter()
        .filter(|client| Some(client.session) == session);
    let Some(client) = clients.max_by_key(|client| client.activity) else {
        return Err(Failure::new(
            Exit::Error,
            "no terminal shows the pane that triad was called in",
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
