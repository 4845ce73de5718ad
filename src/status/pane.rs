//! The status of a layout and of its panes, as `ps` shows it.

use super::standing::{Reason, Standing};
use crate::layout::{Address, PaneKind, Veil};
use crate::tmux::id::PaneId;

/// The status of a layout.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutStatus {
    /// `None` if only panes are left, which do not have its name.
    pub layout: Option<String>,
    /// `None` as with the name, or if no pane is live.
    pub manifest: Option<String>,
    /// The panes, in the order of the manifest, then in tmux's order.
    pub panes: Vec<PaneStatus>,
    /// The number of panes in its sessions that triad did not create.
    pub foreign: usize,
    /// Whether any object of the layout exists, even if `panes` is only a part.
    pub is_there: bool,
}

impl LayoutStatus {
    /// Hides secrets in the texts of others.
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

/// The status of a pane.
#[derive(Debug, Clone, PartialEq)]
pub struct PaneStatus {
    pub address: Address,
    pub kind: PaneKind,
    pub standing: Standing,
    pub id: Option<PaneId>,
    /// The process that runs in it, whether the program or a shell in its place.
    pub pid: Option<i32>,
    /// Its command; `None` if it is not known yet.
    pub runs: Option<String>,
    /// Whether a shell has replaced its program.
    pub has_shell: bool,
    /// The number of restarts by tmux, and the largest number allowed.
    pub restarts: u32,
    pub restarts_max: Option<u32>,
    /// The report of its program.
    pub says: Option<String>,
    pub wanted: Wanted,
}

/// The place of a pane in the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The manifest was not read.
    Unknown,
    AsItIs,
    /// At another address.
    At(Address),
    No,
}
