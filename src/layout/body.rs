//! The settings that a wanted and an applied pane share.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::conduct::{Before, Log, OnExit, Restart, Stop, Typed};
use super::readiness::{Need, Ready};
use super::secret_source::SecretSource;

/// The fields of a pane that change without a restart of its program.
///
/// They are stored in the tag of the pane, in this order, those that differ from the default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PaneBody {
    /// Whether its name is derived from its command, because the manifest has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub focus: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Ready>,
    /// Whether triad refuses to stop it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// `None`: its output is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
    /// Lines of scrollback; `None`: tmux's setting. In an applied pane this is the wanted number; the
    /// actual one was set when the pane was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u32>,
    /// Texts typed into the pane's program, in order, each on its own condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<Typed>,
    /// `None`: never restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
    #[serde(default, skip_serializing_if = "Stop::is_default")]
    pub stop: Stop,
    /// `None`: the command's default: the pane of a bare shell closes, any other is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_exit: Option<OnExit>,
    /// The lines to run before the command. They are part of the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// Whether only `start` and `restart` start it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub start_by_hand: bool,
    /// The files and commands that the pane reads secrets from before each start. The commands are
    /// part of the spec.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_sources: Vec<SecretSource>,
    /// The time limit of waiting for a task to end; `None`: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Duration>,
}
