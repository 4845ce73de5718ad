//! What is known of the panes that others wait for, and what to do about them: a state machine
//! without a clock. What happens and instants go in, what to look at and what to tell comes out;
//! `execute/watch.rs` does it.

mod life;
mod probing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::layout::{Address, PaneKind, Ready, Restart, Until};
use crate::live::Exit;
use crate::plan::change::{TargetState, meaning};
use crate::readiness::engine::life::{Life, Watched};
use crate::readiness::engine::probing::{Next, Probing};

/// How many probes are under way at once; those of one pane follow one another.
pub const PROBES_MAX: usize = 16;
/// How long the end of a program that others need may take before they are given up. Longer than
/// a probe's deadline, because a task works where a service only starts.
pub const END_DEADLINE: Duration = Duration::from_secs(600);

/// A pane that is waited for: what the engine has to know of it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub kind: PaneKind,
    pub ready: Option<Ready>,
    pub restart: Option<Restart>,
    pub state: TargetState,
    /// Somebody who starts needs it.
    pub is_needed: bool,
    /// Somebody waits for its end.
    pub is_end_needed: bool,
}

impl Wanted {
    /// Whether it starts and is to say itself that it is ready: nobody hears that later.
    fn is_only_heard_now(&self) -> bool {
        let is_notified = self.ready.as_ref().is_some_and(Ready::is_notified);
        is_notified && self.state == TargetState::Planned
    }
}

/// What has happened to a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Its program runs, as this process. tmux may have started it again.
    Started { pid: i32 },
    /// It will not be started: its start failed, or what it needs is lost.
    NeverStarted,
    /// Its process is not there any more.
    Gone,
    /// The answer to [`Action::Inquire`]: how the process ended. `is_final`: tmux will not start
    /// it again.
    Ended { exit: Exit, is_final: bool },
    /// The answer to [`Action::Probe`] of the same run: why it is ready, or why it is not.
    Answered {
        run: u32,
        answer: Result<String, String>,
    },
    /// The program itself says something: its probes are looked at without delay.
    Hurry,
    /// The program asks for more time.
    Extend(Duration),
    /// The program says what it is at.
    Status(String),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make an attempt at all probes of the pane and answer with [`Input::Answered`].
    Probe { address: Address, run: u32 },
    /// Ask tmux how the pane's process ended, or whether another runs in its place, and answer
    /// with [`Input::Ended`] or [`Input::Started`].
    Inquire { address: Address },
    /// Tell that a deadline has passed.
    Tell(News),
}

/// What is worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// All its probes hold.
    Ready {
        address: Address,
        why: String,
        took: Duration,
    },
    /// It has not become ready by its deadline.
    NotReady {
        address: Address,
        answer: String,
        after: Duration,
    },
    /// tmux has started it again.
    Restarted { address: Address },
    /// It has ended as it may.
    Ended { address: Address, exit: Exit },
    /// It has ended although it should not have.
    Died { address: Address, exit: Exit },
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

/// One thing that is waited for, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    pub address: Address,
    pub what: What,
    pub since: Instant,
}

/// What a pane is waited for to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// To satisfy its probes: the last answer, or what its program says of itself.
    Probes(Option<String>),
    /// To have ended, as tmux tells.
    Exit,
    /// To be started again, by tmux.
    Restart,
    /// To end.
    End,
    /// To stay alive for its first moments.
    Settling,
}

/// The panes that are waited for.
#[derive(Debug)]
pub struct Engine {
    panes: BTreeMap<Address, Watched>,
    /// The attempts that are under way: each by its pane and run.
    under_way: BTreeSet<(Address, u32)>,
}

impl Engine {
    pub fn new(panes: impl IntoIterator<Item = (Address, Wanted)>, now: Instant) -> Self {
        let watched = |(address, wanted)| (address, Watched::new(wanted, now));
        Engine {
            panes: panes.into_iter().map(watched).collect(),
            under_way: BTreeSet::new(),
        }
    }

    /// Waits for the panes of another one, too, of which nothing is under way yet.
    pub fn join(&mut self, mut other: Engine) {
        self.panes.append(&mut other.panes);
    }

    /// Something has happened to a pane, at `now`. What nobody waits for is nobody's news.
    pub fn take(&mut self, address: &Address, input: Input, now: Instant) -> Option<News> {
        if let Input::Answered { run, .. } = &input {
            self.under_way.remove(&(address.clone(), *run));
        }
        let pane = self.panes.get_mut(address)?;
        let address = address.clone();
        match input {
            Input::Started { pid } => pane
                .started(pid, now)
                .then_some(News::Restarted { address }),
            Input::NeverStarted => {
                pane.never_started();
                None
            }
            Input::Gone => {
                pane.gone();
                None
            }
            Input::Ended { exit, is_final } => {
                let is_over = pane.ended(exit, is_final, now);
                is_over.then(|| match pane.is_fault(exit) {
                    true => News::Died { address, exit },
                    false => News::Ended { address, exit },
                })
            }
            Input::Answered { run, answer } => pane
                .answered(run, answer, now)
                .map(|(why, took)| News::Ready { address, why, took }),
            Input::Hurry => {
                pane.hurry(now);
                None
            }
            Input::Extend(by) => {
                pane.extend(by, now);
                None
            }
            Input::Status(status) => {
                pane.status = Some(status);
                None
            }
        }
    }

