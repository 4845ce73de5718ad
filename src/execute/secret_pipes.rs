//! Hands programs their secrets, each through a named pipe in a folder of its own.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::{OpenOptions, Sender};
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::event::StepOutcome;
use crate::execute::run::Execution;
use crate::render::Piped;

/// How long a pane may take until it reads its pipe, and to read it.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(5);

/// Makes the pipes of these panes, which cannot start without. They last as long as the result.
pub(super) async fn made(execution: &mut Execution<'_>, piped: &[&Piped]) -> Pipes {
    let made = Pipes::make(piped).await;
    made.unwrap_or_else(|error| {
        for piped in piped {
            let why = format!("cannot make a pipe for its secrets: {error}");
            execution.fail(piped.line.step, why);
        }
        Pipes::default()
    })
}

/// Hands the panes their secrets, and notes that they are started.
pub(super) async fn deliver(execution: &mut Execution<'_>, piped: &[&Piped]) {
    let mut started = Vec::new();
    // One for all: they were started together, and may have ended together.
    let deadline = Instant::now() + DEADLINE;
    for piped in piped {
        let step = piped.line.step;
        if execution.steps[step] != StepOutcome::Pending {
            continue;
        }
        match write(piped, deadline).await {
            Ok(()) => started.push(piped.started.clone()),
            Err(error) => execution.fail(step, format!("cannot hand it its secrets: {error}")),
        }
    }
    if !started.is_empty() {
        execution.send(&started).await;
    }
}

/// Named pipes that nobody else can open, gone when dropped.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    folder: Option<PathBuf>,
}

impl Pipes {
    /// Makes the pipes of these panes.
    ///
    /// # Errors
    /// When the folder of the socket takes no folder, or the system no pipe.
    async fn make(piped: &[&Piped]) -> io::Result<Self> {
        let Some(folder) = piped.first().and_then(|piped| piped.pipe.parent()) else {
            return Ok(Pipes::default());
        };
        DirBuilder::new().mode(0o700).create(folder)?;
        // From here on it goes, whatever happens.
        let pipes = Pipes {
            folder: Some(folder.to_owned()),
        };
        let paths = piped.iter().map(|piped| &piped.pipe);
        let made = Command::new("mkfifo")
            .args(["-m", "600", "--"])
            .args(paths)
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
}

impl Drop for Pipes {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What cannot be removed holds nothing; the next apply tries again.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Removes what a triad left that was killed, beside the socket: none but this one works on the
/// server now.
pub(super) fn remove_old(socket: &Path) {
    let folder = socket.parent().unwrap_or(Path::new("/"));
    let name = socket.file_name().and_then(OsStr::to_str);
    let of_socket = format!("{}.{NONCE}", name.unwrap_or_default());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let nonce = name.to_str().and_then(|name| name.strip_prefix(&of_socket));
        let is_old = nonce.is_some_and(|nonce| nonce.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if is_old && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // It holds nothing; who comes next tries again.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// What every nonce begins with.
const NONCE: &str = "triad";

/// Writes what a pane waits for.
///
/// # Errors
/// When the pane does not read it before the deadline.
async fn write(piped: &Piped, deadline: Instant) -> io::Result<()> {
    let delivery = async {
        let mut pipe = open(&piped.pipe).await?;
        pipe.write_all(piped.text.reveal().as_bytes()).await
    };
    match timeout_at(deadline, delivery).await {
        Ok(delivered) => delivered,
        Err(_) => Err(io::Error::other(format!(
            "it did not read them within {} s",
            DEADLINE.as_secs()
        ))),
    }
}

/// Opens a pipe to write to it, as soon as there is a reader.
async fn open(pipe: &Path) -> io::Result<Sender> {
    loop {
        match OpenOptions::new().open_sender(pipe) {
            // Nobody reads it yet. There is no event for that; the caller has a deadline.
            Err(error) if error.raw_os_error() == Some(NO_READER) => sleep(LOOK).await,
            opened => return opened,
        }
    }
}

/// What opening a pipe says that nobody reads.
const NO_READER: i32 = rustix::io::Errno::NXIO.raw_os_error();
