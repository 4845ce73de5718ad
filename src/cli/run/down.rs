//! `triad down`: end what a layout made, and nothing else.

use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::global::duration;
use crate::cli::output::Output;
use crate::cli::pipeline::act::{Manner, act, approve, listen};
use crate::cli::pipeline::hooks::Around;
use crate::layout::{Layout, ServerChoice, is_name};
use crate::live::Snapshot;
use crate::machine::lock::LockFile;
use crate::tmux::environment::Environment;
use crate::view;
use crate::view::json;
use crate::view::run::events;
use crate::view::text::paint::wrapped;
use crate::{live, plan};

/// End what a layout made, in reverse order; gone when it returns
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The manifest, or the name of a layout whose file is not needed
    manifest: Option<String>,
    /// Do not ask before a live process is ended
    #[arg(short, long)]
    yes: bool,
    /// How long a process has to end before it is killed [default: as its `stop` says, else 10s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    /// How long to wait for another triad that works on the server
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    lock_timeout: Duration,
}

/// Whose objects go.
#[derive(Debug)]
pub struct Meant {
    pub layout: String,
    /// `None`: whatever manifest they came from.
    pub manifest: Option<String>,
    pub server: Option<ServerChoice>,
    /// What the manifest spells out, where it can be read.
    pub wanted: Option<Layout>,
}

pub async fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let meant = meant(&world, global, own.manifest.as_deref())?;
    let server = world.server(global, meant.server.as_ref())?;
    let purpose = format!("triad down of {}", meant.layout);
    let _lock = LockFile::server(&server.socket_path())
        .take(&purpose, own.lock_timeout)
        .await?;
    let nonce = nonce();
    let snapshot = live::observe(&server, &nonce, &live::Asked::default()).await?;
    let manifest = manifest_of(&meant, &snapshot)?;
    let own_pane = world.own_pane(&server, &snapshot);
    let (layout, wanted) = (&meant.layout, meant.wanted.as_ref());
    let plan = plan::removal(layout, manifest.as_deref(), wanted, &snapshot, own_pane)?;
    output.json(&json::plan(&plan));
    let is_shown = !own.yes && plan.ends_processes() || output.is_verbose;
    if is_shown && !plan.is_empty() {
        output.news(view::look::plan::text(&plan, &place(&server), output.look()).trim_end());
    } else {
        for note in view::look::plan::notes(&plan) {
            output.news(&wrapped(&note, output.look().width, "note: ".len()));
        }
    }
    if plan.is_empty() {
        let text = format!("nothing to do: nothing of `{}` runs here", meant.layout);
        output.news(&wrapped(&text, output.look().width, 0));
        return Ok(Exit::Success);
    }
    approve(&plan, own.yes, output)?;
    // Until here a signal may end triad as it ends any program: nothing has been changed.
    let mut interrupt = listen()?;
    let hooks = meant.wanted.as_ref();
    let hooks = hooks.map(|layout| Around::down(layout, &world, &server));
    let manner = Manner {
        // By name alone nobody knows them.
        hooks: hooks.unwrap_or_default(),
        // Nothing is started and nothing probed.
        environment: Environment::new(),
        nonce,
        waits: false,
        stop_timeout: own.timeout,
    };
    let (outcome, exit) = act(&plan, manner, &server, &mut interrupt, output).await?;
    output.news(&events::removed(&plan, &outcome));
    Ok(exit)
}

/// What the argument names: a manifest, else a layout by its name alone. A manifest that cannot
/// be read any more must not keep its layout alive.
pub fn meant(world: &World, global: &Global, argument: Option<&str>) -> Result<Meant, Failure> {
    let failure = match layout(world, global, argument) {
        Ok(layout) => {
            return Ok(Meant {
                layout: layout.name.clone(),
                manifest: Some(layout.manifest.clone()),
                server: layout.server.clone(),
                wanted: Some(layout),
            });
        }
        Err(failure) => failure,
    };
    match argument {
        Some(name) if is_name(name) && failure.exit == Exit::NoManifest => Ok(Meant {
            layout: name.to_owned(),
            manifest: None,
            server: None,
            wanted: None,
        }),
        _ => Err(failure),
    }
}

/// The manifest's layout. What it takes from the environment may be missing by now: nothing is
/// started with it.
fn layout(world: &World, global: &Global, argument: Option<&str>) -> Result<Layout, Failure> {
    let failure = match world.layout(global, argument) {
        Ok(layout) => return Ok(layout),
        Err(failure) => failure,
    };
    // Standard input can be read once.
    let may_be_open = failure.exit == Exit::Invalid && argument != Some("-");
    let open = may_be_open.then(|| world.open_layout(global, argument).ok());
    open.flatten().ok_or(failure)
}

/// By name, all objects must come from one manifest; two of the same name are two layouts.
pub fn manifest_of(meant: &Meant, snapshot: &Snapshot) -> Result<Option<String>, Failure> {
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
                "{} manifests have a layout `{}` here",
                manifests.len(),
                meant.layout
            ),
            format!(
                "name the one you mean: {}",
                manifests
                    .iter()
                    .map(|path| path.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}
