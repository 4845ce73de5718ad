//! What `triad check --explain` says about each mistake of a manifest: the rule, why it is there,
//! and an example of either side. A test holds that every code has one, and that the examples are
//! what they are said to be.

mod files;
mod nodes;
mod syntax;

use crate::manifest::diagnostic::Explanation;

/// The explanations of every code of [`ManifestError`](super::ManifestError).
pub fn explanations() -> impl Iterator<Item = &'static Explanation> {
    let files = files::EXPLANATIONS;
    nodes::EXPLANATIONS
        .iter()
        .chain(files)
        .chain(syntax::EXPLANATIONS)
}
