//! The effects of readiness: runs probes, watches the ends of processes, and receives the
//! notifications of programs. The [`engine`](crate::readiness::engine) interprets them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use tokio::task::{Id, JoinError, JoinSet};

use crate::layout::{Address, Pane, Probe};
use crate::machine::exits::Exits;
use crate::machine::left_behind;
use crate::plan::change::{Target, TargetState};
use crate::readiness::engine::Input;
use crate::readiness::notify::{Notice, Sockets, socket_path};
use crate::readiness::panes::Panes;
use crate::readiness::printed::Bookmarks;
use crate::readiness::probe::{self, Attempt, Said};
use crate::readiness::search::Searches;
use crate::tmux::environment::Environment;
use crate::tmux::script::{Bindings, Ref};
use crate::tmux::server::Server;

/// The sources of events for awaited panes.
#[derive(Debug, Default)]
pub struct Prober {
    /// The data of each pane's probes, if it has any.
    attempts: BTreeMap<Address, Attempt>,
    under_way: JoinSet<Result<String, String>>,
    /// The pane and run of each attempt.
    of: HashMap<Id, (Address, u32)>,
    /// The sockets for notifications.
    sockets: Sockets,
    /// The panes whose programs have reported ready since the last answer came in.
    stirred: BTreeSet<Address>,
    exits: Exits,
    /// The pane of each process.
    running: BTreeMap<i32, Address>,
    left_behind: LeftBehind,
}

/// The last attempt followed by a look: a probe that leaves processes running has done so by then.
const ATTEMPTS_MAX: u64 = 512;

/// The processes that `exec` probes leave running. A look at all processes takes milliseconds, so
/// there are few: after the first attempt and whenever their number has doubled.
#[derive(Debug, Default)]
struct LeftBehind {
    attempts: u64,
    looks: JoinSet<BTreeMap<String, Vec<i32>>>,
    told: BTreeSet<Address>,
}

impl LeftBehind {
    /// Counts an attempt at an `exec` probe.
    fn ended(&mut self) {
        self.attempts += 1;
        if self.attempts.is_power_of_two() && self.attempts <= ATTEMPTS_MAX {
            self.looks.spawn_blocking(left_behind::find);
        }
    }
}

type Joined = Result<(Id, Result<String, String>), JoinError>;

impl Prober {
    /// Starts watching these panes, as far as they are running.
    pub fn new(
        targets: &[Target],
        environment: &Environment,
        server: &Server,
        bindings: &Bindings,
        now: Instant,
    ) -> Self {
        let mut prober = Prober::default();
        let panes = Panes::default();
        for target in targets {
            let address = &target.pane.address;
            let running = match target.state {
                TargetState::Running { pid } => Some(pid),
                _ => None,
            };
            if let Some(ready) = &target.pane.ready {
                let attempt = Attempt {
                    ready: Arc::new(ready.clone()),
                    cwd: target.pane.cwd.clone(),
                    environment: Arc::new(of_probe(environment, &target.pane)),
                    strangers: target.strangers.clone(),
                    server: server.clone(),
                    pane: bindings.get(&Ref::Pane(address.clone())).cloned(),
                    panes: panes.clone(),
                    seen: Bookmarks::default(),
                    searches: Searches::default(),
                    said: Said::default(),
                    pid: running,
                    since: now,
                };
                prober.attempts.insert(address.clone(), attempt);
            }
            if let Some(pid) = running {
                prober.watch(address, pid);
            }
        }
        prober
    }

    /// Listens for the panes whose programs notify readiness. `socket` is tmux's own.
    pub fn listen(&mut self, owner: &str, socket: &str) {
        for (address, attempt) in &mut self.attempts {
            if attempt.ready.is_notified() {
                let path = socket_path(socket, owner, address);
                let bound = self.sockets.bind(address, &path);
                attempt.said.deaf = bound.err().map(|why| format!("{}: {why}", path.display()));
            }
        }
    }

    /// Adds the panes of another prober that has no running attempts.
    pub fn join(&mut self, mut other: Prober) {
        self.attempts.append(&mut other.attempts);
        for (pid, address) in std::mem::take(&mut other.running) {
            self.watch(&address, pid);
        }
    }

    /// Discards notifications of a pane's earlier programs, and returns the sockets that listen on
    /// the ports of its probes before its program starts; `None` for a pane without probes.
    pub fn before_start(&mut self, address: &Address) -> Option<&BTreeSet<u64>> {
        let attempt = self.attempts.get_mut(address)?;
        if let Err(why) = self.sockets.renew(address) {
            attempt.said.deaf = Some(why.to_string());
        }
        attempt.said.forget();
        attempt.strangers = probe::listeners_of(&attempt.ready);
        Some(&attempt.strangers)
    }

