//! The notes of a plan.

use crate::layout::Address;
use crate::live::Exit;
use crate::tmux::id::PaneId;

/// A remark that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Panes made by hand: the window's geometry is left alone.
    ForeignPanes { window: Address, panes: usize },
    /// Panes of triad's that a person has made float: tmux lays out none of such a window.
    Floating { window: Address, panes: usize },
    /// Panes or windows made by hand keep this from being removed.
    Kept { address: Address, foreign: usize },
    /// A pane that is not in the manifest and that `--no-prune` keeps, with its wanted window,
    /// whose geometry is then left alone.
    NotPruned {
        address: Option<Address>,
        pane: PaneId,
        window: Option<Address>,
    },
    /// An attached session loses its last window.
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
    /// Events for which global hooks do not run here.
    HookShadows {
        address: Address,
        events: Vec<String>,
    },
    /// The length of a pane's scrollback is fixed when it is created.
    HistoryLater { address: Address },
    /// triad runs in a pane that goes last.
    OwnPane { address: Address },
    /// The texts typed into a shell have changed, and are typed when it restarts.
    TypedLater { address: Address },
    /// The process of an agent, task or pane has ended, and is left alone.
    LeftEnded { address: Address, exit: Exit },
    /// Panes that were stopped on purpose; `changed` are those whose manifest entry differs now.
    LeftStopped {
        panes: Vec<Address>,
        changed: Vec<Address>,
    },
    /// Panes that only a person starts.
    Unstarted { panes: Vec<Address> },
    /// Running panes that need what is stopped.
    GoOn { panes: Vec<Address> },
    /// Running panes that have probes and were not seen ready yet.
    Unseen { panes: Vec<Address> },
    /// Running tasks; `apply` waits for their ends.
    Unended { panes: Vec<Address> },
    /// Variables that the last apply was given, and that have other values now.
    VarsMissing { vars: Vec<(String, String)> },
    /// The manifest was also applied under this name, and some of that is still running.
    Former { layout: String, now: String },
    /// A pane to stop that was never started.
    NeverStarted { address: Address },
}
