//! The place where a verb works.

use crate::cli::context::World;
use crate::cli::output::Output;
use crate::tmux::server::Server;

/// The place where a verb works: the caller's world, the server, and the output.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub world: &'a World,
    pub server: Server,
    pub output: &'a Output,
}
