//! Processes behind panes: whether one lives, and how a whole session of them is ended.
//!
//! tmux makes each pane's process the leader of a session of its own: what was started in the pane
//! is found by its session, and by its parents where it has made a session for itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::time::{Instant, sleep_until};

/// How long after SIGKILL a process may still be seen.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// How often the end of processes is looked for.
const LOOK: Duration = Duration::from_millis(15);

/// A pane's process to end, and how it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub pid: i32,
    /// `None`: it is asked in another way.
    pub signal: Option<Signal>,
    /// How long it has until it is killed.
    pub timeout: Duration,
}

/// What it took to end a pane's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub leader: i32,
    /// It had to be killed, or something that it started had.
    pub is_killed: bool,
    /// What not even that has ended.
    pub left: Vec<i32>,
}

/// Whether the process lives. One that has ended and was not yet collected does not.
pub fn is_alive(pid: i32) -> bool {
    match stat(pid) {
        Some(stat) => stat.lives(),
        None if has_proc() => false,
        None => Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok()),
    }
}

/// Asks all of `endings` to end, with everything that runs below them or in their sessions; kills
/// what is left at the deadline of each.
///
/// `server` is the parent of the panes' processes: one with another parent got the id of one that
/// has ended, and is a stranger.
pub async fn end_all(endings: &[Ending], server: Option<i32>) -> Vec<Ended> {
    let mut victims = Victims {
        server,
        found: BTreeMap::new(),
    };
    let now = Instant::now();
    let living = living();
    let mut courses: Vec<Course> = Vec::new();
    for ending in endings {
        let found = victims.find(ending.pid, &living);
        for pid in &found {
            if let Some(signal) = ending.signal {
                send(*pid, signal);
                // A stopped process would not hear it.
                send(*pid, Signal::CONT);
            }
        }
        let is_killed = ending.signal == Some(Signal::KILL);
        courses.push(Course {
            // An instant too far away to be written is as good as none; a year is.
            deadline: if is_killed {
                now
            } else {
                now + ending.timeout.min(TIMEOUT_MAX)
            },
            ended: Ended {
                leader: ending.pid,
                is_killed: is_killed && !found.is_empty(),
                left: found,
            },
        });
    }
    loop {
        victims.advance(&mut courses);
        let now = Instant::now();
        let is_over =
            |course: &Course| course.ended.left.is_empty() || now >= course.deadline + KILL_GRACE;
        if courses.iter().all(is_over) {
            return courses.into_iter().map(|course| course.ended).collect();
        }
        // There is nothing to be told by: the processes are tmux's children, not ours.
        sleep_until(now + LOOK).await;
    }
}

/// The longest that a process may take to end.
const TIMEOUT_MAX: Duration = Duration::from_secs(366 * 24 * 3600);

/// How far the end of one pane's process has come.
#[derive(Debug)]
struct Course {
    deadline: Instant,
    ended: Ended,
}

/// Everything that was found to belong to a pane's process, remembered: once its parent is gone,
/// nothing tells where a process came from. Each with the time it started at, so that no process
/// that got the same id later is taken for it.
#[derive(Debug)]
struct Victims {
    server: Option<i32>,
    found: BTreeMap<i32, (i32, u64)>,
}

