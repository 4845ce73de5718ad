//! Stage 6: scripts become changes. Sends the batches, starts panes as what they need comes up,
//! ends processes, and tells what happened. Every decision was made by the plan.

pub mod attend;
mod critical_path;
mod ending;
pub mod hook;
mod last_words;
mod own_pane;
mod prompt;
mod removals;
mod run;
mod screens;
mod secret_pipes;
mod starts;
mod typing;

pub use last_words::last_lines;
pub use run::execute;

use std::time::Duration;

use crate::tmux::environment::Environment;

/// What execution depends on besides the plan.
#[derive(Debug, Clone)]
pub struct Conditions {
    pub nonce: String,
    /// What `exec` probes get of the caller's environment.
    pub environment: Environment,
    /// Wait for every pane that was started to be ready, and not only where another needs it.
    pub waits: bool,
    /// Somebody sees the last lines of panes while they are waited for.
    pub is_watched: bool,
    /// How long a process has to end when it is asked; `None`: as its pane says.
    pub stop_timeout: Option<Duration>,
}
