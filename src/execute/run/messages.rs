//! The inputs and outputs of a run.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::execute::ledger::Asked;
use crate::execute::prompt::Prompt;
use crate::layout::{Address, Pane, StepId, TypeWhen};
use crate::link::Report;
use crate::machine::process_tree::Ended;
use crate::plan::stop_method::StopMethod;
use crate::readiness::engine::{self, Found};
use crate::render::Piped;
use crate::tmux::id::PaneId;
use crate::tmux::script::Line;

/// A job for the driver. Each but the last four is answered by one [`Input`].
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send the geometry batch, and answer with [`Input::LaidOut`].
    LayOut(Vec<Line>),
    /// Check that nobody has changed the panes of a wave and that their requirements exist, make
    /// its pipes, end the processes it replaces, and answer with [`Input::Prepared`].
    Prepare(Preparation),
    /// Start the programs of a wave, and answer with [`Input::Started`].
    Start(Wave),
    /// Ask tmux for the state of these panes, and answer with [`Input::Looked`] or
    /// [`Input::Unanswered`].
    Ask(Vec<Address>),
    /// Read the last lines of these panes, and answer with [`Input::Lines`].
    ReadLines(Vec<Address>),
    /// Look whether what texts wait for is there, and answer with [`Input::Prompts`].
    LookAtPrompts(Vec<Recipient>),
    /// Type, and answer with [`Input::Typed`].
    Type(Vec<Line>),
    /// Write onto panes; answer with [`Input::Noted`]. Failures to write have no effect.
    Note(Vec<Line>),
    /// Mark a pane as ready; answer with [`Input::Noted`].
    NoteReady {
        address: Address,
        pid: i32,
        why: String,
    },
    /// Mark these processes of panes as not ready in time, with the reason; answer with
    /// [`Input::Noted`].
    NoteGivenUp(Vec<(Address, i32, String)>),
    /// Mark panes as stopped, end their processes, and answer with [`Input::Stopped`].
    Stop(Stopping),
    /// Remove panes, find the strays of these, and answer with [`Input::Removed`].
    Remove {
        lines: Vec<Line>,
        of: Vec<(StepId, Address)>,
    },
    /// Zoom, and answer with [`Input::Zoomed`].
    Zoom(Vec<Line>),
    /// Release triad's own pane, and answer with [`Input::OwnEnded`].
    EndOwn(OwnPane),
    /// Run all probes of a pane once; the answer comes as [`Input::Pane`].
    Probe {
        address: Address,
        run: u32,
    },
    /// Watch the pane's program: its end comes as [`Input::Pane`].
    Watch {
        address: Address,
        pid: i32,
    },
    /// Ignore signals of a closing terminal from now on.
    Deafen,
    Tell(Event),
}

/// An event of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    LaidOut {
        report: Report,
        /// The version of a server, or of a program, that is too old.
        too_old: Option<String>,
    },
    Prepared(Prepared),
    Started(Started),
    Looked(BTreeMap<Address, (Found, Vec<String>)>),
    /// tmux did not report the state of these panes.
    Unanswered(Vec<Address>),
    Lines(BTreeMap<Address, Vec<String>>),
    Prompts(BTreeMap<Address, Sight>),
    Typed {
        lines: Vec<Line>,
        report: Report,
    },
    Noted,
    Stopped(Stopped),
    Removed {
        lines: Vec<Line>,
        report: Report,
        /// Processes that had left the panes, and are still running.
        strays: Vec<Stray>,
    },
    Zoomed {
        lines: Vec<Line>,
        report: Report,
    },
    OwnEnded {
        step: StepId,
        report: Report,
        /// The processes that survived SIGKILL, by name.
        left: Option<String>,
        stray: Option<Stray>,
    },
    /// An event of an awaited pane.
    Pane(Address, engine::Input),
    /// The server has ended.
    ServerGone,
    /// The run has to end; the number is the signal's.
    Signal(i32),
    /// Only time has passed.
    Time,
}

