//! What a plan is made of: closed lists of actions and reasons, so that the code that executes
//! decides nothing and the code that shows it explains everything.

use std::collections::BTreeSet;

use crate::layout::{
    Address, AppliedPane, AppliedSettings, Origin, Pane, PaneKind, Salt, Session, Until, Window,
    owner_key,
};
use crate::live::Exit;
use crate::plan::farewell::Farewell;
use crate::tmux::id::{PaneId, ServerId, SessionId, WindowId};
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
    /// Indexes of the steps that must be done first; if one fails, this one is skipped.
    pub after: Vec<usize>,
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

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    CreateSession(Box<NewSession>),
    RenameSession {
        id: SessionId,
        name: String,
        /// Another session is to have its present name.
        is_aside: bool,
    },
    /// Only what is written on the session changes.
    TagSession(SessionTags),
    CreateWindow(Box<WindowBuild>),
    /// A window goes to another session, with all that is in it.
    MoveWindow(WindowMove),
    ArrangeWindow(Box<WindowBuild>),
    /// The windows of a session put in the manifest's order.
    OrderWindows(WindowOrder),
    RenameWindow {
        id: WindowId,
        name: String,
    },
    /// A session or window gets the address that the manifest has for it now.
    Readdress(Readdress),
    FocusWindow {
        window: Box<Window>,
        id: WindowId,
    },
    /// A program starts: in a new pane, or in the pane it has.
    Start(Box<Start>),
    /// What an earlier run did not get to type.
    Type(Box<Type>),
    /// Only what is written on the pane changes.
    Retag(Box<Retag>),
    /// Options and hooks of a session, window or pane.
    Configure(Box<Configure>),
    /// What somebody else made, or another manifest, becomes this layout's; nothing else changes.
    Adopt(Adopt),
    /// The last of all that happens to a window.
    Zoom(Box<Zoom>),
    /// The pane goes, and its process before it.
    Stop(Stop),
}

/// A session with its first window, which tmux makes together.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSession {
    pub session: Session,
    /// The window that is made with it; `None`: all its windows come from elsewhere, and what tmux
    /// makes with it goes.
    pub first: Option<Address>,
    pub salt: Option<Salt>,
    pub width: u32,
    pub height: u32,
}

/// What is written on a live session; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTags {
    pub id: SessionId,
    pub salt: Option<Salt>,
    pub protect: Option<bool>,
}

/// How a window gets its panes and its geometry.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowBuild {
    pub window: Window,
    pub place: WindowPlace,
    pub width: u32,
    pub height: u32,
    /// A pane that comes from another window, and the one that goes there for it, before anything
    /// else moves: else there would be a moment without a pane in the window, and then no window.
    pub exchange: Option<(PaneId, PaneId)>,
    /// Its panes are made before any pane moves, for the same reason.
    pub is_early: bool,
    /// Pairs to swap, in order, before anything is inserted.
    pub swaps: Vec<(PaneId, PaneId)>,
    pub insertions: Vec<Insertion>,
    /// The new panes in the order of their indexes: the empty panes of the window, once listed,
    /// are these.
    pub new_panes: Vec<Address>,
    /// Panes that are on their way out, moved aside so that the rest has its final size at once.
    pub breaks: Vec<PaneId>,
    /// Empty panes of an earlier run that nobody needs.
    pub discards: Vec<PaneId>,
    /// The pane that tmux makes with a window goes: it is none of the wanted ones.
    pub holder_goes: bool,
    /// False while panes that a person made are in the window: its geometry is then theirs.
    pub is_laid_out: bool,
    /// It had titles of ours on its borders, and has none any more.
    pub untitled: bool,
    /// What to select and zoom again after the panes were rearranged.
    pub active: Option<PaneId>,
    pub zoomed: bool,
    /// The temporary height that the insertions need.
    pub room: Option<u32>,
}

/// A live window that goes to the session which its address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowMove {
    pub id: WindowId,
    pub from: SessionId,
    /// The session that it leaves stays, and would be without a window for a moment.
    pub is_last: bool,
    /// The name that tmux shows, where it is another.
    pub name: Option<String>,
}

