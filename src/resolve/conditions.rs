//! What a manifest is resolved with: everything that is not written in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::tmux::environment::Environment;

/// What a manifest is resolved with.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// `--var`, which win over `TRIAD_VAR_*`, which win over defaults.
    pub vars: &'a BTreeMap<String, String>,
    /// The profiles that were chosen.
    pub profiles: &'a BTreeSet<String>,
    /// The caller's environment.
    pub environment: &'a Environment,
    /// Whose values `KEY from="env"` means.
    pub from_env: FromEnv,
    /// What `~` stands for.
    pub home: Option<&'a Path>,
    /// The manifest's canonical path, or `-`.
    pub manifest: &'a str,
    /// The folder that holds it: where `root` starts.
    pub folder: &'a Path,
    /// Its file name without the ending: the layout's name where none is given.
    pub stem: &'a str,
}

/// Whose environment gives the values that a manifest only names (`KEY from="env"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FromEnv {
    /// The caller's.
    Caller,
    /// The caller's, as far as it has them: what is missing stays open.
    Found,
    /// That of whoever runs what is made of the layout: the values stay open.
    Runner,
}
