//! The flags of `triad watch`.

use crate::layout::Pattern;

/// Apply a manifest, and again whenever it or a file that it includes changes
///
/// It goes on until Ctrl-C; the layout keeps running then. A mistake in the manifest is shown, and
/// nothing happens until it is mended. An edit that ends a live process is refused as a whole,
/// unless `--yes` or `--ask` is given.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The manifest: a path, a folder with one in it, or the name of a layout
    pub manifest: Option<String>,
    /// Do not ask before a live process is ended
    #[arg(short, long, conflicts_with = "ask")]
    pub yes: bool,
    /// Ask on the terminal before a live process is ended
    #[arg(long)]
    pub ask: bool,
    /// Bring back, too, what has ended, was closed, or was changed by hand, also after a
    /// `triad down` elsewhere: end the watch first
    #[arg(long)]
    pub heal: bool,
    /// Bring about this part of the layout and what it needs, and leave everything else as it is;
    /// `*` stands for any name, and fewer parts for everything below; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub only: Vec<Pattern>,
    /// Keep what is not in the manifest any more
    #[arg(long)]
    pub no_prune: bool,
    /// Wait for readiness only where another pane needs it
    #[arg(long)]
    pub no_wait: bool,
}
