//! A wanted session.

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
    /// The directory of windows that a person opens in the session.
    pub cwd: PathBuf,
    /// The environment of panes that a person opens in it, without secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The variables left to the environment of the person who starts the programs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub open_env: BTreeSet<String>,
    pub options: Options,
    pub hooks: TmuxHooks,
    /// Whether triad refuses to stop anything in it.
    pub protect: bool,
    /// The possible former addresses, from its `was`.
    pub former: Vec<Address>,
    /// Never empty.
    pub windows: Vec<Window>,
    pub origin: Origin,
}
