//! Stage 2: turns the manifest into the complete layout that should exist. Pure: the environment, the
//! home directory and the manifest's place arrive as arguments.
//!
//! Reading order: `resolver` renders values and `values` types them; `scope` holds inherited
//! settings, and `environment` reads files into them; `build` walks the manifest; `variables` gives `vars` their values; `presence` copies nodes
//! or leaves them out; `body` merges a pane with its template and `pane` reads it; `option` assigns
//! options to objects; `former` handles renames and `secrets` secret variables; `graph` resolves needs
//! and finds cycles.

mod body;
mod build;
mod conditions;
mod drawn;
mod environment;
mod error;
mod explain;
mod former;
mod graph;
mod naming;
mod option;
mod pane;
mod presence;
mod ready;
mod resolver;
mod scope;
mod secrets;
mod source;
mod values;
mod variables;

pub use conditions::{Conditions, EnvFiles, FromEnv};
pub use drawn::written as written_layout;
pub use error::{Edge, EnvFileProblem, NeedError, Never, ResolveError};
pub use explain::explanations;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::layout::Layout;
use crate::manifest::ast::Manifest;
use crate::manifest::source::Sources;

/// Resolves a manifest.
///
/// # Errors
/// All mistakes that only this stage can see, in the order of the manifest.
pub fn resolve(
    manifest: &Manifest,
    sources: &Sources,
    conditions: &Conditions,
) -> Result<Layout, Vec<ResolveError>> {
    build::layout(manifest, sources, conditions)
}

/// The environment files that a manifest and the command line name, and whether the values of each
/// are secret: to be read before the manifest is spelled out.
pub fn env_files(
    manifest: &Manifest,
    sources: &Sources,
    conditions: &Conditions,
) -> BTreeMap<PathBuf, bool> {
    let last = &conditions.env_files.last;
    if !secrets::has_files(manifest) {
        return last.iter().map(|path| (path.clone(), true)).collect();
    }
    build::env_files(manifest, sources, conditions)
}
