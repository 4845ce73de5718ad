//! `triad graph`: draws the dependencies of panes, of the steps of a plan, or of the order of
//! `down`.

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

/// Draw which pane depends on which
#[derive(Debug, clap::Args)]
#[command(before_help = "triad graph --format mermaid")]
pub(crate) struct Arguments {
    /// Manifest: a path, a folder, the name of a layout, or `-` for standard input
    manifest: Option<String>,
    /// Draw only these and what they depend on: `session/window/pane`, a shorter address, `*` for
    /// any name, or just the name of a pane if it is unique
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<Pattern>,
    /// Draw this graph
    #[arg(long, value_name = "GRAPH", default_value = "needs")]
    of: Of,
    /// Draw it in this format
    #[arg(long, value_name = "FORMAT", default_value = "tree")]
    format: Format,
    /// Show the state of each pane on the server
    #[arg(long)]
    live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Panes and what each depends on; needs no tmux
    Needs,
    /// Steps of the plan that `apply` would carry out, in order
    Plan,
    /// Panes that `down` would stop, in order
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

/// Variables from the environment may be missing, because nothing is started.
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

/// Returns the panes that may be named although they are not in the graph: a pane without a step is
/// no mistake.
fn panes(layout: Option<&Layout>) -> Vec<&Address> {
    let panes = layout.into_iter().flat_map(Layout::panes);
    panes.map(|pane| &pane.address).collect()
}
