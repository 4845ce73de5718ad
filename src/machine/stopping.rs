//! The progress of ending panes' processes: when to look at all processes again, and which to kill.
//! Times, looks and ends go in, actions come out.
//!
//! A look at all processes costs the same for one pane as for a thousand, so there are few: the
//! first finds the processes to end, the kernel reports their ends, and another look follows only
//! when all known processes of a pane have ended, to see whether any were missed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::machine::process_table::{Leader, Processes, Table, Tree};

/// The time after SIGKILL in which a process may still be visible.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// The shortest pause between two looks.
const LOOK: Duration = Duration::from_millis(15);
/// The shortest pause when all known processes have ended: somebody is waiting for it.
const LAST_LOOK: Duration = Duration::from_millis(6);
/// The pause is a tenth of the time taken so far, so that there are some dozens of looks at most,
/// however many panes end one after the other.
const SHARE: u32 = 10;
/// The longest time that a process may take to end.
const TIMEOUT_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// The number of successive looks that must find nothing: a look at all processes is not atomic,
/// and one that forks meanwhile can slip through.
const EMPTY_LOOKS: u32 = 2;

/// A pane's process to end, and how to ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub pid: i32,
    /// The start time of the process ([`identity`](crate::machine::process::identity)), read before
    /// tmux confirmed that it is alive in the pane. `None`: the pane is gone or its process has
    /// ended, so another process with that pid is unrelated. A dead pane keeps the pid in
    /// `#{pane_pid}`.
    pub identity: Option<u64>,
    /// `None`: it is asked in another way.
    pub signal: Option<Signal>,
    /// The time until it is killed.
    pub timeout: Duration,
}

impl Ending {
    pub(super) fn leader(&self) -> Leader {
        Leader {
            pid: self.pid,
            identity: self.identity,
        }
    }
}

/// The result of ending a pane's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// It, or a process that it started, had to be killed.
    pub is_killed: bool,
    /// The processes that survived SIGKILL.
    pub left: Vec<i32>,
}

/// A signal to the process that started at this time, and to no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub pid: i32,
    pub started: u64,
    pub signal: Signal,
}

/// The next action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Look at all processes.
    Look,
    /// Send the signals of [`Stopping::kills`].
    Kill,
    /// Wait until this time, or until a process ends.
    Wait(Instant),
    Over,
}

/// The end of many panes' processes.
#[derive(Debug)]
pub(super) struct Stopping {
    courses: Vec<Course>,
    /// The places of the courses of each process known to be alive.
    owners: BTreeMap<i32, Vec<usize>>,
    begun: Instant,
    last_look: Instant,
    /// The number of looks that found a process after all known ones had ended.
    relapses: u32,
}

impl Stopping {
    /// Begins with the first look, and returns the signals that ask for the end. `trees` are the
    /// processes known so far.
    pub(super) fn new(
        endings: &[Ending],
        trees: Vec<Tree>,
        table: &Table,
        now: Instant,
    ) -> (Self, Vec<Order>) {
        let courses = std::iter::zip(endings, trees);
        let mut stopping = Stopping {
            courses: courses
                .map(|(ending, tree)| Course::new(ending, tree, now))
                .collect(),
            owners: BTreeMap::new(),
            begun: now,
            last_look: now,
            relapses: 0,
        };
        stopping.look(table, now);
        let asked = std::iter::zip(endings, &mut stopping.courses);
        let asked = asked.flat_map(|(ending, course)| course.ask(ending.signal));
        let orders = asked.collect();
        (stopping, orders)
    }

    /// Records the result of a look at all processes.
    pub(super) fn look(&mut self, table: &Table, now: Instant) {
        self.last_look = now;
        self.owners.clear();
        let mut is_relapse = false;
        for (place, course) in self.courses.iter_mut().enumerate() {
            if course.is_over {
                continue;
            }
            let was_empty = course.was_found && course.left.is_empty();
            course.look(table, now);
            is_relapse |= was_empty && !course.left.is_empty();
            for pid in course.left.keys() {
                self.owners.entry(*pid).or_default().push(place);
            }
        }
        self.relapses += u32::from(is_relapse);
    }

    /// Records the end of this process.
    pub(super) fn ended(&mut self, pid: i32) {
        for place in self.owners.remove(&pid).unwrap_or_default() {
            self.courses[place].left.remove(&pid);
        }
    }

    /// Returns all processes known to be alive.
    pub(super) fn living(&self) -> impl Iterator<Item = i32> {
        self.owners.keys().copied()
    }

    /// Returns the signals that kill processes beyond their deadlines; more may start meanwhile.
    pub(super) fn kills(&mut self, now: Instant) -> Vec<Order> {
        let late = self.courses.iter_mut().filter(|course| course.is_late(now));
        late.flat_map(Course::kill).collect()
    }

