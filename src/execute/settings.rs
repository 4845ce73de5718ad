//! The conditions of an execution, besides the plan.

use std::time::Duration;

use crate::machine::lock::Locks;
use crate::readiness::engine::Extent;
use crate::tmux::environment::Environment;

/// The conditions of an execution, besides the plan.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Marks the output of tmux.
    pub nonce: String,
    /// The caller's environment for `exec` probes and for commands that end programs.
    pub environment: Environment,
    /// The panes to wait for.
    pub waits: Extent,
    /// Whether the last lines of panes are shown while they are waited for.
    pub is_watched: bool,
    /// The time that a process has to end; `None`: as configured for its pane.
    pub stop_timeout: Option<Duration>,
    /// The locks to hold while something is changed.
    pub locks: Locks,
}
