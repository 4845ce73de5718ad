//! The verbs that show what is wanted, what would be done, and what runs. They change nothing.

pub(super) mod explain;
pub(super) mod graph;
pub(super) mod plan;
pub(super) mod ps;
pub(super) mod render;
pub(super) mod show;
pub(super) mod wait;
