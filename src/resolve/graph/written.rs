//! A need before its target is resolved.

use crate::layout::{Address, Until};
use crate::manifest::source::Span;

/// One target of a `needs` node as written, not yet resolved to a pane.
#[derive(Debug, Clone)]
pub(crate) struct WrittenNeed {
    pub pane: Address,
    pub target: String,
    pub until: Until,
    pub restart: bool,
    pub optional: bool,
    pub span: Span,
}
