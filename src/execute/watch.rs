//! What is known of the panes that others wait for: their processes and their probes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::execute::event::Waiting;
use crate::execute::probe::{self, Attempt};
use crate::execute::processes;
use crate::execute::ready::{Next, Readiness};
use crate::layout::{Address, Pace, Pane, PaneKind, Probe, Ready, RestartWhen, Until, Variable};
use crate::live::Exit;
use crate::plan::change::{Target, TargetState, meaning};
use crate::tmux::environment::Environment;
use crate::tmux::script::{Bindings, Ref};
use crate::tmux::server::Server;

/// How many probes are under way at once.
const PROBES_MAX: usize = 16;
/// How long the end of a program that others need may take before they are given up. Longer than
/// a probe's deadline, because a task works where a service only starts.
pub const END_DEADLINE: Duration = Duration::from_secs(600);

/// How often a pane is looked at that tmux is about to start again.
const RESTART_LOOK: Duration = Duration::from_millis(100);
/// How long after the pause that a manifest asks for.
const RESTART_GRACE: Duration = Duration::from_secs(10);

/// How long a service without probes is watched after its start.
const SETTLING: Duration = Duration::from_millis(150);

/// The panes that are waited for.
#[derive(Debug)]
pub struct Watch {
    panes: BTreeMap<Address, Watched>,
    attempts: JoinSet<(Address, Result<String, String>)>,
}

#[derive(Debug)]
struct Watched {
    target: Target,
    life: Life,
    readiness: Option<Readiness>,
    /// The process that was last seen in it.
    pid: Option<i32>,
    /// When it was started, or first looked at.
    since: Instant,
    attempt: Option<Attempt>,
    /// Its probes hold, or a task has exited 0.
    is_ready: bool,
    /// Its probes held once.
    was_ready: bool,
}

/// What the pane's process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    NotStarted,
    Running {
        pid: i32,
    },
    /// The process is gone and its exit status is not known yet.
    Gone,
    /// tmux starts it again in a moment; whether it has is looked at.
    Restarting {
        look: Instant,
        until: Instant,
    },
    Ended(Exit),
    /// Its start failed, or was given up.
    Never,
}

/// What a look at the panes found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Ready {
        address: Address,
        why: String,
        took: Duration,
    },
    /// The process is gone: [`Watch::ended`] is to be told how.
    Gone { address: Address },
    NotReady {
        address: Address,
        answer: String,
        after: Duration,
    },
}

/// Whether a need can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Met,
    /// Met as soon as the target is started.
    MetByStart,
    NotYet,
    /// Never any more.
    Lost,
}

impl Watched {
    /// A service without probes that was started a moment ago. Most that cannot run end at once,
    /// and `apply` should not call them started.
    fn is_settling(&self, now: Instant) -> bool {
        self.target.pane.kind == PaneKind::Service
            && self.attempt.is_none()
            && self.target.state == TargetState::Planned
            && matches!(self.life, Life::Running { .. })
            && now.saturating_duration_since(self.since) < SETTLING
    }

    /// Somebody waits for the end of what still runs.
    fn is_end_awaited(&self) -> bool {
        self.target.is_end_needed && matches!(self.life, Life::Running { .. })
    }
}

impl Watch {
    pub fn new(
        targets: &[Target],
        environment: &Environment,
        server: &Server,
        bindings: &Bindings,
        now: Instant,
    ) -> Self {
        let mut watch = Watch {
            panes: BTreeMap::new(),
            attempts: JoinSet::new(),
        };
        for target in targets {
            let life = match target.state {
                TargetState::Planned => Life::NotStarted,
                TargetState::Running { pid } => Life::Running { pid },
                TargetState::Restarting => Life::Restarting {
                    look: now,
                    until: now + restart_deadline(&target.pane),
                },
                TargetState::Ended(exit) => Life::Ended(exit),
                TargetState::Stopped => Life::Never,
            };
            let attempt = target.pane.ready.clone().map(|ready| Attempt {
                ready,
                cwd: target.pane.cwd.clone(),
                environment: with(environment, &target.pane.env),
                strangers: target.strangers.clone(),
                server: server.clone(),
                pane: bindings
                    .get(&Ref::Pane(target.pane.address.clone()))
                    .cloned(),
                pid: match life {
                    Life::Running { pid } => Some(pid),
                    _ => None,
                },
                since: now,
            });
            let pace = target.pane.ready.as_ref().map(pace);
            let runs = matches!(life, Life::Running { .. });
            let watched = Watched {
                target: target.clone(),
                life,
                pid: match life {
                    Life::Running { pid } => Some(pid),
                    _ => None,
                },
                since: now,
                readiness: pace.filter(|_| runs).map(|pace| Readiness::new(pace, now)),
                attempt,
                is_ready: life == Life::Ended(Exit::Status(0)),
                was_ready: false,
            };
            watch.panes.insert(target.pane.address.clone(), watched);
        }
        watch
    }

