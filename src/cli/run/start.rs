//! `triad start`, and what it shares with `restart`: programs start in the panes that they have, as
//! the manifest says, with what they need.

use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::global::duration;
use crate::cli::output::Output;
use crate::cli::pipeline::act::{Manner, act, listen, planned_on};
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::selection;
use crate::machine::lock::LockFile;
use crate::plan::{Purpose, Wishes};
use crate::view;
use crate::view::json;
use crate::view::run::events;
use crate::view::text::paint::wrapped;

/// Start what was stopped or has ended, and what it needs
///
/// A program starts as the manifest has it now, in the pane that it has. What runs is left alone,
/// and so is a task that is done: `triad restart` runs it again. No hook of the manifest runs.
#[derive(Debug, clap::Args)]
#[command(override_usage = "triad start [OPTIONS] [MANIFEST] <ADDRESS>...")]
pub struct Arguments {
    #[command(flatten)]
    pub named: Named,
}

/// What is said of panes that start.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// The manifest, unless it is found from here; and then what is meant: `session/window/pane`,
    /// the name of a pane that no other has, or with `*` for any name
    #[arg(value_name = "ADDRESS", num_args = 1.., required = true)]
    words: Vec<String>,
    /// Do not ask before a live process is ended that was not named itself
    #[arg(short, long)]
    yes: bool,
    /// Wait for readiness only where another pane needs it
    #[arg(long)]
    no_wait: bool,
    /// How long to wait for another triad that works on the server
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    lock_timeout: Duration,
}

pub async fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    begin(global, &own.named, Purpose::Start, output).await
}

/// Plans and starts what is named.
pub async fn begin(
    global: &Global,
    own: &Named,
    purpose: Purpose,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let (manifest, words) = selection::split(&world, &own.words);
    let asked = Wishes {
        only: selection::patterns(words)?,
        keeps_unwanted: true,
        purpose,
        ..Wishes::default()
    };
    let layout = world.layout(global, manifest)?;
    let server = world.server(global, layout.server.as_ref())?;
    let server = server.without(&layout.secret_names);
    let verb = match purpose {
        Purpose::Restart { .. } => "restart",
        Purpose::Start | Purpose::Apply => "start",
    };
    let purpose = format!("triad {verb} in {}", layout.manifest);
    let _lock = LockFile::server(&server.socket_path())
        .take(&purpose, own.lock_timeout)
        .await?;
    let nonce = nonce();
    let (plan, grounds) = planned_on(&layout, &world, &server, &nonce, &asked).await?;
    output.json(&json::plan(&plan));
    let is_agreed = own.yes || selection::is_agreed(&plan, &grounds.wishes.only);
    if (!is_agreed || output.is_verbose) && !plan.is_empty() {
        output.news(view::look::plan::text(&plan, &place(&server), output.look()).trim_end());
    }
    if plan.is_empty() {
        output.news(&wrapped(NOTHING, output.look().width, 0));
        return Ok(Exit::Success);
    }
    selection::approve(&plan, is_agreed, output)?;
    // Until here a signal may end triad as it ends any program: nothing has been changed.
    let mut interrupt = listen()?;
    let manner = Manner {
        // They are about the whole layout.
        hooks: Around::default(),
        environment: world.for_programs(&layout.secret_names),
        nonce,
        waits: !own.no_wait,
        stop_timeout: None,
    };
    let (outcome, exit) = act(&plan, manner, &server, &mut interrupt, output).await?;
    output.news(&events::removed(&plan, &outcome));
    Ok(exit)
}

/// Said where nothing starts.
const NOTHING: &str = "nothing to do: what was asked for runs, or is a task that is done, which `triad restart` runs \
                       again";
