//! One pane: whether its process is running, and how far it is on the way to its goal.

use std::time::{Duration, Instant};

use crate::layout::{Pace, PaneKind, Probe, Ready, Restart, RestartWhen};
use crate::live::Exit;
use crate::plan::change::TargetState;
use crate::readiness::engine::messages::{END_DEADLINE, Found, Wanted, What};
use crate::readiness::engine::probing::{Next, Probing};

/// The number of times tmux is asked for an exit status that it has not collected yet.
const EXIT_LOOKS: u32 = 25;
/// The pause between two of those looks.
const EXIT_LOOK: Duration = Duration::from_millis(20);
/// The interval of looks at a pane that tmux is about to restart.
const RESTART_LOOK: Duration = Duration::from_millis(100);
/// The time that a restart by tmux may take beyond the configured pause.
const RESTART_GRACE: Duration = Duration::from_secs(10);
/// The time that a service or agent without probes is watched after its start.
const SETTLING: Duration = Duration::from_millis(150);

#[derive(Debug)]
pub(super) struct Watched {
    pub wanted: Wanted,
    pub life: Life,
    /// The process that was last seen in it.
    pub pid: Option<i32>,
    /// The time of its start, or of the first look.
    pub since: Instant,
    /// Counts its starts: answers of earlier runs are ignored.
    pub run: u32,
    pub probing: Option<Probing>,
    /// Its probes succeed.
    pub is_ready: bool,
    /// They succeeded once.
    was_ready: bool,
    /// Its deadline has passed, and that was reported.
    pub is_given_up: bool,
    /// The status of its program.
    pub status: Option<String>,
    last_exit: Option<Exit>,
    /// Its process ended in its first moments.
    was_short: bool,
}

/// The state of the pane's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    NotStarted,
    Running {
        pid: i32,
    },
    /// The process is gone and its exit status is not known yet.
    Gone {
        /// The number of times tmux was asked and did not know.
        looks: u32,
        /// The time of the next question; `None` while one is open.
        look: Option<Instant>,
    },
    /// tmux restarts it in a moment; looks check whether it has.
    Restarting {
        look: Instant,
        until: Instant,
    },
    Ended(Exit),
    /// Its start failed, or was given up.
    Never,
}

/// The fate of a process that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// tmux has yet to report.
    Unknown,
    /// Another process is running in its place.
    Started {
        pid: i32,
    },
    Ended {
        exit: Exit,
        is_final: bool,
    },
}

impl Watched {
    pub(super) fn new(wanted: Wanted, now: Instant) -> Self {
        let life = match wanted.state {
            TargetState::Planned => Life::NotStarted,
            TargetState::Running { pid } => Life::Running { pid },
            TargetState::Restarting => Life::Restarting {
                look: now,
                until: now + restart_deadline(&wanted),
            },
            TargetState::Ended(exit) => Life::Ended(exit),
            TargetState::Stopped | TargetState::Absent => Life::Never,
        };
        let pid = match life {
            Life::Running { pid } => Some(pid),
            _ => None,
        };
        let ready = wanted.ready.as_ref().filter(|_| pid.is_some());
        Watched {
            probing: ready.map(|ready| Probing::new(pace(ready), now)),
            wanted,
            life,
            pid,
            since: now,
            run: 0,
            is_ready: false,
            was_ready: false,
            is_given_up: false,
            status: None,
            last_exit: None,
            was_short: false,
        }
    }

    /// Returns true if tmux has restarted it.
    pub(super) fn started(&mut self, pid: i32, now: Instant) -> bool {
        let is_again = matches!(self.life, Life::Gone { .. } | Life::Restarting { .. });
        self.life = Life::Running { pid };
        self.pid = Some(pid);
        self.run += 1;
        self.is_ready = false;
        self.status = None;
        self.was_short = false;
        // A program that has never been ready gets no more time by ending repeatedly.
        if !is_again || self.was_ready {
            self.since = now;
            self.was_ready = false;
            self.is_given_up = false;
        }
        let ready = self.wanted.ready.as_ref().filter(|_| !self.is_given_up);
        self.probing = ready.map(|ready| {
            let mut probing = Probing::new(pace(ready), self.since);
            probing.hurry(now);
            probing
        });
        is_again
    }

