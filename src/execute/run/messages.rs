//! What goes into a run and what comes out of it.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::execute::ledger::Asked;
use crate::execute::prompt::Prompt;
use crate::layout::{Address, Pane, StepId};
use crate::link::Report;
use crate::machine::process_tree::Ended;
use crate::plan::stop_method::StopMethod;
use crate::readiness::engine::{self, Found};
use crate::render::Piped;
use crate::tmux::id::PaneId;
use crate::tmux::script::Line;

/// What is to be done. Each but the last four is answered by one [`Input`].
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send the geometry batch, and answer with [`Input::LaidOut`].
    LayOut(Vec<Line>),
    /// See that nobody has changed the panes of a wave and that what they need is there, make its
    /// pipes, end what it replaces, and answer with [`Input::Prepared`].
    Prepare(Preparation),
    /// Start the programs of a wave, and answer with [`Input::Started`].
    Start(Wave),
    /// Ask tmux what became of these panes, and answer with [`Input::Looked`].
    Ask(Vec<Address>),
    /// Read the last lines of these panes, and answer with [`Input::Lines`].
    ReadLines(Vec<Address>),
    /// Look whether the shells of these panes stand at their prompts, and answer with
    /// [`Input::Prompts`].
    LookAtPrompts(Vec<Address>),
    /// Type, and answer with [`Input::Typed`].
    Type(Vec<Line>),
    /// Write onto panes; answer with [`Input::Noted`]. What cannot be written changes nothing.
    Note(Vec<Line>),
    /// Write onto a pane that it is ready; answer with [`Input::Noted`].
    NoteReady {
        address: Address,
        pid: i32,
        why: String,
    },
    /// Write onto panes that these processes of theirs were not ready in time, and why; answer with
    /// [`Input::Noted`].
    NoteGivenUp(Vec<(Address, i32, String)>),
    /// Mark panes as stopped, end what runs in these, and answer with [`Input::Stopped`].
    Stop(Stopping),
    /// Remove panes, look what has left these before, and answer with [`Input::Removed`].
    Remove {
        lines: Vec<Line>,
        of: Vec<(StepId, Address)>,
    },
    /// Zoom, and answer with [`Input::Zoomed`].
    Zoom(Vec<Line>),
    /// Let go of triad's own pane, and answer with [`Input::OwnEnded`].
    EndOwn(OwnPane),
    /// Make an attempt at all probes of a pane; its answer comes as [`Input::Pane`].
    Probe {
        address: Address,
        run: u32,
    },
    /// The pane's program runs: its end comes as [`Input::Pane`].
    Watch {
        address: Address,
        pid: i32,
    },
    /// Signals of a terminal that goes away mean nothing from now on.
    Deafen,
    Tell(Event),
}

/// What has happened.
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
        /// What had left the panes before, and lives on.
        strays: Vec<Stray>,
    },
    Zoomed {
        lines: Vec<Line>,
        report: Report,
    },
    OwnEnded {
        step: StepId,
        report: Report,
        /// What not even SIGKILL ended, by name.
        left: Option<String>,
        stray: Option<Stray>,
    },
    /// Something about a pane that is waited for.
    Pane(Address, engine::Input),
    /// The server has ended.
    ServerGone,
    /// The run is to end; the number is the signal's.
    Signal(i32),
    /// Nothing but that time has passed.
    Time,
}

/// What comes before a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Preparation {
    /// The panes whose state is to be what it was, and what that is; none where nobody had the time
    /// to change any.
    pub expected: Vec<(StepId, Address, Expected)>,
    /// The panes of which it is still to be seen that what they need is there.
    pub unseen: Vec<(StepId, Pane)>,
    pub leaving: Vec<Leaving>,
    /// The panes that get secrets.
    pub piped: Vec<(StepId, Piped)>,
}

/// How a pane is to be before a program starts in it, so that nothing is ended or replaced that the
/// plan does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It holds a place, and nothing of its own has run in it.
    Empty,
    /// This process runs in it, or has ended.
    Process(i32),
    /// Nothing runs in it, or something that only holds its place.
    Ended,
}

/// A process that is to end, by the step that wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaving {
    pub step: StepId,
    pub pid: i32,
    /// It has ended by itself, and only what it left behind is to go.
    pub has_ended: bool,
    pub stop_method: StopMethod,
}

/// What came of a preparation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prepared {
    /// Steps that are not done, because somebody else changed their panes.
    pub changed: Vec<(StepId, String)>,
    pub failed: Vec<(StepId, String)>,
    /// Processes that did not end when they were asked.
    pub killed: Vec<StepId>,
    /// Another triad held the lock, and nothing was done.
    pub is_locked_out: bool,
    /// A signal came before all had ended: what became of them by then.
    pub cut_short: Option<Vec<Asked>>,
}

impl Prepared {
    /// Whether a step is not done any more.
    pub fn gives_up(&self, step: StepId) -> bool {
        let mut given_up = self.changed.iter().chain(&self.failed);
        given_up.any(|(given_up, _)| *given_up == step)
    }
}

/// Programs that start together.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    pub lines: Vec<Line>,
    /// Whose programs start.
    pub starts: Vec<(StepId, Address)>,
    pub piped: Vec<(StepId, Piped)>,
}

/// What came of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    pub lines: Vec<Line>,
    pub report: Report,
    /// Panes that did not read their secrets, and why.
    pub failed: Vec<(StepId, String)>,
    /// That the others have read theirs, and what came of noting it.
    pub noted: Option<(Vec<Line>, Report)>,
}

/// What shows whether a shell stands at its prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub pid: i32,
    pub is_dead: bool,
    /// What a pane looks like; the same for as long as nothing moves.
    pub looks: String,
    /// How the shell reads, or why nothing is typed.
    pub prompt: Result<Prompt, String>,
}

/// What ends on purpose at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopping {
    /// Marks the panes that stay.
    pub marks: Vec<Line>,
    pub leaving: Vec<Leaving>,
    /// The panes whose programs have ended and may have left something running.
    pub after_end: Vec<(StepId, StopMethod)>,
    /// The panes that stay, in which tmux has to see the end.
    pub staying: Vec<(StepId, PaneId)>,
}

/// What came of that.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopped {
    pub marks: Vec<Line>,
    pub report: Report,
    /// What it took to end each, and, by name, what not even SIGKILL ended.
    pub ended: Vec<(StepId, Ended, Option<String>)>,
    pub failed: Vec<(StepId, String)>,
    /// A signal came before all had ended: what became of them by then.
    pub cut_short: Option<Vec<Asked>>,
}

/// What becomes of triad's own pane.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnPane {
    pub step: StepId,
    pub line: Line,
    /// The pane, if it is still to be seen that what it needs is there.
    pub unseen: Option<Box<Pane>>,
    pub leaving: Option<Leaving>,
    pub is_removal: bool,
}

/// Something that was started in a pane and has left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    pub step: StepId,
    pub count: usize,
    /// By name.
    pub what: String,
}