    pub(super) fn next(&self, now: Instant) -> Next {
        let mut stand = Stand {
            is_all_empty: true,
            ..Stand::default()
        };
        for course in self.courses.iter().filter(|course| !course.is_over) {
            let is_late = course.is_late(now);
            if is_late && course.has_unkilled() {
                return Next::Kill;
            }
            stand.add(course, is_late);
        }
        let (Some(deadline), Some(last_chance)) = (stand.deadline, stand.last_chance) else {
            return Next::Over;
        };
        // The first pane to be given up gets a last look.
        let look = self.due(&stand).min(last_chance);
        if look <= now {
            Next::Look
        } else {
            Next::Wait(look.min(deadline))
        }
    }

    /// Returns when the next look is due.
    fn due(&self, stand: &Stand) -> Instant {
        let taken = self.last_look.saturating_duration_since(self.begun);
        let mut share = taken / SHARE;
        if stand.is_any_late {
            // Processes started while others are killed have to be killed, too.
            share = share.min(KILL_GRACE / SHARE);
        }
        let pause = if stand.is_all_empty {
            // A second look should come soon, but some programs restart themselves for ever.
            share.min(LOOK.saturating_mul(2_u32.saturating_pow(self.relapses)))
        } else if stand.is_any_late || stand.is_any_empty {
            share
        } else {
            // Nothing reports the children of live processes.
            taken
        };
        let shortest = if stand.is_all_empty { LAST_LOOK } else { LOOK };
        self.last_look + pause.max(shortest)
    }

    pub(super) fn answers(self) -> Vec<Ended> {
        let courses = self.courses.into_iter();
        courses
            .map(|course| Ended {
                is_killed: course.is_killed,
                left: course.left.into_keys().collect(),
            })
            .collect()
    }
}

/// The common state of all courses that are not over.
#[derive(Debug, Default)]
struct Stand {
    /// The earliest deadline.
    deadline: Option<Instant>,
    /// The time when the first of them is given up.
    last_chance: Option<Instant>,
    is_any_late: bool,
    is_any_empty: bool,
    is_all_empty: bool,
}

impl Stand {
    fn add(&mut self, course: &Course, is_late: bool) {
        let last_chance = course.deadline + KILL_GRACE;
        let deadline = if is_late {
            last_chance
        } else {
            course.deadline
        };
        let earlier = |had: Option<Instant>, end: Instant| had.map_or(end, |had| had.min(end));
        self.deadline = Some(earlier(self.deadline, deadline));
        self.last_chance = Some(earlier(self.last_chance, last_chance));
        self.is_any_late |= is_late;
        self.is_any_empty |= course.left.is_empty();
        self.is_all_empty &= course.left.is_empty();
    }
}

/// The progress of ending one pane's process.
#[derive(Debug)]
struct Course {
    leader: Leader,
    tree: Tree,
    deadline: Instant,
    /// Its processes known to be alive.
    left: Processes,
    killed: Processes,
    is_killed: bool,
    /// Some process of it was found.
    was_found: bool,
    empty_looks: u32,
    is_over: bool,
}

impl Course {
    fn new(ending: &Ending, tree: Tree, now: Instant) -> Self {
        let is_kill = ending.signal == Some(Signal::KILL);
        let wait = if is_kill {
            Duration::ZERO
        } else {
            // A time too far away cannot be represented, but a year can.
            ending.timeout.min(TIMEOUT_MAX)
        };
        Course {
            leader: ending.leader(),
            tree,
            deadline: now + wait,
            left: Processes::new(),
            killed: Processes::new(),
            is_killed: false,
            was_found: false,
            empty_looks: 0,
            is_over: false,
        }
    }

    fn look(&mut self, table: &Table, now: Instant) {
        self.left = self.tree.find(self.leader, table);
        self.was_found |= !self.left.is_empty();
        if self.left.is_empty() {
            self.empty_looks += 1;
        } else {
            self.empty_looks = 0;
        }
        self.is_over = self.empty_looks >= EMPTY_LOOKS || now >= self.deadline + KILL_GRACE;
    }

    /// A stopped process would not receive the signal without CONT.
    fn ask(&mut self, signal: Option<Signal>) -> Vec<Order> {
        let Some(signal) = signal else {
            return Vec::new();
        };
        if signal == Signal::KILL {
            return self.kill();
        }
        let both = |(pid, started): (&i32, &u64)| {
            [signal, Signal::CONT].map(|signal| Order {
                pid: *pid,
                started: *started,
                signal,
            })
        };
        self.left.iter().flat_map(both).collect()
    }

    fn kill(&mut self) -> Vec<Order> {
        let mut orders = Vec::new();
        for (&pid, &started) in &self.left {
            if self.killed.insert(pid, started) != Some(started) {
                self.is_killed = true;
                orders.push(Order {
                    pid,
                    started,
                    signal: Signal::KILL,
                });
            }
        }
        orders
    }

    fn is_late(&self, now: Instant) -> bool {
        !self.is_over && now >= self.deadline
    }

    fn has_unkilled(&self) -> bool {
        let is_killed = |(pid, started): (&i32, &u64)| self.killed.get(pid) == Some(started);
        !self.left.iter().all(is_killed)
    }
}

#[cfg(test)]
mod tests;
