//! `triad ps`: lists panes with their states. Looks once, and runs no probe.

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::act::listen;
use crate::cli::pipeline::lookup::{self, Selected};
use crate::cli::pipeline::selection;
use crate::layout::{Layout, Pattern, Veil};
use crate::live::Snapshot;
use crate::machine::keys::Keys;
use crate::status::{self, Health, LayoutStatus};
use crate::tmux::server::Server;
use crate::view::json;
use crate::watcher::{Look, Of, Pace, Watcher, unless_told};
use crate::{live, view};

/// List panes with their state, since when, and why
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad ps [OPTIONS] [MANIFEST|NAME] [ADDRESS]...",
    before_help = "triad ps --watch",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest or the name of a layout, unless the manifest is found from here, then addresses:
    /// `session/window/pane`, a shorter one, `*` for any name, or a pane's name if it is unique
    #[arg(value_name = "ADDRESS")]
    words: Vec<String>,
    /// List every layout on the server; the default if no manifest, or more than one, is found here
    #[arg(short, long)]
    all: bool,
    /// Exit with 8 if a pane has failed or is missing, with 9 if nothing runs
    #[arg(long)]
    check: bool,
    /// Refresh every two seconds, failures first, until `q` or Ctrl-C
    #[arg(short, long, conflicts_with_all = ["check", "json"])]
    watch: bool,
}

const DETAILS: &str = "\
Reads the state that tmux holds, and runs no probe: a pane is `ready` if an apply, a wait or its \
own program found it ready, and `starting` if it has probes and was not found ready yet.";

/// The panes that are listed, and where.
struct View {
    /// `None`: all layouts.
    meant: Option<lookup::Meant>,
    patterns: Vec<Pattern>,
    server: Server,
    veil: Veil,
}

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    if own.watch && !output.is_watched() {
        let message = "`--watch` needs a terminal, and standard output is not one";
        let help = "scripts can use `triad ps --json` or `triad wait`";
        return Err(Failure::new(Exit::Usage, message, help));
    }
    let world = World::read(global)?;
    let (view, snapshot) = View::read(&world, global, own).await?;
    let mut watcher = Watcher::new(Pace::PERSON).timed();
    let first = watcher.take(snapshot, view.of());
    if own.watch {
        return view.watch(watcher, first, output).await;
    }
    let layouts = view.layouts(first)?;
    let text = view::look::ps::text(&layouts, &place(&view.server), output.table_look());
    if own.check {
        output.news(text.trim_end());
    } else {
        output.text(text.trim_end());
    }
    output.json(&json::ps::ps(&layouts));
    Ok(match (own.check, status::health(&layouts)) {
        (true, Health::Unwell) => Exit::Unhealthy,
        (true, Health::Down) => Exit::NotRunning,
        (false, _) | (true, Health::Well) => Exit::Success,
    })
}

impl View {
    async fn read(
        world: &World,
        global: &Global,
        own: &Arguments,
    ) -> Result<(View, Snapshot), Failure> {
        if own.all || own.words.is_empty() && !world.has_one_manifest() {
            let server = world.server(global, None)?;
            let snapshot = live::observe(&server, &nonce(), &live::Query::default()).await?;
            let view = View {
                meant: None,
                patterns: selection::patterns(&own.words)?,
                server,
                veil: Veil::default(),
            };
            return Ok((view, snapshot));
        }
        let Selected {
            meant,
            patterns,
            server,
            snapshot,
        } = lookup::whose(world, global, &own.words).await?;
        let view = View {
            veil: meant
                .wanted
                .as_ref()
                .map_or_else(Veil::default, Layout::veil),
            meant: Some(meant),
            patterns,
            server,
        };
        Ok((view, snapshot))
    }

    /// Returns the panes that are listed.
    fn of(&self) -> Of<'_> {
        match &self.meant {
            None => Of::All,
            Some(meant) => Of::Layout(status::LayoutRef {
                layout: &meant.layout,
                manifest: meant.manifest.as_deref(),
                wanted: meant.wanted.as_ref(),
            }),
        }
    }

    /// Returns the status of the listed panes.
    fn layouts(&self, look: Look) -> Result<Vec<LayoutStatus>, Failure> {
        let mut layouts = status::part(look.layouts, &self.patterns)?;
        for layout in &mut layouts {
            layout.veil(&self.veil);
        }
        Ok(layouts)
    }

    /// Draws until a signal comes, or the server no longer answers.
    async fn watch(
        &self,
        mut watcher: Watcher,
        first: Look,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let mut interrupt = listen()?;
        let mut keys = Keys::listen();
        let mut look = Some(first);
        while let Some(seen) = look {
            let layouts = self.layouts(seen)?;
            let (place, width) = (place(&self.server), output.drawn_look());
            output.redraw(|rows| view::look::ps::screen(&layouts, &place, width, rows));
            // The pause is the point: a person looks at it.
            match unless_told(&mut interrupt, pause(&watcher, &mut keys)).await {
                None => break,
                Some(Pause::Ended) => return Ok(Exit::Success),
                Some(Pause::Over) => {}
            }
            let nonce = nonce();
            let next = watcher.look(&self.server, self.of(), &nonce, &mut interrupt);
            look = next.await?;
        }
        Ok(Exit::Signal(interrupt.received().unwrap_or_default()))
    }
}

/// The end of a pause between two looks.
enum Pause {
    Over,
    /// The key that ends the display was typed.
    Ended,
}

async fn pause(watcher: &Watcher, keys: &mut Option<Keys>) -> Pause {
    let end = async {
        match keys {
            Some(keys) => while keys.next().await != END {},
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = end => Pause::Ended,
        () = watcher.due() => Pause::Over,
    }
}

/// The key that ends the display.
const END: u8 = b'q';
