//! `triad graph`: who waits for whom, among panes, steps of a plan, or what `down` ends.

use clap::ValueEnum;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::planning::planned_on;
use crate::cli::run::down;
use crate::graph::Graph;
use crate::layout::{Address, Layout, Pattern};
use crate::view::json;
use crate::{graph, live, plan, view};

/// Draw who needs whom; changes nothing
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The manifest: a path, a folder with one in it, the name of a layout, or `-`
    manifest: Option<String>,
    /// Only this and what it needs: `session`, `session/window`, `session/window/pane`, with `*` for
    /// any name, or the name of a pane that no other has
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<Pattern>,
    /// What is drawn
    #[arg(long, value_name = "WHAT", default_value = "needs")]
    of: Of,
    /// How it is drawn
    #[arg(long, value_name = "FORMAT", default_value = "tree")]
    format: Format,
    /// Say how each pane stands now; looks at the server
    #[arg(long)]
    live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// The panes and what each needs; needs no tmux
    Needs,
    /// The steps of what apply would do, and what each comes after
    Plan,
    /// What down would end, and what ends before it
    Removal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal
    Tree,
    /// For Graphviz
    Dot,
    /// For Markdown
    Mermaid,
}

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let graph = match own.of {
        Of::Needs => of_needs(&world, global, own).await?,
        Of::Plan => of_plan(&world, global, own).await?,
        Of::Removal => of_removal(&world, global, own).await?,
    };
    match own.format {
        Format::Tree => output.text(view::look::graph::tree(&graph, output.look()).trim_end()),
        Format::Dot => output.data(&view::look::graph::dot(&graph)),
        Format::Mermaid => output.data(&view::look::graph::mermaid(&graph)),
    }
    output.json(&json::graph::graph(&graph));
    Ok(Exit::Success)
}

/// Nothing is started: what the manifest takes from the environment may be missing.
async fn of_needs(world: &World, global: &Global, own: &Arguments) -> Result<Graph, Failure> {
    let layout = world.open_layout(global, own.manifest.as_deref())?;
    let snapshot = if own.live {
        let server = world.server(global, Some(&layout))?;
        let snapshot = live::observe(&server, &nonce(), &live::Query::default()).await?;
        Some(snapshot.called_by(&layout))
    } else {
        None
    };
    let graph = graph::of_needs(&layout, snapshot.as_ref());
    Ok(graph.part(&own.addresses, &[])?)
}

async fn of_plan(world: &World, global: &Global, own: &Arguments) -> Result<Graph, Failure> {
    let layout = world.layout(global, own.manifest.as_deref())?;
    let server = world.server(global, Some(&layout))?;
    let asked = plan::Request::default();
    let (plan, grounds) = planned_on(&layout, world, &server, &nonce(), &asked).await?;
    let snapshot = own.live.then_some(&grounds.snapshot);
    let graph = graph::of_plan(&plan, &layout, snapshot, json::action);
    Ok(graph.part(&own.addresses, &panes(Some(&layout)))?)
}

async fn of_removal(world: &World, global: &Global, own: &Arguments) -> Result<Graph, Failure> {
    let meant = down::meant(world, global, own.manifest.as_deref())?;
    let server = world.server(global, meant.wanted.as_ref())?;
    let snapshot = live::observe(&server, &nonce(), &live::Query::default()).await?;
    let snapshot = snapshot.called_by(meant.wanted.as_ref());
    let manifest = down::manifest_of(&meant, &snapshot)?;
    let own_pane = world.own_pane(&server, &snapshot);
    let (layout, wanted) = (&meant.layout, meant.wanted.as_ref());
    let plan = plan::removal(layout, manifest.as_deref(), wanted, &snapshot, own_pane)?;
    let live = own.live.then_some(&snapshot);
    let graph = graph::of_removal(&plan, live, json::action);
    Ok(graph.part(&own.addresses, &panes(wanted))?)
}

/// What may be asked for without being in the graph: that nothing happens to it is no mistake.
fn panes(layout: Option<&Layout>) -> Vec<&Address> {
    let panes = layout.into_iter().flat_map(Layout::panes);
    panes.map(|pane| &pane.address).collect()
}
