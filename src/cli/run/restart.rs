//! `triad restart`: restarts the programs of panes, in the same panes.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::run::start::{self, Named};
use crate::plan::Purpose;

/// Restart the programs of panes, in the same panes
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad restart [OPTIONS] [MANIFEST] <ADDRESS>...",
    before_help = "triad restart api",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Then restart the running panes that depend on them, too
    #[arg(long)]
    with_dependents: bool,
}

const DETAILS: &str = "\
Each program starts as the manifest has it now, after the panes that it depends on; a task runs \
again however it ended. A pane that an address names itself is restarted without a question; \
triad asks about further panes that `*`, a shorter address or `restart=#true` adds. No hook of \
the manifest runs.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let purpose = Purpose::Restart {
        with_dependents: own.with_dependents,
    };
    start::begin(global, &own.named, purpose, output).await
}
