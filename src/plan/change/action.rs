//! What a plan does, a closed list, and what each action takes.

use crate::layout::{Address, AppliedPane, AppliedSettings, Origin, Pane, Salt, Session, Window};
use crate::live::Phase;
use crate::plan::stop_method::StopMethod;
use crate::tmux::id::{PaneId, SessionId, WindowId};
use crate::tmux::script::Ref;

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
    /// A pane is made, and its program waits for `triad start`.
    Reserve(Box<Reserve>),
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
    /// A program ends on purpose, or has ended, and its pane stays.
    Halt(Stop),
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
    /// The places of windows that stand in the session a second time, the last first: such a window
    /// cannot be swapped by its id, and is there once afterwards.
    pub copies: Vec<u32>,
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
    pub stop_method: Option<StopMethod>,
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

/// A pane that is made and not started.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserve {
    pub pane: Pane,
    /// The body that is written on it.
    pub applied: AppliedPane,
    /// Made active, because its `focus` is set.
    pub takes_focus: bool,
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
    /// A session that has all but the path of its manifest or the name of its layout, and the panes
    /// that are marked with these.
    Owner {
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
    /// Variables of a session's environment; `None`: it goes.
    pub env: Vec<(String, Option<String>)>,
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
    /// How far triad came with it, which stays: what was stopped on purpose stays so.
    pub phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub pane: PaneId,
    pub pid: Option<i32>,
    pub stop_method: StopMethod,
    /// triad itself runs in it: it can only go with the pane.
    pub is_own: bool,
}
