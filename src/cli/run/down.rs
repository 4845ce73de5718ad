//! `triad down`: stops everything that a layout started, and nothing else.

use std::path::Path;
use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::global::duration;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::approval;
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::request::LockFlags;
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::stages::Loaded;
use crate::cli::pipeline::verb::{Done, Found, Manner, Verb};
use crate::layout::{Layout, is_name};
use crate::live::Snapshot;
use crate::machine::lock::LockFile;
use crate::plan::Plan;
use crate::readiness::engine::Extent;
use crate::tmux::environment::Environment;
use crate::view;
use crate::view::json;
use crate::view::run::events;
use crate::view::text::paint::wrapped;
use crate::view::text::printable::Printable;
use crate::{live, plan};

/// Stop everything that a layout started, and remove its panes and sessions
#[derive(Debug, clap::Args)]
#[command(before_help = "triad down", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    /// Manifest, or the name of a layout, whose file is then not needed
    manifest: Option<String>,
    /// Do not ask before ending a process
    #[arg(short, long)]
    yes: bool,
    /// How long a process may take to exit before it is killed [default: its `stop` timeout, or 10s]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Waiting")]
    timeout: Option<Duration>,
    #[command(flatten)]
    lock: LockFlags,
}

const DETAILS: &str = "\
Panes stop before the panes that they depend on, each in the way that its `stop` says. Everything \
is gone when the command returns. Panes that triad did not create stay, and so does a session \
that has such a pane.";

/// The layout that a command line names.
#[derive(Debug, Clone)]
pub(crate) struct Meant {
    pub layout: String,
    /// `None` for any manifest.
    pub manifest: Option<String>,
    /// The resolved manifest, if it can be read.
    pub wanted: Option<Layout>,
}

impl Meant {
    /// Returns the caller's environment for programs, without the variables that are secret in the
    /// manifest or in the running panes.
    pub(crate) fn for_programs(&self, world: &World, snapshot: &Snapshot) -> Environment {
        let mut secrets = snapshot.secret_names();
        let wanted = self.wanted.iter();
        secrets.extend(wanted.flat_map(|layout| layout.secret_names.iter().cloned()));
        world.for_programs(&secrets)
    }
}

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let meant = meant(&world, global, own.manifest.as_deref())?;
    let server = world.server(global, meant.wanted.as_ref())?;
    let planned = Loaded::new(Down { own, meant }, &world, server, output);
    let agreed = planned.plan().await?.agree().await?;
    let ended = agreed.lock().await?.carry_out().await?;
    Ok(ended.report())
}

/// The verb `down` with its layout.
#[derive(Debug)]
struct Down<'a> {
    own: &'a Arguments,
    meant: Meant,
}

impl Verb for Down<'_> {
    fn purpose(&self) -> String {
        format!("triad down of {}", self.meant.layout)
    }

    fn patience(&self) -> Duration {
        self.own.lock.lock_timeout
    }

    fn lock(&self, _: &Path) -> Option<LockFile> {
        None
    }

    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure> {
        let nonce = nonce();
        let (world, server) = (site.world, &site.server);
        let snapshot = live::observe(server, &nonce, &live::Query::default()).await?;
        let snapshot = snapshot.called_by(self.meant.wanted.as_ref());
        let manifest = manifest_of(&self.meant, &snapshot)?;
        let own_pane = world.own_pane(server, &snapshot);
        let (layout, wanted) = (&self.meant.layout, self.meant.wanted.as_ref());
        let plan = plan::removal(layout, manifest.as_deref(), wanted, &snapshot, own_pane)?;
        let is_lost = manifest.is_none() && plan.is_empty();
        let advice = is_lost.then(|| advice::instead_of_layout(layout, server, &snapshot));
        Ok(Found {
            plan,
            nonce,
            named: Vec::new(),
            environment: self.meant.for_programs(world, &snapshot),
            advice: advice.flatten(),
        })
    }

    fn show(&mut self, found: &Found, site: &Site<'_>) {
        let (plan, output) = (&found.plan, site.output);
        output.json(&json::plan(plan));
        let is_shown = !self.is_agreed(found) || output.is_verbose;
        show(plan, is_shown, site);
        if plan.is_empty() {
            let text = format!(
                "nothing to do: no pane of `{}` runs here",
                self.meant.layout
            );
            output.news(wrapped(&text, output.look().width, 0));
            if let Some(advice) = &found.advice {
                output.news(wrapped(&format!("help: {advice}"), output.look().width, 6));
            }
        }
    }

    fn is_agreed(&self, found: &Found) -> bool {
        self.own.yes || !found.plan.ends_processes()
    }

    async fn ask(&mut self, found: &Found, site: &Site<'_>) -> Result<bool, Failure> {
        let help = "check `triad plan`, then use `--yes`";
        approval::ask(&found.plan, help, site.output)?;
        Ok(true)
    }

    fn manner(&self, _: &Found, site: &Site<'_>) -> Manner {
        let hooks = self.meant.wanted.as_ref();
        let hooks = hooks.map(|layout| Around::down(layout, site));
        Manner {
            // Without the manifest, the hooks are unknown.
            hooks: hooks.unwrap_or_default(),
            waits: Extent::Needed,
            stop_timeout: self.own.timeout,
            used: None,
        }
    }

    fn result(&self, done: &Done, _: &Site<'_>) -> Option<Printable> {
        Some(events::removed(&done.plan, &done.outcome))
    }
}

