//! `triad plan`: shows what `apply` would do.

use std::path::PathBuf;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::planning::{commands, planned_on};
use crate::cli::pipeline::request::RequestFlags;
use crate::cli::pipeline::saved;
use crate::view;
use crate::view::json;
use crate::view::text::printable::printable;

/// Show what `apply` would change, why, and which processes it would end
#[derive(Debug, clap::Args)]
#[command(before_help = "triad plan layouts/webapp.kdl", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    /// Manifest: a path, a folder, the name of a layout, or `-` for standard input
    manifest: Option<String>,
    #[command(flatten)]
    wishes: RequestFlags,
    /// Exit with 2 if there are changes
    #[arg(long)]
    check: bool,
    /// Print the tmux commands that would be sent, one per line
    #[arg(long)]
    commands: bool,
    /// Save the plan, for `triad apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const DETAILS: &str = "\
Changes nothing. A saved plan is for one server and one release of triad; `triad apply FILE` \
carries out exactly that plan, or refuses if something has changed since. Secrets are not in it.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let layout = world.layout(global, own.manifest.as_deref())?;
    let server = world.server(global, Some(&layout))?;
    let nonce = nonce();
    let (plan, grounds) = planned_on(&layout, &world, &server, &nonce, &own.wishes.asked()).await?;
    if let Some(out) = &own.out {
        saved::save(&world.current.join(out), &layout, &server, &grounds)?;
    }
    if own.commands {
        let environment = world.for_programs(&layout.secret_names);
        let socket = server.socket_path();
        output.data(&commands(
            &plan,
            &environment,
            (&world.triad, &socket, layout.used.as_ref()),
            &nonce,
        ));
    } else {
        output.text(view::look::plan::text(&plan, &place(&server), output.look()).trim_end());
    }
    output.json(&json::plan(&plan));
    if let Some(out) = &own.out {
        output.news(printable!(
            "\nsaved; carry it out with: triad apply {}",
            out.display()
        ));
    }
    let has_changes = own.check && !plan.is_empty();
    Ok(if has_changes {
        Exit::Changes
    } else {
        Exit::Success
    })
}
