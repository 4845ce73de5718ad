//! What people and scripts see: values in, strings out. Nothing here prints.

pub mod about;
pub mod changed;
pub mod diagnostic;
pub mod diff;
pub mod events;
pub(crate) mod excerpt;
pub mod explain;
pub mod graph;
pub mod init;
pub mod json;
pub mod longest;
pub mod paint;
pub mod plan;
pub mod progress;
pub mod ps;
pub mod region;
pub mod schema;
pub mod wait;
pub mod words;
