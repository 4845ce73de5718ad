//! What a watch remembers from one round to the next, and how it reads the manifest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::cli::context::World;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::run::watch::arguments::Arguments;
use crate::cli::run::watch::files::{self, Files};
use crate::cli::run::watch::pauses::Pauses;
use crate::cli::run::watch::seen::Seen;
use crate::layout::Layout;
use crate::load;
use crate::machine::interrupt::Interrupt;
use crate::plan::{self, Plan};
use crate::tmux::server::Server;

/// A watch, and what it remembers.
pub(super) struct Watch<'a> {
    pub global: &'a Global,
    pub own: &'a Arguments,
    pub output: &'a Output,
    pub world: World,
    /// Where the manifest was found, and is looked for from then on.
    pub place: PathBuf,
    pub is_found: bool,
    pub files: Files,
    pub interrupt: Interrupt,
    pub rounds: usize,
    /// What was last brought about; an edit that was refused is not in it.
    pub current: Option<Rc<Current>>,
    pub seen: Seen,
    pub pauses: Pauses,
    /// The steps that nobody agreed to.
    pub refused: Option<String>,
    /// The last that was said of looks and of mending, which is not said twice.
    pub told: Option<String>,
}

/// What was last brought about, and where.
pub(super) struct Current {
    pub layout: Layout,
    pub server: Server,
    pub plan: Plan,
}

impl Watch<'_> {
    /// Reads the manifest. Whatever comes of it, from here on the files are watched that it is made
    /// of, and an edit since they were read is one that has not been seen.
    pub(super) fn layout(&mut self) -> Result<Layout, Failure> {
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

    /// Tells of a failure that is no end, unless it is the one that was told of last.
    pub(super) fn fail(&mut self, failure: &Failure) {
        let text = format!("{failure:?}");
        if self.interrupt.received().is_none() && self.told.as_ref() != Some(&text) {
            self.output.failure(failure);
            self.told = Some(text);
        }
    }

    pub(super) fn wishes(&self) -> plan::Request {
        plan::Request {
            only: self.own.only.clone(),
            keeps_unwanted: self.own.no_prune,
            ..plan::Request::default()
        }
    }
}

/// The layout as the manifest at `place` has it, and the files that it is made of.
pub(super) fn read(
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
