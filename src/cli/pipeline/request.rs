//! The flags of `apply`, `up` and `plan` that ask for more than the manifest says.

use std::time::Duration;

use crate::cli::global::duration;
use crate::layout::Pattern;
use crate::plan;

/// The flag of every verb that waits for another triad's lock.
#[derive(Debug, clap::Args)]
pub(crate) struct LockFlags {
    /// How long to wait for another triad that changes the same layout
    #[arg(
        long,
        value_name = "TIME",
        value_parser = duration,
        default_value = "10s",
        help_heading = "Waiting"
    )]
    pub lock_timeout: Duration,
}

/// The flags that ask for more than the manifest says.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RequestFlags {
    /// Restart this pane although nothing about it changed; `*` stands for any name, a shorter
    /// address for everything below it; may be given several times
    #[arg(long, value_name = "ADDRESS", help_heading = "Changes")]
    replace: Vec<Pattern>,
    /// Apply only this part of the layout and what it depends on; addresses as in `--replace`
    #[arg(long, value_name = "ADDRESS", help_heading = "Changes")]
    only: Vec<Pattern>,
    /// Keep panes that are no longer in the manifest
    #[arg(long, help_heading = "Changes")]
    no_prune: bool,
    /// Take over a session made by hand, or applied from a manifest at another path, and keep what
    /// runs in it
    #[arg(long, conflicts_with = "only", help_heading = "Changes")]
    adopt: bool,
    /// Restore sizes that were changed by hand
    #[arg(long, help_heading = "Changes")]
    relayout: bool,
}

impl RequestFlags {
    /// Returns the request for planning.
    pub(crate) fn asked(&self) -> plan::Request {
        plan::Request {
            replace: self.replace.clone(),
            only: self.only.clone(),
            keeps_unwanted: self.no_prune,
            adopts: self.adopt,
            relays_out: self.relayout,
            purpose: plan::Purpose::Apply,
        }
    }
}
