//! The request and the result of a wait.

use std::time::Duration;

use super::goal::Goal;
use crate::layout::{Address, Veil};
use crate::status::{LayoutRef, PaneStatus};
use crate::tmux::environment::Environment;

/// The time that tmux may take for one step of the wait.
const STEP_DEADLINE: Duration = Duration::from_secs(90);
/// The time that tmux may take after the given time is over.
const GRACE: Duration = Duration::from_secs(2);

/// The request of a wait.
#[derive(Debug)]
pub struct WaitRequest<'a> {
    pub asked: LayoutRef<'a>,
    /// The panes, with their status when they were chosen.
    pub panes: &'a [PaneStatus],
    pub goal: Goal,
    /// Whether one of them is enough.
    pub any: bool,
    pub limit: Limit,
    pub environment: &'a Environment,
    pub veil: &'a Veil,
    /// The word that frames tmux's output.
    pub nonce: &'a str,
}

/// The time to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The deadline of each pane's own probes, once it runs; else
    /// [`END_DEADLINE`](crate::readiness::engine::END_DEADLINE).
    Own,
    Within(Duration),
    Endless,
}

/// The result of a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitOutcome {
    pub reached: Vec<Address>,
    pub lost: Vec<Address>,
    pub late: Vec<Address>,
    pub is_met: bool,
    /// The signal that interrupted it.
    pub interrupted: Option<i32>,
    pub took: Duration,
}

impl Limit {
    /// Returns the time that tmux may take for the next step.
    pub(super) fn patience(self, waited: Duration) -> Duration {
        match self {
            Limit::Within(limit) => (limit.saturating_sub(waited) + GRACE).min(STEP_DEADLINE),
            Limit::Own | Limit::Endless => STEP_DEADLINE,
        }
    }
}
