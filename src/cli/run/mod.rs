//! The verbs that change running layouts.

pub(super) mod apply;
pub(super) mod down;
pub(super) mod restart;
pub(super) mod start;
pub(super) mod stop;
pub(super) mod up;
pub(super) mod watch;
