//! The inputs of resolving besides the manifest itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::layout::EnvFile;
use crate::tmux::environment::Environment;

/// The inputs of resolving besides the manifest itself.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// The values of `--var`, which override `TRIAD_VAR_*`, which override defaults.
    pub vars: &'a BTreeMap<String, String>,
    /// The profiles that were chosen.
    pub profiles: &'a BTreeSet<String>,
    /// The caller's environment.
    pub environment: &'a Environment,
    /// The source of values for `KEY from="env"`.
    pub from_env: FromEnv,
    /// The environment files that were found.
    pub env_files: &'a EnvFiles,
    /// The home directory, for `~`.
    pub home: Option<&'a Path>,
    /// The manifest's canonical path, or `-`.
    pub manifest: &'a str,
    /// The folder that holds it, which `root` is relative to.
    pub folder: &'a Path,
    /// Its file name without the extension: the layout's default name.
    pub stem: &'a str,
}

/// The environment files that a manifest is resolved with.
#[derive(Debug, Clone, Default)]
pub struct EnvFiles {
    /// The result of reading each path that [`env_files`](super::env_files) names.
    pub read: BTreeMap<PathBuf, EnvFile>,
    /// The files with at least one secret value.
    pub secret: BTreeSet<PathBuf>,
    /// `--env-file`: the layout's last files.
    pub last: Vec<PathBuf>,
}

/// The environment that provides the values of `KEY from="env"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FromEnv {
    /// The caller's.
    Caller,
    /// The caller's, as far as it has them; missing values stay open.
    Found,
    /// That of the person who runs the result later, such as a script: all values stay open.
    Runner,
}
