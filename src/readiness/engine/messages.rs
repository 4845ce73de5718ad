//! What goes into the engine and what comes out of it.

use std::time::{Duration, Instant};

use crate::layout::{Address, Command, OnExit, PaneKind, Ready, Restart};
use crate::live::Exit;
use crate::plan::change::{Target, TargetState};

/// How many probes are under way at once; those of one pane follow one another.
pub const PROBES_MAX: usize = 16;
/// How long `triad wait` waits where neither the pane nor the caller says it. Longer than a probe's
/// deadline, because a task works where a service only starts.
pub const END_DEADLINE: Duration = Duration::from_secs(600);

/// A pane that is waited for: what the engine has to know of it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub kind: PaneKind,
    /// Its program is the user's own shell.
    pub is_shell: bool,
    /// Its pane closes with its program: nobody sees how that ended.
    pub closes: bool,
    pub ready: Option<Ready>,
    pub restart: Option<Restart>,
    pub state: TargetState,
    /// Somebody who starts needs it.
    pub is_needed: bool,
    /// Somebody waits for its end.
    pub is_end_needed: bool,
    /// How long its end is waited for; `None`: for as long as it runs.
    pub deadline: Option<Duration>,
}

impl Wanted {
    /// What the engine has to know of a target, by its address.
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

    /// Whether it is a shell that somebody may use and leave.
    pub(super) fn is_bare(&self) -> bool {
        self.kind == PaneKind::Pane && self.is_shell
    }

    /// Whether its end is waited for: that of a task always is.
    pub(super) fn is_end_awaited(&self) -> bool {
        self.is_end_needed || self.kind == PaneKind::Task
    }

    /// Whether it starts and is to say itself that it is ready: nobody hears that later.
    pub fn is_only_heard_now(&self) -> bool {
        let is_notified = self.ready.as_ref().is_some_and(Ready::is_notified);
        is_notified && self.state == TargetState::Planned
    }
}

/// Which panes are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Those that somebody needs.
    Needed,
    /// Besides, all that are to become ready.
    Ready,
    /// Besides, the ends of all tasks.
    Everything,
}

impl Extent {
    /// Whether `what` of this pane is waited for.
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

/// What has happened to a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Its program runs, as this process. tmux may have started it again.
    Started { pid: i32 },
    /// It will not be started: its start failed, or what it needs is lost.
    NeverStarted,
    /// Its process is not there any more.
    Gone,
    /// The answer to [`Output::Inquire`]: what a look at the pane found.
    Found(Found),
    /// The process ended so. `is_final`: tmux will not start it again.
    Ended { exit: Exit, is_final: bool },
    /// The answer to [`Output::Probe`] of the same run: why it is ready, or why it is not.
    Answered {
        run: u32,
        answer: Result<String, String>,
    },
    /// The program itself says something: its probes are looked at without delay.
    Hurry,
    /// The program asks for more time.
    Extend(Duration),
    /// The program says what it is at.
    Status(String),
    /// Its `exec` probe leaves these processes running.
    LeftBehind(String),
}

/// What a look at a pane found whose process is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The pane is not there any more.
    Closed,
    There {
        /// The process of the pane by now.
        pid: Option<i32>,
        /// tmux has read all that the process printed.
        is_dead: bool,
        /// How it ended, once tmux has collected it.
        exit: Option<Exit>,
        /// How the program ended whose place a shell has taken.
        left: Option<Exit>,
        /// tmux may start the program again.
        is_armed: bool,
    },
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Make an attempt at all probes of the pane and answer with [`Input::Answered`].
    Probe { address: Address, run: u32 },
    /// Ask tmux how the pane's process ended, or whether another runs in its place, and answer
    /// with [`Input::Found`], or, once that is known, [`Input::Ended`] or [`Input::Started`].
    Inquire { address: Address },
    /// Tell that a deadline has passed.
    Tell(News),
}

/// What is worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// All its probes hold.
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
    /// tmux has started it again.
    Restarted { address: Address },
    /// Its `exec` probe leaves these processes running.
    LeftBehind { address: Address, what: String },
    /// It has ended as it may.
    Ended { address: Address, exit: Exit },
    /// It has ended although it should not have.
    Died {
        address: Address,
        /// `None`: its pane has closed, and nobody knows.
        exit: Option<Exit>,
    },
}

/// Whether a need can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Met,
    /// Met as soon as the target is started.
    MetByStart,
    NotYet,
    /// Never any more.
    Lost,
}

/// One thing that is waited for, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    pub address: Address,
    pub what: What,
    pub since: Instant,
}

/// What a pane is waited for to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// To satisfy its probes: the last answer, or what its program says of itself.
    Probes(Option<String>),
    /// To have ended, as tmux tells.
    Exit,
    /// To be started again, by tmux.
    Restart,
    /// To end.
    End,
    /// To stay alive for its first moments.
    Settling,
}
