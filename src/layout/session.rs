//! A session that is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::options::{Options, TmuxHooks};
use super::origin::Origin;
use super::window::Window;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub address: Address,
    /// Where windows that a person opens in the session start.
    pub cwd: PathBuf,
    /// What panes that a person opens in it have in their environment; none of it is secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// What is left of it to the environment of whoever starts the programs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub open_env: BTreeSet<String>,
    pub options: Options,
    pub hooks: TmuxHooks,
    /// Nothing in it may be stopped.
    pub protect: bool,
    /// Addresses that it may have had before, by its own `was` and those of what is around it.
    pub former: Vec<Address>,
    /// Never empty.
    pub windows: Vec<Window>,
    pub origin: Origin,
}
