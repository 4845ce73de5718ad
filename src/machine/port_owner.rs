//! Who listens on a port of this machine, so that a stranger's port is not taken for the one that
//! a pane was started to open.

use std::collections::BTreeSet;
use std::fs;

use crate::machine::process::{self, Stat};

/// The sockets that listen on a TCP port, by their inode numbers. Empty where the machine does not
/// tell (no `/proc`).
pub fn listeners(port: u16) -> BTreeSet<u64> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening(&table, port))
        .collect()
}

/// The state of a listening socket in the kernel's tables.
const LISTEN: &str = "0A";

fn listening(table: &str, port: u16) -> Vec<u64> {
    let rows = table.lines().skip(1);
    rows.filter_map(|row| {
        let fields: Vec<&str> = row.split_ascii_whitespace().collect();
        let (_, local_port) = fields.get(1)?.rsplit_once(':')?;
        let is_it = u16::from_str_radix(local_port, 16).ok()? == port;
        let inode = fields.get(9)?.parse().ok()?;
        (is_it && *fields.get(3)? == LISTEN).then_some(inode)
    })
    .collect()
}

/// The process that holds one of these sockets, as `python3, pid 4123`, where it may be seen.
pub fn holder(sockets: &BTreeSet<u64>) -> Option<String> {
    holders(sockets, process::processes()).next().map(named)
}

/// Who holds all of these sockets, if that is seen to be somebody else than the program of the
/// process `pane`: no descendant of it, and older, or of another pane. What a program starts and
/// leaves behind (a daemon, a container) is younger than it and nobody's child by then, and what is
/// not seen is believed.
pub fn somebody_else(sockets: &BTreeSet<u64>, pane: i32) -> Option<String> {
    let living = process::living();
    let started = |pid: i32| {
        let found = living.iter().find(|(other, _)| *other == pid);
        found.map(|(_, stat)| stat.started)
    };
    let since = started(pane)?;
    let tree = process::tree(pane, &living);
    if holders(sockets, tree.iter().copied()).next().is_some() {
        return None;
    }
    let others = living.iter().map(|(pid, _)| *pid);
    let others = others.filter(|pid| !tree.contains(pid));
    let neighbours = neighbours(pane, &living);
    let mut first = None;
    for pid in holders(sockets, others) {
        let is_older = started(pid).is_some_and(|started| started < since);
        if !is_older && !neighbours.contains(&pid) {
            return None;
        }
        first = first.or(Some(pid));
    }
    first.map(named)
}

/// What runs in the panes of the same server, whose child the program of each pane is.
fn neighbours(pane: i32, living: &[(i32, Stat)]) -> BTreeSet<i32> {
    let found = living.iter().find(|(pid, _)| *pid == pane);
    match found.map(|(_, stat)| stat.parent) {
        // Below the first process is everything that nobody keeps.
        Some(server) if server > 1 => process::tree(server, living),
        _ => BTreeSet::new(),
    }
}

/// Those of the processes that are seen to hold one of the sockets.
fn holders(
    sockets: &BTreeSet<u64>,
    processes: impl Iterator<Item = i32>,
) -> impl Iterator<Item = i32> {
    let names = sockets.iter().map(|inode| format!("socket:[{inode}]"));
    let names: Vec<String> = names.collect();
    processes.filter(move |pid| {
        let open = fs::read_dir(format!("/proc/{pid}/fd"));
        let open = open.into_iter().flatten().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok())
            .any(|link| names.iter().any(|name| link.as_os_str() == name.as_str()))
    })
}

fn named(pid: i32) -> String {
    let program = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    format!("{}, pid {pid}", program.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listening_socket_is_found_by_its_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:2CAB 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 0 100 0 0 10 0\n\
            1: 0100007F:2CAB 0100007F:9999 01 00000000:00000000 00:00000000 00000000 0 0 4712 1 0 20 4 0 10 -1\n";
        assert_eq!(listening(table, 11435), [4711]);
        assert!(listening(table, 11436).is_empty());
    }
}
