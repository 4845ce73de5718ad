//! How far the end of panes' processes has come, when all processes are looked at again, and who is
//! killed: instants, looks and ends go in, what to do comes out.
//!
//! A look at all processes costs the same for one pane as for a thousand, so there are few: the
//! first finds who is to end, the kernel tells when each of those has, and another look follows
//! only where all that is known of a pane has ended, to see whether something was missed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::machine::process_table::{Leader, Processes, Table, Tree};

/// How long after SIGKILL a process may still be seen.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// The shortest pause between two looks.
const LOOK: Duration = Duration::from_millis(15);
/// The shortest pause where all that is known has ended: somebody waits for it.
const LAST_LOOK: Duration = Duration::from_millis(6);
/// Between looks passes a tenth of the time that it has taken so far, so that there are some dozens
/// of them at most, however many panes end one after the other.
const SHARE: u32 = 10;
/// The longest that a process may take to end.
const TIMEOUT_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// How often in a row nothing must be found: a look at all processes is no snapshot, and one that
/// forks meanwhile can slip through.
const EMPTY_LOOKS: u32 = 2;

/// A pane's process to end, and how it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub pid: i32,
    /// When the process started ([`identity`](crate::machine::process::identity)), read before tmux
    /// said that this process lives in the pane. `None`: the pane is gone or its process has ended,
    /// so another process that has the id now is a stranger. A dead pane keeps the id in
    /// `#{pane_pid}`.
    pub identity: Option<u64>,
    /// `None`: it is asked in another way.
    pub signal: Option<Signal>,
    /// How long it has until it is killed.
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

/// What it took to end a pane's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// It had to be killed, or something that it started had.
    pub is_killed: bool,
    /// What not even that has ended.
    pub left: Vec<i32>,
}

/// A signal to a process that started at this time, and to no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub pid: i32,
    pub started: u64,
    pub signal: Signal,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Look at all processes.
    Look,
    /// Send what [`Stopping::kills`] asks for.
    Kill,
    /// Nothing before this instant, unless one ends.
    Wait(Instant),
    Over,
}

/// The end of many panes' processes.
#[derive(Debug)]
pub(super) struct Stopping {
    courses: Vec<Course>,
    /// Whose process each of those is that live as far as is known, by the places of the courses.
    owners: BTreeMap<i32, Vec<usize>>,
    begun: Instant,
    last_look: Instant,
    /// How many looks have found something where all that was known had ended.
    relapses: u32,
}

impl Stopping {
    /// Begins with the first look, and returns what asks them to end. `trees` is what is known of
    /// each by now.
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

    /// What a look at all processes has found.
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

    /// This process has ended.
    pub(super) fn ended(&mut self, pid: i32) {
        for place in self.owners.remove(&pid).unwrap_or_default() {
            self.courses[place].left.remove(&pid);
        }
    }

    /// All that live, as far as is known.
    pub(super) fn living(&self) -> impl Iterator<Item = i32> {
        self.owners.keys().copied()
    }

    /// Kills what is beyond its deadline; a program may start another while it is killed.
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
        // The first that is given up takes a last look.
        let look = self.due(&stand).min(last_chance);
        if look <= now {
            Next::Look
        } else {
            Next::Wait(look.min(deadline))
        }
    }

    /// When the next look is due.
    fn due(&self, stand: &Stand) -> Instant {
        let taken = self.last_look.saturating_duration_since(self.begun);
        let mut share = taken / SHARE;
        if stand.is_any_late {
            // What is started while others are killed has to be killed, too.
            share = share.min(KILL_GRACE / SHARE);
        }
        let pause = if stand.is_all_empty {
            // Nobody wants to wait for a second look, but some start others for ever.
            share.min(LOOK.saturating_mul(2_u32.saturating_pow(self.relapses)))
        } else if stand.is_any_late || stand.is_any_empty {
            share
        } else {
            // Nobody tells what those start that live.
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

/// How all that are not over stand together.
#[derive(Debug, Default)]
struct Stand {
    /// The next one.
    deadline: Option<Instant>,
    /// When the first of them is given up.
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

/// How far the end of one pane's process has come.
#[derive(Debug)]
struct Course {
    leader: Leader,
    tree: Tree,
    deadline: Instant,
    /// What lives of it, as far as is known.
    left: Processes,
    killed: Processes,
    is_killed: bool,
    /// Something was found of it.
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
            // An instant too far away to be written is as good as none; a year is.
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

    /// A stopped process would not hear the signal without the other.
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
