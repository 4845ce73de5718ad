//! Reads single keys of triad's terminal, without waiting for the end of a line.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The path of a process's own terminal.
const TERMINAL: &str = "/dev/tty";

/// The keys of a terminal, whose modes are restored on drop.
#[derive(Debug)]
pub struct Keys {
    terminal: File,
    before: Termios,
    typed: UnboundedReceiver<u8>,
}

impl Keys {
    /// Reads keys from now on, for the rest of the process. `None` if there is no terminal, or
    /// another program is in the foreground.
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
        // Nothing else can wait for a terminal on all systems.
        std::thread::spawn(move || read(read_from, &sender));
        Some(Keys {
            terminal,
            before,
            typed,
        })
    }

    /// Returns the next typed byte; never, once the terminal is gone. May be cancelled at any time.
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
