//! The panes that are waited for, as JSON: in a sentence, and pane by pane.

use serde::Serialize;

use crate::event::{Waiting, Waits};

/// A pane that has not reached the state yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonWaiting {
    pub address: String,
    /// `needs`, `starting`, `restarting`, `probing`, `typing`, `running` or `otherwise`.
    pub state: &'static str,
    /// The names of its needs, the last answer of a probe, or what is still missing.
    pub what: String,
    /// The report of its program; null if there is none.
    pub says: Option<String>,
    pub milliseconds: u128,
}

pub fn panes(on: &[Waiting]) -> Vec<JsonWaiting> {
    let panes = on.iter().map(|on| JsonWaiting {
        address: on.address.to_string(),
        state: on.state.as_str(),
        what: on.what.clone(),
        says: on.says.clone(),
        milliseconds: on.since.as_millis(),
    });
    panes.collect()
}

pub fn sentence(on: &[Waiting]) -> String {
    let shown = on.iter().map(|on| match on.state {
        Waits::Needs => format!("{}: needs {}", on.address, on.what),
        _ => format!("{}: {}", on.address, on.what),
    });
    shown.collect::<Vec<_>>().join("; ")
}
