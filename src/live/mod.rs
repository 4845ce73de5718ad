//! Stage 3: a tmux listing becomes a [`Snapshot`].
//!
//! [`observe`] is the effect, one tmux process; [`parse`](parse::parse) is pure. [`programs`] asks
//! the machine about the few panes that tmux does not describe well enough. Nothing here judges:
//! the plan decides who owns an object and how it should be.

mod observe;
mod parse;
mod programs;
mod record;
mod settings;
mod snapshot;
mod unlinked;

pub use observe::{ObserveError, observe};
pub use parse::{Malformed, commands, parse};
pub use programs::programs;
pub use record::{exit, left};
pub use settings::{LiveOptions, Query};
pub use snapshot::{
    Exit, LiveClient, LivePane, LiveProcess, LiveServer, LiveSession, LiveWindow, Owner, Phase,
    Snapshot,
};
