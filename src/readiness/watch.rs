//! The engine of readiness together with its effects, for waiting for panes without starting any.

use std::time::{Duration, Instant};

use crate::event::{Waiting, Waits};
use crate::layout::{Address, Ready};
use crate::live::Exit;
use crate::plan::change::Target;
use crate::readiness::engine::{Awaited, Engine, Extent, Input, News, Output, Wanted, What};
use crate::readiness::prober::Prober;
use crate::tmux::environment::Environment;
use crate::tmux::script::Bindings;
use crate::tmux::server::Server;

/// The awaited panes.
#[derive(Debug)]
pub struct Watch {
    engine: Engine,
    prober: Prober,
    /// The events since the last look.
    inputs: Vec<(Address, Input)>,
}

/// The result of a look at the panes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    News(News),
    /// The process is gone: report its fate by [`Watch::ended`] or [`Watch::started`].
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
        Watch {
            engine: Engine::new(targets.iter().map(Wanted::of), now),
            prober: Prober::new(targets, environment, server, bindings, now),
            inputs: Vec::new(),
        }
    }

    /// Adds the panes of another watch that has no running attempts.
    pub fn join(&mut self, other: Watch) {
        self.engine.join(other.engine);
        self.prober.join(other.prober);
    }

    /// Records that the pane's program is this process in the pane of this id.
    pub fn started(
        &mut self,
        address: &Address,
        id: Option<&String>,
        pid: i32,
        now: Instant,
    ) -> Option<News> {
        self.prober.started(address, id, pid, now);
        self.engine.take(address, Input::Started { pid }, now)
    }

    /// Records the end of its process; `is_final`: tmux will not restart it.
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

    /// Returns the process that was last seen in the pane.
    pub fn last_pid(&self, address: &Address) -> Option<i32> {
        self.engine.last_pid(address)
    }

    /// Waits until something happens, or an attempt is due. May be cancelled at any time.
    pub async fn stirs(&mut self) {
        let now = Instant::now();
        let due = self.engine.next(now);
        let due = due.map(|due| due.saturating_duration_since(now));
        // Without one, the caller's own pause is shorter.
        let due = tokio::time::sleep(due.unwrap_or(Duration::MAX));
        tokio::select! {
            inputs = self.prober.next() => self.inputs.extend(inputs),
            () = due => {}
        }
    }

    /// Handles the events, and starts the attempts that are due.
    pub fn look(&mut self, now: Instant) -> Vec<Found> {
        let inputs = std::mem::take(&mut self.inputs);
        let news = inputs.into_iter();
        let news = news.filter_map(|(address, input)| self.engine.take(&address, input, now));
        let mut found: Vec<Found> = news.map(Found::News).collect();
        for action in self.engine.due(now) {
            match action {
                Output::Probe { address, run } => self.prober.probe(address, run),
                Output::Inquire { address } => found.push(Found::Gone { address }),
                Output::Tell(news) => found.push(Found::News(news)),
            }
        }
        found
    }

    /// Returns what one pane is awaited for.
    pub fn waiting(&self, address: &Address, now: Instant) -> Option<Waiting> {
        let awaited = self.engine.awaited_of(address, now)?;
        Some(shown(&self.engine, awaited, now))
    }
}

/// Returns everything that is still awaited, for people.
pub fn waiting(engine: &Engine, extent: Extent, now: Instant) -> impl Iterator<Item = Waiting> {
    let awaited = engine.awaited(extent, now);
    awaited.map(move |awaited| shown(engine, awaited, now))
}

fn shown(engine: &Engine, awaited: Awaited, now: Instant) -> Waiting {
    let (state, what) = match awaited.what {
        What::Probes(Some(answer)) => (Waits::Probing, answer),
        What::Probes(None) => (Waits::Probing, probes(engine.ready(&awaited.address))),
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
        says: None,
    }
}

fn probes(ready: Option<&Ready>) -> String {
    let probes = ready.map_or(&[][..], |ready| &ready.probes);
    let shown: Vec<String> = probes.iter().map(ToString::to_string).collect();
    shown.join(", ")
}
