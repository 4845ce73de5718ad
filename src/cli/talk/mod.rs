//! The verbs between people, panes and the programs in them.

pub mod attach;
pub mod report;
