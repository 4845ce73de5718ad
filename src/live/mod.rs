//! Stage 3: a tmux listing becomes a [`Snapshot`] of what exists.
//!
//! [`observe`] is the effect, one tmux process; [`parse`](parse::parse) is pure. [`programs`] asks
//! the machine of the few panes of which tmux does not tell enough. Nothing here judges: whose an
//! object is and what it should be is the plan's business.

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
