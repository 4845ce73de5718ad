//! The first line of each round of `watch --json`.

use serde::Serialize;

use crate::view::json::FORMAT;

/// The beginning of a round. Its events follow as those of an apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonRound {
    pub format: u32,
    pub event: &'static str,
    /// Counted from 1.
    pub round: usize,
    /// `start`, `edit` or `heal`.
    pub why: &'static str,
    /// The files that have changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

pub fn round(round: usize, why: &'static str, files: Vec<String>) -> JsonRound {
    JsonRound {
        format: FORMAT,
        event: "round",
        round,
        why,
        files,
    }
}
