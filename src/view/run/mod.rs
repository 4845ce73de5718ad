//! Views of a run: progress, what happened, how it ended.

pub mod critical_path;
pub mod events;
pub mod hook;
pub mod progress;
pub mod region;
