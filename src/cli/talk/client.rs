//! Shows a session, a window or a pane in this terminal: by a new client, or by the client that the
//! terminal belongs to.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::cli::context::{World, terminal};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::live::{self, LiveClient, LiveSession, Snapshot};
use crate::tmux::id::{PaneId, SessionId, WindowId};
use crate::tmux::server::{Output as Answer, Server, ServerError};
use crate::tmux::version::MESSAGES_TO_CLIENTS;

/// How long a message stays on the status line, in milliseconds.
const MESSAGE_TIME: &str = "5000";

/// The target of a client: a session, or a window or pane in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClientTarget {
    session: SessionId,
    name: String,
    window: Option<WindowId>,
    pane: Option<PaneId>,
}

impl ClientTarget {
    pub(super) fn of(session: &LiveSession) -> Self {
        ClientTarget {
            session: session.id,
            name: session.name.clone(),
            window: None,
            pane: None,
        }
    }

    pub(super) fn at(self, window: WindowId, pane: Option<PaneId>) -> Self {
        ClientTarget {
            window: Some(window),
            pane,
            ..self
        }
    }

    /// Returns the target in tmux's syntax.
    fn syntax(&self) -> String {
        let session = self.session;
        match (self.window, self.pane) {
            (Some(window), Some(pane)) => format!("{session}:{window}.{pane}"),
            (Some(window), None) => format!("{session}:{window}"),
            (None, _) => format!("={}:", self.name),
        }
    }
}

/// A request to show a target, with its conditions.
#[derive(Debug)]
pub(super) struct ClientRequest<'a> {
    pub world: &'a World,
    pub server: &'a Server,
    pub snapshot: &'a Snapshot,
    pub target: &'a ClientTarget,
    pub is_read_only: bool,
    pub detaches_others: bool,
}

/// The ways to show a target.
enum Way {
    /// The client of this terminal was switched to it.
    Switched,
    /// This command attaches to it.
    By(Command),
}

impl<'a> ClientRequest<'a> {
    /// A request without conditions.
    pub(super) fn new(
        world: &'a World,
        server: &'a Server,
        snapshot: &'a Snapshot,
        target: &'a ClientTarget,
    ) -> Self {
        ClientRequest {
            world,
            server,
            snapshot,
            target,
            is_read_only: false,
            detaches_others: false,
        }
    }

    /// Shows the target; this process becomes the client.
    pub(super) async fn go(&self, output: &Output) -> Result<Exit, Failure> {
        match self.way(output).await? {
            Way::Switched => Ok(Exit::Success),
            Way::By(mut attach) => Err(failed(self.server, attach.exec())),
        }
    }

    /// Shows the target until the client is detached.
    pub(super) async fn stay(&self, output: &Output) -> Result<(), Failure> {
        match self.way(output).await? {
            Way::Switched => Ok(()),
            Way::By(mut attach) => attach
                .status()
                .map(drop)
                .map_err(|source| failed(self.server, source)),
        }
    }

    async fn way(&self, output: &Output) -> Result<Way, Failure> {
        self.unzoom().await?;
        if let Some(own) = self.own_session() {
            self.switch(own, output).await?;
            return Ok(Way::Switched);
        }
        let notice = self.notice(None).await;
        if let Some(notice) = &notice {
            output.warning(notice);
        }
        // Without a manifest, only the running panes say which names are secret.
        let server = self.server.clone().without(&self.snapshot.secret_names());
        let updates = updates(&server).await;
        let updates: Vec<&str> = updates.iter().map(String::as_str).collect();
        let target = self.target.syntax();
        let environment = &self.world.environment;
        let mut attach = server.attach(&target, self.is_read_only, environment, &updates);
        if self.detaches_others {
            attach.arg("-d");
        }
        if let Some(notice) = &notice {
            // The client hides what was printed before.
            attach.args([";", "display-message", "-d", MESSAGE_TIME, notice]);
        }
        Ok(Way::By(attach))
    }

    /// Ends the zoom of another pane: a client that attaches would show that one.
    async fn unzoom(&self) -> Result<(), Failure> {
        let (Some(window), Some(pane)) = (self.target.window, self.target.pane) else {
            return Ok(());
        };
        let is_zoomed = self.snapshot.window(window).is_some_and(|it| it.is_zoomed);
        let is_active = self.snapshot.pane(pane).is_some_and(|it| it.is_active);
        if is_zoomed && !is_active {
            let pane = pane.to_string();
            self.query(&["select-pane", "-t", &pane]).await?;
        }
        Ok(())
    }

