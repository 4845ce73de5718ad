//! One pane that is waited for, and everything that happens to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::goal::{self, Goal, Reach, Sight};
use super::request::{Limit, WaitRequest};
use crate::event::{Waiting, Waits};
use crate::layout::{Address, OnExit, Pace, PaneKind, Probe, Ready, Salt, SecretHash};
use crate::live::{LivePane, Snapshot};
use crate::plan::change::{Target, TargetState};
use crate::readiness::search::Searches;
use crate::status::{PaneStatus, State};
use crate::tmux::id::PaneId;
use crate::tmux::script::{Bindings, Ref};

/// The time after which the exit of a running program counts. A restart falls in between: triad
/// stops a program and starts the next one in its place.
const REPLACED: Duration = Duration::from_millis(300);

#[derive(Debug)]
pub(super) struct Followed {
    /// The address at which it was chosen. It may have another one by now: the pane is the same.
    pub address: Address,
    /// Its last known id, as long as the server lives.
    pub id: Option<PaneId>,
    now: Option<PaneStatus>,
    was_there: bool,
    closes: bool,
    /// The secret variables of its program, and the keys that they may be hashed with.
    pub secrets: BTreeMap<String, SecretHash>,
    pub salts: Vec<Salt>,
    /// The process whose probes succeeded, the answer, and the time that it took.
    pub found: Option<(Option<i32>, String, Duration)>,
    /// The last answer of its probes, and the time at which they were given up.
    pub given_up: Option<(String, Duration)>,
    /// Whether its probes run.
    pub is_probed: bool,
    pub was_read: bool,
    /// The searches for a line in its output.
    pub searches: Searches,
    /// The time at which a program that had been seen running was seen to have exited.
    ended: Option<Instant>,
    /// The time of the last look.
    seen: Option<Instant>,
    /// A process whose end tmux was already asked about.
    pub seen_gone: Option<i32>,
    pub reach: Reach,
    pub is_late: bool,
}

impl Followed {
    pub(super) fn new(pane: &PaneStatus) -> Self {
        Followed {
            address: pane.address.clone(),
            id: pane.id,
            now: None,
            was_there: pane.id.is_some(),
            closes: false,
            secrets: BTreeMap::new(),
            salts: Vec::new(),
            found: None,
            given_up: None,
            is_probed: false,
            searches: Searches::default(),
            was_read: false,
            ended: None,
            seen: None,
            seen_gone: None,
            reach: Reach::NotYet,
            is_late: false,
        }
    }

    /// Finds the pane among all panes: by its id, then by its address.
    pub(super) fn see(&mut self, rows: &[PaneStatus], snapshot: &Snapshot) {
        let ran = self.running().is_some();
        let same = rows
            .iter()
            .find(|row| row.id.is_some() && row.id == self.id);
        let named = || rows.iter().find(|row| row.address == self.address);
        self.now = same.or_else(named).cloned();
        let id = self.now.as_ref().and_then(|now| now.id);
        self.id = id.or(self.id);
        self.was_there |= id.is_some();
        if let Some(live) = id.and_then(|id| snapshot.pane(id)) {
            let applied = live.applied.as_ref();
            self.closes = applied.is_some_and(|applied| applied.exit() == OnExit::Close);
            let secrets = applied.map(|applied| applied.secrets.clone());
            self.secrets = secrets.unwrap_or_default();
            self.salts = snapshot.salts();
        }
        self.was_read &= self.has_ended();
        let now = Instant::now();
        self.seen = Some(now);
        self.ended = match self.ended {
            _ if !self.has_ended() => None,
            None if ran => Some(now),
            ended => ended,
        };
        self.is_probed = false;
    }

    /// Returns the process of its program, as far as tmux knows.
    pub(super) fn running(&self) -> Option<i32> {
        let now = self.now.as_ref()?;
        now.pid.filter(|_| now.standing.state.is_running())
    }

    /// Returns the pane, if it existed at the last look.
    pub(super) fn there(&self) -> Option<PaneId> {
        self.now.as_ref()?.id
    }

    /// Whether its program runs, or is about to be restarted.
    pub(super) fn is_up(&self) -> bool {
        self.state().is_up()
    }

    /// Whether its program has exited for good.
    pub(super) fn has_ended(&self) -> bool {
        self.state().has_ended()
    }

    /// Whether its output must be read: its program has exited, and it was not read yet.
    pub(super) fn is_to_be_read(&self) -> bool {
        self.has_ended() && !self.was_read && self.found.is_none()
    }

    fn state(&self) -> State {
        let now = self.now.as_ref();
        now.map_or(State::Absent, |now| now.standing.state)
    }

