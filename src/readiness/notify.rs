//! Notifications of programs, as with `sd_notify`: datagrams to the socket in their
//! `NOTIFY_SOCKET`, one socket a pane. Any process that can write to it may send anything, in any
//! amount.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::Duration;

use tokio::net::UnixDatagram;

use crate::layout::{Address, NOTIFY_FOLDER, notify_name, one_line};
use crate::tmux::server::SOCKET_PATH_MAX;

/// The maximum length of a datagram.
const DATAGRAM_MAX: usize = 8 * 1024;
/// The maximum number of datagrams read from one pane at once; the rest of a flood comes later.
const DATAGRAMS_MAX: usize = 64;
/// The longest extension that a program can request at once.
const EXTEND_MAX: Duration = Duration::from_secs(3600);

/// The reason why a socket cannot be created, and what to do about it.
const TOO_LONG: &str = "longer than 107 bytes, the limit for socket paths: give the server a \
                        shorter one with `-S`, or call `triad report ready` in the program";

/// A notification of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    Ready,
    /// Its status, as one line.
    Status(String),
    /// It needs more time, from now on.
    Extend(Duration),
    Stopping,
}

/// Returns the path of the socket for a pane's program, beside tmux's own socket, as rendered.
pub(super) fn socket_path(socket: &str, owner: &str, address: &Address) -> PathBuf {
    let name = notify_name(owner, address);
    PathBuf::from(format!("{socket}{NOTIFY_FOLDER}/{name}"))
}

/// Parses one datagram: lines of `KEY=value`. Unknown keys and invalid values are ignored.
fn notices(datagram: &[u8]) -> Vec<Notice> {
    let lines = datagram.split(|byte| *byte == b'\n');
    let notice = |line: &[u8]| {
        let line = String::from_utf8_lossy(line);
        match line.split_once('=')? {
            ("READY", "1") => Some(Notice::Ready),
            ("STOPPING", "1") => Some(Notice::Stopping),
            ("STATUS", status) => Some(Notice::Status(one_line(status))),
            ("EXTEND_TIMEOUT_USEC", time) => {
                let time = Duration::from_micros(time.trim().parse().ok()?);
                Some(Notice::Extend(time.min(EXTEND_MAX)))
            }
            _ => None,
        }
    };
    lines.filter_map(notice).collect()
}

/// The sockets of panes. Their files are removed on drop.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    of: BTreeMap<Address, Listening>,
}

#[derive(Debug)]
struct Listening {
    socket: UnixDatagram,
    path: PathBuf,
    /// The identity of the socket file: by the time it is removed, another may be in its place.
    made: (u64, u64),
}

