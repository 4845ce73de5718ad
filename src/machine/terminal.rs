//! Waits until the terminal of this process has read what was written to it: tmux can lose the last
//! words of a process that ends at once.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Asks where the cursor is; the end of the answer.
const QUESTION: &[u8] = b"\x1b\\\x1b[6n";
const ANSWERED: u8 = b'R';

/// Waits until the terminal has answered, but no longer than this. Without a terminal there is nothing
/// to wait for.
pub fn drain(limit: Duration) {
    // Its process ends anyway.
    let _ = ask(Instant::now() + limit);
}

fn ask(deadline: Instant) -> io::Result<()> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&terminal)?;
    let mut modes = before.clone();
    modes.make_raw();
    // Output keeps its line breaks.
    modes.output_modes = before.output_modes;
    tcsetattr(&terminal, OptionalActions::Flush, &modes)?;
    let answered = terminal
        .write_all(QUESTION)
        .and_then(|()| answer(&mut terminal, deadline));
    tcsetattr(&terminal, OptionalActions::Flush, &before)?;
    answered
}

/// Reads up to the end of the answer.
fn answer(terminal: &mut File, deadline: Instant) -> io::Result<()> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        let ready = poll(&mut [PollFd::new(&*terminal, PollFlags::IN)], Some(&left))?;
        let mut byte = [0];
        if ready == 0 || terminal.read(&mut byte)? == 0 || byte[0] == ANSWERED {
            return Ok(());
        }
    }
}
