//! The link to one tmux server: scripts go out, acknowledgements and answers come back.
//!
//! A [`Link`] knows the server, the ids of objects, and the word that frames tmux's output. It
//! knows nothing of steps or plans. Each call ends within the deadline of a tmux process, and soon
//! after a signal.

pub mod batch;
mod looks;
mod new_lines;
mod printed;
mod report;

pub use looks::{Look, Looks};
pub use new_lines::Since;
pub use printed::{Printed, Start};
pub use report::{Failure, Report};

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::layout::{Address, ReadyTag};
use crate::link::batch::{Destination, Sent};
use crate::link::report::{GIVEN_UP, Lost, chain};
use crate::machine::interrupt::Interrupt;
use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::question::{PaneState, Terminal};
use crate::tmux::script::{Bindings, Line, Ref, Script};
use crate::tmux::server::Server;
use crate::tmux::tag;
use crate::tmux::version::Version;

/// The time that a pending call may continue after a signal.
const GRACE: Duration = Duration::from_secs(2);

/// The link to one server. Copies share nothing mutable.
#[derive(Debug, Clone)]
pub struct Link {
    server: Server,
    destination: Destination,
    bindings: Arc<Bindings>,
    nonce: String,
    interrupt: Interrupt,
    /// The version of the server, if it is known.
    version: Option<Version>,
}

impl Link {
    pub fn new(
        server: Server,
        destination: Destination,
        bindings: Bindings,
        nonce: String,
        interrupt: Interrupt,
    ) -> Self {
        Link {
            server,
            destination,
            bindings: Arc::new(bindings),
            nonce,
            interrupt,
            version: None,
        }
    }

    /// Sends only what a server of that version understands, without conditions.
    #[must_use]
    pub fn to_version(mut self, version: Option<Version>) -> Self {
        self.version = version;
        self
    }

    /// Returns the server's process, once it is known.
    pub fn server_pid(&self) -> Option<i32> {
        match self.destination {
            Destination::Running(id) => Some(id.pid),
            Destination::New => None,
        }
    }

