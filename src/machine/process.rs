//! Facts about processes: whether one is alive, its command, its parents.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, test_kill_process};

use crate::tmux::environment::Environment;

/// Whether the process is alive. One that has ended and was not collected yet is not.
pub fn is_alive(pid: i32) -> bool {
    match stat(pid) {
        Some(stat) => stat.lives(),
        None if has_proc() => false,
        None => Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok()),
    }
}

pub(super) fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// Returns all live processes of the machine.
pub(super) fn living() -> Vec<(i32, Stat)> {
    let all = processes().filter_map(|pid| Some((pid, stat(pid)?)));
    all.filter(|(_, stat)| stat.lives()).collect()
}

/// Returns this process, its ancestors and its session: a pane whose process is among them is the
/// one that triad is running in, whatever the environment says.
pub fn lineage() -> BTreeSet<i32> {
    let mut lineage = BTreeSet::new();
    let mut next = own();
    // Values read one after the other might form a cycle.
    while next > 1 && lineage.insert(next) {
        next = stat(next).map_or(0, |stat| stat.parent);
    }
    lineage.extend(stat(own()).map(|stat| stat.session));
    lineage
}

/// Returns this process and its descendants.
pub(super) fn own_tree(living: &[(i32, Stat)]) -> BTreeSet<i32> {
    tree(own(), living)
}

/// Returns a process and its descendants, without orphans.
pub(super) fn tree(root: i32, living: &[(i32, Stat)]) -> BTreeSet<i32> {
    let mut tree = BTreeSet::from([root]);
    loop {
        let before = tree.len();
        let children = living
            .iter()
            .filter(|(_, stat)| tree.contains(&stat.parent));
        let children: Vec<i32> = children.map(|(pid, _)| *pid).collect();
        tree.extend(children);
        if tree.len() == before {
            return tree;
        }
    }
}

/// Returns a process and its descendants without reading all others, if the machine tells: it may
/// miss some.
pub(super) fn descendants(root: i32) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    let mut queue = vec![root];
    while let Some(pid) = queue.pop() {
        if !found.insert(pid) {
            continue;
        }
        let threads = std::fs::read_dir(format!("/proc/{pid}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            queue.extend(
                children
                    .split_whitespace()
                    .filter_map(|pid| pid.parse::<i32>().ok()),
            );
        }
    }
    found
}

fn own() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

/// Returns the command line of a process, if the machine tells.
pub fn command(pid: i32) -> Option<String> {
    let words = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words = String::from_utf8_lossy(&words).replace('\0', " ");
    let shown: String = words.trim().chars().take(COMMAND_MAX).collect();
    if shown.is_empty() {
        return program(pid);
    }
    Some(shown)
}

/// The maximum length of a command for people.
const COMMAND_MAX: usize = 80;

/// Returns the environment at a process's start, as `NAME=value`, if the machine tells.
pub(super) fn given(pid: i32) -> BTreeSet<String> {
    let given = given_bytes(pid);
    let given = given.split(|byte| *byte == 0);
    given
        .map(|given| String::from_utf8_lossy(given).into_owned())
        .collect()
}

/// Returns what follows `prefix` in the environment at a process's start.
pub(super) fn given_after(pid: i32, prefix: &str) -> Option<String> {
    let given = given_bytes(pid);
    let mut given = given.split(|byte| *byte == 0);
    let rest = given.find_map(|given| given.strip_prefix(prefix.as_bytes()))?;
    Some(String::from_utf8_lossy(rest).into_owned())
}

/// Returns the environment at a process's start; empty if the machine does not tell.
pub fn environment(pid: i32) -> Environment {
    let given = given_bytes(pid);
    let variables = given.split(|byte| *byte == 0).filter_map(|given| {
        // A name may begin with `=`, but contain it nowhere else.
        let end = given.iter().skip(1).position(|byte| *byte == b'=')? + 1;
        let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
        Some((text(&given[..end]), text(&given[end + 1..])))
    });
    variables.collect()
}

fn given_bytes(pid: i32) -> Vec<u8> {
    std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default()
}

/// Returns the file name of a process's program, if the machine tells.
pub fn program(pid: i32) -> Option<String> {
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let name = path.file_name()?.to_str()?;
    Some(name.trim_end_matches(" (deleted)").to_owned())
}

/// Whether another process group is in the foreground of its terminal.
pub fn is_in_background(pid: i32) -> bool {
    stat(pid).is_some_and(|stat| stat.foreground != stat.group)
}

/// Whether the process is waiting for a child, as far as the machine tells.
pub fn waits_for_child(pid: i32) -> bool {
    let place = std::fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    if !place.is_empty() && place != "0" {
        return place.contains("do_wait");
    }
    // A child in the same group is the one it is waiting for.
    let group = stat(pid).map(|stat| stat.group);
    let mut others = living().into_iter().filter(|(other, _)| *other != pid);
    others.any(|(_, stat)| Some(stat.group) == group && stat.parent == pid)
}

/// Whether the process is idle and alone in its group.
pub fn is_idle(pid: i32) -> bool {
    let Some(own) = stat(pid) else {
        return !has_proc();
    };
    let mut others = living().into_iter().filter(|(other, _)| *other != pid);
    own.state == 'S' && !others.any(|(_, stat)| stat.group == own.group)
}

/// Returns the identity of a process among later ones with the same pid: its start in ticks since
/// boot, or 0 if the machine does not tell. `None`: no such process is alive.
pub fn identity(pid: i32) -> Option<u64> {
    match stat(pid) {
        Some(stat) => stat.lives().then_some(stat.started),
        None => is_alive(pid).then_some(0),
    }
}

/// Returns how long a process has been running, if the machine tells.
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

/// Returns the ids of all processes of the machine.
pub fn processes() -> impl Iterator<Item = i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The content of `/proc/PID/stat`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stat {
    state: char,
    pub parent: i32,
    group: i32,
    pub session: i32,
    /// The group in the foreground of its terminal.
    foreground: i32,
    /// In ticks since the machine started.
    pub started: u64,
}

impl Stat {
    #[cfg(test)]
    pub(super) fn of(parent: i32, session: i32, started: u64) -> Self {
        Stat {
            state: 'S',
            parent,
            group: session,
            session,
            foreground: session,
            started,
        }
    }

    fn lives(&self) -> bool {
        self.state != 'Z' && self.state != 'X'
    }
}

/// Longer than the kernel writes: some fifty numbers and a short name.
const STAT_MAX: usize = 2048;

/// Reads the fields; the program's name among them may contain spaces and parentheses, and need not
/// be UTF-8.
fn stat(pid: i32) -> Option<Stat> {
    let mut buffer = [0; STAT_MAX];
    let mut file = File::open(format!("/proc/{pid}/stat")).ok()?;
    // One call reads all of it; a text of unknown length takes half a dozen.
    let count = file.read(&mut buffer).ok()?;
    let text = String::from_utf8_lossy(&buffer[..count]);
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
        assert!(lineage().contains(&own));
        assert!(own_tree(&living()).contains(&own));
    }
}