    /// What is to be done at `now`; each thing is told once. Probes go out in the order in which
    /// they are due, so that those that hang keep none of the others waiting for ever.
    pub fn due(&mut self, now: Instant) -> Vec<Action> {
        let mut actions = Vec::new();
        let mut queue = Vec::new();
        for (address, pane) in &mut self.panes {
            let address = || address.clone();
            if pane.is_to_be_asked(now) {
                actions.push(Action::Inquire { address: address() });
            }
            if let Some((answer, after)) = pane.given_up(now) {
                actions.push(Action::Tell(News::NotReady {
                    address: address(),
                    answer,
                    after,
                }));
            }
            let probing = pane.probing.as_ref();
            let probing = probing.filter(|probing| probing.next(now) == Next::Probe);
            if let Some(due) = probing.and_then(Probing::due) {
                queue.push((due, address()));
            }
        }
        queue.sort();
        for (_, address) in queue {
            actions.extend(self.probed(address, now));
        }
        actions
    }

    /// Begins an attempt, if there is room for it.
    fn probed(&mut self, address: Address, now: Instant) -> Option<Action> {
        if self.is_full() {
            return None;
        }
        let pane = self.panes.get_mut(&address)?;
        pane.probing.as_mut()?.attempt(now);
        let run = pane.run;
        self.under_way.insert((address.clone(), run));
        Some(Action::Probe { address, run })
    }

    fn is_full(&self) -> bool {
        self.under_way.len() >= PROBES_MAX
    }

    /// When something is due next, unless something happens before.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        // What there is no room for waits for an answer.
        let waits = |pane: &&Watched| {
            let is_due = matches!(&pane.probing, Some(probing) if probing.next(now) == Next::Probe);
            is_due && self.is_full()
        };
        let panes = self.panes.values().filter(|pane| !waits(pane));
        panes.filter_map(|pane| pane.next(now)).min()
    }

    /// The processes that run as far as is known: when one is gone, [`Input::Gone`] says so.
    pub fn running(&self) -> impl Iterator<Item = (&Address, i32)> {
        let panes = self.panes.iter();
        panes.filter_map(|(address, pane)| match pane.life {
            Life::Running { pid } => Some((address, pid)),
            _ => None,
        })
    }

    /// The process that was last seen in the pane.
    pub fn last_pid(&self, address: &Address) -> Option<i32> {
        self.panes.get(address)?.pid
    }

    /// How an ended pane ended.
    pub fn exit(&self, address: &Address) -> Option<Exit> {
        match self.panes.get(address)?.life {
            Life::Ended(exit) => Some(exit),
            _ => None,
        }
    }

    /// Whether `target` is what a need asks for.
    pub fn verdict(&self, target: &Address, until: Until) -> Verdict {
        let Some(pane) = self.panes.get(target) else {
            return Verdict::Met;
        };
        let has_probes = pane.wanted.ready.is_some();
        let until = meaning(until, pane.wanted.kind);
        match (until, pane.life) {
            (Until::Started, Life::NotStarted) => Verdict::MetByStart,
            (Until::Started, Life::Never) => Verdict::Lost,
            (Until::Started, _) => Verdict::Met,
            (Until::Ready, Life::NotStarted) if !has_probes => Verdict::MetByStart,
            (Until::Ready, Life::Running { .. }) if !has_probes || pane.is_ready => Verdict::Met,
            (Until::Ready, Life::Ended(_)) if !has_probes => Verdict::Met,
            (Until::ExitedOk, Life::Ended(Exit::Status(0))) => Verdict::Met,
            (Until::Exited, Life::Ended(_)) => Verdict::Met,
            (_, Life::Never | Life::Ended(_)) => Verdict::Lost,
            _ if pane.is_given_up => Verdict::Lost,
            _ => Verdict::NotYet,
        }
    }

    /// What is still waited for: needed by somebody, or, with `all`, by the user.
    pub fn awaited(&self, all: bool, now: Instant) -> Vec<Awaited> {
        let panes = self.panes.iter();
        panes
            .filter(|(_, pane)| all || pane.wanted.is_needed || pane.wanted.is_only_heard_now())
            .filter_map(|(address, pane)| {
                Some(Awaited {
                    address: address.clone(),
                    what: pane
                        .awaited(now)
                        .filter(|what| all || *what != What::Settling)?,
                    since: pane.since,
                })
            })
            .collect()
    }

    /// The probes of a pane.
    pub fn ready(&self, address: &Address) -> Option<&Ready> {
        self.panes.get(address)?.wanted.ready.as_ref()
    }
}
