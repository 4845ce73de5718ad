//! Views of what is wanted, what would be done, and what runs.

pub mod about;
pub mod explain;
pub mod graph;
pub mod plan;
pub mod ps;
pub mod standing;
pub mod wait;
