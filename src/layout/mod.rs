//! The vocabulary: what should exist, spelled out, with nothing left to look up.
//!
//! A [`Layout`] is what [`resolve`](crate::resolve) makes of a manifest and what
//! [`plan`](crate::plan) compares with the live server. Plain data: no spans (a
//! [`Origin`] is kept for messages), no I/O, no tmux ids.

mod address;
mod applied;
mod nearest;
mod size;
mod tree;
mod url;

pub use address::{Address, AddressError, NAME_MAX, is_name};
pub use applied::{AppliedPane, AppliedWindow, SPEC_VERSION, Shape, decode_tag, encode_tag};
pub use nearest::nearest;
pub use size::{Rect, Size, extents, filler};
pub use tree::{Child, Direction, Node, Split, tiled};
pub use url::Url;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Everything one manifest wants, on one tmux server.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    pub name: String,
    /// The manifest's canonical path: half of what says whose a live object is. Standard input
    /// has the path `-`.
    pub manifest: String,
    /// Where `root` points: the outermost working directory.
    pub root: PathBuf,
    pub server: Option<ServerChoice>,
    pub sessions: Vec<Session>,
}

/// The server a manifest asks for; a flag on the command line wins over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerChoice {
    /// `-L name`
    Name(String),
    /// `-S path`
    Path(PathBuf),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub address: Address,
    /// Where windows that a person opens in the session start.
    pub cwd: PathBuf,
    /// Never empty.
    pub windows: Vec<Window>,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub address: Address,
    /// tmux's window name.
    pub title: String,
    /// `None`: the pane borders are left to the user's own settings.
    pub titles: Option<Titles>,
    pub focus: bool,
    /// Whether shares are kept exact when the window changes size.
    pub ratio: Ratio,
    /// Never empty: a window without panes has one bare shell.
    pub root: Node,
    pub origin: Origin,
}

/// Where pane titles are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Titles {
    Top,
    Bottom,
    Off,
}

impl Titles {
    /// tmux's word for it (`pane-border-status`).
    pub fn as_str(self) -> &'static str {
        match self {
            Titles::Top => "top",
            Titles::Bottom => "bottom",
            Titles::Off => "off",
        }
    }
}

/// Who keeps the shares of a window when the terminal changes size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ratio {
    /// A hook of ours restores them exactly.
    Keep,
    /// tmux, in its own way.
    Free,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Pane {
    pub address: Address,
    pub kind: PaneKind,
    pub command: Command,
    pub cwd: PathBuf,
    /// What the manifest sets; the caller's own environment is not in here.
    pub env: BTreeMap<String, String>,
    pub title: Option<String>,
    pub focus: bool,
    pub needs: Vec<Need>,
    pub ready: Option<Ready>,
    pub origin: Origin,
}

/// The four kinds of pane: what an ended process means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaneKind {
    /// A shell, or a command nobody depends on.
    Pane,
    /// Should be running; ended is a fault.
    Service,
    /// Runs once to its end.
    Task,
    /// An AI agent or another interactive worker; ended is done.
    Agent,
}

impl PaneKind {
    pub fn as_str(self) -> &'static str {
        match self {
            PaneKind::Pane => "pane",
            PaneKind::Service => "service",
            PaneKind::Task => "task",
            PaneKind::Agent => "agent",
        }
    }
}

/// What runs in a pane.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// The user's interactive login shell (tmux's `default-shell`), or the one named.
    Shell(Option<String>),
    /// `SHELL -c LINE`.
    Line { shell: String, line: String },
    /// Run directly. Never empty.
    Argv(Vec<String>),
}

/// One edge of the needs graph, resolved to a pane of the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub target: Address,
    pub until: Until,
}

/// When a need is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    Started,
    /// The target's own meaning of ready: its probes, a task's exit 0, else started.
    Ready,
    ExitedOk,
    Exited,
}

impl Until {
    pub fn as_str(self) -> &'static str {
        match self {
            Until::Started => "started",
            Until::Ready => "ready",
            Until::ExitedOk => "exited-ok",
            Until::Exited => "exited",
        }
    }
}

/// When a service or agent counts as ready: every probe holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Never empty.
    pub probes: Vec<Probe>,
    pub pace: Pace,
}

/// How often and how long to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The first pause between probes; it grows by half up to [`Pace::SLOWEST`].
    pub every: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long to go on; `None` only where the manifest says `deadline="none"`.
    pub deadline: Option<Duration>,
}

impl Pace {
    /// Pauses between probes grow no longer than this (unless `every` itself is longer).
    pub const SLOWEST: Duration = Duration::from_secs(2);
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            every: Duration::from_millis(250),
            timeout: Duration::from_secs(2),
            deadline: Some(Duration::from_secs(60)),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// A TCP port on loopback accepts a connection.
    Port(u16),
    /// `http://` answers a GET with this status.
    Http { url: String, status: u16 },
    /// `/bin/sh -c` of this exits 0, in the pane's directory with the pane's environment.
    Exec(String),
}

/// Where in the manifest something was written, for messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
}

impl Layout {
    /// All panes, in the order of the manifest.
    pub fn panes(&self) -> impl Iterator<Item = &Pane> {
        self.windows().flat_map(|window| window.root.panes())
    }

    /// All windows, in the order of the manifest.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.sessions.iter().flat_map(|session| &session.windows)
    }

    /// The pane of this address.
    pub fn pane(&self, address: &Address) -> Option<&Pane> {
        self.panes().find(|pane| pane.address == *address)
    }
}
