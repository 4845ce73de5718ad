//! The report of a program about itself, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::readiness::report::Report;

/// The report, and the pane that it was stored on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonReport {
    pub format: u32,
    pub address: String,
    /// tmux's id of the pane.
    pub pane: String,
    pub ready: bool,
    /// Null if it was not reported.
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
