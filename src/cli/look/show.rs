//! `triad show`: shows a saved plan as it was made. Contacts no server.

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::planning::commands;
use crate::cli::pipeline::saved;
use crate::view;
use crate::view::json;

/// Show a saved plan
#[derive(Debug, clap::Args)]
#[command(before_help = "triad show tonight.json")]
pub(crate) struct Arguments {
    /// File that `triad plan --out FILE` wrote
    #[arg(value_name = "FILE")]
    file: String,
    /// Print the tmux commands that would be sent from here, one per line
    #[arg(long)]
    commands: bool,
}

pub(crate) fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let saved = saved::read(&world, &own.file)?;
    let plan = saved.plan().map_err(|error| {
        let message = format!("cannot use `{}`: {error}", own.file);
        Failure::new(
            Exit::Stale,
            message,
            "save it again: `triad plan --out FILE`",
        )
    })?;
    if own.commands {
        let environment = world.for_programs(&saved.layout().secret_names);
        let place = (&*world.triad, &*saved.socket, saved.layout().used.as_ref());
        output.data(&commands(&plan, &environment, place, &nonce()));
    } else {
        output.text(view::look::plan::text(&plan, &saved.place, output.look()).trim_end());
    }
    output.json(&json::plan(&plan));
    Ok(Exit::Success)
}
