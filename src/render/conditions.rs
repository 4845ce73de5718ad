//! What rendering depends on besides the plan.

use std::path::Path;

use crate::tmux::environment::Environment;

/// What rendering depends on besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// What the programs get of the caller's environment.
    pub environment: &'a Environment,
    /// The server's socket, for `TRIAD_SOCKET`.
    pub socket: &'a Path,
    /// Frames what tmux prints, and names windows until they have their own names.
    pub nonce: &'a str,
}
