//! `triad ps`: how every pane stands, since when, and why. Looks once, probes nothing.

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

/// Say how every pane stands, since when and why; changes nothing and probes nothing
///
/// `ready` is what an apply, a wait or the program itself has found; `starting` is what has probes
/// and is not known to be ready.
#[derive(Debug, clap::Args)]
#[command(override_usage = "triad ps [OPTIONS] [MANIFEST|NAME] [ADDRESS]...")]
pub(crate) struct Arguments {
    /// The manifest, or the name of a layout whose file is not needed, unless it is found from
    /// here; and then what is meant: `session`, `session/window`, `session/window/pane`, with `*`
    /// for any name, or the name of a pane that no other has
    #[arg(value_name = "ADDRESS")]
    words: Vec<String>,
    /// All layouts on the server, without their manifests; as it is without a word where no manifest,
    /// or more than one, is found from here
    #[arg(short, long)]
    all: bool,
    /// Exit with 8 if something has failed, is dead or is missing, with 9 if nothing of it runs
    #[arg(long)]
    check: bool,
    /// Draw it again every two seconds, what has failed first, until `q` or Ctrl-C; needs a terminal
    #[arg(short, long, conflicts_with_all = ["check", "json"])]
    watch: bool,
}

/// What is looked at again and again.
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
        let message = "`--watch` draws on a terminal, and standard output is none";
        let help = "`triad ps --json` tells scripts, `triad wait` waits for a state";
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

    /// The panes that are looked at.
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

    /// How all that is asked for stands.
    fn layouts(&self, look: Look) -> Result<Vec<LayoutStatus>, Failure> {
        let mut layouts = status::part(look.layouts, &self.patterns)?;
        for layout in &mut layouts {
            layout.veil(&self.veil);
        }
        Ok(layouts)
    }

    /// Draws until a signal comes, or the server does not answer any more.
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

/// How the pause between two looks went.
enum Pause {
    Over,
    /// By the key that ends it.
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

/// The key that ends it.
const END: u8 = b'q';
