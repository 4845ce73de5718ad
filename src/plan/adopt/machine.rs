//! What decides about taking over, and only the machine knows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What the machine tells and tmux does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// By the pid of a pane's process: its arguments, and then those of what runs below it.
    pub programs: BTreeMap<i32, Vec<Vec<String>>>,
    /// Manifests, and folders of such, that are not there any more.
    pub gone: BTreeSet<String>,
}