/// The preparation of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Preparation {
    /// The panes whose state must not have changed, and that state; empty if nobody had time to
    /// change any.
    pub expected: Vec<(StepId, Address, Expected)>,
    /// The panes whose requirements have to be checked.
    pub unseen: Vec<(StepId, Pane)>,
    pub leaving: Vec<Leaving>,
    /// The panes that get secrets.
    pub piped: Vec<(StepId, Piped)>,
}

/// The expected state of a pane before a program starts in it, so that nothing is ended or replaced
/// that the plan does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It is a placeholder, and nothing of its own has run in it.
    Empty,
    /// This process is running in it, or has ended.
    Process(i32),
    /// Nothing is running in it, or only a placeholder.
    Ended,
}

/// A process to end, with its step.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaving {
    pub step: StepId,
    pub pid: i32,
    /// It has ended by itself, and only the processes it left behind have to go.
    pub has_ended: bool,
    pub stop_method: StopMethod,
}

/// The result of a preparation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prepared {
    /// Steps that are skipped, because others changed their panes.
    pub changed: Vec<(StepId, String)>,
    pub failed: Vec<(StepId, String)>,
    /// Processes that had to be killed.
    pub killed: Vec<StepId>,
    /// Another triad held the lock, and nothing was done.
    pub is_locked_out: bool,
    /// A signal came before all had ended: their states at that time.
    pub cut_short: Option<Vec<Asked>>,
}

impl Prepared {
    /// Whether a step is given up.
    pub fn gives_up(&self, step: StepId) -> bool {
        let mut given_up = self.changed.iter().chain(&self.failed);
        given_up.any(|(given_up, _)| *given_up == step)
    }
}

/// Programs that start together.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    pub lines: Vec<Line>,
    /// The steps and panes of the programs.
    pub starts: Vec<(StepId, Address)>,
    pub piped: Vec<(StepId, Piped)>,
}

/// The result of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    pub lines: Vec<Line>,
    pub report: Report,
    /// Panes that did not read their secrets, and why.
    pub failed: Vec<(StepId, String)>,
    /// The lines that mark the others as started, and their report.
    pub noted: Option<(Vec<Line>, Report)>,
}

/// A pane that a text is to be typed into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub address: Address,
    pub when: TypeWhen,
    /// It runs the shell that the `default-shell` of tmux names.
    pub is_default_shell: bool,
    /// How many texts were typed into it before, and the last of them.
    pub typed: usize,
    pub last: Option<String>,
}

/// The evidence whether a shell is at its prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub pid: i32,
    pub is_dead: bool,
    /// The relevant content of a pane; equal as long as nothing relevant changes.
    pub looks: String,
    /// The mode in which its program reads, or why nothing is typed.
    pub prompt: Result<Prompt, String>,
}

/// The processes to stop at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopping {
    /// Marks the panes that stay.
    pub marks: Vec<Line>,
    pub leaving: Vec<Leaving>,
    /// The panes whose programs have ended and may have left others running.
    pub after_end: Vec<(StepId, StopMethod)>,
    /// The panes that stay, in which tmux has to notice the end.
    pub staying: Vec<(StepId, PaneId)>,
}

/// The result of a stop.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopped {
    pub marks: Vec<Line>,
    pub report: Report,
    /// The result for each process and, by name, the processes that survived SIGKILL.
    pub ended: Vec<(StepId, Ended, Option<String>)>,
    pub failed: Vec<(StepId, String)>,
    /// A signal came before all had ended: their states at that time.
    pub cut_short: Option<Vec<Asked>>,
}

/// The end of triad's own pane.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnPane {
    pub step: StepId,
    pub line: Line,
    /// The pane, if its requirements have to be checked.
    pub unseen: Option<Box<Pane>>,
    pub leaving: Option<Leaving>,
    pub is_removal: bool,
}

/// Processes that were started in a pane and have left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    pub step: StepId,
    pub count: usize,
    /// The names of the processes.
    pub what: String,
}
