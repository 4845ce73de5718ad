//! Ends what runs in panes, down to the last process, and names what is left.
//!
//! tmux makes each pane's process the leader of a session of its own: what was started in the pane
//! is found by its session, and by its parents where it has made a session for itself. triad and
//! what it has started are never among it, even where triad itself runs in the pane.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep_until};

use crate::machine::process::{self, Stat, has_proc, is_alive, living};

/// How long after SIGKILL a process may still be seen.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// How often the end of processes is looked for.
const LOOK: Duration = Duration::from_millis(15);
/// The longest that a process may take to end.
const TIMEOUT_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// How often in a row nothing must be found: a look at all processes is no snapshot, and one that
/// forks meanwhile can slip through.
const EMPTY_LOOKS: u32 = 2;

/// A pane's process to end, and how it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub pid: i32,
    /// The pane is not there any more, and so its process: who has its id now is somebody else.
    pub is_gone: bool,
    /// `None`: it is asked in another way.
    pub signal: Option<Signal>,
    /// How long it has until it is killed.
    pub timeout: Duration,
}

/// What it took to end a pane's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// It had to be killed, or something that it started had.
    pub is_killed: bool,
    /// What not even that has ended.
    pub left: Vec<i32>,
}

/// Asks all of `endings` to end, with everything that runs below them or in their sessions; kills
/// what is left at the deadline of each. One answer for each of them, in their order.
///
/// `server` is the parent of the panes' processes: one with another parent got the id of one that
/// has ended, and is a stranger.
pub async fn end_all(endings: &[Ending], server: Option<i32>) -> Vec<Ended> {
    ProcessTree::of(endings, server).end(endings).await
}

/// Everything that was found to belong to a pane's process, remembered: once its parent is gone,
/// nothing tells where a process came from. Each with the time it started at, so that no process
/// that got the same id later is taken for it.
#[derive(Debug)]
pub struct ProcessTree {
    server: Option<i32>,
    found: BTreeMap<i32, (i32, u64)>,
}

impl ProcessTree {
    /// What there is now.
    pub fn of(endings: &[Ending], server: Option<i32>) -> Self {
        let mut tree = ProcessTree {
            server,
            found: BTreeMap::new(),
        };
        let living = living();
        for ending in endings {
            tree.find(ending, &living);
        }
        tree
    }

    /// Asks them, and kills what is left at the deadline of each.
    pub async fn end(mut self, endings: &[Ending]) -> Vec<Ended> {
        let mut courses = self.asked(endings);
        loop {
            self.advance(&mut courses);
            let now = Instant::now();
            if courses.iter().all(|course| course.is_over(now)) {
                return courses.into_iter().map(|course| course.ended).collect();
            }
            // There is nothing to be told by: the processes are tmux's children, not ours.
            sleep_until(now + LOOK).await;
        }
    }

    fn asked(&mut self, endings: &[Ending]) -> Vec<Course> {
        let now = Instant::now();
        let living = living();
        let mut courses = Vec::new();
        for ending in endings {
            let found = self.find(ending, &living);
            for pid in &found {
                if let Some(signal) = ending.signal {
                    send(*pid, signal);
                    // A stopped process would not hear it.
                    send(*pid, Signal::CONT);
                }
            }
            let is_killed = ending.signal == Some(Signal::KILL);
            let wait = if is_killed {
                Duration::ZERO
            } else {
                // An instant too far away to be written is as good as none; a year is.
                ending.timeout.min(TIMEOUT_MAX)
            };
            courses.push(Course {
                ending: *ending,
                deadline: now + wait,
                empty_looks: 0,
                ended: Ended {
                    is_killed: is_killed && !found.is_empty(),
                    left: found,
                },
            });
        }
        courses
    }

