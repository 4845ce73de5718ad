//! The part of a pane that a wanted one and an applied one have in common.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::conduct::{Before, Log, OnExit, Restart, Stop, Typed};
use super::readiness::{Need, Ready};

/// The fields of a pane that change without a restart of its program.
///
/// They are kept in the tag of the pane, in this order. A field that came later is only written
/// where it says something: a pane of an older release, and one that has nothing of it, carry the
/// same bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PaneBody {
    /// Its name was not written: it is derived from what runs in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub focus: bool,
    #[serde(default)]
    pub needs: Vec<Need>,
    #[serde(default)]
    pub ready: Option<Ready>,
    /// It may not be stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// `None`: what it prints is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
    /// Lines of scrollback; `None`: as tmux has it. Of an applied pane: what was wanted; what
    /// counts is what was so when the pane was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u32>,
    /// Typed into the shell that runs, in order, once its prompt is up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<Typed>,
    /// `None`: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
    #[serde(default, skip_serializing_if = "Stop::is_default")]
    pub stop: Stop,
    /// `None`: as its command is: a bare shell's pane closes, any other is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_exit: Option<OnExit>,
    /// What runs before the command. It is part of the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// It is made and not started: only `start` and `restart` start it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub start_by_hand: bool,
    /// How long the end of a task is waited for; `None`: as long as it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Duration>,
}
