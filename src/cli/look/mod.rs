//! The verbs that show the layout, the plan and the running panes. They change nothing.

pub(super) mod explain;
pub(super) mod graph;
pub(super) mod plan;
pub(super) mod ps;
pub(super) mod render;
pub(super) mod show;
pub(super) mod wait;