    /// Remembers who listens on the ports of a pane that is about to start, and returns it; `None`
    /// for a pane that nobody waits for.
    pub fn before_start(&mut self, address: &Address) -> Option<&BTreeSet<u64>> {
        let pane = self.panes.get_mut(address)?;
        let attempt = pane.attempt.as_mut()?;
        attempt.strangers = probe::listeners_of(&attempt.ready);
        Some(&attempt.strangers)
    }

    /// The pane's program runs, as this process in the pane of this id.
    pub fn started(&mut self, address: &Address, id: Option<&String>, pid: i32, now: Instant) {
        if let Some(pane) = self.panes.get_mut(address) {
            if let Some(attempt) = &mut pane.attempt {
                (attempt.pane, attempt.pid, attempt.since) = (id.cloned(), Some(pid), now);
            }
            pane.life = Life::Running { pid };
            pane.pid = Some(pid);
            pane.since = now;
            let ready = pane.target.pane.ready.as_ref();
            pane.readiness = ready.map(|ready| Readiness::new(pace(ready), now));
        }
    }

    pub fn never_started(&mut self, address: &Address) {
        if let Some(pane) = self.panes.get_mut(address) {
            pane.life = Life::Never;
        }
    }

    /// tmux is about to start the pane's program again: it is looked at until it has. False if that
    /// has taken too long already.
    pub fn restarts(&mut self, address: &Address, now: Instant) -> bool {
        let Some(pane) = self.panes.get_mut(address) else {
            return false;
        };
        let until = match pane.life {
            Life::Restarting { until, .. } => until,
            _ => now + restart_deadline(&pane.target.pane),
        };
        let look = now + RESTART_LOOK;
        pane.life = Life::Restarting { look, until };
        pane.readiness = None;
        now < until
    }

    /// The process that was last seen in the pane.
    pub fn last_pid(&self, address: &Address) -> Option<i32> {
        self.panes.get(address)?.pid
    }

    /// Whether tmux starts its program again after such an end, as far as it may.
    pub fn is_started_again(&self, address: &Address, exit: Exit) -> bool {
        let pane = self.panes.get(address).map(|pane| &pane.target.pane);
        let restart = pane.and_then(|pane| pane.restart.as_ref());
        restart
            .is_some_and(|restart| restart.when == RestartWhen::Always || exit != Exit::Status(0))
    }

    pub fn ended(&mut self, address: &Address, exit: Exit) {
        if let Some(pane) = self.panes.get_mut(address) {
            pane.life = Life::Ended(exit);
            pane.readiness = None;
            pane.is_ready = pane.target.pane.kind == PaneKind::Task && exit == Exit::Status(0);
        }
    }

    /// How an ended pane ended.
    pub fn exit(&self, address: &Address) -> Option<Exit> {
        match self.panes.get(address)?.life {
            Life::Ended(exit) => Some(exit),
            _ => None,
        }
    }

    /// Whether the end of this pane's process is a fault: of a service always, of a task unless it
    /// succeeded, of anything else where it was to become ready and did not.
    pub fn is_fault(&self, address: &Address, exit: Exit) -> bool {
        let Some(pane) = self.panes.get(address) else {
            return false;
        };
        match pane.target.pane.kind {
            PaneKind::Service => true,
            PaneKind::Task => exit != Exit::Status(0),
            PaneKind::Agent | PaneKind::Pane => pane.attempt.is_some() && !pane.was_ready,
        }
    }

    /// Looks at every process, takes the answers that are in, and starts the attempts that are due.
    pub fn look(&mut self, now: Instant) -> Vec<Found> {
        let mut found = Vec::new();
        for (address, pane) in &mut self.panes {
            if let Life::Running { pid } = pane.life
                && !processes::is_alive(pid)
            {
                pane.life = Life::Gone;
                pane.readiness = None;
                found.push(Found::Gone {
                    address: address.clone(),
                });
            }
            if let Life::Restarting { look, until } = pane.life
                && now >= look
            {
                let look = now + RESTART_LOOK;
                pane.life = Life::Restarting { look, until };
                found.push(Found::Gone {
                    address: address.clone(),
                });
            }
            let waited = now.saturating_duration_since(pane.since);
            if pane.is_end_awaited() && waited >= END_DEADLINE {
                pane.life = Life::Never;
                found.push(Found::NotReady {
                    address: address.clone(),
                    answer: "it still runs".to_owned(),
                    after: waited,
                });
            }
        }
        while let Some(joined) = self.attempts.try_join_next() {
            let Ok((address, answer)) = joined else {
                continue;
            };
            found.extend(self.answer(address, answer, now));
        }
        found.extend(self.probe(now));
        found
    }

