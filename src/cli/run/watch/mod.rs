//! `triad watch`: applies a manifest, and again whenever it changes; with `--heal` also whenever what
//! runs is not what it says. One round at a time, each of which is an apply of its own.

mod files;
mod look;
mod pauses;
mod round;
mod seen;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::act::listen;
use crate::cli::run::watch::files::Files;
use crate::cli::run::watch::pauses::Pauses;
use crate::cli::run::watch::round::Why;
use crate::cli::run::watch::seen::Seen;
use crate::layout::{Layout, Pattern};
use crate::load;
use crate::machine::interrupt::Interrupt;
use crate::plan::{self, Plan};
use crate::tmux::server::Server;
use crate::view::text::words;

/// How often the panes are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Apply a manifest, and again whenever it or a file that it includes changes
///
/// It goes on until Ctrl-C; the layout keeps running then. A mistake in the manifest is shown, and
/// nothing happens until it is mended. An edit that ends a live process is refused as a whole,
/// unless `--yes` or `--ask` is given.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The manifest: a path, or the name of a layout
    manifest: Option<String>,
    /// Do not ask before a live process is ended
    #[arg(short, long, conflicts_with = "ask")]
    yes: bool,
    /// Ask on the terminal before a live process is ended
    #[arg(long)]
    ask: bool,
    /// Bring back, too, what has ended, was closed, or was changed by hand, also after a
    /// `triad down` elsewhere: end the watch first
    #[arg(long)]
    heal: bool,
    /// Bring about this part of the layout and what it needs, and leave everything else as it is;
    /// `*` stands for any name, and fewer parts for everything below; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    only: Vec<Pattern>,
    /// Keep what is not in the manifest any more
    #[arg(long)]
    no_prune: bool,
    /// Wait for readiness only where another pane needs it
    #[arg(long)]
    no_wait: bool,
}

pub async fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    if own.ask && !output.is_interactive() {
        let message = "`--ask` needs a terminal to ask on";
        let help = "`--yes` agrees to whatever ends a process";
        return Err(Failure::new(Exit::Usage, message, help));
    }
    if own.manifest.as_deref() == Some("-") {
        let message = "standard input cannot be watched";
        return Err(Failure::new(Exit::Usage, message, "name a file"));
    }
    let world = World::read(global)?;
    let loaded = world.load(own.manifest.as_deref())?;
    let place = loaded.place.expect("only standard input has none");
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watch = Watch {
        global,
        own,
        output,
        world,
        place,
        is_found: loaded.is_found,
        files: Files::new(files::LOOK),
        interrupt: listen()?,
        ticks,
        rounds: 0,
        current: None,
        seen: Seen::default(),
        pauses: Pauses::default(),
        refused: None,
        told: None,
    };
    let ended = watch.run().await;
    match watch.interrupt.received() {
        Some(signal) => Ok(Exit::Signal(signal)),
        None => ended,
    }
}

/// A watch, and what it remembers.
struct Watch<'a> {
    global: &'a Global,
    own: &'a Arguments,
    output: &'a Output,
    world: World,
    /// Where the manifest was found, and is looked for from then on.
    place: PathBuf,
    is_found: bool,
    files: Files,
    interrupt: Interrupt,
    ticks: Interval,
    rounds: usize,
    /// What was last brought about; an edit that was refused is not in it.
    current: Option<Rc<Current>>,
    seen: Seen,
    pauses: Pauses,
    /// The steps that nobody agreed to.
    refused: Option<String>,
    /// The last that was said of looks and of mending, which is not said twice.
    told: Option<String>,
}

/// What was last brought about, and where.
struct Current {
    layout: Layout,
    server: Server,
    plan: Plan,
}

impl Watch<'_> {
    /// Until a signal comes.
    async fn run(&mut self) -> Result<Exit, Failure> {
        if let Err(failure) = self.edited(Why::Start).await {
            // Without a manifest or a tmux there is nothing to watch.
            if matches!(failure.exit, Exit::NoTmux | Exit::NoManifest | Exit::Usage) {
                return Err(failure);
            }
            self.fail(&failure);
        }
        if self.interrupt.received().is_none() {
            self.announce();
        }
        while self.interrupt.received().is_none() {
            let changed = tokio::select! {
                biased;
                () = self.interrupt.wait() => break,
                changed = self.files.changed() => Some(changed),
                _ = self.ticks.tick() => None,
            };
            let ended = match changed {
                Some(changed) => {
                    (self.told, self.refused) = (None, None);
                    self.pauses.forget();
                    self.edited(Why::Edit(changed)).await
                }
                None => self.look().await,
            };
            match ended {
                Ok(()) => self.told = None,
                Err(failure) => self.fail(&failure),
            }
        }
        Ok(Exit::Success)
    }

    /// Reads the manifest and brings about what it says.
    async fn edited(&mut self, why: Why) -> Result<(), Failure> {
        let layout = self.layout()?;
        let server = self.world.server(self.global, layout.server.as_ref())?;
        let server = server.without(&layout.secret_names);
        self.bring_about(layout, server, why).await
    }

    /// Reads the manifest. Whatever comes of it, from here on the files are watched that it is made
    /// of, and an edit since they were read is one that has not been seen.
    fn layout(&mut self) -> Result<Layout, Failure> {
        self.files.note();
        loop {
            let (layout, files) = read(&self.place, self.is_found, &self.world, self.global);
            // What was not known before it was read may have changed since.
            if self.files.widen(files.iter().cloned()) {
                continue;
            }
            // Of a manifest that is away or broken nobody knows all that it includes.
            if layout.is_ok() {
                self.files.keep(&files);
            }
            if let Some(why) = self.files.listen() {
                let every = files::LOOK.as_secs();
                let text = format!("{why}: the files are looked at every {every} s");
                self.output.warning(&text);
            }
            return layout;
        }
    }

    fn announce(&self) {
        let more = match self.files.count() {
            0 | 1 => String::new(),
            count => format!(" with {}", words::count(count - 1, "included file")),
        };
        let name = self.name(&self.place);
        let heals = if self.own.heal { " and what runs" } else { "" };
        let text = format!("watching {name}{more}{heals} until Ctrl-C");
        self.output.news(&text);
    }

    /// A path as people call it.
    fn name(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.world.current).unwrap_or(path);
        short.display().to_string()
    }

    /// Tells of a failure that is no end, unless it is the one that was told of last.
    fn fail(&mut self, failure: &Failure) {
        let text = format!("{failure:?}");
        if self.interrupt.received().is_none() && self.told.as_ref() != Some(&text) {
            self.output.failure(failure);
            self.told = Some(text);
        }
    }

    fn wishes(&self) -> plan::Wishes {
        plan::Wishes {
            only: self.own.only.clone(),
            keeps_unwanted: self.own.no_prune,
            ..plan::Wishes::default()
        }
    }
}

/// The layout as the manifest at `place` has it, and the files that it is made of.
fn read(
    place: &Path,
    is_found: bool,
    world: &World,
    global: &Global,
) -> (Result<Layout, Failure>, BTreeSet<PathBuf>) {
    let mut files = BTreeSet::from([place.to_owned()]);
    let loaded = match load::again(place, is_found) {
        Ok(loaded) => loaded,
        Err(error) => return (Err(error.into()), files),
    };
    let included = load::with_included(&loaded);
    files.extend(included.places.iter().cloned());
    let layout = world.watched(global, loaded, &included);
    (layout, files)
}
