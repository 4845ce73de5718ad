//! `triad up`: applies a manifest and attaches to its session.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::run::apply;

/// Start a layout, or bring it up to date, and attach to its session
#[derive(Debug, clap::Args)]
#[command(before_help = "triad up", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    #[command(flatten)]
    own: apply::Flags,
}

const DETAILS: &str = "\
`triad up` is `triad apply --attach`: it shows the session once everything is ready. If something \
fails, it prints the failure first, and still shows the session, which has the output of each \
pane.

`C-b d` leaves the session (the tmux prefix, then `d`), and everything in it keeps running.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    apply::run(global, &own.own, true, output).await
}
