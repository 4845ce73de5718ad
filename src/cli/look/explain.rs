//! `triad explain`: shows one object as wanted, live and applied, and what apply would do.

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::inside;
use crate::cli::pipeline::planning::machine;
use crate::layout::{Address, Pattern};
use crate::view::json::about as json;
use crate::view::look::about;
use crate::{live, plan};

/// Show everything about one session, window or pane
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad explain [MANIFEST] <ADDRESS>",
    before_help = "triad explain web/main/api",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest, unless it is found from here, then one address: `session`, `session/window`,
    /// `session/window/pane`, or just the name of a pane if it is unique
    #[arg(value_name = "ADDRESS", num_args = 1..=2, required = true)]
    words: Vec<String>,
}

const DETAILS: &str = "\
Shows what the manifest wants and on which line, what is live, what was last applied, and what \
`apply` would do and why.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let (manifest, written) = match &own.words[..] {
        [manifest, written] => (Some(manifest.as_str()), written),
        [written, ..] => (None, written),
        [] => return Err(Failure::new(Exit::Usage, "no address given", "name one")),
    };
    let around = inside::manifest(&world, global, manifest).await;
    let layout = world.found_layout(global, manifest.or(around.as_deref()))?;
    let server = world.server(global, Some(&layout))?;
    let snapshot = live::observe(&server, &nonce(), &live::Query::of(&layout)).await?;
    let snapshot = snapshot.called_by(&layout);
    let layout = &*plan::filled(&layout, &snapshot);
    let known = about::known(layout, &snapshot);
    let address = meant(written, &known)?;
    let conditions = world.plan_conditions(&server, &snapshot)?;
    let wishes = plan::Request::default();
    let machine = machine(layout, &snapshot, &wishes);
    let plan = plan::plan_as_asked(layout, &snapshot, &conditions, &wishes, &machine);
    let plan = plan.as_ref().map_err(Vec::as_slice);
    let about = about::about(&address, layout, &snapshot, plan);
    output.text(about.text(output.look()).trim_end());
    output.json(&json::about(&about));
    Ok(Exit::Success)
}

/// Returns the object that an address, or the name of a unique pane, means.
fn meant(written: &str, known: &[Address]) -> Result<Address, Failure> {
    let address = written.parse::<Address>();
    if let Some(address) = address.ok().filter(|address| known.contains(address)) {
        return Ok(address);
    }
    let panes = known.iter().filter(|address| address.pane_name().is_some());
    let panes: Vec<&Address> = panes.collect();
    let mut named = panes
        .iter()
        .filter(|pane| pane.pane_name() == Some(written));
    if let (Some(only), None) = (named.next(), named.next()) {
        return Ok((*only).clone());
    }
    let pattern = written.parse::<Pattern>();
    let error = pattern.and_then(|pattern| pattern.among(&panes)).err();
    let (message, help) = match error {
        Some(error) => (error.to_string(), error.help()),
        None => (
            format!("`{written}` does not name a single object"),
            "name a session, a window or a pane, without `*`".to_owned(),
        ),
    };
    Err(Failure::new(Exit::Usage, message, help))
}
