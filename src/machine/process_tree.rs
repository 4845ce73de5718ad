//! Ends the processes in panes, down to the last one, and names those that are left.
//!
//! tmux makes each pane's process the leader of a session of its own: descendants are found by that
//! session, and by their parents if they have made their own. triad and its descendants are never
//! among them, even if triad itself is running in the pane.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use rustix::process::{Pid, kill_process};
use tokio::time::sleep_until;

use crate::machine::exits::Exits;
use crate::machine::pidfd::{self, Opened};
use crate::machine::process::{self, Stat, living};
use crate::machine::process_table::{Table, Tree};
use crate::machine::stopping::{Next, Order, Stopping};

pub use crate::machine::process_table::Server;
pub use crate::machine::stopping::{Ended, Ending};

/// Asks all of `endings` to end, with everything below them or in their sessions; kills the rest at
/// the deadline of each. Returns one result for each, in their order.
pub async fn end_all(endings: &[Ending], server: Server) -> Vec<Ended> {
    let tree = ProcessTree {
        server,
        trees: BTreeMap::new(),
    };
    tree.end(endings).await
}

/// The processes found to belong to panes' processes, by the latter.
#[derive(Debug)]
pub struct ProcessTree {
    server: Server,
    trees: BTreeMap<i32, Tree>,
}

impl ProcessTree {
    /// Finds the present processes.
    pub fn of(endings: &[Ending], server: Server) -> Self {
        let table = Table::read(&server);
        let tree = |ending: &Ending| {
            let mut tree = Tree::default();
            tree.find(ending.leader(), &table);
            (ending.pid, tree)
        };
        ProcessTree {
            server,
            trees: endings.iter().map(tree).collect(),
        }
    }

    /// Asks them to end, and kills the rest at the deadline of each.
    pub async fn end(mut self, endings: &[Ending]) -> Vec<Ended> {
        let trees = endings.iter().map(|ending| self.trees.remove(&ending.pid));
        let trees = trees.map(Option::unwrap_or_default).collect();
        let table = Table::read(&self.server);
        let (mut stopping, asked) = Stopping::new(endings, trees, &table, Instant::now());
        let mut exits = Watched::default();
        exits.watch(&stopping);
        send(&asked);
        loop {
            let now = Instant::now();
            match stopping.next(now) {
                Next::Look => {
                    stopping.look(&Table::read(&self.server), Instant::now());
                    exits.watch(&stopping);
                }
                Next::Kill => send(&stopping.kills(now)),
                Next::Wait(until) => tokio::select! {
                    pid = exits.exits.next() => exits.ended(pid, &mut stopping).await,
                    () = sleep_until(until.into()) => {}
                },
                Next::Over => return stopping.answers(),
            }
        }
    }
}

/// The processes whose ends the kernel reports.
#[derive(Debug, Default)]
struct Watched {
    exits: Exits,
    pids: BTreeSet<i32>,
}

impl Watched {
    /// Watches the processes known to be alive, and no others.
    fn watch(&mut self, stopping: &Stopping) {
        let living: BTreeSet<i32> = stopping.living().collect();
        for pid in self.pids.difference(&living) {
            self.exits.forget(*pid);
        }
        for pid in living.difference(&self.pids) {
            self.exits.watch(*pid);
        }
        self.pids = living;
    }

    /// Records this end, and all others that are known by now.
    async fn ended(&mut self, first: i32, stopping: &mut Stopping) {
        let mut ended = Some(first);
        while let Some(pid) = ended {
            self.pids.remove(&pid);
            stopping.ended(pid);
            ended = tokio::select! {
                biased;
                pid = self.exits.next() => Some(pid),
                () = std::future::ready(()) => None,
            };
        }
    }
}

/// Sends signals, each only to the intended process: its pid may have been reused, but a handle is
/// safe.
fn send(orders: &[Order]) {
    for order in orders {
        let held = pidfd::open(order.pid);
        if process::identity(order.pid) != Some(order.started) {
            continue;
        }
        match (held, Pid::from_raw(order.pid)) {
            (Opened::Held(held), _) => pidfd::send(&held, order.signal),
            (Opened::Unavailable, Some(pid)) => {
                // It may have ended by itself meanwhile, which is fine.
                let _ = kill_process(pid, order.signal);
            }
            (Opened::Gone, _) | (_, None) => {}
        }
    }
}

/// Processes that were started in panes and have left them: only their environment still shows
/// their origin. They may be meant to stay, such as a shared key agent, so they are reported and
/// not ended.
#[derive(Debug)]
pub struct Strays {
    /// Each with its parent, and the panes in its environment.
    found: BTreeMap<i32, (i32, BTreeSet<String>)>,
}

impl Strays {
    /// Finds those of all panes of a server, in one look.
    pub fn find(socket: &str, server: Option<i32>) -> Self {
        let living = living();
        let is_led =
            |(pid, stat): &&(i32, Stat)| stat.session == *pid && Some(stat.parent) == server;
        let in_panes: BTreeSet<i32> = living.iter().filter(is_led).map(|(pid, _)| *pid).collect();
        let socket = format!("TRIAD_SOCKET={socket}");
        let own = process::own_tree(&living);
        let lineage = process::lineage();
        let found = living
            .into_iter()
            .filter(|(pid, _)| !own.contains(pid) && !lineage.contains(pid))
            .filter(|(_, stat)| !in_panes.contains(&stat.session))
            .filter_map(|(pid, stat)| {
                let given = process::given(pid);
                let panes = given
                    .iter()
                    .filter_map(|given| given.strip_prefix("TRIAD_PANE="));
                let panes: BTreeSet<String> = panes.map(str::to_owned).collect();
                given
                    .contains(&socket)
                    .then_some((pid, (stat.parent, panes)))
            });
        Strays {
            found: found.collect(),
        }
    }

    /// Returns those of one pane; only the topmost of each tree.
    pub fn of(&self, pane: &str) -> Vec<i32> {
        let is_its = |pid: &i32| {
            self.found
                .get(pid)
                .is_some_and(|(_, panes)| panes.contains(pane))
        };
        let own = self.found.iter().filter(|(pid, _)| is_its(pid));
        let top = own.filter(|(_, (parent, _))| !is_its(parent));
        top.map(|(pid, _)| *pid).collect()
    }
}

/// Writes processes for people: `sleep 1000 (pid 4123)`.
pub fn named(pids: &[i32]) -> String {
    let name = |pid: &i32| match process::command(*pid) {
        Some(command) => format!("`{command}` (pid {pid})"),
        None => format!("pid {pid}"),
    };
    let names: Vec<String> = pids.iter().map(name).collect();
    names.join(", ")
}
