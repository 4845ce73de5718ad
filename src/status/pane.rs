//! How a layout stands, and each of its panes: what `ps` shows.

use super::standing::{Reason, Standing};
use crate::layout::{Address, PaneKind, Veil};
use crate::tmux::id::PaneId;

/// How a layout stands.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutStatus {
    /// `None`: its panes are all that is left of it, and do not tell its name.
    pub layout: Option<String>,
    /// `None`: as with the name, or nothing of it is live.
    pub manifest: Option<String>,
    /// In the order of the manifest, then in tmux's own.
    pub panes: Vec<PaneStatus>,
    /// How many panes in its sessions somebody else made.
    pub foreign: usize,
    /// Whether anything of it is there, be it among `panes` or not.
    pub is_there: bool,
}

impl LayoutStatus {
    /// Hides secrets in what others have said.
    pub fn veil(&mut self, veil: &Veil) {
        for pane in &mut self.panes {
            if let Reason::Answer(text) | Reason::NotReady(text) = &mut pane.standing.reason {
                *text = veil.hide(text);
            }
            for text in [&mut pane.runs, &mut pane.says].into_iter().flatten() {
                *text = veil.hide(text);
            }
        }
    }
}

/// How a pane stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PaneStatus {
    pub address: Address,
    pub kind: PaneKind,
    pub standing: Standing,
    pub id: Option<PaneId>,
    /// The process that runs in it, be it the program or a shell in its place.
    pub pid: Option<i32>,
    /// Its command; `None` where nobody knows it yet.
    pub runs: Option<String>,
    /// Whether a shell has taken its program's place.
    pub has_shell: bool,
    /// How often tmux has started its program again, and how often it may.
    pub restarts: u32,
    pub restarts_max: Option<u32>,
    /// What its program says of itself.
    pub says: Option<String>,
    pub wanted: Wanted,
}

/// What the manifest says of a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The manifest was not read.
    Unknown,
    AsItIs,
    /// It is to be at another address.
    At(Address),
    No,
}
