//! Single keys of the terminal that triad was started on, read without waiting for the end of a line.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Where the terminal of a process is.
const TERMINAL: &str = "/dev/tty";

/// The keys of a terminal, which is as it was again when this is dropped.
#[derive(Debug)]
pub struct Keys {
    terminal: File,
    before: Termios,
    typed: UnboundedReceiver<u8>,
}

impl Keys {
    /// Reads keys from now on, for the rest of the process. `None` where there is no terminal, or another
    /// program has it.
    pub fn listen() -> Option<Self> {
        let mut options = OpenOptions::new();
        options.custom_flags(OFlags::NOCTTY.bits().cast_signed());
        let terminal = options.read(true).open(TERMINAL).ok()?;
        let foreground = termios::tcgetpgrp(&terminal).ok()?;
        if foreground != rustix::process::getpgrp() {
            return None;
        }
        let before = termios::tcgetattr(&terminal).ok()?;
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        let (sender, typed) = unbounded_channel();
        let read_from = terminal.try_clone().ok()?;
        termios::tcsetattr(&terminal, OptionalActions::Now, &modes).ok()?;
        // Nothing else can wait for a terminal everywhere.
        std::thread::spawn(move || read(read_from, &sender));
        Some(Keys {
            terminal,
            before,
            typed,
        })
    }

    /// The next byte that is typed; never, once the terminal is gone. May be given up at any moment.
    pub async fn next(&mut self) -> u8 {
        match self.typed.recv().await {
            Some(byte) => byte,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

fn read(mut terminal: File, sender: &UnboundedSender<u8>) {
    let mut byte = [0];
    while terminal.read(&mut byte).is_ok_and(|count| count == 1) {
        if sender.send(byte[0]).is_err() {
            return;
        }
    }
}
