//! The verbs that change what runs, and what they share on the way from a manifest to its end.

pub mod apply;
pub mod down;
pub mod restart;
pub mod start;
pub mod stop;
pub mod watch;
