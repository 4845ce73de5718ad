//! Stage 2: what was written becomes what should exist, spelled out. Pure: the environment, the
//! home directory and the manifest's place arrive as arguments.
//!
//! Reading order: `scope` renders values and keeps what flows from outer to inner; `build` walks
//! the manifest; `presence` copies nodes and leaves them out; `body` puts a pane over its template
//! and `pane` reads it; `option` hands options to what has them; `former` is about renames,
//! `secrets` about what must not be seen; `graph` resolves needs and finds cycles.

mod body;
mod build;
mod error;
mod explain;
mod former;
mod graph;
mod option;
mod pane;
mod presence;
mod ready;
mod scope;
mod secrets;
mod values;

pub use error::{Edge, NeedError, Never, ResolveError};
pub use explain::explanations;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::layout::Layout;
use crate::manifest::ast::Manifest;
use crate::manifest::source::Sources;
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
    /// That of whoever runs what is made of the layout: the values stay open.
    Runner,
}

/// Spells a manifest out.
///
/// # Errors
/// All mistakes that show only now, in the order of the manifest.
pub fn resolve(
    manifest: &Manifest,
    sources: &Sources,
    conditions: &Conditions,
) -> Result<Layout, Vec<ResolveError>> {
    build::layout(manifest, sources, conditions)
}
