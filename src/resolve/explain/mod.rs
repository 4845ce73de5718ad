//! What `triad check --explain` says about each mistake that shows when a manifest is spelled out.
//! Like those of `manifest/error/explain`, and held by the same tests.

mod layout;
mod panes;
mod values;

use crate::manifest::diagnostic::Explanation;

/// The explanations of every code of [`ResolveError`](super::ResolveError).
pub fn explanations() -> impl Iterator<Item = &'static Explanation> {
    values::EXPLANATIONS
        .iter()
        .chain(layout::EXPLANATIONS)
        .chain(panes::EXPLANATIONS)
}
