//! Views of a run: progress, events, result.

pub mod critical_path;
pub mod events;
pub mod hook;
pub mod progress;
pub mod region;