    pub(super) fn never_started(&mut self) {
        self.life = Life::Never;
        self.probing = None;
    }

    pub(super) fn gone(&mut self, now: Instant) {
        if let Life::Running { .. } = self.life {
            self.was_short = self.is_settling(now);
            self.life = Life::Gone {
                looks: 0,
                look: Some(now),
            };
            self.probing = None;
        }
    }

    /// Returns the fate of its process, as a look at the pane shows. tmux may notice the end of the
    /// terminal before it has collected the process, and is asked again then.
    pub(super) fn found(&mut self, found: Found, now: Instant) -> Became {
        let Found::There {
            pid,
            is_dead,
            exit,
            left,
            is_armed,
        } = found
        else {
            return Became::Ended {
                exit: Exit::Unknown,
                is_final: true,
            };
        };
        if let Some(exit) = left {
            // A shell has replaced it.
            return Became::Ended {
                exit,
                is_final: true,
            };
        }
        if let Some(pid) = pid.filter(|pid| !is_dead && self.pid != Some(*pid)) {
            return Became::Started { pid };
        }
        let is_final = !is_armed;
        if let Some(exit) = exit.filter(|_| is_dead) {
            return Became::Ended { exit, is_final };
        }
        let Life::Gone { looks, look } = &mut self.life else {
            return Became::Unknown;
        };
        *looks += 1;
        if *looks < EXIT_LOOKS {
            *look = Some(now + EXIT_LOOK);
            return Became::Unknown;
        }
        Became::Ended {
            exit: exit.unwrap_or(Exit::Unknown),
            is_final,
        }
    }

    /// Returns true if this is its final end.
    pub(super) fn ended(&mut self, exit: Exit, is_final: bool, now: Instant) -> bool {
        let until = match self.life {
            Life::Restarting { until, .. } => until,
            _ => now + restart_deadline(&self.wanted),
        };
        self.last_exit = Some(exit);
        self.probing = None;
        self.is_ready = false;
        if !is_final && self.is_started_again(exit) && now < until {
            let look = now + RESTART_LOOK;
            self.life = Life::Restarting { look, until };
            return false;
        }
        self.life = Life::Ended(exit);
        true
    }

    /// Whether its policy restarts the program after such an end.
    fn is_started_again(&self, exit: Exit) -> bool {
        let restart = self.wanted.restart.as_ref();
        restart
            .is_some_and(|restart| restart.when == RestartWhen::Always || exit != Exit::Status(0))
    }

    /// Whether its end is a fault that was not reported yet: its program has failed, or ended
    /// before it became ready.
    pub(super) fn is_fault(&self, exit: Exit) -> bool {
        let wanted = &self.wanted;
        let is_unseen = wanted.closes && exit == Exit::Unknown;
        let has_failed = match wanted.kind {
            PaneKind::Agent | PaneKind::Pane if is_unseen => false,
            kind => exit.is_failure(kind, wanted.is_shell),
        };
        let is_unready = wanted.ready.is_some() && !self.was_ready;
        let is_no_shell = wanted.is_bare() && self.was_short;
        (has_failed || is_unready || is_no_shell) && !self.is_given_up
    }

    /// Returns why it is ready and how long that took, if it has become ready; `waiting` panes are
    /// awaited.
    pub(super) fn answered(
        &mut self,
        run: u32,
        answer: Result<String, String>,
        waiting: usize,
        now: Instant,
    ) -> Option<(String, Duration)> {
        let probing = self.probing.as_mut().filter(|_| run == self.run)?;
        match answer {
            Ok(why) => {
                let took = probing.waited(now);
                self.probing = None;
                self.is_ready = true;
                self.was_ready = true;
                Some((why, took))
            }
            Err(answer) => {
                probing.failed(answer, waiting, now);
                None
            }
        }
    }

    pub(super) fn hurry(&mut self, now: Instant) {
        if let Some(probing) = &mut self.probing {
            probing.hurry(now);
        }
    }

    pub(super) fn extend(&mut self, by: Duration, now: Instant) {
        if let Some(probing) = &mut self.probing {
            probing.extend(by, now);
        }
    }

