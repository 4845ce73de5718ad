//! The way to one tmux server: scripts go out, acknowledgements and answers come back.

pub mod batch;
