//! Unbuffered standard output: a failed write is reported by that write, not lost at the end.

use std::io::{self, Write};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::FileType;
use rustix::stdio::stdout;

/// Writes all bytes.
///
/// The standard library's own handle reports success for writes to a descriptor that is not open
/// for writing.
///
/// # Errors
/// When some bytes could not be written.
pub(super) fn write(bytes: &[u8]) -> io::Result<()> {
    Stdout.write_all(bytes)
}

/// Whether standard output is a file, whose size may be limited.
pub(super) fn is_file() -> bool {
    let found = rustix::fs::fstat(stdout());
    found.is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile)
}

struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(stdout(), bytes) {
                // The reader has made the descriptor non-blocking.
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
