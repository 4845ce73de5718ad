//! The state of a watch between rounds, and how it reads the manifest.

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

/// A watch and its state.
pub(super) struct Watch<'a> {
    pub global: &'a Global,
    pub own: &'a Arguments,
    pub output: &'a Output,
    pub world: World,
    /// The place where the manifest was found, and is looked for from then on.
    pub place: PathBuf,
    pub is_found: bool,
    pub files: Files,
    pub interrupt: Interrupt,
    pub rounds: usize,
    /// The layout that was last applied; a refused edit is not in it.
    pub current: Option<Rc<Current>>,
    pub seen: Seen,
    pub pauses: Pauses,
    /// The steps that were refused.
    pub refused: Option<String>,
    /// The last failure that was reported, to report it only once.
    pub told: Option<String>,
}

/// The layout that was last applied, and its server.
pub(super) struct Current {
    pub layout: Layout,
    pub server: Server,
    pub plan: Plan,
}

impl Watch<'_> {
    /// Reads the manifest. Whatever the result, its files are watched from here on, and an edit
    /// since they were read counts as unseen.
    pub(super) fn layout(&mut self) -> Result<Layout, Failure> {
        self.files.note();
        loop {
            let (layout, files) = read(&self.place, self.is_found, &self.world, self.global);
            // A file that was not known before may have changed since it was read.
            if self.files.widen(files.iter().cloned()) {
                continue;
            }
            // The includes of a missing or broken manifest are not known completely.
            if layout.is_ok() {
                self.files.keep(&files);
            }
            if let Some(why) = self.files.listen() {
                let every = files::LOOK.as_secs();
                let text = format!("{why}: checking the files every {every} s instead");
                self.output.warning(&text);
            }
            return layout;
        }
    }

    /// Reports a failure that does not end the watch, unless it is the same as the last one.
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

/// Returns the layout of the manifest at `place`, and the files that it is made of.
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
    let (layout, env_files) = world.watched(global, loaded, &included);
    files.extend(env_files);
    (layout, files)
}