    /// Looks among the `living` for what belongs to the pane's process, and returns all of it.
    fn find(&mut self, ending: &Ending, living: &[(i32, Stat)]) -> Vec<i32> {
        let leader = ending.pid;
        if !has_proc() {
            return if is_alive(leader) && !ending.is_gone {
                vec![leader]
            } else {
                Vec::new()
            };
        }
        let is_known = |known: &BTreeMap<i32, (i32, u64)>, pid: i32, stat: &Stat| {
            known.get(&pid) == Some(&(leader, stat.started))
        };
        let is_stranger = |(pid, stat): &(i32, Stat)| {
            let is_its_child = self.server.is_none_or(|server| stat.parent == server);
            *pid == leader
                && !is_known(&self.found, *pid, stat)
                && (ending.is_gone || !is_its_child)
        };
        let is_taken = living.iter().any(is_stranger);
        let spared = process::own_tree(living);
        loop {
            let known = &self.found;
            let own = known.iter().filter(|(_, (of, _))| *of == leader);
            let mut parents: BTreeSet<i32> = own.map(|(pid, _)| *pid).collect();
            let leads = living
                .iter()
                .filter(|(pid, stat)| is_known(known, *pid, stat) && stat.session == *pid);
            let mut sessions: BTreeSet<i32> = leads.map(|(pid, _)| *pid).collect();
            if !is_taken {
                parents.insert(leader);
                sessions.insert(leader);
            }
            let found: Vec<(i32, u64)> = living
                .iter()
                .filter(|(pid, stat)| !is_known(known, *pid, stat) && !spared.contains(pid))
                .filter(|(pid, stat)| {
                    sessions.contains(&stat.session)
                        || parents.contains(&stat.parent)
                        || *pid == leader && !is_taken
                })
                .map(|(pid, stat)| (*pid, stat.started))
                .collect();
            if found.is_empty() {
                break;
            }
            self.found.extend(
                found
                    .into_iter()
                    .map(|(pid, started)| (pid, (leader, started))),
            );
        }
        let lives = |(pid, stat): &(i32, Stat)| is_known(&self.found, *pid, stat).then_some(*pid);
        living.iter().filter_map(lives).collect()
    }

    /// Looks what is left of each, and kills what is beyond its deadline, again and again: a program
    /// may start another while it is killed.
    fn advance(&mut self, courses: &mut [Course]) {
        let living = living();
        let now = Instant::now();
        for course in courses {
            if course.is_gone() {
                continue;
            }
            course.ended.left = self.find(&course.ending, &living);
            if course.ended.left.is_empty() {
                course.empty_looks += 1;
                continue;
            }
            course.empty_looks = 0;
            if now >= course.deadline {
                for pid in &course.ended.left {
                    course.ended.is_killed = true;
                    send(*pid, Signal::KILL);
                }
            }
        }
    }
}

/// How far the end of one pane's process has come.
#[derive(Debug)]
struct Course {
    ending: Ending,
    deadline: Instant,
    empty_looks: u32,
    ended: Ended,
}

impl Course {
    fn is_gone(&self) -> bool {
        self.empty_looks >= EMPTY_LOOKS
    }

    fn is_over(&self, now: Instant) -> bool {
        self.is_gone() || now >= self.deadline + KILL_GRACE
    }
}

/// What was started in a pane and has gone its own way: its environment still says where it came
/// from, and nothing else does. It is not known whether somebody wants it to stay, as with an agent
/// for keys that all share, so it is told and not ended. Only the topmost of a tree.
pub fn strays(pane: &str, socket: &str, server: Option<i32>) -> Vec<i32> {
    let living = living();
    let is_led = |(pid, stat): &&(i32, Stat)| stat.session == *pid && Some(stat.parent) == server;
    let in_panes: BTreeSet<i32> = living.iter().filter(is_led).map(|(pid, _)| *pid).collect();
    let variables = [
        format!("TRIAD_PANE={pane}"),
        format!("TRIAD_SOCKET={socket}"),
    ];
    let own = process::own_tree(&living);
    let lineage = process::lineage();
    let strays: BTreeMap<i32, Stat> = living
        .into_iter()
        .filter(|(pid, _)| !own.contains(pid) && !lineage.contains(pid))
        .filter(|(_, stat)| !in_panes.contains(&stat.session))
        .filter(|(pid, _)| process::was_given(*pid, &variables))
        .collect();
    let is_top = |stat: &Stat| !strays.contains_key(&stat.parent);
    let top = strays.iter().filter(|(_, stat)| is_top(stat));
    top.map(|(pid, _)| *pid).collect()
}

/// Processes for people: `sleep 1000 (pid 4123)`.
pub fn named(pids: &[i32]) -> String {
    let name = |pid: &i32| match process::command(*pid) {
        Some(command) => format!("`{command}` (pid {pid})"),
        None => format!("pid {pid}"),
    };
    let names: Vec<String> = pids.iter().map(name).collect();
    names.join(", ")
}

fn send(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended by itself meanwhile, which is what is wanted.
        let _ = kill_process(pid, signal);
    }
}
