//! How panes stand, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::status::{LayoutStatus, PaneStatus};
use crate::view::look::standing::why;

/// How layouts stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonPs {
    pub format: u32,
    pub layouts: Vec<JsonLayout>,
}

/// How one does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonLayout {
    /// Null where all that is left of it are panes which do not tell.
    pub layout: Option<String>,
    pub manifest: Option<String>,
    pub panes: Vec<JsonPane>,
    /// How many panes in its sessions triad did not make.
    pub foreign: usize,
}

/// How a pane stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonPane {
    pub address: String,
    pub kind: &'static str,
    /// `absent`, `pending`, `starting`, `ready`, `running`, `restarting`, `done`, `failed` or
    /// `stopped`.
    pub state: &'static str,
    /// For how long; null where nobody knows.
    pub seconds: Option<u64>,
    /// tmux's id of the pane.
    pub pane: Option<String>,
    pub pid: Option<i32>,
    pub runs: Option<String>,
    pub why: String,
    /// Where the state is known from: `manifest`, `tag`, `process` or `report`.
    pub source: &'static str,
    /// How its program ended.
    pub exit: Option<String>,
    /// How often tmux has started its program again.
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
