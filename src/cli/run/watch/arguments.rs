//! The flags of `triad watch`.

use crate::layout::Pattern;

/// Apply a manifest, and apply it again whenever it changes
#[derive(Debug, clap::Args)]
#[command(before_help = "triad watch --heal", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    /// Manifest: a path, a folder, or the name of a layout
    pub manifest: Option<String>,
    /// Apply edits that end a process without asking
    #[arg(short, long, conflicts_with = "ask")]
    pub yes: bool,
    /// Ask on the terminal before ending a process
    #[arg(long)]
    pub ask: bool,
    /// Also bring back panes that died or were closed, and undo changes made by hand
    #[arg(long, help_heading = "Changes")]
    pub heal: bool,
    /// Apply only this part of the layout and what it depends on; `*` stands for any name, a shorter
    /// address for everything below it; may be given several times
    #[arg(long, value_name = "ADDRESS", help_heading = "Changes")]
    pub only: Vec<Pattern>,
    /// Keep panes that are no longer in the manifest
    #[arg(long, help_heading = "Changes")]
    pub no_prune: bool,
    /// Wait for readiness only where another pane depends on it
    #[arg(long, help_heading = "Waiting")]
    pub no_wait: bool,
}

const DETAILS: &str = "\
Watches the manifest and the files that it includes until Ctrl-C, which leaves the layout \
running. A broken edit is shown and changes nothing. An edit that ends a process is refused as a \
whole, unless `--yes` or `--ask` is given.

`--heal` also brings a layout back after a `triad down` elsewhere: end the watch first.";