/// Where a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowPlace {
    /// It is made together with its session.
    FirstOfNewSession,
    /// It is made in a session that is there, or was just made.
    New,
    Live(WindowId),
}

/// A pane put into a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// A live pane that moves here; `None`: a new, empty one.
    pub moved: Option<PaneId>,
    /// The pane it goes next to; `None`: the one pane of a new window.
    pub beside: Option<PaneId>,
    /// Before that pane in the order of indexes, or after it.
    pub is_before: bool,
    /// The lines of scrollback that a new pane is made with; `None`: as its session has it.
    pub history: Option<u32>,
}

/// Swaps that bring a session's windows into order, and the window to look at afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowOrder {
    /// By its id: a window can be in sessions of others, too.
    pub session: Ref,
    pub swaps: Vec<(Ref, Ref)>,
    /// A window that takes the focus, or the one that has it.
    pub current: Option<Current>,
}

/// The window of a session that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Current {
    Live(WindowId),
    /// By its address: it may be made by the same plan.
    Wanted(Ref),
}

/// A live object that goes on under another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readdress {
    pub object: Object,
    /// The name that tmux shows, where it is another.
    pub name: Option<String>,
    /// Another session is to have its present name.
    pub is_aside: bool,
}

/// A live session or window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    Session(SessionId),
    Window(WindowId),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    pub pane: Pane,
    /// What is written on it.
    pub applied: AppliedPane,
    /// The process to end first, in the same pane.
    pub replaces: Option<i32>,
    /// The process that has ended in it, of which others may be left.
    pub clears: Option<i32>,
    /// How that process is asked to end; `None`: the pane is new.
    pub farewell: Option<Farewell>,
    /// triad itself runs in the pane.
    pub is_own: bool,
    /// The pane is made by this plan: nothing is written on it yet.
    pub is_new: bool,
    /// Its session is made by this plan, with the caller's environment.
    pub is_in_new_session: bool,
    /// Made active, because it is new or its `focus` was set since.
    pub takes_focus: bool,
    /// The pane that it restarts with, if that is why.
    pub follows: Option<Address>,
}

/// Texts to type into a shell that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    pub pane: Pane,
    /// The first that is not typed yet.
    pub from: usize,
}

/// What is written on a live object that is taken over.
#[derive(Debug, Clone, PartialEq)]
pub enum Adopt {
    Session {
        id: SessionId,
        salt: Option<Salt>,
        is_protected: bool,
    },
    Window {
        id: WindowId,
        name: String,
    },
    Pane(Box<Retag>),
    /// A session that has all but the path of its manifest, and the panes that are marked with it.
    Manifest {
        id: SessionId,
        panes: Vec<PaneId>,
    },
}

/// What is set on one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Configure {
    pub object: Ref,
    /// Where the object is written.
    pub origin: Origin,
    pub set: Vec<(String, String)>,
    pub hooks: Vec<HookEntry>,
    /// Values that panes have of their own, against the window's.
    pub clears: Vec<(PaneId, String)>,
    /// What is written down when all of it is done.
    pub applied: AppliedSettings,
}

impl Configure {
    /// Whether it is about a session, whose settings count when its windows are made.
    pub fn is_of_session(&self) -> bool {
        matches!(self.object, Ref::Session(_))
    }
}

/// One of our commands in the list of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookEntry {
    pub event: String,
    /// Counted from our first one.
    pub number: usize,
    /// `None`: it goes.
    pub command: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Zoom {
    pub window: Address,
    pub pane: Address,
    pub is_zoomed: bool,
    pub applied: AppliedSettings,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Retag {
    pub pane: Pane,
    /// What is written on it.
    pub applied: AppliedPane,
    /// What tmux does when its command ends is another.
    pub rearms: bool,
    /// Texts were to be typed into it, or are by now.
    pub was_typed: bool,
    pub takes_focus: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub pane: PaneId,
    pub pid: Option<i32>,
    pub farewell: Farewell,
    /// triad itself runs in it: it can only go with the pane.
    pub is_own: bool,
}

/// A live process that a step ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    pub program: String,
    pub pid: i32,
}

