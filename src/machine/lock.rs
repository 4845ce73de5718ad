//! Excludes other triads: advisory locks (`flock`) on files beside the server's socket.
//!
//! A server has one folder of locks whatever path leads to its socket. A lock file is removed by
//! its holder; one that a killed triad has left behind locks nothing.

use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::OFlags;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use crate::tmux::id::PaneId;

/// The first pause before a held lock is tried again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_millis(50);
/// The time after which a holder writes its name into the lock file. Most locks are free again by
/// then, and some disks take half a millisecond to remove a file with content.
const SAY_AFTER: Duration = Duration::from_millis(50);
/// The time after which a holder without a name is reported as unknown.
const SAID_BY: Duration = Duration::from_millis(150);
/// The number of times a lock file may be replaced while it is taken.
const REPLACEMENTS_MAX: u32 = 100;
/// The number of links to follow to a socket, as the kernel does.
const LINKS_MAX: u32 = 40;
/// The maximum length of a holder's text.
const TEXT_MAX: u64 = 8_192;
/// The suffix of lock files after the socket's name.
const SUFFIX: &str = ".triad-lock";

/// A lock of one server that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFile {
    socket: PathBuf,
    scope: Guard,
}

/// The scope of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Guard {
    /// Another apply of the layout with this owner key.
    Apply(String),
    /// Another change of the layout with this owner key.
    Change(String),
    /// Starting the server, and creating or renaming its sessions.
    Server,
    /// Sending to the pane with this number.
    Pane(u32),
}

/// A lock that is held until it is dropped or the process ends in any way.
#[derive(Debug)]
pub struct Lock {
    file: Arc<File>,
    path: PathBuf,
    /// Writes the holder's name after a moment.
    saying: AbortHandle,
}

/// The holder of a lock, and its purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    activity: &'static str,
    /// Its pid, its purpose, and since when.
    pub holder: String,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "another triad {}: {}", self.activity, self.holder)
    }
}

/// The locks that an execution takes while it changes something.
#[derive(Debug, Clone)]
pub struct Locks {
    /// Taken around each batch and each ending.
    pub change: LockFile,
    /// Also taken around lines that start a server, or create or rename sessions.
    pub server: LockFile,
    /// The purpose that others see.
    pub purpose: String,
    /// The time to wait for another holder.
    pub patience: Duration,
}

/// A reason why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{0}")]
    Held(Held),
    #[error("cannot lock `{}`", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("cannot use the lock `{}`: {what}", path.display())]
    NotOurs { path: PathBuf, what: String },
}

impl LockError {
    /// Returns one thing to do next.
    pub fn help(&self) -> String {
        match self {
            LockError::Held(_) => {
                "wait until it finishes, or use `--lock-timeout 60s` to wait longer".to_owned()
            }
            LockError::File { path, source } if source.kind() == io::ErrorKind::StorageFull => {
                let folder = path.parent().unwrap_or(path).display();
                format!("free some space on the disk of `{folder}`")
            }
            LockError::File { path, .. } => {
                let folder = path.parent().unwrap_or(path).display();
                format!("make sure that you own the socket's folder `{folder}` and can write to it")
            }
            LockError::NotOurs { path, .. } => {
                format!(
                    "check who created it, and remove it if it is not needed: `rm {}`",
                    path.display()
                )
            }
        }
    }
}

impl LockFile {
    /// Returns the lock that an apply of a layout holds from the confirmation to its end.
    /// `owner_key` names the layout and its manifest ([`owner_key`](crate::layout::owner_key)).
    pub fn apply(socket: &Path, owner_key: &str) -> Self {
        LockFile {
            socket: socket.to_owned(),
            scope: Guard::Apply(owner_key.to_owned()),
        }
    }

    /// Returns the lock that is held around each batch and each ending of a layout.
    pub fn change(socket: &Path, owner_key: &str) -> Self {
        LockFile {
            socket: socket.to_owned(),
            scope: Guard::Change(owner_key.to_owned()),
        }
    }

    /// Returns the lock that is held while a server is started and sessions are created or renamed.
    pub fn server(socket: &Path) -> Self {
        LockFile {
            socket: socket.to_owned(),
            scope: Guard::Server,
        }
    }

