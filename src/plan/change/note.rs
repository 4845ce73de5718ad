//! What a plan says besides.

use crate::layout::Address;
use crate::live::Exit;
use crate::tmux::id::PaneId;

/// Something worth a line that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Panes made by hand: the window's geometry is left alone.
    ForeignPanes { window: Address, panes: usize },
    /// Panes of ours that a person has made float: tmux lays out none of such a window.
    Floating { window: Address, panes: usize },
    /// Panes or windows made by hand keep this from being removed.
    Kept { address: Address, foreign: usize },
    /// What the manifest does not name, and `--no-prune` keeps; with the wanted window that it is
    /// in, whose geometry is then left alone.
    NotPruned {
        address: Option<Address>,
        pane: PaneId,
        window: Option<Address>,
    },
    /// A session that people look at loses its last window.
    SessionEnds { session: String, clients: u32 },
    /// Panes that `--only` leaves as they are.
    LeftOut { panes: usize },
    /// A nesting that the resize hook cannot reach.
    PartialHook { window: Address },
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
    /// Panes that were stopped on purpose; the manifest says something else of the last ones now.
    LeftStopped {
        panes: Vec<Address>,
        changed: Vec<Address>,
    },
    /// Panes that only a person starts.
    Unstarted { panes: Vec<Address> },
    /// Panes that need what is stopped, and run.
    GoOn { panes: Vec<Address> },
    /// Panes that run, have probes, and were not seen ready yet.
    Unseen { panes: Vec<Address> },
    /// These tasks run, and `apply` waits for their ends.
    Unended { panes: Vec<Address> },
    /// Variables that the last apply was given, which have other values now.
    VarsMissing { vars: Vec<(String, String)> },
    /// The manifest was applied under this name, too, and some of that still runs.
    Former { layout: String, now: String },
    /// What is to be stopped and never was started.
    NeverStarted { address: Address },
}
