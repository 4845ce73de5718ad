//! The changes between two looks. Pure: standings go in, changes come out.

use std::collections::BTreeMap;

use crate::layout::Address;
use crate::live::{LiveServer, Snapshot};
use crate::status::{LayoutStatus, PaneStatus, Standing, State, Wanted};
use crate::tmux::id::{PaneId, ServerId};

/// A change between two looks. A pane is named by the address that it is wanted at, else by its
/// own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A pane has appeared.
    Appeared { pane: Seen },
    /// Its state has changed, or another process runs in it.
    Changed { from: State, pane: Seen },
    /// A pane is gone.
    Gone { address: Address },
    /// The server has exited, and all of its panes are gone.
    NoServer,
    /// Another server has replaced the one before: its ids start over.
    AnotherServer,
}

/// A pane as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub address: Address,
    pub id: PaneId,
    /// The process that runs in it, or last ran in it.
    pub pid: Option<i32>,
    pub standing: Standing,
}

/// The last look.
#[derive(Debug, Default)]
pub(super) struct Memory {
    server: Option<ServerId>,
    panes: BTreeMap<Key, Seen>,
}

/// Layouts of several manifests may have panes with the same address.
type Key = (Option<String>, Option<String>, Address);

impl Memory {
    /// Returns the changes since the look before.
    pub(super) fn look(&mut self, layouts: &[LayoutStatus], snapshot: &Snapshot) -> Vec<Change> {
        let server = snapshot.server.as_ref().map(LiveServer::id);
        let before = std::mem::take(&mut self.panes);
        let Some(server) = server else {
            self.server = None;
            return match before.is_empty() {
                true => Vec::new(),
                false => vec![Change::NoServer],
            };
        };
        let replaced = self.server.replace(server);
        self.panes = seen(layouts, snapshot);
        let mut changes = Vec::new();
        if replaced.is_some_and(|replaced| replaced != server) {
            changes.push(Change::AnotherServer);
        }
        for (key, pane) in &self.panes {
            let pane = pane.clone();
            match before.get(key) {
                None => changes.push(Change::Appeared { pane }),
                Some(old) if is_same(old, &pane) => {}
                Some(old) => changes.push(Change::Changed {
                    from: old.standing.state,
                    pane,
                }),
            }
        }
        let gone = before.into_iter();
        let gone = gone.filter(|(key, _)| !self.panes.contains_key(key));
        changes.extend(gone.map(|(_, pane)| Change::Gone {
            address: pane.address,
        }));
        changes
    }
}

/// Whether a pane is unchanged. The passing of time is no change.
fn is_same(old: &Seen, new: &Seen) -> bool {
    let of = |seen: &Seen| (seen.standing.state, seen.standing.exit(), seen.id, seen.pid);
    of(old) == of(new)
}

/// Returns the panes that exist.
fn seen(layouts: &[LayoutStatus], snapshot: &Snapshot) -> BTreeMap<Key, Seen> {
    let pane = |layout: &LayoutStatus, pane: &PaneStatus| {
        let live = snapshot.pane(pane.id?)?;
        let address = match &pane.wanted {
            Wanted::At(address) => address,
            Wanted::Unknown | Wanted::AsItIs | Wanted::No => &pane.address,
        };
        let seen = Seen {
            address: address.clone(),
            id: live.id,
            pid: live.pid,
            standing: pane.standing.clone(),
        };
        let (layout, manifest) = (layout.layout.clone(), layout.manifest.clone());
        Some(((layout, manifest, address.clone()), seen))
    };
    let panes = layouts.iter().flat_map(|layout| {
        let panes = layout.panes.iter();
        panes.filter_map(move |one| pane(layout, one))
    });
    panes.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::layout::PaneKind;
    use crate::live::{Exit, LivePane, LiveProcess};
    use crate::status::tests::live;
    use crate::status::{self, Clock};
    use crate::tmux::version::Version;

    /// Returns a server with this pid and these panes.
    fn snapshot(pid: i32, panes: &[LivePane]) -> Snapshot {
        Snapshot {
            server: Some(LiveServer {
                version: Version::parse("3.4"),
                pid,
                start_time: 0,
                status_lines: 1,
            }),
            panes: panes.to_vec(),
            ..Snapshot::default()
        }
    }

    /// Returns a pane with this name and this process.
    fn pane(name: &str, pid: i32) -> LivePane {
        LivePane {
            address: Some(format!("s/w/{name}").parse().expect("an address")),
            owner: Some("somebody".to_owned()),
            id: PaneId(name.len().try_into().expect("a short name")),
            pid: Some(pid),
            process: LiveProcess::Running {
                pid,
                program: "sleep".to_owned(),
            },
            ..live(PaneKind::Agent)
        }
    }

    fn ended(pane: LivePane, status: i32) -> LivePane {
        LivePane {
            process: LiveProcess::Ended(Exit::Status(status)),
            ..pane
        }
    }

    /// Checks the changes that a look shows, in a word each.
    #[track_caller]
    fn check(memory: &mut Memory, snapshot: &Snapshot, expected: &[&str]) {
        let ages = BTreeMap::from([(1, Duration::from_secs(expected.len() as u64))]);
        let clock = Clock {
            now: 0,
            ages: &ages,
        };
        let changes = memory.look(&status::of_all(snapshot, &clock), snapshot);
        let shown = changes.iter().map(|change| match change {
            Change::Appeared { pane } => {
                format!("+{} {}", pane.address.name(), pane.standing.state.as_str())
            }
            Change::Changed { from, pane } => {
                let (from, to) = (from.as_str(), pane.standing.state.as_str());
                format!("{} {from} {to}", pane.address.name())
            }
            Change::Gone { address } => format!("-{}", address.name()),
            Change::NoServer => "no server".to_owned(),
            Change::AnotherServer => "another server".to_owned(),
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_change_is_told_once() {
        let mut memory = Memory::default();
        check(&mut memory, &Snapshot::default(), &[]);
        let (a, bb) = (pane("a", 1), pane("bb", 2));
        let both = snapshot(9, &[a.clone(), bb.clone()]);
        check(&mut memory, &both, &["+a running", "+bb running"]);
        check(&mut memory, &both, &[]);
        let failed = snapshot(9, &[a.clone(), ended(bb.clone(), 3)]);
        check(&mut memory, &failed, &["bb running failed"]);
        check(&mut memory, &failed, &[]);
        // A second run that exits in the same way is a second exit.
        let again = snapshot(9, &[a.clone(), ended(pane("bb", 4), 3)]);
        check(&mut memory, &again, &["bb failed failed"]);
        let restarted = snapshot(9, &[pane("a", 5), ended(pane("bb", 4), 3)]);
        check(&mut memory, &restarted, &["a running running"]);
        let one = snapshot(9, &[pane("a", 5)]);
        check(&mut memory, &one, &["-bb"]);
        check(&mut memory, &Snapshot::default(), &["no server"]);
        check(&mut memory, &Snapshot::default(), &[]);
        check(&mut memory, &one, &["+a running"]);
    }

    #[test]
    fn another_server_is_told_though_its_panes_look_alike() {
        let mut memory = Memory::default();
        let one = snapshot(9, &[pane("a", 1)]);
        check(&mut memory, &one, &["+a running"]);
        let other = snapshot(10, &[pane("a", 1)]);
        check(&mut memory, &other, &["another server"]);
    }
}