/// Why a step is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    NotThere,
    /// An earlier run did not come to its end.
    HalfMade,
    /// The manifest says something else than was applied.
    Changed(Vec<Change>),
    /// The manifest says that it was another (`was`), or what it is in was.
    Renamed {
        from: Address,
        changes: Vec<Change>,
    },
    /// A service ended, or a task failed.
    Ended(Exit),
    /// It restarts with a pane that it needs.
    Follows(Address),
    /// The live object differs from what was applied.
    Drifted(Drift),
    NotInManifest,
    /// `--adopt`.
    Adopted(Adopted),
    /// `--replace`.
    Replaced,
    /// `down`.
    Asked,
}

impl Reason {
    /// Whether a start for this reason takes the place of a program that was as wanted until now.
    pub fn is_restart(&self) -> bool {
        matches!(
            self,
            Reason::Changed(_) | Reason::Follows(_) | Reason::Replaced
        )
    }
}

/// Why something is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// A session or window that has the name of a wanted one.
    ByHand,
    /// What runs in a pane is what is wanted there.
    Runs { line: String, pid: i32 },
    /// The folder that it works in has moved with the manifest.
    With { directory: String },
    /// It was applied from a manifest that is not there any more.
    From { manifest: String },
}

/// What somebody or something changed on a live object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    Renamed {
        from: String,
    },
    Reordered,
    /// The splits are others.
    Rearranged(Vec<Change>),
    /// A pane of the window is elsewhere, or gone.
    PanesMissing,
    /// Its sizes are others, and `--relayout` puts them back.
    Resized(Vec<Change>),
    /// An empty pane of an earlier run is left over.
    PanesLeftOver,
    /// The tags on a pane do not read: edited by hand, or written by another version.
    TagsUnreadable,
    /// A session has no key for the hashes of its secrets.
    SaltMissing,
    /// Options have other values than were applied.
    SetOtherwise(Vec<Change>),
    /// tmux does not do any more what it is to do when the program ends.
    Disarmed,
    /// A pane is in another window than it is wanted in.
    Moved {
        from: String,
    },
}

/// One attribute with both its values; neither is there where they are not to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Something worth a line that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Panes made by hand: the window's geometry is left alone.
    ForeignPanes { window: Address, panes: usize },
    /// Panes or windows made by hand keep this from being removed.
    Kept { address: Address, foreign: usize },
    /// What the manifest does not name, and `--no-prune` keeps; with the wanted window that it is
    /// in, whose geometry is then left alone.
    NotPruned {
        address: Option<Address>,
        pane: PaneId,
        window: Option<Address>,
    },
    /// Panes that `--only` leaves as they are.
    LeftOut { panes: usize },
    /// A nesting that the resize hook cannot reach.
    PartialHook { window: Address },
    /// Output of panes is wanted in files, which is not done yet.
    LogLater { panes: usize },
    /// A command of the manifest that triad runs around the steps.
    Hook { name: &'static str, line: String },
    /// Options that the manifest does not name any more.
    Released {
        address: Address,
        options: Vec<String>,
    },
    /// Events for which hooks of all sessions or windows do not run here.
    HookShadows {
        address: Address,
        events: Vec<String>,
    },
    /// The length of a pane's scrollback is settled when it is made.
    HistoryLater { address: Address },
    /// triad runs in a pane that goes last.
    OwnPane { address: Address },
    /// What is typed into a shell has changed, and is typed when it is started again.
    TypedLater { address: Address },
    /// The process of an agent, task or pane has ended, and is meant to be left alone.
    LeftEnded { address: Address, exit: Exit },
}

/// A pane that others may wait for, or that is waited for at the end of `apply`.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub pane: Pane,
    pub state: TargetState,
    /// Sockets that are known to be somebody else's.
    pub strangers: BTreeSet<u64>,
    /// Whether somebody who starts needs it.
    pub is_needed: bool,
    /// Whether what is needed is its end.
    pub is_end_needed: bool,
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
}

impl Plan {
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

/// What a need asks of its target's kind: `ready` of a task is its success.
pub fn meaning(until: Until, kind: PaneKind) -> Until {
    match (until, kind) {
        (Until::Ready, PaneKind::Task) => Until::ExitedOk,
        (until, _) => until,
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
