//! What a plan is made of: closed lists of actions and reasons, so that the code that executes
//! decides nothing and the code that shows it explains everything.

mod action;
mod note;
mod reason;

pub use action::{
    Action, Adopt, Configure, Current, HookEntry, Insertion, NewSession, Object, Readdress,
    Reserve, Retag, SessionTags, Start, Stop, Type, WindowBuild, WindowMove, WindowOrder,
    WindowPlace, Zoom,
};
pub use note::Note;
pub use reason::{Adopted, Change, Drift, Reason};

use std::collections::BTreeSet;

use crate::layout::{Address, AppliedPane, Pane, PaneKind, StepId, Unhidden, owner_key};
use crate::live::Exit;
use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::script::Ref;
use crate::tmux::version::Version;

/// An ordered list of steps towards a layout, or towards nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub layout: String,
    /// The manifest's canonical path.
    pub manifest: String,
    /// The server planned for; `None`: none is running, the first batch starts one.
    pub server: Option<Version>,
    /// That server, on which alone the ids of the plan mean anything.
    pub server_id: Option<ServerId>,
    /// In the order of execution.
    pub steps: Vec<Step>,
    /// Everything that is wanted, in the order of the manifest, for the tree that people see.
    pub wanted: Vec<Subject>,
    /// What is as it should be.
    pub unchanged: Vec<Subject>,
    pub notes: Vec<Note>,
    /// What execution has to know of panes that others wait for.
    pub targets: Vec<Target>,
    /// The ids of live objects that steps refer to.
    pub known: Vec<(Ref, String)>,
    /// The largest pane id of the snapshot: what is larger was made since.
    pub newest_pane: Option<PaneId>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub subject: Subject,
    pub action: Action,
    pub reason: Reason,
    /// The live process that this step ends.
    pub ends: Option<Ends>,
    /// The steps that must be done first; if one fails, this one is skipped.
    pub after: Vec<StepId>,
}

impl Step {
    /// Whether the step belongs to the making of an object, of which there is a word already.
    pub fn is_of_creation(&self) -> bool {
        let is_setting = matches!(
            self.action,
            Action::Configure(_) | Action::Zoom(_) | Action::OrderWindows(_)
        );
        let is_making = matches!(
            self.action,
            Action::CreateSession(_) | Action::CreateWindow(_)
        );
        is_making || is_setting && self.reason == Reason::NotThere
    }
}

impl Step {
    /// Whether something goes to another window or session.
    pub fn is_move(&self) -> bool {
        let is_moved = matches!(self.reason, Reason::Drifted(Drift::Moved { .. }));
        matches!(self.action, Action::MoveWindow(_))
            || matches!(self.action, Action::Retag(_)) && is_moved
    }

    /// Whether something gets another name, and no more.
    pub fn is_rename(&self) -> bool {
        matches!(self.reason, Reason::Renamed { .. }) && !self.is_move()
    }
}

/// What a step is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub address: Address,
    pub noun: Noun,
}

/// The kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    Session,
    Window,
    Pane(PaneKind),
}

impl Noun {
    pub fn as_str(self) -> &'static str {
        match self {
            Noun::Session => "session",
            Noun::Window => "window",
            Noun::Pane(kind) => kind.as_str(),
        }
    }
}

/// A live process that a step ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    pub program: String,
    pub pid: i32,
}

/// A pane that others may wait for, or that is waited for at the end of `apply`.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub pane: Pane,
    pub state: TargetState,
    /// Sockets that are known to be somebody else's.
    pub strangers: BTreeSet<u64>,
    /// Why what it prints cannot be shown: it was started with a secret that is not known here.
    pub unhidden: Option<Unhidden>,
    /// Whether somebody who starts needs it.
    pub is_needed: bool,
    /// Whether what is needed is its end.
    pub is_end_needed: bool,
    /// Whether the process that runs is written down as ready on its pane.
    pub is_known_ready: bool,
}

/// How a target stands before the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetState {
    /// A step starts it.
    Planned,
    Running {
        pid: i32,
    },
    /// tmux starts it again in a moment.
    Restarting,
    Ended(Exit),
    /// On purpose: it does not come.
    Stopped,
    /// It does not run, and no step starts it.
    Absent,
}

impl Plan {
    /// The steps with their names, in the order of execution.
    pub fn numbered(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .map(|(at, step)| (StepId(at), step))
    }

    /// Why what a pane prints cannot be shown, if it cannot.
    pub fn unhidden(&self, address: &Address) -> Option<&Unhidden> {
        let mut targets = self.targets.iter();
        let target = targets.find(|target| target.pane.address == *address)?;
        target.unhidden.as_ref()
    }

    /// The names of all steps, in the order of execution.
    pub fn ids(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len()).map(StepId)
    }

    /// Whether something runs that is to become ready and has not been seen so.
    pub fn has_unseen(&self) -> bool {
        self.targets.iter().any(Target::is_unseen)
    }

    /// Whether a pane starts only after something that this plan starts or waits for, which may make
    /// the pane's folder and its program.
    pub fn is_later(&self, pane: &Pane) -> bool {
        pane.needs.iter().any(|need| {
            let mut targets = self.targets.iter();
            targets.any(|target| target.pane.address == need.target && target.is_to_come())
        })
    }

    /// Whether a task runs.
    pub fn has_unended(&self) -> bool {
        self.targets.iter().any(Target::is_unended)
    }

    /// What is written on the panes of the layout as their owner.
    pub fn owner_key(&self) -> String {
        owner_key(&self.layout, &self.manifest)
    }

    /// Whether there is anything to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether a live process ends.
    pub fn ends_processes(&self) -> bool {
        self.steps.iter().any(|step| step.ends.is_some())
    }
}

impl std::ops::Index<StepId> for Plan {
    type Output = Step;

    fn index(&self, step: StepId) -> &Step {
        &self.steps[step.0]
    }
}

impl Target {
    /// Whether something is still to happen to it: its start, its readiness, or its end.
    fn is_to_come(&self) -> bool {
        match self.state {
            TargetState::Planned | TargetState::Restarting => true,
            TargetState::Running { .. } => self.is_end_needed || self.is_unseen(),
            TargetState::Ended(_) | TargetState::Stopped | TargetState::Absent => false,
        }
    }

    /// Whether it runs, is to become ready, and has not been seen so.
    pub fn is_unseen(&self) -> bool {
        matches!(self.state, TargetState::Running { .. })
            && self.pane.ready.is_some()
            && !self.is_known_ready
    }

    /// Whether it is a task that runs.
    pub fn is_unended(&self) -> bool {
        matches!(self.state, TargetState::Running { .. }) && self.pane.kind == PaneKind::Task
    }
}

impl Subject {
    pub fn pane(pane: &Pane) -> Self {
        Subject {
            address: pane.address.clone(),
            noun: Noun::Pane(pane.kind),
        }
    }

    pub fn window(address: &Address) -> Self {
        Subject {
            address: address.clone(),
            noun: Noun::Window,
        }
    }

    pub fn session(address: &Address) -> Self {
        Subject {
            address: address.clone(),
            noun: Noun::Session,
        }
    }
}

/// The kind that a live pane was applied as; a plain pane where that is not known.
pub fn applied_kind(applied: Option<&AppliedPane>) -> PaneKind {
    applied.map_or(PaneKind::Pane, |applied| applied.kind)
}
