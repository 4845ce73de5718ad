//! Finds the owners of listening ports, so that the port of another program is not taken for the
//! one that a pane was started to open.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::machine::process::{self, Stat};

/// Returns the sockets that listen on a TCP port, by their inode numbers. Empty if the machine does
/// not tell (no `/proc`).
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

/// The minimum time that a look at the owners of sockets stays valid.
const LOOK_LASTS: Duration = Duration::from_secs(2);
/// The factor of the time that it took: it reads the open files of every process.
const LOOK_SHARE: u32 = 50;

/// The owners of sockets, looked up once for all callers. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Owners(Arc<Mutex<Look>>);

/// A look at the open files of all visible processes.
#[derive(Debug, Default)]
struct Look {
    until: Option<Instant>,
    living: Vec<(i32, Stat)>,
    holders: BTreeMap<u64, Vec<i32>>,
    /// Requested sockets without a visible holder.
    unseen: BTreeSet<u64>,
}

impl Owners {
    /// Returns the process that holds one of these sockets, such as `python3, pid 4123`, if it is
    /// visible.
    pub fn holder(&self, sockets: &BTreeSet<u64>) -> Option<String> {
        self.look(sockets, None).holders(sockets).next().map(named)
    }

    /// Returns the holder of these sockets, if it is certainly not the program of the process
    /// `pane`: not a descendant of it, and older, or of another pane. A program's detached children
    /// (a daemon, a container) are younger than it and have no parent by then; unseen holders are
    /// trusted.
    pub fn somebody_else(&self, sockets: &BTreeSet<u64>, pane: i32) -> Option<String> {
        // Nearly always it is the pane's own, and then no other process has to be read.
        if process::descendants(pane)
            .iter()
            .any(|pid| holds(*pid, sockets))
        {
            return None;
        }
        let look = self.look(sockets, Some(pane));
        let started = |pid: i32| {
            let found = look.living.iter().find(|(other, _)| *other == pid);
            found.map(|(_, stat)| stat.started)
        };
        let since = started(pane)?;
        let tree = process::tree(pane, &look.living);
        let neighbours = neighbours(pane, &look.living);
        let mut first = None;
        for pid in look.holders(sockets) {
            let is_older = started(pid).is_some_and(|started| started < since);
            if tree.contains(&pid) || !is_older && !neighbours.contains(&pid) {
                return None;
            }
            first = first.or(Some(pid));
        }
        first.map(named)
    }

    /// Returns a look that is recent enough and includes the sockets and the process.
    fn look(&self, sockets: &BTreeSet<u64>, pane: Option<i32>) -> MutexGuard<'_, Look> {
        let mut look = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = Instant::now();
        let knows = |pane: i32| look.living.iter().any(|(pid, _)| *pid == pane);
        let is_good = look.until.is_some_and(|until| begun < until)
            && pane.is_none_or(knows)
            && sockets.iter().all(|socket| look.has(*socket));
        if !is_good {
            *look = Look::now();
            look.until = Some(begun + LOOK_LASTS.max(begun.elapsed() * LOOK_SHARE));
            for socket in sockets {
                if !look.holders.contains_key(socket) {
                    look.unseen.insert(*socket);
                }
            }
        }
        look
    }
}

impl Look {
    fn now() -> Self {
        let mut look = Look {
            living: process::living(),
            ..Look::default()
        };
        for (pid, _) in &look.living {
            for socket in open_sockets(*pid) {
                look.holders.entry(socket).or_default().push(*pid);
            }
        }
        look
    }

    fn has(&self, socket: u64) -> bool {
        self.holders.contains_key(&socket) || self.unseen.contains(&socket)
    }

    /// Returns the visible holders of the sockets, in the order of their ids.
    fn holders(&self, sockets: &BTreeSet<u64>) -> impl Iterator<Item = i32> {
        let holders = sockets.iter().filter_map(|socket| self.holders.get(socket));
        let holders: BTreeSet<i32> = holders.flatten().copied().collect();
        holders.into_iter()
    }
}

/// Returns the processes in the panes of the same server, which is the parent of each pane's
/// program.
fn neighbours(pane: i32, living: &[(i32, Stat)]) -> BTreeSet<i32> {
    let found = living.iter().find(|(pid, _)| *pid == pane);
    match found.map(|(_, stat)| stat.parent) {
        // The first process adopts all orphans.
        Some(server) if server > 1 => process::tree(server, living),
        _ => BTreeSet::new(),
    }
}

/// Whether the process visibly holds one of the sockets.
fn holds(pid: i32, sockets: &BTreeSet<u64>) -> bool {
    open_sockets(pid).any(|socket| sockets.contains(&socket))
}

/// Returns the sockets that a process has open, by their inode numbers, if they are visible.
fn open_sockets(pid: i32) -> impl Iterator<Item = u64> {
    let open = fs::read_dir(format!("/proc/{pid}/fd"));
    let open = open.into_iter().flatten().flatten();
    open.filter_map(|entry| {
        let link = fs::read_link(entry.path()).ok()?;
        let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
        inode.parse().ok()
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
    #[test]
    fn socket_holders_are_looked_up_once_for_all() {
        let open = |count: usize| -> Vec<std::net::TcpListener> {
            let listener = |_| std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            (0..count).map(listener).collect()
        };
        let own = i32::try_from(std::process::id()).unwrap();
        let sockets =
            |listener: &std::net::TcpListener| listeners(listener.local_addr().unwrap().port());
        let owners = Owners::default();
        let looked = |owners: &Owners| owners.0.lock().unwrap().until;
        let old = open(20);
        for listener in &old {
            assert_eq!(owners.somebody_else(&sockets(listener), own), None);
        }
        assert_eq!(looked(&owners), None, "no other process is looked at");
        if !process::has_proc() {
            return;
        }
        let first = owners.holder(&sockets(&old[0]));
        assert!(first.is_some_and(|holder| holder.ends_with(&format!("pid {own}"))));
        let once = looked(&owners);
        for listener in &old {
            owners.holder(&sockets(listener));
        }
        assert_eq!(looked(&owners), once);
        let new = open(1);
        owners.holder(&sockets(&new[0]));
        assert_ne!(looked(&owners), once, "a new socket is searched for");
        let nobodys = BTreeSet::from([u64::MAX]);
        assert_eq!(owners.holder(&nobodys), None);
        let once = looked(&owners);
        assert_eq!(owners.holder(&nobodys), None);
        assert_eq!(looked(&owners), once, "once");
    }
}