    /// Watches the pane's program, which is this process in the pane of this id.
    pub fn started(&mut self, address: &Address, id: Option<&String>, pid: i32, now: Instant) {
        if let Some(attempt) = self.attempts.get_mut(address) {
            (attempt.pane, attempt.pid, attempt.since) = (id.cloned(), Some(pid), now);
        }
        self.watch(address, pid);
    }

    fn watch(&mut self, address: &Address, pid: i32) {
        self.running.insert(pid, address.clone());
        self.exits.watch(pid);
    }

    /// Starts an attempt at all probes of a pane.
    pub fn probe(&mut self, address: Address, run: u32) {
        if let Some(attempt) = self.attempts.get(&address).cloned() {
            let attempt = async move { probe::attempt(&attempt).await };
            let id = self.under_way.spawn(attempt).id();
            self.of.insert(id, (address, run));
        }
    }

    /// Returns the next events: one, or several that came at once. Waits for ever if there are
    /// none; may be cancelled at any time.
    pub async fn next(&mut self) -> Vec<(Address, Input)> {
        let inputs = tokio::select! {
            Some(joined) = self.under_way.join_next_with_id() => self.answered(joined),
            pid = self.exits.next() => self.gone(pid),
            heard = self.sockets.next() => {
                return self.noticed(heard);
            }
            Some(found) = self.left_behind.looks.join_next() => {
                return self.found(&found.unwrap_or_default());
            }
        };
        // Notifications of a process must not be taken for those of the next.
        let heard = self.sockets.heard();
        let mut all = self.noticed(heard);
        all.extend(inputs);
        all
    }

    fn gone(&mut self, pid: i32) -> Vec<(Address, Input)> {
        let address = self.running.remove(&pid);
        if let Some(attempt) = address.as_ref().and_then(|of| self.attempts.get_mut(of)) {
            attempt.said.forget();
        }
        let gone = address.map(|address| (address, Input::Gone));
        gone.into_iter().collect()
    }

    fn answered(&mut self, joined: Joined) -> Vec<(Address, Input)> {
        let (id, answer) = match joined {
            Ok(answered) => answered,
            Err(error) => (error.id(), Err(format!("the probe failed: {error}"))),
        };
        let Some((address, run)) = self.of.remove(&id) else {
            return Vec::new();
        };
        let ready = self.attempts.get(&address).map(|attempt| &attempt.ready);
        let mut probes = ready.into_iter().flat_map(|ready| &ready.probes);
        if probes.any(|probe| matches!(probe, Probe::Exec(_))) {
            self.left_behind.ended();
        }
        let mut inputs = vec![(address.clone(), Input::Answered { run, answer })];
        if self.stirred.remove(&address) {
            // That attempt may have come too early.
            inputs.push((address, Input::Hurry));
        }
        inputs
    }

    /// Returns the results of looks that are still open at the end.
    pub async fn rest(&mut self) -> Vec<(Address, Input)> {
        let mut inputs = Vec::new();
        while let Some(found) = self.left_behind.looks.join_next().await {
            inputs.extend(self.found(&found.unwrap_or_default()));
        }
        inputs
    }

    /// Reports panes whose probes leave processes running, once for each pane.
    fn found(&mut self, found: &BTreeMap<String, Vec<i32>>) -> Vec<(Address, Input)> {
        let mut inputs = Vec::new();
        for address in self.attempts.keys() {
            let pids = found.get(&address.to_string());
            if let Some(pids) = pids
                && self.left_behind.told.insert(address.clone())
            {
                let what = left_behind::named(pids);
                inputs.push((address.clone(), Input::LeftBehind(what)));
            }
        }
        inputs
    }

    /// Reports the notifications of programs.
    fn noticed(&mut self, heard: Vec<(Address, Notice)>) -> Vec<(Address, Input)> {
        let mut inputs = Vec::new();
        for (address, notice) in heard {
            let Some(attempt) = self.attempts.get_mut(&address) else {
                continue;
            };
            attempt.said.hear(&notice);
            let input = match notice {
                Notice::Ready => {
                    self.stirred.insert(address.clone());
                    Input::Hurry
                }
                Notice::Status(status) => Input::Status(status),
                Notice::Extend(by) => Input::Extend(by),
                Notice::Stopping => continue,
            };
            inputs.push((address, input));
        }
        inputs
    }
}

/// Returns the caller's environment, with the pane's variables and a mark.
fn of_probe(environment: &Environment, pane: &Pane) -> Environment {
    let mut all = environment.clone();
    let own = pane.env.iter();
    all.extend(own.filter_map(|(key, value)| Some((key.clone(), value.reveal()?.to_owned()))));
    let mark = left_behind::mark(&pane.address.to_string());
    all.insert(left_behind::MARK.to_owned(), mark);
    all
}
