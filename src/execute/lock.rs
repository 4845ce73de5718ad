//! One writer at a time: an advisory lock on a file of ours beside the server's socket.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

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
}

/// Takes the lock of the server behind `socket`, waiting up to `timeout` for who holds it.
///
/// `purpose` is what others are told meanwhile.
///
/// # Errors
/// When it is still held at the deadline, or the file cannot be made.
pub async fn lock(socket: &Path, purpose: &str, timeout: Duration) -> Result<Lock, LockError> {
    let path = path_of(socket);
    let failed = |source| LockError::File {
        path: path.clone(),
        source,
    };
    let mut file = open(&path).map_err(failed)?;
    let deadline = Instant::now() + timeout;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(LockError::Held {
                    holder: holder(&mut file),
                });
            }
            // The kernel tells nobody when a lock becomes free without blocking the thread.
            Err(TryLockError::WouldBlock) => sleep(RETRY).await,
        }
    }
    let text = format!("pid {}, {purpose}\n", std::process::id());
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(text.as_bytes()));
    written.map_err(failed)?;
    Ok(Lock { _file: file })
}

fn path_of(socket: &Path) -> PathBuf {
    let mut name = socket.file_name().unwrap_or_default().to_owned();
    name.push(".triad-lock");
    socket.with_file_name(name)
}

/// The folder may be missing before the first server of a user; tmux makes it the same way.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    options.open(path)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    // A holder that has not written yet is named by what is known: that it is there.
    let _ = file
        .rewind()
        .and_then(|()| file.take(1_000).read_to_string(&mut text));
    let text = text.trim();
    if text.is_empty() {
        "it does not say who".to_owned()
    } else {
        text.to_owned()
    }
}
