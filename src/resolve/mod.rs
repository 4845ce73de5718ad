//! Stage 2: what was written becomes what should exist, spelled out. Pure: the environment, the
//! home directory and the manifest's place arrive as arguments.
//!
//! Reading order: `resolver` renders values and `values` types them; `scope` keeps what flows from
//! outer to inner; `build` walks the manifest; `variables` gives `vars` their values; `presence` copies nodes and leaves them out; `body` puts a pane over its template
//! and `pane` reads it; `option` hands options to what has them; `former` is about renames,
//! `secrets` about what must not be seen; `graph` resolves needs and finds cycles.

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
