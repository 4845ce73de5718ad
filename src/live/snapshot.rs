//! The sessions, windows and panes of a server, from a listing.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::settings::LiveOptions;
use crate::layout::{
    Address, AppliedPane, AppliedSettings, AppliedWindow, Layout, PaneKind, ReadyTag, Salt,
    owner_key,
};
use crate::tmux::id::{PaneId, ServerId, SessionId, WindowId};
use crate::tmux::layout_string::Cell;
use crate::tmux::version::Version;

/// The objects on one server at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// `None`: no server is running, and the snapshot is empty.
    pub server: Option<LiveServer>,
    /// In tmux's order, by name.
    pub sessions: Vec<LiveSession>,
    /// Each window once, in the order of sessions and indexes.
    pub windows: Vec<LiveWindow>,
    /// Each pane once, in the order of windows and indexes.
    pub panes: Vec<LivePane>,
    pub clients: Vec<LiveClient>,
    /// The layout's own options, and the ones that the server knows.
    pub options: LiveOptions,
    /// The tags of triad's that are set globally.
    #[serde(skip)]
    pub globals: BTreeSet<String>,
    /// `window-size` is `manual` for all windows.
    #[serde(skip)]
    pub are_sizes_manual: bool,
}

impl Snapshot {
    pub fn session(&self, id: SessionId) -> Option<&LiveSession> {
        self.sessions.iter().find(|session| session.id == id)
    }

    pub fn window(&self, id: WindowId) -> Option<&LiveWindow> {
        self.windows.iter().find(|window| window.id == id)
    }

    pub fn pane(&self, id: PaneId) -> Option<&LivePane> {
        self.panes.iter().find(|pane| pane.id == id)
    }

    /// Returns the pane that was created last.
    pub fn newest_pane(&self) -> Option<PaneId> {
        self.panes.iter().map(|pane| pane.id).max()
    }

    /// Returns the panes of a window in the order of their indexes.
    pub fn panes_of(&self, window: WindowId) -> impl Iterator<Item = &LivePane> {
        self.panes.iter().filter(move |pane| pane.window == window)
    }

    /// Returns the windows of a session in the order of their indexes.
    pub fn windows_of(&self, session: SessionId) -> impl Iterator<Item = &LiveWindow> {
        let windows = self.windows.iter();
        windows.filter(move |window| window.session == session)
    }
}

/// The server itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveServer {
    pub version: Version,
    pub pid: i32,
    /// Seconds since the epoch. With the pid, the identity that makes ids comparable.
    pub start_time: u64,
    /// Rows that the status lines take from a client's height.
    pub status_lines: u32,
}

