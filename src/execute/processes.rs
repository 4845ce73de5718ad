//! Processes behind panes: whether one lives, and how a whole session of them is ended.
//!
//! tmux makes each pane's process the leader of a session of its own, so that everything started
//! in the pane is found by its session id.

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
        Some(stat) => stat.state != 'Z' && stat.state != 'X',
        None if has_proc() => false,
        None => Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok()),
    }
}

/// Asks all of `endings` to end, with everything that runs in their sessions; kills what is left
/// at the deadline. Returns what even that did not end: the leader of its session, and its own id.
pub async fn end_all(endings: &[Ending], timeout: Duration) -> Vec<Left> {
    for ending in endings {
        let signal = if ending.is_shell {
            Signal::HUP
        } else {
            Signal::TERM
        };
        for pid in members(ending.pid) {
            send(pid, signal);
            // A stopped process would not hear it.
            send(pid, Signal::CONT);
        }
    }
    if gone(endings, Instant::now() + timeout).await {
        return Vec::new();
    }
    for pid in endings.iter().flat_map(|ending| members(ending.pid)) {
        send(pid, Signal::KILL);
    }
    if gone(endings, Instant::now() + KILL_GRACE).await {
        return Vec::new();
    }
    let left = |leader: i32| {
        members(leader)
            .into_iter()
            .map(move |pid| Left { leader, pid })
    };
    endings.iter().flat_map(|ending| left(ending.pid)).collect()
}

/// A process that outlived SIGKILL: the kernel does not let go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub leader: i32,
    pub pid: i32,
}

/// Waits until nothing of the sessions lives; false at the deadline.
async fn gone(endings: &[Ending], deadline: Instant) -> bool {
    loop {
        if endings.iter().all(|ending| members(ending.pid).is_empty()) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        // There is nothing to be told by: the processes are tmux's children, not ours.
        sleep_until((Instant::now() + LOOK).min(deadline)).await;
    }
}

fn send(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended by itself meanwhile, which is what is wanted.
        let _ = kill_process(pid, signal);
    }
}

/// The living processes of the session that `leader` leads.
fn members(leader: i32) -> Vec<i32> {
    if !has_proc() {
        return if is_alive(leader) {
            vec![leader]
        } else {
            Vec::new()
        };
    }
    processes()
        .filter(|pid| {
            stat(*pid).is_some_and(|stat| stat.session == leader && !"ZX".contains(stat.state))
        })
        .collect()
}

fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// The ids of all processes of the machine.
pub fn processes() -> impl Iterator<Item = i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

struct Stat {
    state: char,
    session: i32,
}

/// Reads `/proc/PID/stat`; the program's name in it may hold spaces and parentheses.
fn stat(pid: i32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let session = fields.nth(2)?.parse().ok()?;
    Some(Stat { state, session })
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
