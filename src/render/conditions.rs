//! What rendering depends on besides the plan.

use std::path::Path;

use crate::layout::UsedFolder;
use crate::tmux::environment::Environment;
use crate::tmux::script::Word;

/// What rendering depends on besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// What the programs get of the caller's environment.
    pub environment: &'a Environment,
    /// The server's socket, for `TRIAD_SOCKET`.
    pub socket: &'a Path,
    /// How a person calls the folder of the layout.
    pub used: Option<&'a UsedFolder>,
    /// Frames what tmux prints, and names windows until they have their own names.
    pub nonce: &'a str,
}

impl Conditions<'_> {
    /// A directory in which something starts.
    pub(super) fn directory(&self, path: &Path) -> Word {
        match self.used {
            Some(used) => Word::directory(&used.path(path)),
            None => Word::directory(path),
        }
    }
}
