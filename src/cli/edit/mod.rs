//! The verbs that read and write manifests, without a tmux server.

pub mod check;
mod destination;
pub mod fmt;
pub mod init;
mod interview;
pub mod schema;
