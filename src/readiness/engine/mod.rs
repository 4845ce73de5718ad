//! The engine of readiness: knows the state of awaited panes and what to do next. A state machine
//! without a clock: events and times go in, probes and news come out; the
//! [`prober`](crate::readiness::prober) does the rest.

mod life;
mod messages;
mod probing;
#[cfg(test)]
mod tests;

pub use messages::{
    Awaited, END_DEADLINE, Extent, Found, Input, News, Output, PROBES_MAX, Verdict, Wanted, What,
};

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::layout::{Address, Ready, Until, meaning};
use crate::live::Exit;
use crate::readiness::engine::life::{Became, Life, Watched};
use crate::readiness::engine::probing::{Next, Probing};

impl News {
    /// Leaves out the exit status of a program whose pane has closed: nobody knows it.
    fn closed(mut self, is_closed: bool) -> Self {
        if let News::Died { exit, .. } = &mut self {
            *exit = exit.filter(|exit| !is_closed || *exit != Exit::Unknown);
        }
        self
    }
}

fn started(pane: &mut Watched, address: Address, pid: i32, now: Instant) -> Option<News> {
    let is_again = pane.started(pid, now);
    is_again.then_some(News::Restarted { address })
}

fn ended(
    pane: &mut Watched,
    address: Address,
    exit: Exit,
    is_final: bool,
    now: Instant,
) -> Option<News> {
    if !pane.ended(exit, is_final, now) {
        return None;
    }
    match pane.is_fault(exit) {
        true => Some(News::Died {
            address,
            exit: Some(exit),
        }),
        // A person who leaves a shell knows it.
        false if pane.wanted.is_bare() => None,
        false => Some(News::Ended { address, exit }),
    }
}

/// The awaited panes.
#[derive(Debug)]
pub struct Engine {
    panes: BTreeMap<Address, Watched>,
    /// The running attempts: each by its pane and run.
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

    /// Adds the panes of another engine that has no running attempts.
    pub fn join(&mut self, mut other: Engine) {
        self.panes.append(&mut other.panes);
    }

    /// Handles an event of a pane at `now`. Returns news only for awaited panes.
    pub fn take(&mut self, address: &Address, input: Input, now: Instant) -> Option<News> {
        if let Input::Answered { run, .. } = &input {
            self.under_way.remove(&(address.clone(), *run));
        }
        let probed = self.panes.values().filter(|pane| pane.probing.is_some());
        let waiting = probed.count();
        let pane = self.panes.get_mut(address)?;
        let address = address.clone();
        match input {
            Input::Started { pid } => started(pane, address, pid, now),
            Input::NeverStarted => {
                pane.never_started();
                None
            }
            Input::Gone => {
                pane.gone(now);
                None
            }
            Input::Found(found) => match pane.found(found, now) {
                Became::Unknown => None,
                Became::Started { pid } => started(pane, address, pid, now),
                Became::Ended { exit, is_final } => {
                    let is_closed = found == Found::Closed;
                    ended(pane, address, exit, is_final, now).map(|news| news.closed(is_closed))
                }
            },
            Input::Ended { exit, is_final } => ended(pane, address, exit, is_final, now),
            Input::Answered { run, answer } => pane
                .answered(run, answer, waiting, now)
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
            Input::LeftBehind(what) => Some(News::LeftBehind { address, what }),
        }
    }

    /// Returns the actions due at `now`, each once. Probes run in the order in which they are due,
    /// so that hanging ones do not block the others for ever.
    pub fn due(&mut self, now: Instant) -> Vec<Output> {
        let mut actions = Vec::new();
        let mut queue = Vec::new();
        for (address, pane) in &mut self.panes {
            let address = || address.clone();
            if pane.is_to_be_asked(now) {
                actions.push(Output::Inquire { address: address() });
            }
            if let Some((answer, after)) = pane.given_up(now) {
                actions.push(Output::Tell(News::NotReady {
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
    fn probed(&mut self, address: Address, now: Instant) -> Option<Output> {
        if self.is_full() {
            return None;
        }
        let pane = self.panes.get_mut(&address)?;
        pane.probing.as_mut()?.attempt(now);
        let run = pane.run;
        self.under_way.insert((address.clone(), run));
        Some(Output::Probe { address, run })
    }

    fn is_full(&self) -> bool {
        self.under_way.len() >= PROBES_MAX
    }

    /// Returns when something is due next, if nothing happens before.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        // A probe without room waits for an answer to another.
        let waits = |pane: &&Watched| {
            let is_due = matches!(&pane.probing, Some(probing) if probing.next(now) == Next::Probe);
            is_due && self.is_full()
        };
        let panes = self.panes.values().filter(|pane| !waits(pane));
        panes.filter_map(|pane| pane.next(now)).min()
    }

    /// Returns the processes known to be running: [`Input::Gone`] reports their ends.
    pub fn running(&self) -> impl Iterator<Item = (&Address, i32)> {
        let panes = self.panes.iter();
        panes.filter_map(|(address, pane)| match pane.life {
            Life::Running { pid } => Some((address, pid)),
            _ => None,
        })
    }

    /// Returns the process that was last seen in the pane.
    pub fn last_pid(&self, address: &Address) -> Option<i32> {
        self.panes.get(address)?.pid
    }

    /// Returns the exit of an ended pane.
    pub fn exit(&self, address: &Address) -> Option<Exit> {
        match self.panes.get(address)?.life {
            Life::Ended(exit) => Some(exit),
            _ => None,
        }
    }

    /// Whether `target` meets a need.
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

    /// Returns everything that is still awaited.
    pub fn awaited(&self, extent: Extent, now: Instant) -> impl Iterator<Item = Awaited> {
        self.panes.iter().filter_map(move |(address, pane)| {
            let awaited = Awaited::of(address, pane, now)?;
            extent.holds(&pane.wanted, &awaited.what).then_some(awaited)
        })
    }

    /// Returns what one pane is awaited for.
    pub fn awaited_of(&self, address: &Address, now: Instant) -> Option<Awaited> {
        Awaited::of(address, self.panes.get(address)?, now)
    }

    /// Returns the probes of a pane.
    pub fn ready(&self, address: &Address) -> Option<&Ready> {
        self.panes.get(address)?.wanted.ready.as_ref()
    }
}

impl Awaited {
    fn of(address: &Address, pane: &Watched, now: Instant) -> Option<Self> {
        Some(Awaited {
            what: pane.awaited(now)?,
            address: address.clone(),
            since: pane.since,
        })
    }
}