impl Victims {
    /// Looks among the `living` for what belongs to `leader`, and returns all of it.
    fn find(&mut self, leader: i32, living: &[(i32, Stat)]) -> Vec<i32> {
        if !has_proc() {
            return if is_alive(leader) {
                vec![leader]
            } else {
                Vec::new()
            };
        }
        let is_stranger = |(pid, stat): &(i32, Stat)| {
            *pid == leader && self.server.is_some_and(|server| stat.parent != server)
        };
        if living.iter().any(is_stranger) {
            return Vec::new();
        }
        let is_known = |known: &BTreeMap<i32, (i32, u64)>, pid: i32, stat: &Stat| {
            known.get(&pid) == Some(&(leader, stat.started))
        };
        loop {
            let known = &self.found;
            let sessions: BTreeSet<i32> = living
                .iter()
                .filter(|(pid, stat)| is_known(known, *pid, stat) && stat.session == *pid)
                .map(|(pid, _)| *pid)
                .chain([leader])
                .collect();
            let own = known.iter().filter(|(_, (of, _))| *of == leader);
            let parents: BTreeSet<i32> = own.map(|(pid, _)| *pid).chain([leader]).collect();
            let found: Vec<(i32, u64)> = living
                .iter()
                .filter(|(pid, stat)| !is_known(known, *pid, stat))
                .filter(|(pid, stat)| {
                    *pid == leader
                        || sessions.contains(&stat.session)
                        || parents.contains(&stat.parent)
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
            if course.ended.left.is_empty() {
                continue;
            }
            course.ended.left = self.find(course.ended.leader, &living);
            if now >= course.deadline {
                for pid in &course.ended.left {
                    course.ended.is_killed = true;
                    send(*pid, Signal::KILL);
                }
            }
        }
    }
}

fn send(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended by itself meanwhile, which is what is wanted.
        let _ = kill_process(pid, signal);
    }
}

fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// All processes of the machine that live.
fn living() -> Vec<(i32, Stat)> {
    let all = processes().filter_map(|pid| Some((pid, stat(pid)?)));
    all.filter(|(_, stat)| stat.lives()).collect()
}

/// The file name of the program that a process runs, where the machine tells.
pub fn program(pid: i32) -> Option<String> {
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let name = path.file_name()?.to_str()?;
    Some(name.trim_end_matches(" (deleted)").to_owned())
}

/// Whether something else than the process and its group is in the foreground of its terminal.
pub fn is_in_background(pid: i32) -> bool {
    stat(pid).is_some_and(|stat| stat.foreground != stat.group)
}

/// Whether the process waits for a child, as far as the machine tells.
pub fn waits_for_child(pid: i32) -> bool {
    let place = std::fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    if !place.is_empty() && place != "0" {
        return place.contains("do_wait");
    }
    // What else is in the foreground with it is what it waits for.
    let group = stat(pid).map(|stat| stat.group);
    let mut others = living().into_iter().filter(|(other, _)| *other != pid);
    others.any(|(_, stat)| Some(stat.group) == group && stat.parent == pid)
}

/// Whether the process does nothing, and nothing else is in its group.
pub fn is_idle(pid: i32) -> bool {
    let Some(own) = stat(pid) else {
        return !has_proc();
    };
    let mut others = living().into_iter().filter(|(other, _)| *other != pid);
    own.state == 'S' && !others.any(|(_, stat)| stat.group == own.group)
}

/// For how long a process has run, where the machine tells.
pub fn age(pid: i32) -> Option<Duration> {
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split(' ').next()?.parse().ok()?;
    let ticks = rustix::param::clock_ticks_per_second();
    // Both are small enough to be exact.
    let started = Duration::from_secs_f64(stat(pid)?.started as f64 / ticks as f64);
    Some(
        Duration::try_from_secs_f64(uptime)
            .ok()?
            .saturating_sub(started),
    )
}

/// The ids of all processes of the machine.
pub fn processes() -> impl Iterator<Item = i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What `/proc/PID/stat` says of a process.
#[derive(Debug, Clone, Copy)]
struct Stat {
    state: char,
    parent: i32,
    group: i32,
    session: i32,
    /// The group in the foreground of its terminal.
    foreground: i32,
    /// In ticks since the machine started.
    started: u64,
}

impl Stat {
    fn lives(&self) -> bool {
        self.state != 'Z' && self.state != 'X'
    }
}

/// The program's name among the fields may hold spaces and parentheses.
fn stat(pid: i32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    Some(Stat {
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        foreground: fields.get(5)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(is_alive(own));
        assert!(stat(own).is_some_and(|stat| stat.session >= 0));
        assert!(!is_alive(i32::MAX));
    }
}
