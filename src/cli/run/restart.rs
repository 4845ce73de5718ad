//! `triad restart`: what runs in a pane ends and starts again, in the same pane.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::run::start::{self, Named};
use crate::plan::Purpose;

/// End what runs in panes and start it again, in the same panes
///
/// It starts as the manifest has it now, after what it needs; a task runs again however it ended.
/// The pane that an address names itself is restarted without a question; what `*`, a shorter
/// address or `restart=#true` means beyond that asks first. No hook of the manifest runs.
#[derive(Debug, clap::Args)]
#[command(override_usage = "triad restart [OPTIONS] [MANIFEST] <ADDRESS>...")]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Restart after it what needs it and runs
    #[arg(long)]
    with_dependents: bool,
}

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
