//! The verbs that connect people, panes and the programs in them.

pub(super) mod attach;
pub(super) mod report;
