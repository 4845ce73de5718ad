//! Finds sessions of a manifest that has moved to another path, and the directories that moved with
//! it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::layout::{Address, Layout, owner_key};
use crate::live::{LivePane, Owner, Phase, Snapshot};
use crate::plan::adopt::machine::Machine;
use crate::plan::adopt::steps::{Adoption, step};
use crate::plan::change::{Adopt, Adopted, Retag, Step, Subject};
use crate::tmux::id::PaneId;

/// Returns the other manifests that a layout of this name was applied from, and the folders that
/// would have moved with them: whether each exists decides who owns the sessions.
pub fn asked_paths(layout: &Layout, snapshot: &Snapshot) -> BTreeSet<String> {
    let owners = snapshot
        .sessions
        .iter()
        .filter_map(|live| live.owner.as_ref());
    let others =
        owners.filter(|owner| owner.layout == layout.name && owner.manifest != layout.manifest);
    let mut paths = BTreeSet::new();
    for Owner { manifest, .. } in others {
        let folder = Folder::moved(manifest, &layout.manifest);
        paths.extend(folder.map(|folder| folder.from.display().to_string()));
        paths.insert(manifest.clone());
    }
    paths
}

/// Returns the manifest that a wanted session was applied from, if it no longer exists.
pub fn moved_from<'a>(
    session: &Address,
    layout: &Layout,
    snapshot: &'a Snapshot,
    machine: &Machine,
) -> Option<&'a Owner> {
    let owners = snapshot
        .sessions
        .iter()
        .filter_map(|live| live.owner.as_ref());
    let mut owners = owners
        .filter(|owner| owner.layout == layout.name && owner.address.as_ref() == Some(session));
    owners.find(|owner| owner.manifest != layout.manifest && machine.gone.contains(&owner.manifest))
}

/// Returns the steps that write the new name of a renamed layout.
pub(in crate::plan) fn renamed(layout: &Layout, snapshot: &Snapshot) -> Vec<Step> {
    let key = owner_key(&layout.name, &layout.manifest);
    let owned = snapshot.panes.iter();
    let owned = owned.filter(|pane| pane.owner.as_ref() == Some(&key));
    // All of them go with the first session, wherever they are now.
    let mut panes: Vec<PaneId> = owned.map(|pane| pane.id).collect();
    let steps = snapshot.sessions.iter().filter_map(|live| {
        let owner = live.owner.as_ref()?;
        let from = owner.tagged.clone()?;
        let address = owner.address.clone();
        let address = address.unwrap_or_else(|| Address::of_session(&live.name));
        let (id, panes) = (live.id, std::mem::take(&mut panes));
        let adopt = Adopt::Owner { id, panes };
        Some(step(
            Subject::session(&address),
            adopt,
            Adopted::Named { from },
        ))
    });
    steps.collect()
}

/// A folder's old and new path.
struct Folder<'a> {
    from: &'a Path,
    to: &'a Path,
}

impl<'a> Folder<'a> {
    /// Returns the outermost renamed folder, if a manifest has moved with it.
    fn moved(from: &'a str, to: &'a str) -> Option<Self> {
        let (mut from, mut to) = (Path::new(from), Path::new(to));
        // A renamed manifest may still be in the same folder.
        if from.file_name() != to.file_name() {
            (from, to) = (from.parent()?, to.parent()?);
        }
        while from.file_name() == to.file_name() {
            (from, to) = (from.parent()?, to.parent()?);
        }
        (from != to && from.is_absolute()).then_some(Folder { from, to })
    }

    /// Returns the present path of a directory in it.
    fn directory(&self, directory: &Path) -> Option<PathBuf> {
        let inner = directory.strip_prefix(self.from).ok()?;
        Some(if inner.as_os_str().is_empty() {
            self.to.to_owned()
        } else {
            self.to.join(inner)
        })
    }
}

