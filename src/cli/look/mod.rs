//! The verbs that show what is wanted, what would be done, and what runs. They change nothing.

pub mod explain;
pub mod graph;
pub mod plan;
pub mod ps;
pub mod render;
pub mod show;
pub mod wait;
