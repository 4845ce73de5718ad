//! The parts of a plan: closed lists of actions and reasons, so that the code that executes decides
//! nothing and the code that shows it explains everything.

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
    /// The server planned for; `None`: none is running, and the first batch starts one.
    pub server: Option<Version>,
    /// The identity of that server; the plan's ids are valid only there.
    pub server_id: Option<ServerId>,
    /// In the order of execution.
    pub steps: Vec<Step>,
    /// All wanted objects, in the order of the manifest, for the tree.
    pub wanted: Vec<Subject>,
    /// The objects that are unchanged.
    pub unchanged: Vec<Subject>,
    pub notes: Vec<Note>,
    /// The panes that others wait for, with what execution needs to know.
    pub targets: Vec<Target>,
    /// The ids of live objects that steps refer to.
    pub known: Vec<(Ref, String)>,
    /// The largest pane id of the snapshot: larger ones were created since.
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
    /// Whether the step is part of creating an object, which is reported already.
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
    /// Whether something moves to another window or session.
    pub fn is_move(&self) -> bool {
        let is_moved = matches!(self.reason, Reason::Drifted(Drift::Moved { .. }));
        matches!(self.action, Action::MoveWindow(_))
            || matches!(self.action, Action::Retag(_)) && is_moved
    }

    /// Whether something is only renamed.
    pub fn is_rename(&self) -> bool {
        matches!(self.reason, Reason::Renamed { .. }) && !self.is_move()
    }
}

/// The object of a step.
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

/// A pane that others may wait for, or that `apply` waits for at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub pane: Pane,
    pub state: TargetState,
    /// Sockets that are known to belong to others.
    pub strangers: BTreeSet<u64>,
    /// The reason why its output cannot be shown: it was started with a secret that is not known
    /// here.
    pub unhidden: Option<Unhidden>,
    /// Whether a starting pane needs it.
    pub is_needed: bool,
    /// Whether its end is needed.
    pub is_end_needed: bool,
    /// Whether the running process is marked as ready on its pane.
    pub is_known_ready: bool,
}

/// The state of a target before the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetState {
    /// A step starts it.
    Planned,
    Running {
        pid: i32,
    },
    /// tmux restarts it in a moment.
    Restarting,
    Ended(Exit),
    /// Stopped on purpose: it will not start.
    Stopped,
    /// It is not running, and no step starts it.
    Absent,
}

impl Plan {
    /// Returns the steps with their ids, in the order of execution.
    pub fn numbered(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .map(|(at, step)| (StepId(at), step))
    }

    /// Returns why a pane's output cannot be shown, if it cannot.
    pub fn unhidden(&self, address: &Address) -> Option<&Unhidden> {
        let mut targets = self.targets.iter();
        let target = targets.find(|target| target.pane.address == *address)?;
        target.unhidden.as_ref()
    }

    /// Returns the ids of all steps, in the order of execution.
    pub fn ids(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len()).map(StepId)
    }

    /// Whether a running pane is expected to become ready and has not been seen ready yet.
    pub fn has_unseen(&self) -> bool {
        self.targets.iter().any(Target::is_unseen)
    }

    /// Whether a pane starts only after something that this plan starts or waits for, which may
    /// create the pane's folder and program.
    pub fn is_later(&self, pane: &Pane) -> bool {
        pane.needs.iter().any(|need| {
            let mut targets = self.targets.iter();
            targets.any(|target| target.pane.address == need.target && target.is_to_come())
        })
    }

    /// Whether a task is running.
    pub fn has_unended(&self) -> bool {
        self.targets.iter().any(Target::is_unended)
    }

    /// Returns the owner tag of the layout's panes.
    pub fn owner_key(&self) -> String {
        owner_key(&self.layout, &self.manifest)
    }

    /// Whether there is anything to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the plan ends a live process.
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
    /// Whether its start, readiness or end is still to come.
    fn is_to_come(&self) -> bool {
        match self.state {
            TargetState::Planned | TargetState::Restarting => true,
            TargetState::Running { .. } => self.is_end_needed || self.is_unseen(),
            TargetState::Ended(_) | TargetState::Stopped | TargetState::Absent => false,
        }
    }

    /// Whether it is running, expected to become ready, and not seen ready yet.
    pub fn is_unseen(&self) -> bool {
        matches!(self.state, TargetState::Running { .. })
            && self.pane.ready.is_some()
            && !self.is_known_ready
    }

    /// Whether it is a running task.
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

/// Returns the kind that a live pane was applied as; a plain pane if that is unknown.
pub fn applied_kind(applied: Option<&AppliedPane>) -> PaneKind {
    applied.map_or(PaneKind::Pane, |applied| applied.kind)
}
