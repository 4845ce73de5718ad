//! The inputs and outputs of the engine.

use std::time::{Duration, Instant};

use crate::layout::{Address, Command, OnExit, PaneKind, Ready, Restart};
use crate::live::Exit;
use crate::plan::change::{Target, TargetState};

/// The maximum number of simultaneous probes; those of one pane run in sequence.
pub const PROBES_MAX: usize = 16;
/// The time limit of `triad wait` if neither the pane nor the caller sets one. Longer than a
/// probe's deadline, because a task does work and a service only starts.
pub const END_DEADLINE: Duration = Duration::from_secs(600);

/// The data of an awaited pane.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub kind: PaneKind,
    /// Its program is the user's own shell.
    pub is_shell: bool,
    /// Its pane closes with its program: nobody sees the exit status.
    pub closes: bool,
    pub ready: Option<Ready>,
    pub restart: Option<Restart>,
    pub state: TargetState,
    /// A starting pane needs it.
    pub is_needed: bool,
    /// Its end is awaited.
    pub is_end_needed: bool,
    /// The time limit for its end; `None`: as long as it runs.
    pub deadline: Option<Duration>,
}

impl Wanted {
    /// Returns the address and data of a target.
    pub fn of(target: &Target) -> (Address, Self) {
        let pane = &target.pane;
        let wanted = Wanted {
            kind: pane.kind,
            is_shell: matches!(pane.command, Command::Shell(_)),
            closes: pane.exit() == OnExit::Close,
            ready: pane.ready.clone(),
            restart: pane.restart.clone(),
            state: target.state,
            is_needed: target.is_needed,
            is_end_needed: target.is_end_needed,
            deadline: pane.deadline,
        };
        (pane.address.clone(), wanted)
    }

    /// Whether it is a shell that a person may use and leave.
    pub(super) fn is_bare(&self) -> bool {
        self.kind == PaneKind::Pane && self.is_shell
    }

    /// Whether its end is awaited: that of a task always is.
    pub(super) fn is_end_awaited(&self) -> bool {
        self.is_end_needed || self.kind == PaneKind::Task
    }

    /// Whether it starts and notifies its readiness itself, which nobody receives later.
    pub fn is_only_heard_now(&self) -> bool {
        let is_notified = self.ready.as_ref().is_some_and(Ready::is_notified);
        is_notified && self.state == TargetState::Planned
    }
}

/// The panes to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Panes that others need.
    Needed,
    /// Also all panes that are expected to become ready.
    Ready,
    /// Also the ends of all tasks.
    Everything,
}

impl Extent {
    /// Whether to wait for `what` of this pane.
    pub(super) fn holds(self, wanted: &Wanted, what: &What) -> bool {
        let is_needed = match what {
            What::Settling => false,
            What::End => wanted.is_end_needed,
            What::Probes(_) | What::Exit | What::Restart => wanted.is_needed,
        };
        is_needed
            || match self {
                Extent::Needed => wanted.is_only_heard_now(),
                Extent::Ready => *what != What::End,
                Extent::Everything => true,
            }
    }
}

/// An event of a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Its program is running as this process. tmux may have restarted it.
    Started { pid: i32 },
    /// It will not be started: its start failed, or a dependency is lost.
    NeverStarted,
    /// Its process is gone.
    Gone,
    /// The answer to [`Output::Inquire`]: the result of a look at the pane.
    Found(Found),
    /// The process has ended. `is_final`: tmux will not restart it.
    Ended { exit: Exit, is_final: bool },
    /// The answer to [`Output::Probe`] of the same run: why it is ready or not.
    Answered {
        run: u32,
        answer: Result<String, String>,
    },
    /// The program itself reports: its probes are tried without delay.
    Hurry,
    /// The program asks for more time.
    Extend(Duration),
    /// The program sets its status.
    Status(String),
    /// Its `exec` probe leaves these processes running.
    LeftBehind(String),
}

/// The result of a look at a pane whose process is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The pane is gone.
    Closed,
    There {
        /// The present process of the pane.
        pid: Option<i32>,
        /// tmux has read all output of the process.
        is_dead: bool,
        /// Its exit, once tmux has collected it.
        exit: Option<Exit>,
        /// The exit of the program that a shell has replaced.
        left: Option<Exit>,
        /// tmux may restart the program.
        is_armed: bool,
    },
}

impl Found {
    /// The state of a pane that tmux did not report.
    pub const UNKNOWN: Found = Found::There {
        pid: None,
        is_dead: false,
        exit: None,
        left: None,
        is_armed: false,
    };
}

/// An action to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Try all probes of the pane and answer with [`Input::Answered`].
    Probe { address: Address, run: u32 },
    /// Ask tmux how the pane's process ended, or whether another is running in its place, and
    /// answer with [`Input::Found`], or, once that is known, [`Input::Ended`] or
    /// [`Input::Started`].
    Inquire { address: Address },
    /// Report that a deadline has passed.
    Tell(News),
}

/// A piece of news to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// All its probes succeeded.
    Ready {
        address: Address,
        why: String,
        took: Duration,
    },
    /// It has not become ready by its deadline.
    NotReady {
        address: Address,
        answer: String,
        after: Duration,
    },
    /// tmux has restarted it.
    Restarted { address: Address },
    /// Its `exec` probe leaves these processes running.
    LeftBehind { address: Address, what: String },
    /// It has ended as expected.
    Ended { address: Address, exit: Exit },
    /// It has ended unexpectedly.
    Died {
        address: Address,
        /// `None`: its pane has closed, so the status is unknown.
        exit: Option<Exit>,
    },
}

/// The state of a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Met,
    /// Met as soon as the target is started.
    MetByStart,
    NotYet,
    /// It can no longer be met.
    Lost,
}

/// An awaited pane, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    pub address: Address,
    pub what: What,
    pub since: Instant,
}

/// The thing a pane is awaited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Its probes: the last answer, or the status of its program.
    Probes(Option<String>),
    /// Its exit status from tmux.
    Exit,
    /// A restart by tmux.
    Restart,
    /// Its end.
    End,
    /// Its first moments, without ending.
    Settling,
}
