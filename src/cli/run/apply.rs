//! `triad apply` and `triad up`: make it so.

use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::global::duration;
use crate::cli::output::Output;
use crate::cli::pipeline::act::{Towards, approve, attach_command, carry_out, listen, planned};
use crate::cli::pipeline::request::Wishes;
use crate::cli::pipeline::saved;
use crate::cli::talk::attach;
use crate::machine::lock::LockFile;
use crate::plan::Plan;
use crate::tmux::server::Server;
use crate::view;
use crate::view::json;
use crate::view::run::events;

/// Make the running sessions what the manifest says
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The manifest: a path, the name of a layout, or `-`; or a plan that was saved
    manifest: Option<String>,
    #[command(flatten)]
    wishes: Wishes,
    /// Do not ask before a live process is ended
    #[arg(short, long)]
    yes: bool,
    /// Go there afterwards
    #[arg(long)]
    pub attach: bool,
    /// Wait for readiness only where another pane needs it
    #[arg(long)]
    no_wait: bool,
    /// How long to wait for another triad that works on the server
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    lock_timeout: Duration,
}

pub async fn run(
    global: &Global,
    own: &Arguments,
    attaches: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let saved = saved::named(&world, global, own.manifest.as_deref(), &own.wishes.asked())?;
    let (layout, server) = match &saved {
        Some(saved) => (
            saved::layout(saved, &world)?,
            saved::server(saved, &world, global)?,
        ),
        None => {
            let layout = world.layout(global, own.manifest.as_deref())?;
            let server = world.server(global, layout.server.as_ref())?;
            (layout, server)
        }
    };
    let server = server.without(&layout.secret_names);
    let purpose = format!("triad apply of {}", layout.manifest);
    let lock = LockFile::server(&server.socket_path())
        .take(&purpose, own.lock_timeout)
        .await?;
    let nonce = nonce();
    let plan = match &saved {
        Some(saved) => saved::planned(saved, &layout, &world, &server, &nonce).await?,
        None => planned(&layout, &world, &server, &nonce, &own.wishes.asked()).await?,
    };
    output.json(&json::plan(&plan));
    show(&plan, &server, output);
    // Who hands a plan over has seen it.
    approve(&plan, own.yes || saved.is_some(), output)?;
    // Until here a signal may end triad as it ends any program: nothing has been changed.
    let mut interrupt = listen()?;
    let waits = !own.no_wait;
    let exit = if plan.is_empty() && !(waits && plan.has_unseen()) {
        Exit::Success
    } else {
        let towards = Towards {
            layout: &layout,
            world: &world,
            server: &server,
            waits,
        };
        let (outcome, exit) = carry_out(&plan, &towards, nonce, &mut interrupt, output).await?;
        if !plan.is_empty() || exit != Exit::Success {
            output.news(&events::applied(
                &plan,
                &outcome,
                &attach_command(&layout, &server),
                output.look().width,
            ));
        }
        exit
    };
    drop(lock);
    if attaches && exit == Exit::Success {
        let session = layout
            .sessions
            .first()
            .map(|session| session.address.name());
        return attach::attach(&world, &server, session.unwrap_or(&layout.name), false).await;
    }
    Ok(exit)
}

/// The plan, where there is a decision in it, or where everything is to be seen.
fn show(plan: &Plan, server: &Server, output: &Output) {
    if plan.is_empty() || plan.ends_processes() || output.is_verbose {
        let text = view::look::plan::text(plan, &place(server), output.look());
        output.news(text.trim_end());
    }
}
