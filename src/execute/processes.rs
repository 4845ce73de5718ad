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
    /// A shell ignores TERM and ends on HUP; everything else is asked with TERM.
    pub is_shell: bool,
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
/// what is left at the deadline. Returns what even that did not end.
///
/// `server` is the parent of the panes' processes: one with another parent got the id of one that
/// has ended, and is a stranger.
pub async fn end_all(endings: &[Ending], server: Option<i32>, timeout: Duration) -> Vec<Left> {
    let mut victims = Victims {
        server,
        found: BTreeMap::new(),
    };
    let living = living();
    for ending in endings {
        let signal = if ending.is_shell {
            Signal::HUP
        } else {
            Signal::TERM
        };
        for pid in victims.find(ending.pid, &living) {
            send(pid, signal);
            // A stopped process would not hear it.
            send(pid, Signal::CONT);
        }
    }
    if victims.are_gone(endings, Instant::now() + timeout).await {
        return Vec::new();
    }
    victims.kill(endings, Instant::now() + KILL_GRACE).await
}

/// A process that has not ended, and the pane's process that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub leader: i32,
    pub pid: i32,
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

    fn left(&mut self, endings: &[Ending]) -> Vec<Left> {
        let living = living();
        let mut left = Vec::new();
        for ending in endings {
            let leader = ending.pid;
            let found = self.find(leader, &living);
            left.extend(found.into_iter().map(|pid| Left { leader, pid }));
        }
        left
    }

    /// Kills whatever is found until nothing is: a program may start another while it is killed.
    /// Returns what is left at the deadline.
    async fn kill(&mut self, endings: &[Ending], deadline: Instant) -> Vec<Left> {
        loop {
            let left = self.left(endings);
            if left.is_empty() || Instant::now() >= deadline {
                return left;
            }
            for left in left {
                send(left.pid, Signal::KILL);
            }
            sleep_until((Instant::now() + LOOK).min(deadline)).await;
        }
    }

    /// Waits until nothing of them lives; false at the deadline.
    async fn are_gone(&mut self, endings: &[Ending], deadline: Instant) -> bool {
        loop {
            if self.left(endings).is_empty() {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            // There is nothing to be told by: the processes are tmux's children, not ours.
            sleep_until((Instant::now() + LOOK).min(deadline)).await;
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
    session: i32,
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
        session: fields.get(3)?.parse().ok()?,
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
