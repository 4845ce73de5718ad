//! The tmux settings of a session, window or pane that a manifest owns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Options, Pane, Session, TmuxHooks, Window};

/// The tmux option that `synchronize` sets.
pub const SYNCHRONIZE: &str = "synchronize-panes";

/// The applied settings of an object, stored in an option of their own, because triad owns them even if
/// it does not own the geometry around them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedSettings {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: Options,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hooks: TmuxHooks,
    /// Only for a session: the environment of panes that a person opens in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Only for the first session: the variables of the manifest that the caller has set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, String>,
    /// Only for a window: whether it was wanted zoomed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zoom: bool,
}

impl AppliedSettings {
    pub fn is_empty(&self) -> bool {
        *self == AppliedSettings::default()
    }
}

impl From<&Session> for AppliedSettings {
    fn from(session: &Session) -> Self {
        AppliedSettings {
            options: session.options.clone(),
            hooks: session.hooks.clone(),
            env: session.env.clone(),
            vars: BTreeMap::new(),
            zoom: false,
        }
    }
}

impl From<&Window> for AppliedSettings {
    fn from(window: &Window) -> Self {
        let mut options = window.options.clone();
        if let Some(is_on) = window.synchronize {
            let value = if is_on { "on" } else { "off" };
            options.insert(SYNCHRONIZE.to_owned(), value.to_owned());
        }
        AppliedSettings {
            options,
            hooks: window.hooks.clone(),
            env: BTreeMap::new(),
            vars: BTreeMap::new(),
            zoom: window.zoom,
        }
    }
}

impl From<&Pane> for AppliedSettings {
    fn from(pane: &Pane) -> Self {
        AppliedSettings {
            options: pane.options.clone(),
            ..AppliedSettings::default()
        }
    }
}