impl LiveServer {
    /// Returns the identity of this server.
    pub fn id(&self) -> ServerId {
        ServerId {
            pid: self.pid,
            start_time: self.start_time,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveSession {
    pub id: SessionId,
    pub name: String,
    /// The number of attached clients.
    pub attached: u32,
    /// The program of a shell in this session.
    pub default_shell: String,
    /// Empty if the user has set none.
    pub default_command: String,
    /// `None`: triad did not create it.
    pub owner: Option<Owner>,
    /// The key of its secrets' hashes.
    pub salt: Option<Salt>,
    /// Nothing in it may be stopped.
    pub is_protected: bool,
    pub settings: AppliedSettings,
}

impl Snapshot {
    /// Returns the snapshot as a renamed layout sees it: objects that its manifest applied under
    /// the old name are its own.
    #[must_use]
    pub fn called_by<'l>(mut self, layout: impl Into<Option<&'l Layout>>) -> Self {
        let layout = layout.into();
        let Some((layout, was)) = layout.and_then(|layout| Some((layout, layout.was.as_ref()?)))
        else {
            return self;
        };
        let mut is_there = false;
        let owners = self.sessions.iter_mut();
        for owner in owners.filter_map(|session| session.owner.as_mut()) {
            if owner.layout == *was && owner.manifest == layout.manifest {
                owner.tagged = Some(std::mem::replace(&mut owner.layout, layout.name.clone()));
                is_there = true;
            }
        }
        let old = owner_key(was, &layout.manifest);
        let owned = self.panes.iter_mut();
        for pane in owned.filter(|pane| is_there && pane.owner.as_ref() == Some(&old)) {
            pane.owner = Some(owner_key(&layout.name, &layout.manifest));
        }
        self
    }

    /// Returns the keys of all hashes of secrets.
    pub fn salts(&self) -> Vec<Salt> {
        let sessions = self.sessions.iter();
        sessions.filter_map(|session| session.salt).collect()
    }

    /// Returns the names of all secret variables.
    pub fn secret_names(&self) -> BTreeSet<String> {
        let applied = self.panes.iter().filter_map(|pane| pane.applied.as_ref());
        let names = applied.flat_map(|applied| applied.secrets.keys());
        names.cloned().collect()
    }
}

/// The owner of a session, by its tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub layout: String,
    /// The name in the tag, if the layout is [called](Snapshot::called_by) otherwise now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tagged: Option<String>,
    /// The manifest's canonical path.
    pub manifest: String,
    /// The address that the session was created for; `None` if the tag cannot be read.
    pub address: Option<Address>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveWindow {
    pub id: WindowId,
    /// The session that the listing showed it in first; a linked window is in several.
    pub session: SessionId,
    pub index: u32,
    /// Its other indexes in the same session, if it is linked there more than once.
    #[serde(default)]
    pub copies: Vec<u32>,
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub is_active: bool,
    pub is_zoomed: bool,
    /// `None` if tmux printed none, or one that cannot be read.
    pub cell: Option<Cell>,
    /// The address that triad created it for.
    pub address: Option<Address>,
    #[serde(with = "crate::layout::as_tag")]
    pub applied: Option<AppliedWindow>,
    pub settings: AppliedSettings,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LivePane {
    pub id: PaneId,
    pub window: WindowId,
    pub index: u32,
    pub width: u32,
    pub height: u32,
    pub is_active: bool,
    pub is_floating: bool,
    pub process: LiveProcess,
    /// The process that is running in it, or ran last.
    pub pid: Option<i32>,
    /// The address that triad created it for.
    pub address: Option<Address>,
    /// Its owner, if triad has marked it.
    pub owner: Option<String>,
    /// The value of `@triad_spec`.
    pub spec: String,
    pub applied: Option<AppliedPane>,
    pub phase: Option<Phase>,
    /// The exit of its program, if a shell has replaced it and is running now.
    pub left: Option<Exit>,
    /// Its task has exited with 0 since triad started it, whatever ran in the pane afterwards.
    #[serde(default)]
    pub has_succeeded: bool,
    /// The process that triad has asked to end.
    #[serde(default)]
    pub ending: Option<i32>,
    /// tmux acts when its program ends.
    pub is_armed: bool,
    /// The number of texts that have been typed into it, if it has any.
    pub typed: Option<usize>,
    /// The pane whose restart it has yet to follow.
    pub follows: Option<Address>,
    /// Sockets of others that listened on its ports before it was started, by inode number.
    pub strangers: BTreeSet<u64>,
    /// The mark that the process in `pid` is ready, by triad or by the program itself.
    #[serde(default)]
    pub ready: Option<ReadyTag>,
    /// The mark that the process in `pid` was not ready in time, and why.
    #[serde(default)]
    pub given_up: Option<ReadyTag>,
    /// The status of the process in `pid`.
    #[serde(default)]
    pub status: Option<String>,
    /// The number of restarts by tmux.
    #[serde(default)]
    pub restarts: u32,
    /// The time its program ended, in seconds since the epoch, if tmux reports it.
    #[serde(default)]
    pub ended_at: Option<u64>,
    pub settings: AppliedSettings,
}

impl LivePane {
    /// Whether it was stopped on purpose.
    pub fn is_stopped(&self) -> bool {
        let has_ended = matches!(self.process, LiveProcess::Ended(_));
        self.is_unstarted() || has_ended && self.phase == Some(Phase::Stopped)
    }

    /// Whether its program was never started, because the manifest leaves that to a person.
    pub fn is_unstarted(&self) -> bool {
        self.phase == Some(Phase::Unstarted)
    }

    /// Whether triad has ended its program and was interrupted before it could continue.
    pub fn was_interrupted(&self) -> bool {
        let has_ended = matches!(self.process, LiveProcess::Ended(_));
        let was_asked = self.ending.is_some() && self.ending == self.pid;
        has_ended && was_asked && self.left.is_none() && !self.is_stopped()
    }

    /// Whether it is a finished task: it runs again only on request, or if the task has changed.
    pub fn is_done(&self, kind: PaneKind) -> bool {
        let is_asked = self.is_stopped() || self.was_interrupted();
        let is_seen = self.ended() == Some(Exit::Status(0)) && !is_asked;
        kind == PaneKind::Task && (self.has_succeeded || is_seen)
    }

    /// Returns how its program ended, if it has, even if a shell has replaced it.
    pub fn ended(&self) -> Option<Exit> {
        match self.process {
            // Its process only shows a text, and its status does not count.
            _ if self.is_unstarted() => Some(Exit::Status(0)),
            LiveProcess::Ended(exit) => Some(self.left.unwrap_or(exit)),
            _ => self.left,
        }
    }
}

/// The state of a pane's process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LiveProcess {
    /// The pane never had one.
    Empty,
    Running {
        pid: i32,
        program: String,
    },
    Ended(Exit),
}

/// The end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    Status(i32),
    Signal(i32),
    /// tmux did not notice it.
    Unknown,
}

impl Exit {
    /// Whether this end is a failure of such a program. A service should be running, however it
    /// ended; the exit status of the user's own shell (`is_shell`) is no failure.
    pub fn is_failure(self, kind: PaneKind, is_shell: bool) -> bool {
        match kind {
            PaneKind::Service => true,
            PaneKind::Pane if is_shell => false,
            PaneKind::Task | PaneKind::Agent | PaneKind::Pane => self != Exit::Status(0),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Status(status) => write!(f, "exit status {status}"),
            Exit::Signal(signal) => write!(f, "signal {signal}"),
            Exit::Unknown => f.write_str("an unknown exit status"),
        }
    }
}

/// The progress of triad with a pane, kept in `@triad_phase`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Created, and not assigned yet.
    Placeholder,
    /// Has its address; its program is not started.
    Pending,
    Started,
    /// Stopped on purpose.
    Stopped,
    /// Created, and left to a person to start.
    Unstarted,
    Failed,
}

impl Phase {
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Placeholder => "placeholder",
            Phase::Pending => "pending",
            Phase::Started => "started",
            Phase::Stopped => "stopped",
            Phase::Unstarted => "unstarted",
            Phase::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Phase> {
        use Phase::{Failed, Pending, Placeholder, Started, Stopped, Unstarted};
        [Placeholder, Pending, Started, Stopped, Unstarted, Failed]
            .into_iter()
            .find(|phase| phase.as_str() == text)
    }
}

/// A terminal that shows a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveClient {
    pub name: String,
    pub session: SessionId,
    pub width: u32,
    pub height: u32,
    /// Seconds since the epoch of the last key.
    pub activity: u64,
}
