//! Standard output without a buffer: what cannot be written is told by the write that fails, and not
//! forgotten at the end.

use std::io::{self, Write};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::FileType;
use rustix::stdio::stdout;

/// Writes all of it.
///
/// The standard library's own handle takes every write to a descriptor that is not open for writing
/// for a success.
///
/// # Errors
/// When not all of it could be written.
pub(super) fn write(bytes: &[u8]) -> io::Result<()> {
    Stdout.write_all(bytes)
}

/// Whether it is a file, the size of which may have a limit.
pub(super) fn is_file() -> bool {
    let found = rustix::fs::fstat(stdout());
    found.is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile)
}

struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(stdout(), bytes) {
                // Whoever reads it has made it so that a write does not wait.
                Err(rustix::io::Errno::AGAIN) => {
                    poll(
                        &mut [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)],
                        None,
                    )?;
                }
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
