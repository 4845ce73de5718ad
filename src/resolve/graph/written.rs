//! A need before its pane is found.

use crate::layout::{Address, Until};
use crate::manifest::source::Span;

/// One target of a `needs` node, as written: nobody has looked yet which pane it names.
#[derive(Debug, Clone)]
pub(crate) struct WrittenNeed {
    pub pane: Address,
    pub target: String,
    pub until: Until,
    pub restart: bool,
    pub optional: bool,
    pub span: Span,
}
