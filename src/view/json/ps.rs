//! The states of panes, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::status::{LayoutStatus, PaneStatus};
use crate::view::look::standing::why;

/// The status of layouts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonPs {
    pub format: u32,
    pub layouts: Vec<JsonLayout>,
}

/// The status of one layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonLayout {
    /// Null if only panes are left of it, which do not have its name.
    pub layout: Option<String>,
    pub manifest: Option<String>,
    pub panes: Vec<JsonPane>,
    /// The number of panes in its sessions that triad did not create.
    pub foreign: usize,
}

/// The status of a pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonPane {
    pub address: String,
    pub kind: &'static str,
    /// `absent`, `pending`, `starting`, `ready`, `running`, `restarting`, `done`, `failed` or
    /// `stopped`.
    pub state: &'static str,
    /// The time in this state; null if unknown.
    pub seconds: Option<u64>,
    /// tmux's id of the pane.
    pub pane: Option<String>,
    pub pid: Option<i32>,
    pub runs: Option<String>,
    pub why: String,
    /// The source of the state: `manifest`, `tag`, `process` or `report`.
    pub source: &'static str,
    /// The exit status of its program.
    pub exit: Option<String>,
    /// The number of times that tmux has restarted its program.
    pub restarts: u32,
}

pub fn ps(layouts: &[LayoutStatus]) -> JsonPs {
    let pane = |pane: &PaneStatus| JsonPane {
        address: pane.address.to_string(),
        kind: pane.kind.as_str(),
        state: pane.standing.state.as_str(),
        seconds: pane.standing.since.map(|since| since.as_secs()),
        pane: pane.id.map(|id| id.to_string()),
        pid: pane.pid,
        runs: pane.runs.clone(),
        why: why(pane),
        source: pane.standing.source.as_str(),
        exit: pane.standing.exit().map(|exit| exit.to_string()),
        restarts: pane.restarts,
    };
    let layout = |layout: &LayoutStatus| JsonLayout {
        layout: layout.layout.clone(),
        manifest: layout.manifest.clone(),
        panes: layout.panes.iter().map(pane).collect(),
        foreign: layout.foreign,
    };
    JsonPs {
        format: FORMAT,
        layouts: layouts.iter().map(layout).collect(),
    }
}