    /// Returns the pane for the engine, if it must be probed for the goal.
    pub(super) fn target(&mut self, wish: &WaitRequest, live: &LivePane) -> Option<Target> {
        let now = self.now.as_ref()?;
        let applied = live.applied.as_ref()?;
        let mut ready = match &wish.goal {
            Goal::Ready if now.standing.state == State::Starting => applied.ready.clone()?,
            Goal::Line(regex) => line(regex),
            _ => return None,
        };
        if wish.limit != Limit::Own {
            ready.pace.deadline = None;
        }
        let mut pane = applied.pane(self.address.clone());
        // Only the manifest has the secrets.
        let wanted = wish
            .asked
            .wanted
            .and_then(|layout| layout.pane(&self.address));
        if let Some(wanted) = wanted {
            pane.env = wanted.env.clone();
        }
        pane.body.ready = Some(ready);
        self.is_probed = true;
        Some(Target {
            // The judge handles that.
            unhidden: None,
            pane,
            state: TargetState::Running {
                pid: self.running()?,
            },
            strangers: live.strangers.clone(),
            is_needed: true,
            is_end_needed: false,
            is_known_ready: false,
        })
    }

    /// Binds the address to the pane's id in tmux.
    pub(super) fn bindings(&self, live: &LivePane) -> Bindings {
        let pane = Ref::Pane(self.address.clone());
        Bindings::from([(pane, live.id.to_string())])
    }

    pub(super) fn judged(&self, goal: &Goal) -> Reach {
        let is_of_run = |pid: &Option<i32>| pid.is_none() || *pid == self.running();
        let found = self.found.as_ref();
        let found = found.filter(|(pid, _, _)| matches!(goal, Goal::Line(_)) || is_of_run(pid));
        let sight = Sight {
            now: self.now.as_ref(),
            was_there: self.was_there,
            closes: self.closes,
            found: found.map(|(_, why, _)| why.as_str()),
            was_read: self.was_read,
        };
        match goal::reach(goal, &sight) {
            Reach::Lost(_) if self.may_be_replaced() => Reach::NotYet,
            Reach::Reached(_) if *goal == Goal::Failed && self.may_be_replaced() => Reach::NotYet,
            reach => reach,
        }
    }

    /// Whether another triad may be about to start a program in place of the one that it stopped.
    fn may_be_replaced(&self) -> bool {
        let is_own_end = matches!(self.state(), State::Done | State::Failed);
        let since = self.ended.zip(self.seen);
        is_own_end && since.is_some_and(|(ended, seen)| seen - ended < REPLACED)
    }

    /// Whether the next look decides that nothing has replaced its program.
    pub(super) fn is_overdue(&self) -> bool {
        self.may_be_replaced() && self.ended.is_some_and(|ended| ended.elapsed() >= REPLACED)
    }

    /// Returns the report of its program.
    pub(super) fn says(&self) -> Option<&String> {
        self.now.as_ref()?.says.as_ref()
    }

    /// Returns what the pane still lacks, if no probe says it.
    pub(super) fn waiting(&self, goal: &Goal, since: Duration) -> Waiting {
        let needs = self.now.as_ref().map(|now| now.standing.needs());
        let needs = needs.unwrap_or_default();
        let names: Vec<&str> = needs.iter().map(|(target, _)| target.name()).collect();
        let kind = self.now.as_ref().map(|now| now.kind);
        let (state, what) = match (self.state(), goal) {
            (_, Goal::Gone) => (Waits::Otherwise, "its pane still exists".to_owned()),
            (State::Absent, _) => (Waits::Otherwise, "its pane does not exist".to_owned()),
            (State::Pending, _) if names.is_empty() => {
                (Waits::Otherwise, "it is not started yet".to_owned())
            }
            (State::Pending, _) => (Waits::Needs, names.join(", ")),
            (State::Restarting, _) => (Waits::Restarting, "its restart".to_owned()),
            _ if self.has_ended() => (Waits::Otherwise, "it exited by itself".to_owned()),
            (_, Goal::Failed | Goal::Stopped) => {
                (Waits::Otherwise, "it is still running".to_owned())
            }
            (_, Goal::Done) => (Waits::Running, "it is still running".to_owned()),
            (_, Goal::Ready) if kind == Some(PaneKind::Task) => {
                (Waits::Running, "it is still running".to_owned())
            }
            (_, Goal::Line(regex)) => (Waits::Probing, format!("no line matches `{regex}`")),
            (_, Goal::Ready | Goal::Started) => (Waits::Probing, "its probes".to_owned()),
        };
        Waiting {
            address: self.address.clone(),
            state,
            what,
            since,
            line: None,
            says: None,
        }
    }
}

/// Returns the probe for a line of output.
fn line(regex: &str) -> Ready {
    Ready {
        probes: vec![Probe::Log(regex.to_owned())],
        pace: Pace::default(),
    }
}
