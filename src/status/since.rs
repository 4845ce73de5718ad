//! For how long a pane has been as it is. Clocks jump: what would lie in the future is not known.

use std::collections::BTreeMap;
use std::time::Duration;

use super::State;
use crate::live::{LivePane, LiveProcess};

/// What is known of time.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    /// Seconds since the epoch.
    pub now: u64,
    /// For how long processes have run, by a clock that does not jump.
    pub ages: &'a BTreeMap<i32, Duration>,
}

/// The age of no process.
static NO_AGES: BTreeMap<i32, Duration> = BTreeMap::new();

impl Clock<'static> {
    /// For those to whom it is all the same since when.
    pub fn unread() -> Self {
        Clock {
            now: 0,
            ages: &NO_AGES,
        }
    }
}

impl Clock<'_> {
    /// For how long a pane has been in the state that it is in.
    pub(super) fn since(&self, live: &LivePane, state: State) -> Option<Duration> {
        match state {
            State::Absent => None,
            State::Pending | State::Starting | State::Running => self.age(live),
            State::Ready => {
                let told = live.ready.as_ref().and_then(|ready| self.after(ready.at));
                // It cannot have been ready for longer than it has run.
                match (told, self.age(live)) {
                    (Some(told), Some(age)) => Some(told.min(age)),
                    (told, age) => told.or(age),
                }
            }
            State::Restarting | State::Done | State::Failed | State::Stopped => {
                // Where a shell has taken the pane over, it has run since then.
                let shell = live.left.and_then(|_| self.age(live));
                shell.or_else(|| self.after(live.ended_at?))
            }
        }
    }

    /// For how long the process in a pane has run.
    fn age(&self, live: &LivePane) -> Option<Duration> {
        match live.process {
            LiveProcess::Running { pid, .. } => self.ages.get(&pid).copied(),
            LiveProcess::Empty | LiveProcess::Ended(_) => None,
        }
    }

    /// How long ago that was.
    fn after(&self, at: u64) -> Option<Duration> {
        self.now.checked_sub(at).map(Duration::from_secs)
    }
}