    /// Returns the lock that is held while text or keys are sent to a pane.
    pub fn pane(socket: &Path, pane: PaneId) -> Self {
        LockFile {
            socket: socket.to_owned(),
            scope: Guard::Pane(pane.0),
        }
    }

    /// Takes the lock, waiting up to `patience` for its holder, and a moment longer for one that
    /// has not written its name yet. Others see `purpose`. It must be used within a tokio runtime.
    ///
    /// A dropped future leaves nothing locked.
    ///
    /// # Errors
    /// Returns an error if it is still held after that time, or its file cannot be created or is
    /// not triad's.
    pub async fn take(&self, purpose: &str, patience: Duration) -> Result<Lock, LockError> {
        self.take_telling(purpose, patience, &mut |_| ()).await
    }

    /// Takes the lock as [`LockFile::take`] does, and reports its holder once, at once, if it has
    /// to be waited for.
    ///
    /// # Errors
    /// As [`LockFile::take`].
    pub async fn take_telling(
        &self,
        purpose: &str,
        patience: Duration,
        tell: &mut impl FnMut(&Held),
    ) -> Result<Lock, LockError> {
        // A time that cannot be represented is no deadline.
        let begun = Instant::now();
        let deadline = begun.checked_add(patience);
        let is_over = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let mut is_told = false;
        let mut pause = FIRST_PAUSE;
        loop {
            let who = match self.attempt(purpose)? {
                Attempt::Taken(lock) => return Ok(lock),
                Attempt::Held(who) => who,
            };
            let is_about_to_say = who.is_none() && begun.elapsed() < SAID_BY;
            let held = Held {
                activity: self.scope.activity(),
                holder: who.unwrap_or_else(|| NAMELESS.to_owned()),
            };
            if is_over() && !is_about_to_say {
                return Err(LockError::Held(held));
            }
            if !is_told && !is_about_to_say {
                is_told = true;
                tell(&held);
            }
            // There is no event for a free lock without blocking the thread.
            sleep(pause).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// Checks whether the lock could be taken if nobody held it, as far as that is visible.
    ///
    /// # Errors
    /// Returns an error if a file that is not triad's is in its place.
    pub fn check(&self) -> Result<(), LockError> {
        match open(&self.path()?, false) {
            Err(LockError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(())
            }
            opened => opened.map(drop),
        }
    }

    /// Tries once. The file is opened anew each time: its holder removes it in the end.
    fn attempt(&self, purpose: &str) -> Result<Attempt, LockError> {
        let path = self.path()?;
        for _ in 0..REPLACEMENTS_MAX {
            let mut file = open(&path, true)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Ok(Attempt::Held(holder(&mut file, SystemTime::now())));
                }
                Err(TryLockError::Error(source)) => return Err(LockError::File { path, source }),
            }
            if is_at(&file, &path) {
                return Ok(Attempt::Taken(Lock::new(file, path, purpose)));
            }
            // Its holder removed it between the two calls, and others do not see this one.
        }
        Err(LockError::NotOurs {
            path,
            what: "it keeps being replaced".to_owned(),
        })
    }

    /// Returns the path of the lock file, beside the socket itself.
    fn path(&self) -> Result<PathBuf, LockError> {
        let socket = canonical(&self.socket)?;
        let mut name = socket.file_name().unwrap_or_default().to_owned();
        name.push(SUFFIX);
        match &self.scope {
            Guard::Apply(key) => name.push(format!("-apply-{key}")),
            Guard::Change(key) => name.push(format!("-change-{key}")),
            Guard::Server => {}
            Guard::Pane(number) => name.push(format!("-pane-{number}")),
        }
        Ok(socket.with_file_name(name))
    }
}

impl Guard {
    /// Returns what the holder is doing.
    fn activity(&self) -> &'static str {
        match self {
            Guard::Apply(_) => "is applying this layout",
            Guard::Change(_) => "is changing this layout",
            Guard::Server => "is creating sessions on this server",
            Guard::Pane(_) => "is sending to this pane",
        }
    }
}

