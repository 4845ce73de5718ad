//! The effects around the [`engine`](crate::readiness::engine): it is told which processes are gone
//! and what probes answer, and what it asks for is done.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError, JoinSet};

use crate::event::{Waiting, Waits};
use crate::layout::{Address, Ready, Until, Variable};
use crate::live::Exit;
use crate::machine::process;
use crate::plan::change::{Target, TargetState};
use crate::readiness::engine::{Action, Awaited, Engine, Input, News, Verdict, Wanted, What};
use crate::readiness::notify::{Notice, Sockets, socket_path};
use crate::readiness::printed::Seen;
use crate::readiness::probe::{self, Attempt, Said};
use crate::tmux::environment::Environment;
use crate::tmux::script::{Bindings, Ref};
use crate::tmux::server::Server;

/// The panes that are waited for.
#[derive(Debug)]
pub struct Watch {
    engine: Engine,
    /// What the probes of each pane take, where it has any.
    attempts: BTreeMap<Address, Attempt>,
    under_way: JoinSet<Result<String, String>>,
    /// Whose attempts those are, and of which run.
    of: HashMap<Id, (Address, u32)>,
    /// What has come in since the last look.
    answers: Vec<Joined>,
    /// Where programs say something of themselves.
    sockets: Sockets,
    /// Whose program has said that it is ready since its last answer came in.
    stirred: BTreeSet<Address>,
}

type Joined = Result<(Id, Result<String, String>), JoinError>;

/// What a look at the panes found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    News(News),
    /// The process is gone: [`Watch::ended`] or [`Watch::started`] is to be told what became of it.
    Gone {
        address: Address,
    },
}

impl Watch {
    pub fn new(
        targets: &[Target],
        environment: &Environment,
        server: &Server,
        bindings: &Bindings,
        now: Instant,
    ) -> Self {
        let wanted = targets.iter().map(|target| {
            let pane = &target.pane;
            let wanted = Wanted {
                kind: pane.kind,
                ready: pane.ready.clone(),
                restart: pane.restart.clone(),
                state: target.state,
                is_needed: target.is_needed,
                is_end_needed: target.is_end_needed,
            };
            (pane.address.clone(), wanted)
        });
        let attempts = targets.iter().filter_map(|target| {
            let address = target.pane.address.clone();
            let attempt = Attempt {
                ready: target.pane.ready.clone()?,
                cwd: target.pane.cwd.clone(),
                environment: with(environment, &target.pane.env),
                strangers: target.strangers.clone(),
                server: server.clone(),
                pane: bindings.get(&Ref::Pane(address.clone())).cloned(),
                seen: Seen::default(),
                said: Said::default(),
                pid: match target.state {
                    TargetState::Running { pid } => Some(pid),
                    _ => None,
                },
                since: now,
            };
            Some((address, attempt))
        });
        Watch {
            engine: Engine::new(wanted, now),
            attempts: attempts.collect(),
            under_way: JoinSet::new(),
            of: HashMap::new(),
            answers: Vec::new(),
            sockets: Sockets::default(),
            stirred: BTreeSet::new(),
        }
    }

    /// Listens for the panes whose programs are to say that they are ready. The socket is tmux's
    /// own.
    pub fn listen(&mut self, owner: &str, socket: &str) {
        for (address, attempt) in &mut self.attempts {
            if attempt.ready.is_notified() {
                let path = socket_path(socket, owner, address);
                let bound = self.sockets.bind(address, &path);
                attempt.said.deaf = bound.err().map(|why| format!("{}: {why}", path.display()));
            }
        }
    }

    /// Waits for the panes of another one, too, of which nothing is under way yet.
    pub fn join(&mut self, mut other: Watch) {
        self.engine.join(other.engine);
        self.attempts.append(&mut other.attempts);
    }

    /// Remembers who listens on the ports of a pane that is about to start, and returns it; `None`
    /// for a pane that nobody waits for.
    pub fn before_start(&mut self, address: &Address) -> Option<&BTreeSet<u64>> {
        let attempt = self.attempts.get_mut(address)?;
        if let Err(why) = self.sockets.renew(address) {
            attempt.said.deaf = Some(why.to_string());
        }
        attempt.said.forget();
        attempt.strangers = probe::listeners_of(&attempt.ready);
        Some(&attempt.strangers)
    }

    /// The pane's program runs, as this process in the pane of this id.
    pub fn started(
        &mut self,
        address: &Address,
        id: Option<&String>,
        pid: i32,
        now: Instant,
    ) -> Option<News> {
        if let Some(attempt) = self.attempts.get_mut(address) {
            (attempt.pane, attempt.pid, attempt.since) = (id.cloned(), Some(pid), now);
        }
        self.engine.take(address, Input::Started { pid }, now)
    }

    pub fn never_started(&mut self, address: &Address, now: Instant) {
        self.engine.take(address, Input::NeverStarted, now);
    }

