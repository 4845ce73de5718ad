//! The events of an execution or a wait, as they happen, and the result.

use std::time::Duration;

use crate::layout::{Address, StepId, Veil};
use crate::live::Exit;

/// An event, for whoever shows progress.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The geometry batch is done: every pane is in its place, and empty.
    LaidOut {
        panes: usize,
        windows: usize,
        took: Duration,
    },
    /// A program was started, or restarted.
    Started {
        step: StepId,
    },
    /// Another step of the plan was done.
    Done {
        step: StepId,
    },
    /// A program was started without an optional need.
    Without {
        address: Address,
        target: Address,
        why: String,
    },
    /// A pane's probes succeed, or it has exited as it should.
    Ready {
        address: Address,
        why: String,
        took: Duration,
    },
    /// Panes are waited for; sent again as time goes by. Panes whose turn has not come are
    /// included.
    Waiting {
        on: Vec<Waiting>,
        since: Duration,
    },
    /// A watched process exited although it should not have.
    Died {
        address: Address,
        /// `None` if its pane has closed, and the status is unknown.
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
    /// A pane has reached the state that was waited for.
    Reached {
        address: Address,
        why: String,
        took: Duration,
    },
    /// A pane can no longer reach the state.
    Lost {
        address: Address,
        why: String,
        lines: Vec<String>,
    },
    /// A pane has not reached the state in time.
    Late {
        address: Address,
        /// The last answer, or what was still missing.
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
    /// A program that had exited runs again: tmux has restarted it.
    Restarted {
        address: Address,
    },
    /// The `exec` probe of a pane left processes running. Reported once.
    LeftBehind {
        address: Address,
        what: String,
    },
    /// A process did not exit when asked, and was killed.
    Killed {
        step: StepId,
    },
    /// Its process was stopped, but triad was interrupted before it went on.
    Ended {
        step: StepId,
    },
    /// A pane is gone, but a process that was started in it still runs outside of it.
    Left {
        step: StepId,
        what: String,
    },
    /// A lock is held by another triad.
    Held {
        /// The holder, and since when.
        holder: String,
    },
    /// Processes are asked to exit.
    Ending {
        count: usize,
    },
}

/// Returns the words for the end of a program, as far as it is known.
pub fn end(exit: Option<Exit>) -> String {
    exit.map_or_else(|| "exited, and its pane has closed".to_owned(), ended)
}

/// Returns the words for the end of a program: `exited with status 3`.
pub fn ended(exit: Exit) -> String {
    match exit {
        Exit::Status(status) => format!("exited with status {status}"),
        Exit::Signal(signal) => format!("was killed by signal {signal}"),
        Exit::Unknown => "exited with an unknown status".to_owned(),
    }
}

impl Event {
    /// Hides secrets in the texts of others.
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

/// A pane that has not reached the state yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub address: Address,
    pub state: Waits,
    /// The names of the needs that are not met yet; else the last answer, or what is still missing.
    pub what: String,
    /// The time in this state.
    pub since: Duration,
    /// The last line that its pane shows, if it is to be displayed.
    pub line: Option<String>,
    /// The report of its program.
    pub says: Option<String>,
}

/// The thing that a pane waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Its turn: its needs are not met.
    Needs,
    /// Its first moments to pass, or its exit status to arrive.
    Starting,
    /// tmux to restart it.
    Restarting,
    /// Its probes to succeed.
    Probing,
    /// Its prompt, or what else a text waits for that is typed into it.
    Typing,
    /// Its exit, which others depend on.
    Running,
    /// Something else: it is not in the state that was asked for.
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

/// The result of an execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The outcome of each step of the plan.
    pub steps: Vec<StepOutcome>,
    /// Panes that are not ready, or dead.
    pub unready: Vec<Address>,
    /// The number of processes that still run outside their panes.
    pub strays: usize,
    /// Whether something was done, or may have been.
    pub is_touched: bool,
    /// Whether another triad held a lock when something had to be done.
    pub is_locked_out: bool,
    /// The signal that cut it short.
    pub interrupted: Option<i32>,
    /// The server turned out to be too old; nothing was changed.
    pub too_old: Option<String>,
    /// The server, if a wait ended because of it.
    pub lost_server: Option<LostServer>,
    /// The longest chain of waits.
    pub path: Path,
    pub took: Duration,
}

/// A server that no longer answers, by its process id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostServer {
    Exited(i32),
    /// It is running, but did not answer several questions in a row.
    Silent(i32),
}

/// The chain of needs that decided how long an execution took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// In the order of time.
    pub links: Vec<Link>,
    /// The time at which the last pane was ready; `None` if a pane was not waited for to the end.
    pub ready: Option<Duration>,
}

/// A pane of the chain; times are counted from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub address: Address,
    pub started: Duration,
    /// The time at which it reached the state that the next one needs.
    pub ready: Duration,
}

/// The outcome of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// Not reached.
    Pending,
    Done,
    Failed(String),
    Skipped(String),
    /// Its process was stopped, but triad was interrupted before it went on: the pane stays, and is
    /// marked, so that the next `apply` starts its program again.
    Ended,
}

impl Outcome {
    pub fn count(&self, is_it: impl Fn(&StepOutcome) -> bool) -> usize {
        self.steps.iter().filter(|step| is_it(step)).count()
    }
}
