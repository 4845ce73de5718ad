//! What happens while a plan is executed or something is waited for, as it happens, and how a plan
//! ended.

use std::time::Duration;

use crate::layout::{Address, StepId, Veil};
use crate::live::Exit;

/// News for whoever shows progress.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The geometry batch is done: everything empty is in its place.
    LaidOut {
        panes: usize,
        windows: usize,
        took: Duration,
    },
    /// A program was started, or started again.
    Started {
        step: StepId,
    },
    /// Something else of the plan was done.
    Done {
        step: StepId,
    },
    /// A program was started without what it was only to come after.
    Without {
        address: Address,
        target: Address,
        why: String,
    },
    /// A pane's probes hold, or it has exited as it should.
    Ready {
        address: Address,
        why: String,
        took: Duration,
    },
    /// Something is waited for; sent again as time goes by. Panes whose turn has not come are told
    /// too.
    Waiting {
        on: Vec<Waiting>,
        since: Duration,
    },
    /// A process that was watched has ended although it should not have.
    Died {
        address: Address,
        /// `None`: its pane has closed, and nobody knows.
        exit: Option<Exit>,
        lines: Vec<String>,
    },
    /// A deadline passed.
    NotReady {
        address: Address,
        answer: String,
        after: Duration,
        lines: Vec<String>,
    },
    /// A pane is what it was waited for to be.
    Reached {
        address: Address,
        why: String,
        took: Duration,
    },
    /// It will never be that any more.
    Lost {
        address: Address,
        why: String,
        lines: Vec<String>,
    },
    /// It was not that in time.
    Late {
        address: Address,
        /// The last answer, or what it still had to do.
        answer: String,
        after: Duration,
        lines: Vec<String>,
    },
    Failed {
        step: StepId,
        why: String,
    },
    Skipped {
        step: StepId,
        why: String,
    },
    /// A program that had ended runs again: tmux has started it.
    Restarted {
        address: Address,
    },
    /// The `exec` probe of a pane leaves processes running. It is told once.
    LeftBehind {
        address: Address,
        what: String,
    },
    /// A process did not end when it was asked, and was killed.
    Killed {
        step: StepId,
    },
    /// Its process was ended, and triad was interrupted before it went on.
    Ended {
        step: StepId,
    },
    /// A pane is gone, and something that was started in it is not: it had gone its own way.
    Left {
        step: StepId,
        what: String,
    },
    /// A lock is not free, and is waited for.
    Held {
        /// Who holds it, and since when.
        holder: String,
    },
    /// Processes are asked to end.
    Ending {
        count: usize,
    },
}

/// How a program ended, as far as that is known.
pub fn end(exit: Option<Exit>) -> String {
    exit.map_or_else(
        || "ended, and its pane has closed".to_owned(),
        |exit| format!("ended with {exit}"),
    )
}

impl Event {
    /// The same, with no secret in what others say.
    #[must_use]
    pub fn veiled(mut self, veil: &Veil) -> Self {
        let hide = |text: &mut String| *text = veil.hide(text);
        match &mut self {
            Event::Ready { why, .. }
            | Event::Reached { why, .. }
            | Event::Without { why, .. }
            | Event::Failed { why, .. }
            | Event::Skipped { why, .. } => {
                hide(why);
            }
            Event::Waiting { on, .. } => {
                let texts = on.iter_mut().flat_map(|on| {
                    let others = on.line.iter_mut().chain(&mut on.says);
                    std::iter::once(&mut on.what).chain(others)
                });
                texts.for_each(hide);
            }
            Event::Died { lines, .. } => lines.iter_mut().for_each(hide),
            Event::Lost { why, lines, .. } => {
                hide(why);
                lines.iter_mut().for_each(hide);
            }
            Event::NotReady { answer, lines, .. } | Event::Late { answer, lines, .. } => {
                hide(answer);
                lines.iter_mut().for_each(hide);
            }
            Event::Left { what, .. } | Event::LeftBehind { what, .. } => hide(what),
            Event::LaidOut { .. }
            | Event::Started { .. }
            | Event::Done { .. }
            | Event::Restarted { .. }
            | Event::Killed { .. }
            | Event::Ended { .. }
            | Event::Held { .. }
            | Event::Ending { .. } => {}
        }
        self
    }
}

/// One pane that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub address: Address,
    pub state: Waits,
    /// The names of the needs that are not met yet; else the last answer, or why it is not done.
    pub what: String,
    /// How long it has been so.
    pub since: Duration,
    /// The last line that its pane shows, where somebody watches.
    pub line: Option<String>,
    /// What its program says that it does.
    pub says: Option<String>,
}

/// What a pane waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Its turn: what it needs is not there.
    Needs,
    /// Its first moments to pass, or its exit status to be told.
    Starting,
    /// tmux to start it again.
    Restarting,
    /// Its probes to hold.
    Probing,
    /// Its prompt, to be typed at.
    Typing,
    /// Its end: others need it to have ended.
    Running,
    /// Something that is to be done to it: it is not as it is asked for.
    Otherwise,
}

impl Waits {
    /// Whether the pane's own program is waited for.
    pub fn is_of_program(self) -> bool {
        matches!(self, Waits::Probing | Waits::Running)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Waits::Needs => "needs",
            Waits::Starting => "starting",
            Waits::Restarting => "restarting",
            Waits::Probing => "probing",
            Waits::Typing => "typing",
            Waits::Running => "running",
            Waits::Otherwise => "otherwise",
        }
    }
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// For each step of the plan.
    pub steps: Vec<StepOutcome>,
    /// Panes that are not ready, or dead.
    pub unready: Vec<Address>,
    /// How many processes had gone their own way before their panes went, and live on.
    pub strays: usize,
    /// Something was done, or may have been.
    pub is_touched: bool,
    /// Another triad held the lock when something was to be done.
    pub is_locked_out: bool,
    /// The signal that cut it short.
    pub interrupted: Option<i32>,
    /// The server turned out to be too old; nothing was changed.
    pub too_old: Option<String>,
    /// The process of the server, which ended while something was waited for.
    pub gone_server: Option<i32>,
    /// What it waited for longest.
    pub path: Path,
    pub took: Duration,
}

/// The chain of needs that decided how long an execution took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// In the order of time.
    pub links: Vec<Link>,
    /// When the last pane was ready; `None` where one was not waited for to the end.
    pub ready: Option<Duration>,
}

/// One pane of it, by times that are counted from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub address: Address,
    pub started: Duration,
    /// When it was what the next one needs of it.
    pub ready: Duration,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// Not reached.
    Pending,
    Done,
    Failed(String),
    Skipped(String),
    /// Its process was ended, and triad was interrupted before it went on: the pane stays, and is
    /// marked, so that the next `apply` starts its program again.
    Ended,
}

impl Outcome {
    pub fn count(&self, is_it: impl Fn(&StepOutcome) -> bool) -> usize {
        self.steps.iter().filter(|step| is_it(step)).count()
    }
}
