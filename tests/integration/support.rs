//! Shared parts of the tests: sandboxes on a real tmux, and a model of tmux for tests without.

pub mod resolved;
pub mod sandbox;
pub mod seen;
pub mod snapshot;
pub mod standin;
pub mod terminal;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// Returns a path in the project.
pub fn project(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), path].iter().collect()
}

/// Returns the verbs that `triad --help` lists, in its order.
#[track_caller]
pub fn verbs(help: &str) -> Vec<&str> {
    let (groups, _) = help.split_once("Global options:").expect("the groups");
    let lines = groups.lines().filter_map(|line| line.strip_prefix("  "));
    let verbs: Vec<&str> = lines.filter_map(|line| line.split(' ').next()).collect();
    assert!(verbs.len() > 15, "{help}");
    verbs
}

/// Whether to rewrite expectations: `UPDATE=1 make test`, then `git diff` to review.
pub fn is_updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Returns the difference of a file from this text.
pub fn difference(path: &Path, found: Option<&str>) -> io::Result<String> {
    let expected = fs::read_to_string(path).ok();
    if expected.as_deref() == found {
        return Ok(String::new());
    }
    if is_updating() {
        match found {
            Some(text) => fs::write(path, text)?,
            None => fs::remove_file(path)?,
        }
        return Ok(String::new());
    }
    let name = path.display().to_string();
    let expected = expected.unwrap_or_default();
    let diff = TextDiff::from_lines(expected.as_str(), found.unwrap_or_default());
    let mut shown = diff.unified_diff();
    shown.header(&format!("{name} (expected)"), "(found)");
    Ok(shown.to_string())
}
