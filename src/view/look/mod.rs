//! Views of the layout, the plan, and the running panes.

pub mod about;
pub mod explain;
pub mod graph;
pub mod plan;
pub mod ps;
pub mod standing;
pub mod wait;
