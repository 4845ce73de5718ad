//! Stage 2: turns the manifest into the complete layout that should exist. Pure: the environment, the
//! home directory and the manifest's place arrive as arguments.
//!
//! Reading order: `resolver` renders values and `values` types them; `scope` holds inherited
//! settings; `build` walks the manifest; `variables` gives `vars` their values; `presence` copies nodes
//! or leaves them out; `body` merges a pane with its template and `pane` reads it; `option` assigns
//! options to objects; `former` handles renames and `secrets` secret variables; `graph` resolves needs
//! and finds cycles.

mod body;
mod build;
mod conditions;
mod drawn;
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
mod values;
mod variables;

pub use conditions::{Conditions, FromEnv};
pub use drawn::written as written_layout;
pub use error::{Edge, NeedError, Never, ResolveError};
pub use explain::explanations;

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
