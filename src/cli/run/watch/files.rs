//! Watches the files of a manifest. Their contents decide, whatever the editor did. The system
//! reports events in their folders; a slow check finds what it does not report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout, timeout_at};

use crate::load;

/// The time without events before the files are read: an edit is several events.
const QUIET: Duration = Duration::from_millis(100);
/// The longest time until the files are read, however busy they are.
const QUIET_MAX: Duration = Duration::from_secs(1);
/// The interval of the slow check: network disks report nothing, and a folder that was replaced is
/// no longer watched.
pub(super) const LOOK: Duration = Duration::from_secs(2);
/// The time that a file may be missing while an editor replaces it.
const AWAY: Duration = Duration::from_millis(300);

/// The files of a manifest.
pub(super) struct Files {
    /// The content of each file when it was last noted; `None` if it did not exist.
    held: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// The paths whose events count, shared with the thread that receives them.
    names: Arc<Mutex<BTreeSet<PathBuf>>>,
    bell: Arc<Notify>,
    look: Interval,
    /// The time of the first event that was not handled yet.
    stirred: Option<Instant>,
    told: Told,
}

/// Whether the system reports changes.
enum Told {
    By(RecommendedWatcher, BTreeSet<PathBuf>),
    Not,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files")
            .field("held", &self.held.keys())
            .finish_non_exhaustive()
    }
}

impl Files {
    /// Watches no file yet. `look` is the interval of the slow check.
    pub(super) fn new(look: Duration) -> Self {
        let names = Arc::new(Mutex::new(BTreeSet::new()));
        let bell = Arc::new(Notify::new());
        let (theirs, rings) = (Arc::clone(&names), Arc::clone(&bell));
        let told = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if concerns(&event, &theirs) {
                rings.notify_one();
            }
        });
        let mut look = interval(look);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Files {
            held: BTreeMap::new(),
            names,
            bell,
            look,
            stirred: None,
            told: told.map_or(Told::Not, |watcher| Told::By(watcher, BTreeSet::new())),
        }
    }

    /// Returns the number of files.
    pub(super) fn count(&self) -> usize {
        self.held.len()
    }

    /// Reads all files: a later difference is a change.
    pub(super) fn note(&mut self) {
        for (path, held) in &mut self.held {
            *held = load::content(path);
        }
    }

    /// Adds files and notes their contents. Returns false if all were known.
    pub(super) fn widen(&mut self, files: impl IntoIterator<Item = PathBuf>) -> bool {
        let before = self.held.len();
        for path in files {
            let held = self.held.entry(path);
            held.or_insert_with_key(|path| load::content(path));
        }
        self.held.len() > before
    }

    /// Drops all files but these.
    pub(super) fn keep(&mut self, files: &BTreeSet<PathBuf>) {
        self.held.retain(|path, _| files.contains(path));
    }

    /// Asks the system to report events in the folders of all files. If it cannot, returns the
    /// reason, once: the slow check goes on in any case.
    pub(super) fn listen(&mut self) -> Option<String> {
        let files = self.held.keys();
        let names: BTreeSet<PathBuf> = files.flat_map(|path| names(path)).collect();
        let folders = names.iter().filter_map(|name| name.parent());
        let folders: BTreeSet<PathBuf> = folders.map(Path::to_owned).collect();
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = names;
        self.watch(&folders)
    }

    fn watch(&mut self, folders: &BTreeSet<PathBuf>) -> Option<String> {
        let Told::By(watcher, watched) = &mut self.told else {
            return None;
        };
        for folder in watched.iter().filter(|folder| !folders.contains(*folder)) {
            // The folder may be gone, together with its watch.
            let _ = watcher.unwatch(folder);
        }
        watched.retain(|folder| folders.contains(folder));
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if watched.contains(folder) {
                continue;
            }
            if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
                let why = format!("the system does not report file changes ({error})");
                self.told = Told::Not;
                return Some(why);
            }
            watched.insert(folder.clone());
        }
        None
    }

    /// Waits until files differ from what was noted, and returns them. Cancelling it loses nothing.
    pub(super) async fn changed(&mut self) -> Vec<PathBuf> {
        loop {
            self.settled().await;
            let changed = self.back().await;
            if !changed.is_empty() {
                return changed;
            }
        }
    }

    /// Returns the files that differ, once all of them exist, or have been missing for too long.
    async fn back(&self) -> Vec<PathBuf> {
        let deadline = Instant::now() + AWAY;
        loop {
            let changed = self.different();
            let are_there = changed.iter().all(|path| load::content(path).is_some());
            if are_there || timeout_at(deadline, self.bell.notified()).await.is_err() {
                return changed;
            }
        }
    }

    /// Makes the next call find the same changes again, at once.
    pub(super) fn recall(&mut self) {
        self.stirred = Some(Instant::now());
    }

    /// Waits until something has happened to the files and has settled.
    async fn settled(&mut self) {
        loop {
            let now = Instant::now();
            let Some(since) = self.stirred else {
                tokio::select! {
                    () = self.bell.notified() => self.stirred = Some(Instant::now()),
                    _ = self.look.tick() => {
                        // A file may be half written now.
                        let is_different = !self.different().is_empty();
                        self.stirred = is_different.then(Instant::now);
                    }
                }
                continue;
            };
            let left = (since + QUIET_MAX).saturating_duration_since(now);
            let is_quiet = timeout(QUIET.min(left), self.bell.notified())
                .await
                .is_err();
            if is_quiet || left.is_zero() {
                self.stirred = None;
                return;
            }
        }
    }

    /// Returns the files that differ from what was noted.
    fn different(&self) -> Vec<PathBuf> {
        let held = self.held.iter();
        let different = held.filter(|(path, held)| load::content(path) != **held);
        different.map(|(path, _)| path.clone()).collect()
    }
}