    /// Returns the session in which triad was called, if that was inside this server: in a pane, or
    /// in a popup, which only the environment shows.
    fn own_session(&self) -> Option<SessionId> {
        let pane = self.world.own_pane(self.server, self.snapshot);
        let pane = pane.and_then(|own| self.snapshot.pane(own));
        let window = pane.and_then(|pane| self.snapshot.window(pane.window));
        let told = || self.world.told_session(self.server);
        window.map(|window| window.session).or_else(told)
    }

    /// Switches the client that shows triad's session, because tmux refuses to attach inside itself.
    async fn switch(&self, own: SessionId, output: &Output) -> Result<(), Failure> {
        let target = self.target.syntax();
        let clients = self.snapshot.clients.iter();
        let clients = clients.filter(|client| client.session == own);
        let Some(client) = clients.max_by_key(|client| client.activity) else {
            return Err(Failure::new(
                Exit::Error,
                "no client shows the pane that triad was called in",
                format!("switch by hand: `tmux switch-client -t '{target}'`"),
            ));
        };
        let notice = self.notice(Some(client)).await;
        let mut command = vec!["switch-client", "-c", &client.name, "-t", &target];
        // It would make a client that is read-only writable.
        if self.is_read_only && !self.is_read_only_already(client).await? {
            command.push("-r");
        }
        let switched = self.query(&command).await?;
        if !switched.status.success() {
            let message = format!("tmux cannot switch: {}", switched.stderr.trim());
            return Err(Failure::new(Exit::Error, message, ""));
        }
        if self.detaches_others {
            for other in self.others(Some(client)) {
                self.query(&["detach-client", "-t", &other.name]).await?;
            }
        }
        if let Some(notice) = &notice {
            output.warning(notice);
            let server = self.snapshot.server.as_ref();
            if server.is_some_and(|server| server.version.has(MESSAGES_TO_CLIENTS)) {
                let name = &client.name;
                let command = ["display-message", "-c", name, "-d", MESSAGE_TIME, notice];
                self.query(&command).await?;
            }
        }
        Ok(())
    }

    async fn is_read_only_already(&self, client: &LiveClient) -> Result<bool, Failure> {
        let format = "#{client_readonly} #{client_name}";
        let told = self.query(&["list-clients", "-F", format]).await?.stdout;
        let is_it = |line: &str| line.strip_prefix("1 ") == Some(&client.name);
        Ok(told.lines().any(is_it))
    }

    /// Returns the other clients of the session.
    fn others(&self, own: Option<&'a LiveClient>) -> impl Iterator<Item = &'a LiveClient> {
        let clients = self.snapshot.clients.iter();
        let session = self.target.session;
        clients.filter(move |client| {
            let is_own = own.is_some_and(|own| own.name == client.name);
            client.session == session && !is_own
        })
    }

    /// Returns the notice that the window changes its size for this terminal although another client
    /// shows it. `own` is the client of this terminal, if it has one.
    async fn notice(&self, own: Option<&'a LiveClient>) -> Option<String> {
        let others: Vec<&LiveClient> = self.others(own).collect();
        if others.is_empty() || self.is_read_only || self.detaches_others {
            return None;
        }
        let lines = self.snapshot.server.as_ref()?.status_lines;
        let own = own.map(|own| (own.width, own.height)).or_else(terminal)?;
        let window = self.window()?;
        let id = window.id.to_string();
        let question = ["display-message", "-p", "-t", &id, "#{window-size}"];
        let policy = self.query(&question).await.ok()?.stdout;
        let sizes = others.iter().map(|other| (other.width, other.height));
        let sizes: Vec<(u32, u32)> = sizes.chain([own]).collect();
        let of = |choose: fn(u32, u32) -> u32| {
            let size = sizes.iter().copied();
            size.reduce(|a, b| (choose(a.0, b.0), choose(a.1, b.1)))
        };
        let (width, height) = match policy.trim() {
            "smallest" => of(u32::min)?,
            "largest" => of(u32::max)?,
            "latest" => own,
            _ => return None,
        };
        let (before, after) = (
            (window.width, window.height),
            (width, height.saturating_sub(lines)),
        );
        (before != after).then(|| {
            let who = match others.len() {
                1 => "another client is attached".to_owned(),
                count => format!("{count} other clients are attached"),
            };
            format!(
                "{who}: the window changes from {}x{} to {}x{} (--read-only keeps the size)",
                before.0, before.1, after.0, after.1
            )
        })
    }

    /// Returns the window that will be shown.
    fn window(&self) -> Option<&'a live::LiveWindow> {
        match self.target.window {
            Some(window) => self.snapshot.window(window),
            None => {
                let mut windows = self.snapshot.windows_of(self.target.session);
                windows.find(|window| window.is_active)
            }
        }
    }

    async fn query(&self, command: &[&str]) -> Result<Answer, Failure> {
        let answer = self.server.query(command).await;
        Ok(answer.map_err(live::ObserveError::from)?)
    }
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
