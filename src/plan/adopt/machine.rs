//! Facts about the machine that decide what is taken over.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Facts about the machine that tmux does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The arguments of a pane's process, then those of its descendants, by the pid of the former.
    pub programs: BTreeMap<i32, Vec<Vec<String>>>,
    /// Manifests and folders that no longer exist.
    pub gone: BTreeSet<String>,
}
