//! What an execution depends on besides the plan.

use std::time::Duration;

use crate::machine::lock::Locks;
use crate::readiness::engine::Extent;
use crate::tmux::environment::Environment;

/// What an execution depends on besides the plan.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Frames what tmux prints.
    pub nonce: String,
    /// What `exec` probes get of the caller's environment, and commands that end programs.
    pub environment: Environment,
    /// Which panes are waited for.
    pub waits: Extent,
    /// Somebody sees the last lines of panes while they are waited for.
    pub is_watched: bool,
    /// How long a process has to end when it is asked; `None`: as its pane says.
    pub stop_timeout: Option<Duration>,
    /// What is locked while something is changed.
    pub locks: Locks,
}
