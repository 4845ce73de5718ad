//! `triad start`, and its common part with `restart`: starts programs in their panes, as the
//! manifest says, with the panes that they depend on.

use std::path::Path;
use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::approval;
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::inside;
use crate::cli::pipeline::planning::planned_on;
use crate::cli::pipeline::request::LockFlags;
use crate::cli::pipeline::selection;
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::stages::Loaded;
use crate::cli::pipeline::verb::{Done, Found, Manner, Verb};
use crate::layout::Layout;
use crate::machine::lock::LockFile;
use crate::plan::{Purpose, Request};
use crate::readiness::engine::Extent;
use crate::view;
use crate::view::json;
use crate::view::run::events;
use crate::view::text::paint::wrapped;
use crate::view::text::printable::Printable;

/// Start panes that were stopped or have exited, and the panes that they depend on
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad start [OPTIONS] [MANIFEST] <ADDRESS>...",
    before_help = "triad start api",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub named: Named,
}

const DETAILS: &str = "\
Each program starts in its own pane, as the manifest has it now. A program that runs is left \
alone, and so is a task that is done: `triad restart` runs it again. No hook of the manifest \
runs.";

/// The flags of `start` and `restart`.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Manifest, unless it is found from here, then panes: `session/window/pane`, `*` for any name,
    /// or just the name of a pane if it is unique
    #[arg(value_name = "ADDRESS", num_args = 1.., required = true)]
    words: Vec<String>,
    /// Do not ask before ending a process whose pane was not named itself
    #[arg(short, long)]
    yes: bool,
    /// Wait for readiness, and for tasks to exit, only where another pane depends on it
    #[arg(long, help_heading = "Waiting")]
    no_wait: bool,
    #[command(flatten)]
    lock: LockFlags,
}

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    begin(global, &own.named, Purpose::Start, output).await
}

/// Plans and starts the named panes.
pub(crate) async fn begin(
    global: &Global,
    own: &Named,
    purpose: Purpose,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let (manifest, words) = selection::split(&world, &own.words);
    let wishes = Request {
        only: selection::patterns(words)?,
        keeps_unwanted: true,
        purpose,
        ..Request::default()
    };
    let around = inside::manifest(&world, global, manifest).await;
    let layout = match world.found_layout(global, manifest.or(around.as_deref())) {
        Err(failure) if failure.exit == Exit::NoManifest => {
            let called = (purpose.as_str(), &own.words[..], advice::Whose::Manifest);
            return Err(advice::without_manifest(failure, called, &world, global).await);
        }
        layout => layout?,
    };
    let server = world.server(global, Some(&layout))?;
    let start = Start {
        own,
        wishes,
        layout,
    };
    let planned = Loaded::new(start, &world, server, output).plan().await?;
    let locked = planned.agree().await?.lock().await?;
    let ended = locked.carry_out().await?;
    Ok(ended.report())
}

/// The verb `start` or `restart` with its layout.
#[derive(Debug)]
struct Start<'a> {
    own: &'a Named,
    wishes: Request,
    layout: Layout,
}

impl Verb for Start<'_> {
    fn purpose(&self) -> String {
        let verb = self.wishes.purpose.as_str();
        format!("triad {verb} in {}", self.layout.manifest)
    }

    fn patience(&self) -> Duration {
        self.own.lock.lock_timeout
    }

    fn lock(&self, _: &Path) -> Option<LockFile> {
        None
    }

    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure> {
        let (world, server, nonce) = (site.world, &site.server, nonce());
        let planned = planned_on(&self.layout, world, server, &nonce, &self.wishes);
        let (plan, grounds) = planned.await?;
        Ok(Found {
            plan,
            nonce,
            named: grounds.wishes.only,
            environment: site.world.for_programs(&self.layout.secret_names),
            advice: None,
        })
    }

    fn show(&mut self, found: &Found, site: &Site<'_>) {
        let (plan, output) = (&found.plan, site.output);
        output.json(&json::plan(plan));
        if plan.is_empty() {
            output.news(wrapped(NOTHING, output.look().width, 0));
        } else if !self.is_agreed(found) || output.is_verbose {
            let text = view::look::plan::text(plan, &place(&site.server), output.look());
            output.news(text.trim_end());
        }
    }

    fn is_agreed(&self, found: &Found) -> bool {
        self.own.yes || selection::is_agreed(&found.plan, &found.named)
    }

    async fn ask(&mut self, found: &Found, site: &Site<'_>) -> Result<bool, Failure> {
        approval::ask(&found.plan, selection::NAME_EACH, site.output)?;
        Ok(true)
    }

    fn manner(&self, _: &Found, _: &Site<'_>) -> Manner {
        Manner {
            // The hooks belong to the whole layout.
            hooks: Around::default(),
            waits: match self.own.no_wait {
                true => Extent::Needed,
                false => Extent::Everything,
            },
            stop_timeout: None,
            used: self.layout.used.clone(),
        }
    }

    fn result(&self, done: &Done, _: &Site<'_>) -> Option<Printable> {
        Some(events::removed(&done.plan, &done.outcome))
    }
}

/// The message if nothing starts.
const NOTHING: &str = "nothing to do: the panes run already, or are tasks that are done, which `triad restart` \
                       runs again";