/// Shows a plan that stops panes: all of it, or only its notes.
pub(crate) fn show(plan: &Plan, is_shown: bool, site: &Site<'_>) {
    let output = site.output;
    if is_shown && !plan.is_empty() {
        let text = view::look::plan::text(plan, &place(&site.server), output.look());
        output.news(text.trim_end());
        return;
    }
    for note in view::look::plan::notes(plan) {
        output.news(wrapped(&note, output.look().width, "note: ".len()));
    }
}

/// Returns the layout that the argument names: by its manifest, else by name. A manifest that can
/// no longer be read must not keep its layout alive.
pub(crate) fn meant(
    world: &World,
    global: &Global,
    argument: Option<&str>,
) -> Result<Meant, Failure> {
    let failure = match layout(world, global, argument) {
        Ok(layout) => {
            return Ok(Meant {
                layout: layout.name.clone(),
                manifest: Some(layout.manifest.clone()),
                wanted: Some(layout),
            });
        }
        Err(failure) => failure,
    };
    match argument {
        Some(name) if is_name(name) && failure.exit == Exit::NoManifest => Ok(Meant {
            layout: name.to_owned(),
            manifest: None,
            wanted: None,
        }),
        _ => Err(failure),
    }
}

/// Returns the layout of the manifest. Variables from the environment may be missing, because
/// nothing is started.
fn layout(world: &World, global: &Global, argument: Option<&str>) -> Result<Layout, Failure> {
    let failure = match world.layout(global, argument) {
        Ok(layout) => return Ok(layout),
        Err(failure) => failure,
    };
    // Standard input can be read only once.
    let may_be_open = failure.exit == Exit::Invalid && argument != Some("-");
    let open = may_be_open.then(|| world.open_layout(global, argument).ok());
    open.flatten().ok_or(failure)
}

/// Returns the manifest of a layout that is named without one. Layouts with the same name from two
/// manifests are two layouts.
pub(crate) fn manifest_of(meant: &Meant, snapshot: &Snapshot) -> Result<Option<String>, Failure> {
    if meant.manifest.is_some() {
        return Ok(meant.manifest.clone());
    }
    let owners = snapshot
        .sessions
        .iter()
        .filter_map(|session| session.owner.as_ref());
    let mut manifests: Vec<&String> = owners
        .filter(|owner| owner.layout == meant.layout)
        .map(|owner| &owner.manifest)
        .collect();
    manifests.sort();
    manifests.dedup();
    match manifests[..] {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        _ => Err(Failure::new(
            Exit::Refused,
            format!(
                "{} layouts named `{}` run here",
                manifests.len(),
                meant.layout
            ),
            format!(
                "name its manifest instead: {}",
                manifests
                    .iter()
                    .map(|path| path.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}
