//! The panes that are waited for, and the result, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::layout::Address;
use crate::watcher::wait::{Goal, WaitOutcome};

/// The first line: the panes that are waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonWait {
    pub format: u32,
    pub event: &'static str,
    /// `ready`, `started`, `done`, `gone`, `stopped`, `failed` or `line`.
    #[serde(rename = "for")]
    pub goal: &'static str,
    pub any: bool,
    pub panes: Vec<String>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonEnd {
    pub event: &'static str,
    pub exit: u8,
    pub reached: Vec<String>,
    pub lost: Vec<String>,
    pub late: Vec<String>,
    pub milliseconds: u128,
}

pub fn wait<'a>(goal: &Goal, any: bool, panes: impl Iterator<Item = &'a Address>) -> JsonWait {
    JsonWait {
        format: FORMAT,
        event: "wait",
        goal: goal.as_str(),
        any,
        panes: panes.map(ToString::to_string).collect(),
    }
}

pub fn end(outcome: &WaitOutcome, exit: u8) -> JsonEnd {
    let shown = |panes: &[Address]| panes.iter().map(ToString::to_string).collect();
    JsonEnd {
        event: "end",
        exit,
        reached: shown(&outcome.reached),
        lost: shown(&outcome.lost),
        late: shown(&outcome.late),
        milliseconds: outcome.took.as_millis(),
    }
}