    /// Whether it is time to ask tmux for the fate of its process.
    pub(super) fn is_to_be_asked(&mut self, now: Instant) -> bool {
        match &mut self.life {
            Life::Gone { look, .. } if look.is_some_and(|look| now >= look) => {
                *look = None;
                true
            }
            Life::Restarting { look, .. } if now >= *look => {
                *look = now + RESTART_LOOK;
                true
            }
            _ => false,
        }
    }

    /// Returns the last answer and the time waited, once its deadline has passed.
    pub(super) fn given_up(&mut self, now: Instant) -> Option<(String, Duration)> {
        if self.is_given_up {
            return None;
        }
        let waited = now.saturating_duration_since(self.since);
        let over = match (&self.probing, self.life) {
            (Some(probing), _) => match probing.next(now) {
                Next::GiveUp { answer, after } => Some((answer, after)),
                Next::Probe | Next::Wait(_) => None,
            },
            (None, Life::Restarting { .. }) if self.has_had_its_time(waited) => {
                let exit = self.last_exit.unwrap_or(Exit::Unknown);
                Some((format!("it keeps ending with {exit}"), waited))
            }
            (None, Life::Running { .. }) if self.end_due().is_some_and(|due| now >= due) => {
                Some(("it is still running".to_owned(), waited))
            }
            _ => None,
        }?;
        self.is_given_up = true;
        self.probing = None;
        Some(over)
    }

    /// Returns when the wait for its end is over.
    fn end_due(&self) -> Option<Instant> {
        let deadline = self
            .wanted
            .deadline
            .filter(|_| self.wanted.is_end_awaited());
        self.since.checked_add(deadline?)
    }

    fn has_had_its_time(&self, waited: Duration) -> bool {
        let ready = self.wanted.ready.as_ref().filter(|_| !self.was_ready);
        let deadline = ready.and_then(|ready| pace(ready).deadline);
        deadline.is_some_and(|deadline| waited >= deadline)
    }

    /// Returns when something is due, if nothing happens before.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        if let Some(probing) = &self.probing {
            return match probing.next(now) {
                Next::Probe | Next::GiveUp { .. } => Some(now),
                Next::Wait(until) => until,
            };
        }
        match self.life {
            Life::Gone { look, .. } => look,
            Life::Restarting { look, .. } => Some(look),
            Life::Running { .. } if self.is_settling(now) => Some(self.since + SETTLING),
            Life::Running { .. } if !self.is_given_up => self.end_due(),
            _ => None,
        }
    }

    /// Returns what it is awaited for, if anything.
    pub(super) fn awaited(&self, now: Instant) -> Option<What> {
        if let Some(probing) = &self.probing {
            let answer = probing.last_answer().map(str::to_owned);
            return Some(What::Probes(self.status.clone().or(answer)));
        }
        match self.life {
            Life::Gone { .. } => Some(What::Exit),
            Life::Restarting { .. } if !self.is_given_up => Some(What::Restart),
            Life::Running { .. } if self.is_given_up => None,
            Life::Running { .. } if self.wanted.is_end_awaited() => Some(What::End),
            Life::Running { .. } if self.is_settling(now) => Some(What::Settling),
            _ => None,
        }
    }

    /// Whether it is a service, agent or shell without probes that was just started. Most programs
    /// that cannot run end at once, and `apply` should not report them as started.
    fn is_settling(&self, now: Instant) -> bool {
        let is_to_stay = matches!(self.wanted.kind, PaneKind::Service | PaneKind::Agent);
        (is_to_stay || self.wanted.is_bare())
            && self.wanted.ready.is_none()
            && self.wanted.state == TargetState::Planned
            && now.saturating_duration_since(self.since) < SETTLING
    }
}

/// Returns the pace of the probes. The deadline begins after the configured delays: it is for the
/// unpredictable part.
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

fn restart_deadline(wanted: &Wanted) -> Duration {
    let delay = wanted.restart.as_ref().map(Restart::longest_delay);
    delay.unwrap_or_default().min(END_DEADLINE) + RESTART_GRACE
}
