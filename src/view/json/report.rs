//! What a program has said of itself, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::readiness::report::Report;

/// What was written on which pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonReport {
    pub format: u32,
    pub address: String,
    /// tmux's id of the pane.
    pub pane: String,
    pub ready: bool,
    /// Null: nothing was said of it.
    pub status: Option<String>,
}

pub fn report(report: &Report) -> JsonReport {
    JsonReport {
        format: FORMAT,
        address: report.address.to_string(),
        pane: report.pane.to_string(),
        ready: report.ready.is_some(),
        status: report.status.as_ref().map(|tag| tag.why.clone()),
    }
}
