//! One writer at a time: an advisory lock on a file of ours beside the server's socket.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::OFlags;
use tokio::time::{Instant, sleep};

/// How often a held lock is tried again.
const RETRY: Duration = Duration::from_millis(50);

/// The lock, released when it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another triad works on this server: {holder}")]
    Held { holder: String },
    #[error("cannot lock `{}`", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the lock `{}` is {what}", path.display())]
    NotOurs { path: PathBuf, what: String },
}

impl LockError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            LockError::Held { .. } => {
                "wait until it is done, or wait longer with `--lock-timeout 60s`".to_owned()
            }
            LockError::File { path, source } if source.kind() == io::ErrorKind::StorageFull => {
                let folder = path.parent().unwrap_or(path).display();
                format!("make room on the disk of `{folder}`")
            }
            LockError::File { path, .. } => {
                let folder = path.parent().unwrap_or(path).display();
                format!(
                    "the folder of the socket, `{folder}`, must be yours, and you must be able to write to it"
                )
            }
            LockError::NotOurs { path, .. } => {
                format!(
                    "look who made it; remove it if it is nothing: `rm {}`",
                    path.display()
                )
            }
        }
    }
}

/// Takes the lock of the server behind `socket`, waiting up to `timeout` for who holds it.
///
/// `purpose` is what others are told meanwhile.
///
/// # Errors
/// When it is still held at the deadline, or the file cannot be made, or is somebody else's.
pub async fn lock(socket: &Path, purpose: &str, timeout: Duration) -> Result<Lock, LockError> {
    let path = path_of(socket);
    let mut file = open(&path)?;
    let deadline = Instant::now() + timeout;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(source)) => return Err(LockError::File { path, source }),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(LockError::Held {
                    holder: holder(&mut file, SystemTime::now()),
                });
            }
            // The kernel tells nobody when a lock becomes free without blocking the thread.
            Err(TryLockError::WouldBlock) => sleep(RETRY).await,
        }
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs();
    let text = format!("pid {}, {purpose}\n{seconds}\n", std::process::id());
    // It is a courtesy to others. The lock holds without it, also where the disk is full.
    let _ = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(text.as_bytes()));
    Ok(Lock { _file: file })
}

fn path_of(socket: &Path) -> PathBuf {
    let mut name = socket.file_name().unwrap_or_default().to_owned();
    name.push(".triad-lock");
    socket.with_file_name(name)
}

/// The folder may be missing before the first server of a user; tmux makes it the same way.
///
/// A socket may lie in a folder that others can write to. Nobody must be able to have us write to
/// another file by a link, nor to keep us waiting by a file of theirs.
fn open(path: &Path) -> Result<File, LockError> {
    let failed = |source| LockError::File {
        path: path.to_owned(),
        source,
    };
    let refused = |what: String| LockError::NotOurs {
        path: path.to_owned(),
        what,
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed)?;
    }
    if let Ok(found) = fs::symlink_metadata(path)
        && !found.is_file()
    {
        let what = if found.is_symlink() {
            "a link"
        } else {
            "no file"
        };
        return Err(refused(format!("{what}, which triad does not follow")));
    }
    let no_link = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(no_link.bits().cast_signed())
        .mode(0o600);
    let file = options.open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    let user = rustix::process::geteuid().as_raw();
    if found.uid() != user {
        return Err(refused(format!("another user's, of uid {}", found.uid())));
    }
    if !found.is_file() || found.nlink() > 1 {
        return Err(refused("no file of its own".to_owned()));
    }
    Ok(file)
}

/// Who holds the lock, and for how long, as the file tells.
fn holder(file: &mut File, now: SystemTime) -> String {
    let mut text = String::new();
    // A holder that has not written yet is named by what is known: that it is there.
    let _ = file
        .rewind()
        .and_then(|()| file.take(TEXT_MAX).read_to_string(&mut text));
    let mut lines = text.lines();
    let who = lines.next().map(str::trim).filter(|who| !who.is_empty());
    let Some(who) = who else {
        return "it does not say who".to_owned();
    };
    let since = lines.next().and_then(|seconds| seconds.parse().ok());
    let since = since.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
    match since.and_then(|since| now.duration_since(since).ok()) {
        Some(ago) => format!("{who}, for {} s", ago.as_secs()),
        None => who.to_owned(),
    }
}

/// How much is read of what a holder says.
const TEXT_MAX: u64 = 8_192;
