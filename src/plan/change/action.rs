//! The actions of a plan, a closed list, and the data of each.

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
        /// Another session will get its present name.
        is_aside: bool,
    },
    /// Only the tags of the session change.
    TagSession(SessionTags),
    CreateWindow(Box<WindowBuild>),
    /// A window moves to another session, with everything in it.
    MoveWindow(WindowMove),
    ArrangeWindow(Box<WindowBuild>),
    /// Puts the windows of a session into the manifest's order.
    OrderWindows(WindowOrder),
    RenameWindow {
        id: WindowId,
        name: String,
    },
    /// A session or window gets its new address.
    Readdress(Readdress),
    FocusWindow {
        window: Box<Window>,
        id: WindowId,
    },
    /// A program starts: in a new pane, or in its existing one.
    Start(Box<Start>),
    /// A pane is created, and its program waits for `triad start`.
    Reserve(Box<Reserve>),
    /// Types texts that an earlier run did not type.
    Type(Box<Type>),
    /// Only the tags of the pane change.
    Retag(Box<Retag>),
    /// Sets options and hooks of a session, window or pane.
    Configure(Box<Configure>),
    /// Something that others made becomes this layout's; nothing else changes.
    Adopt(Adopt),
    /// The last change to a window.
    Zoom(Box<Zoom>),
    /// The process ends, then the pane is removed.
    Stop(Stop),
    /// A program is stopped on purpose, or has ended, and its pane stays.
    Halt(Stop),
}

/// A session with its first window, which tmux creates together.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSession {
    pub session: Session,
    /// The window that is created with it; `None`: all its windows come from elsewhere, and the one
    /// that tmux creates with it is removed.
    pub first: Option<Address>,
    pub salt: Option<Salt>,
    pub width: u32,
    pub height: u32,
}

/// Tags to write on a live session; `None` leaves one unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTags {
    pub id: SessionId,
    pub salt: Option<Salt>,
    pub protect: Option<bool>,
}

/// The way a window gets its panes and its geometry.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowBuild {
    pub window: Window,
    pub place: WindowPlace,
    pub width: u32,
    pub height: u32,
    /// A pane that comes from another window, and the one that goes there in exchange, before
    /// anything else moves: a window without a pane would be gone.
    pub exchange: Option<(PaneId, PaneId)>,
    /// Its panes are created before any pane moves, for the same reason.
    pub is_early: bool,
    /// Pairs to swap, in order, before anything is inserted.
    pub swaps: Vec<(PaneId, PaneId)>,
    pub insertions: Vec<Insertion>,
    /// The new panes in the order of their indexes: the window's empty panes, once listed.
    pub new_panes: Vec<Address>,
    /// Panes that are leaving, moved aside so that the others have their final size at once.
    pub breaks: Vec<PaneId>,
    /// Empty panes of an earlier run that are not needed.
    pub discards: Vec<PaneId>,
    /// The pane that tmux creates with a window is removed: it is not a wanted one.
    pub holder_goes: bool,
    /// False while panes made by hand are in the window: its geometry is then left alone.
    pub is_laid_out: bool,
    /// Titles that triad set on its borders are removed.
    pub untitled: bool,
    /// The pane to select and zoom again after rearranging.
    pub active: Option<PaneId>,
    pub zoomed: bool,
    /// The temporary height that the insertions need.
    pub room: Option<u32>,
}

/// A live window that moves to the session in its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowMove {
    pub id: WindowId,
    pub from: SessionId,
    /// The session it leaves stays, and would be without a window for a moment.
    pub is_last: bool,
    /// The new window name, if it changes.
    pub name: Option<String>,
}

/// The location of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowPlace {
    /// It is created together with its session.
    FirstOfNewSession,
    /// It is created in an existing session, or one just created.
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
    /// The lines of scrollback of a new pane; `None`: its session's.
    pub history: Option<u32>,
}

/// Swaps that bring a session's windows into order, and the window to select afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowOrder {
    /// By its id: a window can be in other sessions, too.
    pub session: Ref,
    pub swaps: Vec<(Ref, Ref)>,
    /// The indexes of windows that are linked into the session a second time, the last first: such
    /// a window cannot be swapped by its id, and is unlinked to leave one.
    pub copies: Vec<u32>,
    /// A window that takes the focus, or the one that has it.
    pub current: Option<Current>,
}

/// The selected window of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Current {
    Live(WindowId),
    /// By its address: this plan may create it.
    Wanted(Ref),
}

/// A live object that gets another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readdress {
    pub object: Object,
    /// The new name in tmux, if it changes.
    pub name: Option<String>,
    /// Another session will get its present name.
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
    /// The tags to write on it.
    pub applied: AppliedPane,
    /// The process to end first, in the same pane.
    pub replaces: Option<i32>,
    /// The process that has ended in it and may have left others.
    pub clears: Option<i32>,
    /// The way to end that process; `None`: the pane is new.
    pub stop_method: Option<StopMethod>,
    /// triad itself is running in the pane.
    pub is_own: bool,
    /// This plan creates the pane: it has no tags yet.
    pub is_new: bool,
    /// This plan creates its session, with the caller's environment.
    pub is_in_new_session: bool,
    /// Selected, because it is new or its `focus` was set since.
    pub takes_focus: bool,
    /// The pane that it restarts with, if that is the reason.
    pub follows: Option<Address>,
}

/// A pane that is created and not started.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserve {
    pub pane: Pane,
    /// The body that is written on it.
    pub applied: AppliedPane,
    /// Made active, because its `focus` is set.
    pub takes_focus: bool,
}

/// Texts to type into a running shell.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    pub pane: Pane,
    /// The index of the first text not typed yet.
    pub from: usize,
}

/// Tags to write on a live object that is taken over.
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
    /// A session whose manifest path or layout name changes, and the panes marked with the old one.
    Owner {
        id: SessionId,
        panes: Vec<PaneId>,
    },
}

/// Settings of one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Configure {
    pub object: Ref,
    /// The place of the object in the manifest.
    pub origin: Origin,
    pub set: Vec<(String, String)>,
    pub hooks: Vec<HookEntry>,
    /// Variables of a session's environment; `None` removes one.
    pub env: Vec<(String, Option<String>)>,
    /// Pane options that override the window's.
    pub clears: Vec<(PaneId, String)>,
    /// The tag to write when all of it is done.
    pub applied: AppliedSettings,
}

impl Configure {
    /// Whether it sets options of a session, which apply when its windows are created.
    pub fn is_of_session(&self) -> bool {
        matches!(self.object, Ref::Session(_))
    }
}

/// One of triad's commands in the list of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookEntry {
    pub event: String,
    /// Counted from triad's first one.
    pub number: usize,
    /// `None` removes it.
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
    /// The tags to write on it.
    pub applied: AppliedPane,
    /// The action of tmux at the end of its command changes.
    pub rearms: bool,
    /// Texts were to be typed into it, or have been typed since.
    pub was_typed: bool,
    pub takes_focus: bool,
    /// Its phase, which stays: a pane that was stopped on purpose stays stopped.
    pub phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub pane: PaneId,
    pub pid: Option<i32>,
    pub stop_method: StopMethod,
    /// triad itself is running in it: it can only end with the pane.
    pub is_own: bool,
}