    /// Returns the path of the server's socket.
    pub fn socket_path(&self) -> PathBuf {
        self.server.socket_path()
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Records ids, and the server they belong to.
    pub fn bind(&mut self, server: Option<ServerId>, ids: impl IntoIterator<Item = (Ref, String)>) {
        if let Some(id) = server {
            self.destination = Destination::Running(id);
        }
        let bindings = Arc::make_mut(&mut self.bindings);
        for (of, id) in ids {
            match of {
                // For a window that is linked into several sessions tmux names any of them: the
                // known one stays.
                Ref::Session(_) | Ref::DefaultShell(_) | Ref::DefaultCommand(_) => {
                    bindings.entry(of).or_insert(id);
                }
                _ => {
                    bindings.insert(of, id);
                }
            }
        }
    }

    /// Returns the id of a pane, as text.
    pub fn pane(&self, address: &Address) -> Option<&String> {
        self.bindings.get(&Ref::Pane(address.clone()))
    }

    /// Returns the id of a pane.
    pub fn pane_id(&self, address: &Address) -> Option<PaneId> {
        self.pane(address)?.parse().ok()
    }

    /// Returns the ids of objects that had none before.
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    pub fn socket(&self) -> Option<&String> {
        self.bindings.get(&Ref::Socket)
    }

    /// Sends lines as one batch. A line about an object without an id is not sent, and fails.
    pub async fn send(&self, lines: &[Line]) -> Report {
        self.send_by(&self.server, lines).await
    }

    /// Does the same for lines that may create a session.
    pub async fn send_making_sessions(&self, lines: &[Line]) -> Report {
        let server = self.server.clone().making_sessions();
        self.send_by(&server, lines).await
    }

    async fn send_by(&self, server: &Server, lines: &[Line]) -> Report {
        let unbound = |line: &Line| {
            let mut refs = line.refs().into_iter();
            refs.find(|id| !self.bindings.contains_key(id))
        };
        let missing: Vec<Option<Ref>> = lines.iter().map(unbound).collect();
        let all = std::iter::zip(lines, &missing);
        let sent = all.filter(|(_, missing)| missing.is_none());
        let sent: Vec<Line> = sent.map(|(line, _)| line.clone()).collect();
        if sent.is_empty() {
            return Report::of(missing, Ok(Sent::default()));
        }
        let mut script = Script { lines: sent };
        if let Some(version) = &self.version {
            script = script.of(version);
        }
        let batch = batch::send(
            server,
            self.destination,
            &script,
            &self.nonce,
            &self.bindings,
        );
        match self.interrupt.grace(GRACE, batch).await {
            Some(sent) => Report::of(missing, sent.map_err(Lost::from)),
            None => Report::of(missing, Err(Lost::given_up())),
        }
    }

    /// Lists all panes of the server.
    ///
    /// # Errors
    /// Returns, for people, why tmux did not report.
    pub async fn panes(&self) -> Result<Vec<PaneState>, String> {
        let format = PaneState::format();
        let text = self.query(&["list-panes", "-a", "-F", &format]).await?;
        Ok(text.lines().filter_map(PaneState::parse).collect())
    }

    /// Looks at panes, all in one call; then again at those whose last lines are not all on the
    /// screen.
    ///
    /// # Errors
    /// Returns, for people, why tmux did not report.
    pub async fn looks(&self, panes: &[PaneId]) -> Result<Looks, String> {
        let panes: Vec<(PaneId, usize)> = panes.iter().map(|pane| (*pane, 0)).collect();
        let mut looks = self.looked(&panes).await?;
        let missing = looks.iter();
        let missing = missing.filter_map(|(pane, look)| Some((*pane, look.missing_rows()?)));
        let missing: Vec<(PaneId, usize)> = missing.collect();
        if !missing.is_empty()
            && let Ok(more) = self.looked(&missing).await
        {
            looks.extend(more);
        }
        Ok(looks)
    }

    async fn looked(&self, panes: &[(PaneId, usize)]) -> Result<Looks, String> {
        let script = looks::script(panes, &self.nonce);
        let told = self.ask(&script).await?;
        let ids: Vec<PaneId> = panes.iter().map(|(pane, _)| *pane).collect();
        looks::read(&told, &self.nonce, &ids)
            .ok_or_else(|| "tmux's answer was incomplete".to_owned())
    }

    /// Returns the last lines of the programs in panes; none for a pane that cannot be read.
    pub async fn last_lines(&self, panes: &[PaneId]) -> BTreeMap<PaneId, Vec<String>> {
        let looks = self.looks(panes).await.unwrap_or_default();
        let lines = looks.into_iter().map(|(pane, look)| (pane, look.lines));
        lines.collect()
    }

    /// Returns the status texts of the programs in panes; none if the server does not answer.
    pub async fn statuses(&self) -> BTreeMap<PaneId, String> {
        let format = format!("#{{pane_id}} #{{pane_pid}} #{{{}}}", tag::STATUS);
        let told = self.query(&["list-panes", "-a", "-F", &format]).await;
        let status = |line: &str| {
            let mut fields = line.splitn(3, ' ');
            let pane = fields.next()?.parse().ok()?;
            let pid = fields.next()?.parse().ok()?;
            let tag = ReadyTag::parse(fields.next()?)?;
            let is_said = tag.is_of(pid) && !tag.why.is_empty();
            is_said.then_some((pane, tag.why))
        };
        let told = told.unwrap_or_default();
        told.lines().filter_map(status).collect()
    }

    /// Lists the terminals of all panes of the server.
    ///
    /// # Errors
    /// Returns, for people, why tmux did not report.
    pub async fn terminals(&self) -> Result<Vec<Terminal>, String> {
        let format = Terminal::format();
        let text = self.query(&["list-panes", "-a", "-F", &format]).await?;
        Ok(text.lines().filter_map(Terminal::parse).collect())
    }

    /// Reads what panes show and have shown from a row on, all in one call. A pane that is gone is not
    /// in the answer.
    ///
    /// # Errors
    /// A text for people: why tmux did not tell.
    pub async fn printed(
        &self,
        panes: &[(PaneId, Start)],
    ) -> Result<BTreeMap<PaneId, Printed>, String> {
        let script = printed::script(panes, &self.nonce);
        let told = self.ask(&script).await?;
        Ok(printed::read(&told, &self.nonce))
    }

    /// Returns the version of the tmux program itself, which a server that it starts will have.
    pub async fn client_version(&self) -> Option<Version> {
        self.interrupt
            .grace(GRACE, self.server.client_version())
            .await?
    }

    /// Returns the output of a script that only asks.
    async fn ask(&self, script: &Script) -> Result<String, String> {
        let sources = script.sources(&self.nonce, None, &Bindings::new());
        let sources = sources.map_err(|unbound| unbound.to_string())?;
        let asked = self.interrupt.grace(GRACE, self.server.source(&sources));
        match asked.await {
            None => Err(GIVEN_UP.to_owned()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(output)) => Ok(output.stdout),
        }
    }

    /// Returns the output of a question.
    async fn query(&self, arguments: &[&str]) -> Result<String, String> {
        let asked = self
            .interrupt
            .grace(GRACE, self.server.query(arguments))
            .await;
        match asked {
            None => Err(GIVEN_UP.to_owned()),
            Some(Err(error)) => Err(chain(&error)),
            Some(Ok(output)) if output.status.success() => Ok(output.stdout),
            Some(Ok(output)) => Err(output.stderr.trim().to_owned()),
        }
    }
}
