//! Finds a running server whose socket file was removed. It cannot be reached, and a call of tmux
//! would start a second server in its place. Linux still lists its socket in `/proc/net/unix`.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the process that listens on a removed socket of this path. `None`: there is none, or the
/// machine does not tell.
pub(super) fn server(path: &Path) -> Option<i32> {
    if path.exists() {
        return None;
    }
    let sockets = fs::read_to_string("/proc/net/unix").ok()?;
    let inode = listening(&sockets, path)?;
    holder(inode)
}

/// Returns the inode of the socket that listens on this path, from the lines of `/proc/net/unix`.
fn listening(sockets: &str, path: &Path) -> Option<u64> {
    let path = real(path);
    sockets.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        // Number, references, protocol, flags, type and state come first.
        let flags = fields.nth(3)?;
        let inode = fields.nth(2)?.parse().ok()?;
        let bound = line.split_once('/').map(|(_, rest)| format!("/{rest}"))?;
        let is_listening = u32::from_str_radix(flags, 16).ok()? & LISTENS != 0;
        (is_listening && real(Path::new(&bound)) == path).then_some(inode)
    })
}

/// The flag of a socket that accepts connections (`__SO_ACCEPTCON` in the kernel).
const LISTENS: u32 = 0x0001_0000;

/// Resolves the links in the path's folder: the file itself is gone.
fn real(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Returns the process that has the socket open.
fn holder(inode: u64) -> Option<i32> {
    let socket = PathBuf::from(format!("socket:[{inode}]"));
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.find(|pid| {
        let open = fs::read_dir(format!("/proc/{pid}/fd"));
        let mut open = open.into_iter().flatten().flatten();
        open.any(|file| fs::read_link(file.path()).is_ok_and(|to| to == socket))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listening_socket_of_that_path_matches() {
        let sockets = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            00000000a: 00000003 00000000 00000000 0001 03  1624 /no/such/default\n\
            00000000b: 00000002 00000000 00010000 0001 01  1625 /no/such/other\n\
            00000000c: 00000002 00000000 00010000 0001 01  1626 /no/such/my default\n\
            00000000d: 00000003 00000000 00000000 0001 03  1627\n";
        let inode = |path: &str| listening(sockets, Path::new(path));
        assert_eq!(inode("/no/such/other"), Some(1625));
        assert_eq!(inode("/no/such/my default"), Some(1626));
        assert_eq!(inode("/no/such/default"), None);
        assert_eq!(inode("/no/such"), None);
    }
}
