//! What programs say of themselves in the manner of `sd_notify`: datagrams to the socket that
//! `NOTIFY_SOCKET` names to them, one socket a pane. Whoever can write to it may say anything, and
//! as much as it likes.

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

/// How much is read of one datagram.
const DATAGRAM_MAX: usize = 8 * 1024;
/// How many datagrams of one pane are read at once; the others of a flood have their turn next.
const DATAGRAMS_MAX: usize = 64;
/// How much more time a program may ask for at once.
const EXTEND_MAX: Duration = Duration::from_secs(3600);

/// Why nothing can be heard there, and what to do about it.
const TOO_LONG: &str = "that is longer than the 107 bytes of a socket's path: give the server a \
                        shorter one with `-S`, or let the program call `triad report ready`";

/// Something that a program says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    Ready,
    /// What it is at, as one line.
    Status(String),
    /// It needs more time, from now on.
    Extend(Duration),
    Stopping,
}

/// Where the program of a pane speaks to, beside tmux's own socket: as rendered.
pub(super) fn socket_path(socket: &str, owner: &str, address: &Address) -> PathBuf {
    let name = notify_name(owner, address);
    PathBuf::from(format!("{socket}{NOTIFY_FOLDER}/{name}"))
}

/// Reads one datagram: lines of `KEY=value`. What is not known, or is no text, says nothing.
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

/// The sockets that panes speak to. Their files go when this does.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    of: BTreeMap<Address, Listening>,
}

#[derive(Debug)]
struct Listening {
    socket: UnixDatagram,
    path: PathBuf,
    /// The file that was made: by the time that it goes, another may lie in its place.
    made: (u64, u64),
}

impl Sockets {
    /// Listens for what the program of a pane says. What earlier programs have said there is lost.
    ///
    /// # Errors
    /// When the path is too long for a socket, its folder is somebody else's, or something lies in
    /// its place that is no socket.
    pub(super) fn bind(&mut self, address: &Address, path: &Path) -> io::Result<()> {
        // The old one's file goes first, or it would take the new one's with it.
        self.of.remove(address);
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            return Err(io::Error::other(TOO_LONG));
        }
        own_folder(path.parent().unwrap_or(Path::new("/")))?;
        match fs::symlink_metadata(path) {
            Ok(found) if found.file_type().is_socket() => fs::remove_file(path)?,
            Ok(_) => return Err(io::Error::other("what lies there is no socket")),
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

    /// Forgets what was said to the socket of a pane, if it has one.
    ///
    /// # Errors
    /// As [`Sockets::bind`].
    pub(super) fn renew(&mut self, address: &Address) -> io::Result<()> {
        let path = self.of.get(address).map(|listening| listening.path.clone());
        path.map_or(Ok(()), |path| self.bind(address, &path))
    }

    /// What is said next. Waits for ever where nobody says anything; may be given up at any moment.
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

    /// What has been said since the last time, without waiting.
    pub(super) fn heard(&mut self) -> Vec<(Address, Notice)> {
        let mut heard = Vec::new();
        // Files that are sent along are closed by the system: nothing receives them.
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
            // One that stays is replaced by the next that listens.
            let _ = fs::remove_file(&self.path);
        }
        if let Some(folder) = self.path.parent() {
            // Others may listen there.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Makes a folder that is ours alone, or sees that it is.
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
            "`{folder}` is not a folder that only you can use"
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
    fn what_is_hostile_says_nothing_or_is_made_visible() {
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