impl Adoption {
    /// Takes over the sessions of this manifest's former paths, including sessions that it no
    /// longer wants, which are then removed like any other.
    pub(super) fn moved(&mut self, layout: &Layout, machine: &Machine) {
        let sessions = layout.sessions.iter().map(|session| &session.address);
        let owners =
            sessions.filter_map(|session| moved_from(session, layout, &self.snapshot, machine));
        let manifests: BTreeSet<String> = owners.map(|owner| owner.manifest.clone()).collect();
        for live in &mut self.snapshot.sessions {
            let Some(owner) = live.owner.as_mut() else {
                continue;
            };
            if owner.layout != layout.name || !manifests.contains(&owner.manifest) {
                continue;
            }
            let from = std::mem::replace(&mut owner.manifest, layout.manifest.clone());
            let mut panes = Vec::new();
            let key = owner_key(&layout.name, &from);
            for pane in &mut self.snapshot.panes {
                // Wherever it is now: it goes with the first session of its manifest.
                if pane.owner.as_ref() == Some(&key) {
                    pane.owner = Some(owner_key(&layout.name, &layout.manifest));
                    panes.push(pane.id);
                }
            }
            let address = owner.address.clone();
            let address = address.unwrap_or_else(|| Address::of_session(&live.name));
            self.steps.push(step(
                Subject::session(&address),
                Adopt::Owner { id: live.id, panes },
                Adopted::From { manifest: from },
            ));
        }
        for manifest in &manifests {
            let folder = Folder::moved(manifest, &layout.manifest);
            let is_gone =
                |folder: &Folder| machine.gone.contains(&folder.from.display().to_string());
            if let Some(folder) = folder.filter(is_gone) {
                self.directories(&folder, layout);
            }
        }
    }

    /// Updates the directories of panes: a process keeps working in a folder that moves.
    fn directories(&mut self, folder: &Folder, layout: &Layout) {
        let key = owner_key(&layout.name, &layout.manifest);
        for live in &mut self.snapshot.panes {
            let is_ours = live.owner.as_ref() == Some(&key) && live.phase == Some(Phase::Started);
            let wanted = live.address.as_ref().filter(|_| is_ours);
            let Some(pane) = wanted.and_then(|address| layout.pane(address)) else {
                continue;
            };
            let Some(from) = go_with(live, folder, &pane.cwd) else {
                continue;
            };
            let Some(applied) = live.applied.clone() else {
                continue;
            };
            let retag = Retag {
                pane: pane.clone(),
                applied,
                rearms: true,
                was_typed: false,
                takes_focus: false,
                phase: Phase::Started,
            };
            let from = from.display().to_string();
            self.steps.push(step(
                Subject::pane(pane),
                Adopt::Pane(Box::new(retag)),
                Adopted::With { directory: from },
            ));
        }
    }
}

/// Sets a pane's directory to its new path, if that is the wanted one, and returns the old path.
fn go_with(live: &mut LivePane, folder: &Folder, wanted: &Path) -> Option<PathBuf> {
    let applied = live.applied.as_mut()?;
    let is_known = live.spec == applied.spec();
    let to = folder.directory(&applied.cwd).filter(|to| to == wanted)?;
    let from = std::mem::replace(&mut applied.cwd, to);
    if is_known {
        live.spec = applied.spec();
    }
    Some(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, expected: Option<(&str, &str)>) {
        let folder = Folder::moved(from, to);
        let seen = folder.as_ref().map(|folder| {
            (
                folder.from.to_str().unwrap_or_default(),
                folder.to.to_str().unwrap_or_default(),
            )
        });
        assert_eq!(seen, expected, "{from} {to}");
    }

    #[test]
    fn the_outermost_renamed_folder_has_moved() {
        check("/p/triad.kdl", "/q/triad.kdl", Some(("/p", "/q")));
        check("/p/old.kdl", "/p/new.kdl", None);
        check("/p/old.kdl", "/q/new.kdl", Some(("/p", "/q")));
        check(
            "/p/a/layouts/x.kdl",
            "/p/b/layouts/x.kdl",
            Some(("/p/a", "/p/b")),
        );
        check("/a/w/x.kdl", "/b/c/w/x.kdl", Some(("/a", "/b/c")));
        check("-", "/b/x.kdl", None);
        let folder = Folder::moved("/p/x.kdl", "/q/x.kdl").unwrap();
        assert_eq!(folder.directory(Path::new("/p")), Some("/q".into()));
        assert_eq!(folder.directory(Path::new("/p/a")), Some("/q/a".into()));
        assert_eq!(folder.directory(Path::new("/pp")), None);
    }
}
