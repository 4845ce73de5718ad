//! `triad stop`: stops the programs of panes and keeps the panes; `apply` then leaves them alone.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::global::duration;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::approval;
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::inside;
use crate::cli::pipeline::request::LockFlags;
use crate::cli::pipeline::selection;
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::stages::Loaded;
use crate::cli::pipeline::verb::{Done, Found, Manner, Verb};
use crate::cli::run::down::{self, Meant};
use crate::layout::is_name;
use crate::live::Snapshot;
use crate::machine::lock::LockFile;
use crate::plan::{Halting, Plan};
use crate::readiness::engine::Extent;
use crate::view;
use crate::view::json;
use crate::view::run::events;
use crate::view::text::paint::wrapped;
use crate::view::text::printable::Printable;
use crate::{live, plan};

/// Stop the programs of panes, and keep the panes
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad stop [OPTIONS] [MANIFEST] <ADDRESS>...",
    before_help = "triad stop api",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest or the name of a layout, unless the manifest is found from here, then panes:
    /// `session/window/pane`, `*` for any name, or just the name of a pane if it is unique
    #[arg(value_name = "ADDRESS", num_args = 1.., required = true)]
    words: Vec<String>,
    /// First stop the panes that depend on them
    #[arg(long)]
    with_dependents: bool,
    /// Do not ask before ending a process whose pane was not named itself
    #[arg(short, long)]
    yes: bool,
    /// How long a process may take to exit before it is killed [default: its `stop` timeout, or 10s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Waiting")]
    timeout: Option<Duration>,
    #[command(flatten)]
    lock: LockFlags,
}

const DETAILS: &str = "\
Neither `apply` nor a `restart` policy starts a stopped pane again; `triad start` does. Panes \
that depend on it keep running, unless `--with-dependents` is given. A pane that an address names \
itself is stopped without a question; triad asks about further panes that `*` or a shorter \
address adds. No hook of the manifest runs.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let (manifest, _) = selection::split(&world, &own.words);
    let around = inside::manifest(&world, global, manifest).await;
    let (meant, words) = match meant(&world, global, &own.words, around.as_deref()) {
        Err(failure) if failure.exit == Exit::NoManifest => {
            let called = ("stop", &own.words[..], advice::Whose::Name);
            return Err(advice::without_manifest(failure, called, &world, global).await);
        }
        meant => meant?,
    };
    let server = world.server(global, meant.wanted.as_ref())?;
    let stop = Stop { own, meant, words };
    let planned = Loaded::new(stop, &world, server, output).plan().await?;
    let locked = planned.agree().await?.lock().await?;
    let ended = locked.carry_out().await?;
    Ok(ended.report())
}

/// The verb `stop` with its layout.
#[derive(Debug)]
struct Stop<'a> {
    own: &'a Arguments,
    meant: Meant,
    /// The words of the command line that name panes.
    words: &'a [String],
}

impl Verb for Stop<'_> {
    fn purpose(&self) -> String {
        format!("triad stop in {}", self.meant.layout)
    }

    fn patience(&self) -> Duration {
        self.own.lock.lock_timeout
    }

    fn lock(&self, _: &Path) -> Option<LockFile> {
        None
    }

    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure> {
        let nonce = nonce();
        let server = &site.server;
        let snapshot = live::observe(server, &nonce, &live::Query::default()).await?;
        let snapshot = snapshot.called_by(self.meant.wanted.as_ref());
        let is_unnamed = self.words.len() == self.own.words.len();
        let (meant, words) = if is_unnamed {
            elsewhere(&self.meant, self.words, &snapshot)
        } else {
            (Cow::Borrowed(&self.meant), self.words)
        };
        let patterns = selection::patterns(words)?;
        let manifest = down::manifest_of(&meant, &snapshot)?;
        let asked = Halting {
            layout: &meant.layout,
            manifest: manifest.as_deref(),
            wanted: meant.wanted.as_ref(),
            patterns: &patterns,
            with_dependents: self.own.with_dependents,
        };
        let named = asked.meant(&snapshot);
        let named = named
            .map_err(|errors| advice::of_patterns(&errors, &meant.layout, server, &snapshot))?;
        let asked = Halting {
            patterns: &named,
            ..asked
        };
        let own_pane = site.world.own_pane(server, &snapshot);
        let plan = plan::halting(&asked, &snapshot, own_pane)?;
        Ok(Found {
            plan,
            nonce,
            named,
            environment: self.meant.for_programs(site.world, &snapshot),
            advice: None,
        })
    }

    fn show(&mut self, found: &Found, site: &Site<'_>) {
        let (plan, output) = (&found.plan, site.output);
        output.json(&json::plan(plan));
        let is_shown = !self.is_agreed(found) || output.is_verbose;
        down::show(plan, is_shown, site);
        if plan.is_empty() {
            output.news(nothing(plan, output.look().width));
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
            waits: Extent::Needed,
            stop_timeout: self.own.timeout,
            used: None,
        }
    }

    fn result(&self, done: &Done, _: &Site<'_>) -> Option<Printable> {
        Some(events::removed(&done.plan, &done.outcome))
    }
}

/// Returns the layout and the words for panes. Without a manifest, the first of several words may
/// be the name of a layout.
fn meant<'w>(
    world: &World,
    global: &Global,
    words: &'w [String],
    around: Option<&str>,
) -> Result<(Meant, &'w [String]), Failure> {
    let (manifest, addresses) = selection::split(world, words);
    let failure = match down::meant(world, global, manifest.or(around)) {
        Ok(meant) => return Ok((meant, addresses)),
        Err(failure) => failure,
    };
    match words {
        [name, rest @ ..] if manifest.is_none() && !rest.is_empty() && is_name(name) => {
            Ok((down::meant(world, global, Some(name))?, rest))
        }
        _ => Err(failure),
    }
}

/// Handles a first word that names a live layout instead of a pane of the manifest that is found
/// from here.
fn elsewhere<'m, 'w>(
    meant: &'m Meant,
    words: &'w [String],
    snapshot: &Snapshot,
) -> (Cow<'m, Meant>, &'w [String]) {
    let [name, rest @ ..] = words else {
        return (Cow::Borrowed(meant), words);
    };
    let mut owners = snapshot
        .sessions
        .iter()
        .filter_map(|session| session.owner.as_ref());
    let is_live = owners.any(|owner| owner.layout == *name);
    let is_here = meant.wanted.as_ref().is_some_and(|layout| {
        let mut panes = layout.panes().map(|pane| &pane.address);
        panes.any(|pane| pane.session_name() == name || pane.name() == name)
    });
    if rest.is_empty() || !is_live || is_here {
        return (Cow::Borrowed(meant), words);
    }
    if meant.layout == *name {
        return (Cow::Borrowed(meant), rest);
    }
    let meant = Meant {
        layout: name.clone(),
        manifest: None,
        wanted: None,
    };
    (Cow::Owned(meant), rest)
}

/// Returns the message that there is nothing to do, and why.
fn nothing(plan: &Plan, width: usize) -> Printable {
    let stopped = plan.unchanged.iter();
    let stopped: Vec<String> = stopped.map(|pane| pane.address.to_string()).collect();
    let why = match &stopped[..] {
        [] => String::new(),
        [one] => format!(": `{one}` is already stopped"),
        _ => format!(
            ": {} are already stopped",
            view::text::words::quoted(&stopped)
        ),
    };
    wrapped(&format!("nothing to do{why}"), width, 0)
}