impl Sockets {
    /// Listens for the program of a pane. Unread datagrams of earlier programs are lost.
    ///
    /// # Errors
    /// Returns an error if the path is too long for a socket, its folder is not private, or a file
    /// that is not a socket is in its place.
    pub(super) fn bind(&mut self, address: &Address, path: &Path) -> io::Result<()> {
        // The old socket goes first, or it would remove the new one's file.
        self.of.remove(address);
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            return Err(io::Error::other(TOO_LONG));
        }
        own_folder(path.parent().unwrap_or(Path::new("/")))?;
        match fs::symlink_metadata(path) {
            Ok(found) if found.file_type().is_socket() => fs::remove_file(path)?,
            Ok(_) => return Err(io::Error::other("it exists and is not a socket")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let socket = UnixDatagram::bind(path)?;
        let found = fs::symlink_metadata(path)?;
        let listening = Listening {
            socket,
            path: path.to_owned(),
            made: (found.dev(), found.ino()),
        };
        self.of.insert(address.clone(), listening);
        Ok(())
    }

    /// Discards unread datagrams of a pane, if it has a socket.
    ///
    /// # Errors
    /// As [`Sockets::bind`].
    pub(super) fn renew(&mut self, address: &Address) -> io::Result<()> {
        let path = self.of.get(address).map(|listening| listening.path.clone());
        path.map_or(Ok(()), |path| self.bind(address, &path))
    }

    /// Returns the next notifications. Waits for ever if there are none; may be cancelled at any
    /// time.
    pub(super) async fn next(&mut self) -> Vec<(Address, Notice)> {
        loop {
            std::future::poll_fn(|cx| {
                let mut sockets = self.of.values();
                let is_ready = sockets.any(|one| one.socket.poll_recv_ready(cx).is_ready());
                if is_ready {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            let heard = self.heard();
            if !heard.is_empty() {
                return heard;
            }
        }
    }

    /// Returns the notifications since the last call, without waiting.
    pub(super) fn heard(&mut self) -> Vec<(Address, Notice)> {
        let mut heard = Vec::new();
        // The system closes files sent along: nothing receives them.
        let mut datagram = [0; DATAGRAM_MAX];
        for (address, listening) in &self.of {
            for _ in 0..DATAGRAMS_MAX {
                let Ok(count) = listening.socket.try_recv(&mut datagram) else {
                    break;
                };
                let notices = notices(&datagram[..count]).into_iter();
                heard.extend(notices.map(|notice| (address.clone(), notice)));
            }
        }
        heard
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let found = fs::symlink_metadata(&self.path);
        if found.is_ok_and(|found| (found.dev(), found.ino()) == self.made) {
            // A file that stays is replaced by the next listener.
            let _ = fs::remove_file(&self.path);
        }
        if let Some(folder) = self.path.parent() {
            // Other sockets may be in it.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Creates a private folder, or checks that it is private.
fn own_folder(folder: &Path) -> io::Result<()> {
    let made = DirBuilder::new().mode(0o700).create(folder);
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    let found = fs::symlink_metadata(folder)?;
    let user = rustix::process::geteuid().as_raw();
    if !found.is_dir() || found.uid() != user || found.mode() & 0o077 != 0 {
        let folder = folder.display();
        return Err(io::Error::other(format!(
            "`{folder}` is not a folder that only you can access"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(datagram: &[u8], expected: &[Notice]) {
        assert_eq!(notices(datagram), expected);
    }

    #[test]
    fn a_datagram_is_lines_of_keys_and_values() {
        check(b"READY=1", &[Notice::Ready]);
        let status = |text: &str| Notice::Status(text.to_owned());
        check(
            b"STATUS=reading 5 of 10\nREADY=1\nMAINPID=7\nSTOPPING=1\n",
            &[status("reading 5 of 10"), Notice::Ready, Notice::Stopping],
        );
        check(
            b"EXTEND_TIMEOUT_USEC=1500000\nWATCHDOG=1\nFDSTORE=1",
            &[Notice::Extend(Duration::from_millis(1500))],
        );
        check(
            b"EXTEND_TIMEOUT_USEC=18446744073709551615",
            &[Notice::Extend(EXTEND_MAX)],
        );
    }

    #[test]
    fn a_path_that_is_too_long_makes_no_folder() {
        let folder = std::env::temp_dir().join(format!("triad-{}", "x".repeat(107)));
        let address = "s/w/p".parse().expect("an address");
        let bound = Sockets::default().bind(&address, &folder.join("socket"));
        assert_eq!(bound.expect_err("it is too long").to_string(), TOO_LONG);
        assert!(!folder.exists());
    }

    #[test]
    fn hostile_datagrams_are_ignored_or_escaped() {
        for silent in [
            &b""[..],
            b"\n\n\n",
            b"READY",
            b"READY=0",
            b"READY=11",
            b" READY=1",
            b"ready=1",
            b"\0READY=1",
            b"ERRNO=2\nBUSERROR=x",
            b"EXTEND_TIMEOUT_USEC=-1",
            b"EXTEND_TIMEOUT_USEC=1s",
            b"EXTEND_TIMEOUT_USEC=18446744073709551616",
            &[0xff; 100],
        ] {
            check(silent, &[]);
        }
        let status = |datagram: &[u8]| match &notices(datagram)[..] {
            [Notice::Status(status)] => status.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(status(b"STATUS=a\x1b[31mb\x07"), "a\\u{1b}[31mb\\u{7}");
        assert_eq!(status(b"STATUS=\xff\xfe"), "\u{fffd}\u{fffd}");
        let long = [&b"STATUS="[..], &[b'x'; DATAGRAM_MAX]].concat();
        assert!(status(&long).chars().count() < 300);
    }
}
