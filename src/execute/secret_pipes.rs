//! Passes secrets to programs, each through a named pipe in a folder of its own.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::{OpenOptions, Sender};
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::layout::StepId;
use crate::render::Piped;
use crate::tmux::environment::Environment;

/// The time that a pane has to open and read its pipe.
const DEADLINE: Duration = Duration::from_secs(10);
/// The interval between attempts to open a pipe.
const LOOK: Duration = Duration::from_millis(5);

/// Named pipes that only their owner can open, removed when dropped.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    /// The folder, locked as long as its pipes are used.
    folder: Option<(std::path::PathBuf, File)>,
}

impl Pipes {
    /// Makes the pipes of these panes, with `environment` for the program that makes them.
    ///
    /// # Errors
    /// Returns, for people, why the folder or a pipe cannot be created.
    pub(super) async fn make(
        piped: &[(StepId, Piped)],
        environment: &Environment,
    ) -> Result<Self, String> {
        let made = make(piped, environment).await;
        made.map_err(|error| format!("cannot make a pipe for its secrets: {error}"))
    }
}

async fn make(piped: &[(StepId, Piped)], environment: &Environment) -> io::Result<Pipes> {
    let paths = piped.iter().map(|(_, piped)| &piped.pipe);
    let Some(folder) = piped.first().and_then(|(_, piped)| piped.pipe.parent()) else {
        return Ok(Pipes::default());
    };
    DirBuilder::new().mode(0o700).create(folder)?;
    let held = File::open(folder)?;
    // The lock keeps other triads from removing it.
    held.try_lock().map_err(io::Error::from)?;
    // From here on it is removed, whatever happens.
    let pipes = Pipes {
        folder: Some((folder.to_owned(), held)),
    };
    let made = Command::new("mkfifo")
        .args(["-m", "600", "--"])
        .args(paths)
        .env_clear()
        .envs(environment.all())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let made = timeout(DEADLINE, made).await??;
    if made.status.success() {
        return Ok(pipes);
    }
    let said = String::from_utf8_lossy(&made.stderr).trim().to_owned();
    Err(io::Error::other(said))
}

impl Drop for Pipes {
    fn drop(&mut self) {
        if let Some((folder, _)) = &self.folder {
            // A folder that cannot be removed holds nothing; the next apply tries again.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Removes folders that killed triads left beside the socket. A working triad holds its folder's
/// lock.
pub fn remove_old(socket: &Path) {
    let folder = socket.parent().unwrap_or(Path::new("/"));
    let name = socket.file_name().and_then(OsStr::to_str);
    let of_socket = format!("{}.{NONCE}", name.unwrap_or_default());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let nonce = name.to_str().and_then(|name| name.strip_prefix(&of_socket));
        let is_ours = nonce.is_some_and(|nonce| nonce.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_free = || File::open(entry.path()).is_ok_and(|held| held.try_lock().is_ok());
        if is_ours && is_folder && is_free() {
            // It holds nothing; the next triad tries again.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The prefix of every nonce.
const NONCE: &str = "triad";

/// Passes a pane its secrets.
///
/// # Errors
/// Returns, for people, that the pane did not read them before the deadline.
pub(super) async fn deliver(piped: &Piped, deadline: Instant) -> Result<(), String> {
    let delivery = async {
        let mut pipe = open(&piped.pipe).await?;
        pipe.write_all(piped.text.reveal().as_bytes()).await
    };
    let why = match timeout_at(deadline, delivery).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it did not read them within {} s", DEADLINE.as_secs()),
    };
    Err(format!("cannot pass its secrets: {why}"))
}

/// Returns the time by which panes that are started now must have read.
pub(super) fn deadline() -> Instant {
    Instant::now() + DEADLINE
}

/// Opens a pipe for writing, as soon as there is a reader.
async fn open(pipe: &Path) -> io::Result<Sender> {
    loop {
        match OpenOptions::new().open_sender(pipe) {
            // No reader yet. There is no event for that; the caller has a deadline.
            Err(error) if error.raw_os_error() == Some(NO_READER) => sleep(LOOK).await,
            opened => return opened,
        }
    }
}

/// The error of opening a pipe without a reader.
const NO_READER: i32 = rustix::io::Errno::NXIO.raw_os_error();
