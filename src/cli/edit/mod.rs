//! The verbs that read and write manifests, without a tmux server.

pub(super) mod check;
mod destination;
pub(super) mod fmt;
pub(super) mod init;
mod interview;
pub(super) mod schema;
