//! The time that a pane has been in its state. Clocks jump: a time in the future counts as unknown.

use std::collections::BTreeMap;
use std::time::Duration;

use super::State;
use crate::live::{LivePane, LiveProcess};

/// The current time, and the ages of processes.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    /// Seconds since the epoch.
    pub now: u64,
    /// The ages of processes, by a clock that does not jump.
    pub ages: &'a BTreeMap<i32, Duration>,
}

/// An empty table of ages.
static NO_AGES: BTreeMap<i32, Duration> = BTreeMap::new();

impl Clock<'static> {
    /// Returns a clock for callers that do not need times.
    pub fn unread() -> Self {
        Clock {
            now: 0,
            ages: &NO_AGES,
        }
    }
}

impl Clock<'_> {
    /// Returns the time that a pane has been in its state.
    pub(super) fn since(&self, live: &LivePane, state: State) -> Option<Duration> {
        match state {
            State::Absent => None,
            State::Pending | State::Starting | State::Running => self.age(live),
            State::Ready => {
                let told = live.ready.as_ref().and_then(|ready| self.after(ready.at));
                // A pane cannot have been ready for longer than it has run.
                match (told, self.age(live)) {
                    (Some(told), Some(age)) => Some(told.min(age)),
                    (told, age) => told.or(age),
                }
            }
            State::Restarting | State::Done | State::Failed | State::Stopped => {
                // A shell that replaced the program has run since then.
                let shell = live.left.and_then(|_| self.age(live));
                shell.or_else(|| self.after(live.ended_at?))
            }
        }
    }

    /// Returns the age of the process in a pane.
    fn age(&self, live: &LivePane) -> Option<Duration> {
        match live.process {
            LiveProcess::Running { pid, .. } => self.ages.get(&pid).copied(),
            LiveProcess::Empty | LiveProcess::Ended(_) => None,
        }
    }

    /// Returns the time since `at`.
    fn after(&self, at: u64) -> Option<Duration> {
        self.now.checked_sub(at).map(Duration::from_secs)
    }
}
