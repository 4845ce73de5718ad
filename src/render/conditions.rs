//! The conditions of rendering, besides the plan.

use std::path::Path;

use crate::layout::UsedFolder;
use crate::tmux::environment::Environment;
use crate::tmux::script::Word;

/// The conditions of rendering, besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// The variables that programs get from the caller's environment.
    pub environment: &'a Environment,
    /// The path of triad itself, for panes that have it read their secrets.
    pub triad: &'a Path,
    /// The server's socket, for `TRIAD_SOCKET`.
    pub socket: &'a Path,
    /// The layout's folder as the user named it.
    pub used: Option<&'a UsedFolder>,
    /// Programs may start before the ids of their panes are known.
    pub starts_with_panes: bool,
    /// Marks the output of tmux, and names windows until they have their own names.
    pub nonce: &'a str,
}

impl Conditions<'_> {
    /// Returns the word for a program's directory.
    pub(super) fn directory(&self, path: &Path) -> Word {
        match self.used {
            Some(used) => Word::directory(&used.path(path)),
            None => Word::directory(path),
        }
    }
}
