//! What is waited for, for how long, and how it ended.

use std::time::Duration;

use super::goal::Goal;
use crate::layout::{Address, Veil};
use crate::status::{LayoutRef, PaneStatus};
use crate::tmux::environment::Environment;

/// How long tmux may take for all that is asked of it at once.
const STEP_DEADLINE: Duration = Duration::from_secs(90);
/// How long tmux may take once the time is over that somebody has given.
const GRACE: Duration = Duration::from_secs(2);

/// What is waited for.
#[derive(Debug)]
pub struct WaitRequest<'a> {
    pub asked: LayoutRef<'a>,
    /// As they stood when they were chosen.
    pub panes: &'a [PaneStatus],
    pub goal: Goal,
    /// One of them is enough.
    pub any: bool,
    pub limit: Limit,
    pub environment: &'a Environment,
    pub veil: &'a Veil,
    /// Frames what tmux prints.
    pub nonce: &'a str,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// For readiness as each pane's probes say, once it runs; else [`END_DEADLINE`](crate::readiness::engine::END_DEADLINE).
    Own,
    Within(Duration),
    Endless,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitOutcome {
    pub reached: Vec<Address>,
    pub lost: Vec<Address>,
    pub late: Vec<Address>,
    pub is_met: bool,
    /// The signal that cut it short.
    pub interrupted: Option<i32>,
    pub took: Duration,
}

impl Limit {
    /// How long tmux may take for what is asked of it now.
    pub(super) fn patience(self, waited: Duration) -> Duration {
        match self {
            Limit::Within(limit) => (limit.saturating_sub(waited) + GRACE).min(STEP_DEADLINE),
            Limit::Own | Limit::Endless => STEP_DEADLINE,
        }
    }
}
