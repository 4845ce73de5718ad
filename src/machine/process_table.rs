//! All processes of the machine at one moment, and which of them belong to a pane's process.

use std::collections::{BTreeMap, BTreeSet};

use crate::machine::process::{self, Stat, has_proc, is_alive, living};

/// A look at all processes. It is not atomic: one that forks meanwhile can slip through.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_pid: BTreeMap<i32, Stat>,
    children: BTreeMap<i32, Vec<i32>>,
    sessions: BTreeMap<i32, Vec<i32>>,
    /// triad and its descendants.
    own: BTreeSet<i32>,
    server: Server,
    /// Whether the machine reports its processes at all.
    is_told: bool,
}

impl Table {
    /// Reads all live processes.
    pub(super) fn read(server: &Server) -> Self {
        Table::new(living(), server.clone(), has_proc())
    }

    pub(super) fn new(living: Vec<(i32, Stat)>, server: Server, is_told: bool) -> Self {
        let mut table = Table {
            own: process::own_tree(&living),
            server,
            is_told,
            ..Table::default()
        };
        for (pid, stat) in living {
            table.children.entry(stat.parent).or_default().push(pid);
            table.sessions.entry(stat.session).or_default().push(pid);
            table.by_pid.insert(pid, stat);
        }
        table
    }

    /// Whether this very process is alive, and not another with its pid.
    fn has(&self, pid: i32, started: u64) -> bool {
        self.by_pid
            .get(&pid)
            .is_some_and(|stat| stat.started == started)
    }
}

/// The tmux server whose panes' processes are ended.
#[derive(Debug, Clone, Default)]
pub struct Server {
    /// The parent of every pane's process: a process with another parent is unrelated.
    pub pid: Option<i32>,
    /// The processes of the panes that stay. They are never ended, whatever they descend from.
    pub staying: BTreeSet<i32>,
}

/// A pane's process, and its identity
/// ([`Ending::identity`](crate::machine::stopping::Ending::identity)).
#[derive(Debug, Clone, Copy)]
pub(super) struct Leader {
    pub pid: i32,
    pub identity: Option<u64>,
}

/// Processes by their ids, each with its start time.
pub(super) type Processes = BTreeMap<i32, u64>;

/// All processes found to belong to a pane's process, remembered: once its parent is gone, nothing
/// shows the origin of a process. The start time distinguishes it from a later one with the same
/// pid.
#[derive(Debug, Default)]
pub(super) struct Tree {
    known: Processes,
}

impl Tree {
    /// Finds the processes that belong to the pane's process in the table, and returns the live
    /// ones.
    pub(super) fn find(&mut self, leader: Leader, table: &Table) -> Processes {
        if !table.is_told {
            let lives = is_alive(leader.pid) && leader.identity.is_some();
            return lives.then_some((leader.pid, 0)).into_iter().collect();
        }
        let is_taken = self.is_taken(leader, table);
        let is_free =
            |pid: i32, started: u64| table.has(pid, started) || !table.by_pid.contains_key(&pid);
        let known = self.known.iter();
        let mut queue: Vec<i32> = known
            .filter(|(pid, started)| is_free(**pid, **started))
            .map(|(pid, _)| *pid)
            .collect();
        if !is_taken {
            self.learn(leader.pid, table, &mut queue);
            queue.push(leader.pid);
        }
        let mut walked = BTreeSet::new();
        while let Some(pid) = queue.pop() {
            if !walked.insert(pid) {
                continue;
            }
            for child in table.children.get(&pid).into_iter().flatten() {
                self.learn(*child, table, &mut queue);
            }
            let leads = table
                .by_pid
                .get(&pid)
                .is_some_and(|stat| stat.session == pid);
            if leads || pid == leader.pid {
                for member in table.sessions.get(&pid).into_iter().flatten() {
                    self.learn(*member, table, &mut queue);
                }
            }
        }
        let alive = self
            .known
            .iter()
            .filter(|(pid, started)| table.has(**pid, **started));
        alive.map(|(pid, started)| (*pid, *started)).collect()
    }

    /// Whether an unrelated process has the leader's pid.
    fn is_taken(&self, leader: Leader, table: &Table) -> bool {
        let Some(stat) = table.by_pid.get(&leader.pid) else {
            return false;
        };
        let is_its_child = table.server.pid.is_none_or(|server| stat.parent == server);
        let is_leader = leader.identity == Some(stat.started) && is_its_child;
        let stays = table.server.staying.contains(&leader.pid);
        self.known.get(&leader.pid) != Some(&stat.started) && (!is_leader || stays)
    }

    fn learn(&mut self, pid: i32, table: &Table, queue: &mut Vec<i32>) {
        let is_spared = table.own.contains(&pid) || table.server.staying.contains(&pid);
        let Some(stat) = table.by_pid.get(&pid).filter(|_| !is_spared) else {
            return;
        };
        if self.known.insert(pid, stat.started) != Some(stat.started) {
            queue.push(pid);
        }
    }
}