    /// Its process ended so; `is_final`: tmux will not start it again.
    pub fn ended(
        &mut self,
        address: &Address,
        exit: Exit,
        is_final: bool,
        now: Instant,
    ) -> Option<News> {
        self.engine
            .take(address, Input::Ended { exit, is_final }, now)
    }

    /// The process that was last seen in the pane.
    pub fn last_pid(&self, address: &Address) -> Option<i32> {
        self.engine.last_pid(address)
    }

    /// How an ended pane ended.
    pub fn exit(&self, address: &Address) -> Option<Exit> {
        self.engine.exit(address)
    }

    /// Whether `target` is what a need asks for.
    pub fn verdict(&self, target: &Address, until: Until) -> Verdict {
        self.engine.verdict(target, until)
    }

    /// Until a probe answers, or an attempt is due. May be given up at any moment.
    pub async fn stirs(&mut self) {
        let now = Instant::now();
        let due = self.engine.next(now);
        let due = due.map(|due| due.saturating_duration_since(now));
        // Without one, the caller's own pause is shorter.
        let due = tokio::time::sleep(due.unwrap_or(Duration::MAX));
        tokio::select! {
            Some(joined) = self.under_way.join_next_with_id() => self.answers.push(joined),
            () = due => {}
        }
    }

    /// Passes on what programs say of themselves.
    fn hear(&mut self, now: Instant) {
        for (address, notice) in self.sockets.heard() {
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
            self.engine.take(&address, input, now);
        }
    }

    /// Looks at every process, takes the answers that are in, and starts the attempts that are due.
    pub fn look(&mut self, now: Instant) -> Vec<Found> {
        // What a process has said before its end is no word of the next.
        self.hear(now);
        let running = self.engine.running();
        let gone = running.filter(|(_, pid)| !process::is_alive(*pid));
        let gone: Vec<Address> = gone.map(|(address, _)| address.clone()).collect();
        let mut found = Vec::new();
        for address in gone {
            if let Some(attempt) = self.attempts.get_mut(&address) {
                attempt.said.forget();
            }
            found.extend(self.engine.take(&address, Input::Gone, now));
        }
        while let Some(joined) = self.under_way.try_join_next_with_id() {
            self.answers.push(joined);
        }
        for joined in std::mem::take(&mut self.answers) {
            let (id, answer) = match joined {
                Ok(answered) => answered,
                Err(error) => (error.id(), Err(format!("the probe broke down: {error}"))),
            };
            if let Some((address, run)) = self.of.remove(&id) {
                let answered = Input::Answered { run, answer };
                found.extend(self.engine.take(&address, answered, now));
                if self.stirred.remove(&address) {
                    // That attempt may have come too early.
                    self.engine.take(&address, Input::Hurry, now);
                }
            }
        }
        let mut found: Vec<Found> = found.into_iter().map(Found::News).collect();
        for action in self.engine.due(now) {
            match action {
                Action::Probe { address, run } => self.probe(address, run),
                Action::Inquire { address } => found.push(Found::Gone { address }),
                Action::Tell(news) => found.push(Found::News(news)),
            }
        }
        found
    }

    fn probe(&mut self, address: Address, run: u32) {
        if let Some(attempt) = self.attempts.get(&address).cloned() {
            let attempt = async move { probe::attempt(&attempt).await };
            let id = self.under_way.spawn(attempt).id();
            self.of.insert(id, (address, run));
        }
    }

    /// What is still waited for: needed by somebody, or, with `all`, by the user.
    pub fn waiting(&self, all: bool, now: Instant) -> Vec<Waiting> {
        let awaited = self.engine.awaited(all, now).into_iter();
        awaited.map(|awaited| self.shown(awaited, now)).collect()
    }

    fn shown(&self, awaited: Awaited, now: Instant) -> Waiting {
        let (state, what) = match awaited.what {
            What::Probes(Some(answer)) => (Waits::Probing, answer),
            What::Probes(None) => {
                let ready = self.engine.ready(&awaited.address);
                (Waits::Probing, probes(ready))
            }
            What::Exit => (Waits::Starting, "its exit status".to_owned()),
            What::Restart => (Waits::Restarting, "its restart".to_owned()),
            What::End => (Waits::Running, "its end".to_owned()),
            What::Settling => (Waits::Starting, "its first moments".to_owned()),
        };
        Waiting {
            address: awaited.address,
            state,
            what,
            since: now.saturating_duration_since(awaited.since),
            line: None,
        }
    }
}

fn probes(ready: Option<&Ready>) -> String {
    let probes = ready.map_or(&[][..], |ready| &ready.probes);
    let shown: Vec<String> = probes.iter().map(crate::plan::diff::probe).collect();
    shown.join(", ")
}

fn with(environment: &Environment, own: &BTreeMap<String, Variable>) -> Environment {
    let mut all = environment.clone();
    let own = own.iter();
    all.extend(own.map(|(key, value)| (key.clone(), value.reveal().to_owned())));
    all
}
