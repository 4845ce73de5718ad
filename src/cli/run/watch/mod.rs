//! `triad watch`: applies a manifest, and applies it again whenever it changes; with `--heal` also
//! whenever what runs differs from it. There is one round at a time, and each is an apply of its
//! own.

mod arguments;
mod files;
mod look;
mod pauses;
mod round;
mod seen;
mod state;

pub(crate) use arguments::Arguments;

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
use crate::cli::run::watch::state::{Current, Watch};
use crate::view::text::words;

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    if own.ask && !output.is_interactive() {
        let message = "`--ask` needs a terminal to ask on";
        let help = "use `--yes` to apply edits that end a process without asking";
        return Err(Failure::new(Exit::Usage, message, help));
    }
    if own.manifest.as_deref() == Some("-") {
        let message = "standard input cannot be watched";
        return Err(Failure::new(Exit::Usage, message, "name a file"));
    }
    let world = World::read(global)?;
    let loaded = world.load(own.manifest.as_deref())?;
    let place = loaded.place.expect("only standard input has none");
    let mut watch = Watch {
        global,
        own,
        output,
        world,
        place,
        is_found: loaded.is_found,
        files: Files::new(files::LOOK),
        interrupt: listen()?,
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

impl Watch<'_> {
    /// Runs until a signal comes.
    async fn run(&mut self) -> Result<Exit, Failure> {
        if let Err(failure) = self.edited(Why::Start).await {
            // Without a manifest or tmux there is nothing to watch.
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
                () = self.seen.watcher.due() => None,
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

    /// Reads the manifest and applies it.
    async fn edited(&mut self, why: Why) -> Result<(), Failure> {
        let layout = self.layout()?;
        let server = self.world.server(self.global, Some(&layout))?;
        self.bring_about(layout, server, why).await
    }

    fn announce(&self) {
        let more = match self.files.count() {
            0 | 1 => String::new(),
            count => format!(" with {}", words::count(count - 1, "other file")),
        };
        let name = self.world.name(&self.place);
        let heals = if self.own.heal { " and its panes" } else { "" };
        let text = format!("watching {name}{more}{heals} until Ctrl-C");
        self.output.news(&text);
    }
}
