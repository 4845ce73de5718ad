//! What the tests share: worlds of their own on a real tmux, and a model of tmux for those without.

pub mod sandbox;
pub mod seen;
pub mod snapshot;
pub mod standin;
pub mod terminal;

use std::path::PathBuf;

/// A path in the project.
pub fn project(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), path].iter().collect()
}

/// Whether expectations are to be rewritten: `UPDATE=1 make test`, then `git diff` to review.
pub fn is_updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}