/// Whether an event changed one of these paths. Reading is no change.
fn concerns(event: &notify::Result<Event>, names: &Mutex<BTreeSet<PathBuf>>) -> bool {
    let Ok(event) = event else {
        // Events were lost: check the files.
        return true;
    };
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    let names = names.lock().unwrap_or_else(PoisonError::into_inner);
    event.need_rescan() || event.paths.iter().any(|path| names.contains(path))
}

/// Returns the paths of a file: its own and, for a symbolic link, its target.
fn names(path: &Path) -> Vec<PathBuf> {
    let mut names = vec![path.to_owned()];
    names.extend(load::target(path).filter(|target| target != path));
    names
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The slow check never comes.
    const NEVER: Duration = Duration::from_secs(100_000);
    const DEADLINE: Duration = Duration::from_secs(20);

    /// Checks that a change by `edit` to some of `names` in a new folder is found.
    #[track_caller]
    fn check(look: Duration, edit: impl FnOnce(&Path), expected: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it is there");
        fs::write(root.join("a"), "1").expect("it is writable");
        fs::write(root.join("b"), "1").expect("it is writable");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let mut files = Files::new(look);
            // The first check comes at once.
            files.look.tick().await;
            let all: BTreeSet<PathBuf> = ["a", "b", "c"].map(|name| root.join(name)).into();
            files.widen(all);
            assert_eq!(files.listen(), None);
            edit(&root);
            let changed = timeout(DEADLINE, files.changed())
                .await
                .expect("it is told");
            let expected: Vec<PathBuf> = expected.iter().map(|name| root.join(name)).collect();
            assert_eq!(changed, expected);
        });
    }

    #[test]
    fn the_system_tells_of_what_is_written_made_removed_and_put_in_its_place() {
        check(
            NEVER,
            |root| fs::write(root.join("a"), "2").expect("written"),
            &["a"],
        );
        check(
            NEVER,
            |root| fs::write(root.join("c"), "").expect("written"),
            &["c"],
        );
        check(
            NEVER,
            |root| fs::remove_file(root.join("b")).expect("removed"),
            &["b"],
        );
        let replace = |root: &Path| {
            fs::write(root.join(".a.swp"), "2").expect("written");
            fs::rename(root.join(".a.swp"), root.join("a")).expect("renamed");
        };
        check(NEVER, replace, &["a"]);
    }

    #[test]
    fn what_nobody_tells_is_found_by_looking() {
        let remade = |root: &Path| {
            let other = root.with_extension("other");
            fs::rename(root, &other).expect("renamed");
            fs::create_dir(root).expect("made");
            fs::write(root.join("a"), "2").expect("written");
            fs::rename(other.join("b"), root.join("b")).expect("renamed");
            fs::remove_dir_all(other).expect("removed");
        };
        check(Duration::from_millis(50), remade, &["a"]);
    }
}