impl Lock {
    fn new(file: File, path: PathBuf, purpose: &str) -> Self {
        let file = Arc::new(file);
        let text = text(purpose, SystemTime::now());
        if file.metadata().is_ok_and(|found| found.len() > 0) {
            // A killed triad has left it behind, with its own text.
            say(&file, &text);
        }
        // A file that is still open would still be locked.
        let weak = Arc::downgrade(&file);
        let saying = tokio::spawn(async move {
            sleep(SAY_AFTER).await;
            if let Some(file) = weak.upgrade() {
                say(&file, &text);
            }
        });
        Lock {
            file,
            path,
            saying: saying.abort_handle(),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.saying.abort();
        if is_at(&self.file, &self.path) {
            // A file that stays is reused by the next holder.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The result of one attempt.
enum Attempt {
    Taken(Lock),
    /// Another triad holds it, perhaps with its name.
    Held(Option<String>),
}

/// The name of a holder that has not written any.
const NAMELESS: &str = "an unknown process";

/// Returns the path of the socket without links, so that every path to it leads to the same locks.
/// The socket need not exist; its folder is created, as tmux does.
fn canonical(socket: &Path) -> Result<PathBuf, LockError> {
    let mut place = socket.to_owned();
    for _ in 0..LINKS_MAX {
        let Ok(target) = fs::read_link(&place) else {
            break;
        };
        place = folder_of(&place).join(target);
    }
    let folder = folder_of(&place);
    let failed = |source| LockError::File {
        path: place.clone(),
        source,
    };
    if !folder.exists() {
        // Only one level: tmux would not use a folder below a missing one.
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            // Another triad, or tmux itself, was faster.
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {}
            created => created.map_err(failed)?,
        }
    }
    let folder = fs::canonicalize(folder).map_err(failed)?;
    Ok(folder.join(place.file_name().unwrap_or_default()))
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Opens a lock file. The socket's folder may be writable by others: a link of theirs must not
/// redirect writes, and a file of theirs must not block triad.
fn open(path: &Path, makes: bool) -> Result<File, LockError> {
    let failed = |source| LockError::File {
        path: path.to_owned(),
        source,
    };
    let refused = |what: String| LockError::NotOurs {
        path: path.to_owned(),
        what,
    };
    if let Ok(found) = fs::symlink_metadata(path)
        && !found.is_file()
    {
        let what = if found.is_symlink() {
            "a symbolic link"
        } else {
            "not a file"
        };
        return Err(refused(format!("it is {what}")));
    }
    let no_link = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(makes)
        .truncate(false)
        .custom_flags(no_link.bits().cast_signed())
        .mode(0o600);
    let file = options.open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    let user = rustix::process::geteuid().as_raw();
    if found.uid() != user {
        return Err(refused(format!(
            "it belongs to another user, uid {}",
            found.uid()
        )));
    }
    if !found.is_file() || found.nlink() > 1 {
        return Err(refused("it has other hard links".to_owned()));
    }
    Ok(file)
}

/// Whether the path still leads to this very file.
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |found: Metadata| (found.dev(), found.ino());
    let there = fs::symlink_metadata(path).map(identity);
    let own = file.metadata().map(identity);
    matches!((there, own), (Ok(there), Ok(own)) if there == own)
}

/// Returns the text of a holder, with the time since when.
fn text(purpose: &str, since: SystemTime) -> String {
    let since = since.duration_since(UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs();
    let purpose = purpose.replace(char::is_control, "?");
    format!("pid {}, {purpose}\n{seconds}\n", std::process::id())
}

/// Writes the holder into the file. This is a courtesy to others: the lock works without it, even
/// if the disk is full.
fn say(mut file: &File, text: &str) {
    let _ = file
        .set_len(0)
        .and_then(|()| file.write_all(text.as_bytes()));
}

/// Reads the holder and its time from the file.
fn holder(file: &mut File, now: SystemTime) -> Option<String> {
    let mut text = String::new();
    // An unreadable holder is unknown.
    let _ = file.take(TEXT_MAX).read_to_string(&mut text);
    let mut lines = text.lines();
    let who = lines.next()?.trim();
    if who.is_empty() {
        return None;
    }
    let who = who.replace(char::is_control, "?");
    let since = lines.next().and_then(|seconds| seconds.parse().ok());
    let since = since.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
    Some(
        match since.and_then(|since| now.duration_since(since).ok()) {
            Some(ago) => format!("{who}, for {} s", ago.as_secs()),
            None => who,
        },
    )
}

#[cfg(test)]
mod tests;
