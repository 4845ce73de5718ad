//! The flags of `apply`, `up` and `plan` that ask more of a plan than the manifest says.

use crate::layout::Pattern;
use crate::plan;

/// What is asked for besides the manifest.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RequestFlags {
    /// Start this pane again although nothing about it has changed; `*` stands for any name, and
    /// fewer parts for everything below; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    replace: Vec<Pattern>,
    /// Bring about this part of the layout and what it needs, and leave everything else as it is;
    /// addresses as with `--replace`
    #[arg(long, value_name = "ADDRESS")]
    only: Vec<Pattern>,
    /// Keep what is not in the manifest any more
    #[arg(long)]
    no_prune: bool,
    /// Take over a session that was made by hand, or one of this layout whose manifest was at
    /// another path; what runs in it is kept
    #[arg(long, conflicts_with = "only")]
    adopt: bool,
    /// Put back sizes that were changed by hand
    #[arg(long)]
    relayout: bool,
}

impl RequestFlags {
    /// As planning takes them.
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