    fn answer(
        &mut self,
        address: Address,
        answer: Result<String, String>,
        now: Instant,
    ) -> Option<Found> {
        let pane = self.panes.get_mut(&address)?;
        // The answer of a pane whose process has gone since is about something else.
        let readiness = pane.readiness.as_mut()?;
        match answer {
            Ok(why) => {
                let took = readiness.waited(now);
                pane.readiness = None;
                pane.is_ready = true;
                pane.was_ready = true;
                Some(Found::Ready { address, why, took })
            }
            Err(answer) => {
                readiness.failed(answer, now);
                None
            }
        }
    }

    fn probe(&mut self, now: Instant) -> Vec<Found> {
        let mut found = Vec::new();
        for (address, pane) in &mut self.panes {
            let (Some(readiness), Some(attempt)) = (&mut pane.readiness, &pane.attempt) else {
                continue;
            };
            if self.attempts.len() >= PROBES_MAX {
                break;
            }
            match readiness.next(now) {
                Next::Wait(_) => {}
                Next::Probe => {
                    let (address, attempt) = (address.clone(), attempt.clone());
                    self.attempts.spawn(async move {
                        let answer = probe::attempt(&attempt).await;
                        (address, answer)
                    });
                }
                Next::GiveUp { answer, after } => {
                    pane.readiness = None;
                    pane.life = Life::Never;
                    let address = address.clone();
                    found.push(Found::NotReady {
                        address,
                        answer,
                        after,
                    });
                }
            }
        }
        found
    }

    /// Whether `target` is what a need asks for.
    pub fn verdict(&self, target: &Address, until: Until) -> Verdict {
        let Some(pane) = self.panes.get(target) else {
            return Verdict::Met;
        };
        let has_probes = pane.attempt.is_some();
        match (meaning(until, pane.target.pane.kind), pane.life) {
            (
                Until::Started,
                Life::Running { .. } | Life::Gone | Life::Restarting { .. } | Life::Ended(_),
            ) => Verdict::Met,
            (Until::Ready, Life::Running { .. }) if !has_probes || pane.is_ready => Verdict::Met,
            (Until::Ready, Life::Ended(_)) if !has_probes => Verdict::Met,
            (Until::ExitedOk, Life::Ended(Exit::Status(0))) => Verdict::Met,
            (Until::Exited, Life::Ended(_)) => Verdict::Met,
            (_, Life::Never | Life::Ended(_)) => Verdict::Lost,
            (Until::Started, Life::NotStarted) => Verdict::MetByStart,
            (Until::Ready, Life::NotStarted) if !has_probes => Verdict::MetByStart,
            _ => Verdict::NotYet,
        }
    }

    /// What is still waited for: needed by somebody, or, with `all`, by the user.
    pub fn waiting(&self, all: bool, now: Instant) -> Vec<Waiting> {
        let panes = self.panes.iter();
        panes
            .filter(|(_, pane)| all || pane.target.is_needed)
            .filter_map(|(address, pane)| {
                let last = pane.readiness.as_ref().and_then(Readiness::last_answer);
                let what = match (&pane.readiness, pane.life) {
                    (Some(_), _) => last.map_or_else(
                        || probes(pane.attempt.as_ref().map(|attempt| &attempt.ready)),
                        str::to_owned,
                    ),
                    (None, Life::Gone) => "its exit status".to_owned(),
                    (None, Life::Restarting { .. }) => "its restart".to_owned(),
                    (None, _) if pane.is_end_awaited() => "its end".to_owned(),
                    (None, _) if all && pane.is_settling(now) => "its first moments".to_owned(),
                    _ => return None,
                };
                Some(Waiting {
                    address: address.clone(),
                    what,
                })
            })
            .collect()
    }
}

/// The pace of the probes. The deadline is for what cannot be known: it begins when the delays are
/// over that the manifest asks for.
fn pace(ready: &Ready) -> Pace {
    let delays = ready.probes.iter().filter_map(|probe| match probe {
        Probe::Delay(delay) => Some(*delay),
        _ => None,
    });
    let longest = delays.max().unwrap_or_default();
    let deadline = ready.pace.deadline;
    Pace {
        deadline: deadline.map(|deadline| deadline.saturating_add(longest)),
        ..ready.pace
    }
}

fn restart_deadline(pane: &Pane) -> Duration {
    let delay = pane.restart.as_ref().map(|restart| restart.delay);
    delay.unwrap_or_default().min(END_DEADLINE) + RESTART_GRACE
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
