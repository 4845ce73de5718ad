//! What `watch --json` says at the beginning of each round.

use serde::Serialize;

use crate::view::json::FORMAT;

/// One round of a watch is about to begin. What it does follows as of an apply.
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
