//! The verbs that change what runs, and what they share on the way from a manifest to its end.

pub(super) mod apply;
pub(super) mod down;
pub(super) mod restart;
pub(super) mod start;
pub(super) mod stop;
pub(super) mod watch;
