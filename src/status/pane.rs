//! How a layout stands, and each of its panes: what `ps` shows.

use super::state::State;
use crate::layout::{Address, PaneKind, Probe, Until, Veil};
use crate::live::Exit;
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
            let texts = [&mut pane.runs, &mut pane.answer, &mut pane.says];
            for text in texts.into_iter().flatten() {
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
    pub state: State,
    /// For how many seconds.
    pub seconds: Option<u64>,
    pub id: Option<PaneId>,
    /// The process that runs in it, be it the program or a shell in its place.
    pub pid: Option<i32>,
    /// Its command; `None` where nobody knows it yet.
    pub runs: Option<String>,
    /// How its program ended.
    pub exit: Option<Exit>,
    /// Whether a shell has taken its program's place.
    pub has_shell: bool,
    /// How often tmux has started its program again, and how often it may.
    pub restarts: u32,
    pub restarts_max: Option<u32>,
    /// Whether tmux has started it again as often as it may.
    pub is_given_up: bool,
    /// What it still waits for before it starts.
    pub waits_for: Vec<(Address, Until)>,
    /// By what it is to be known to be ready.
    pub probes: Vec<Probe>,
    /// Why it is ready, in its probes' words.
    pub answer: Option<String>,
    /// What its program says of itself.
    pub says: Option<String>,
    pub wanted: Wanted,
}

impl PaneStatus {
    /// Whether it is what somebody waits for.
    pub(super) fn is(&self, until: Until) -> bool {
        match until {
            Until::Started => !matches!(self.state, State::Absent | State::Waiting),
            Until::Ready => matches!(self.state, State::Ready | State::Running | State::Done),
            Until::ExitedOk => self.exit == Some(Exit::Status(0)),
            Until::Exited => self.exit.is_some() && self.state != State::Restarting,
        }
    }

    /// The addresses that it may be asked for by.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &Address> {
        let wanted = match &self.wanted {
            Wanted::At(address) => Some(address),
            Wanted::Unknown | Wanted::AsItIs | Wanted::No => None,
        };
        std::iter::once(&self.address).chain(wanted)
    }
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
