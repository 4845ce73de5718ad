//! A terminal that another program reads from: how the program is given its input, and whether it has
//! read it.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::termios::{LocalModes, tcgetattr};

/// The longest line that a terminal in canonical mode accepts, in bytes and without its end.
pub const LINE_MAX: usize = if cfg!(target_os = "macos") {
    1_023
} else {
    4_095
};

/// The state of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// The program is given whole lines, none longer than [`LINE_MAX`].
    pub is_canonical: bool,
    pub has_echo: bool,
    /// The number of bytes that the program could read now; in canonical mode those of whole lines.
    pub unread: u64,
}

/// Reads the state of the terminal with this path.
///
/// # Errors
/// Returns an error if it cannot be opened.
pub fn modes(tty: &Path) -> io::Result<Modes> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.cast_signed());
    let terminal = options.open(tty)?;
    let unread = rustix::io::ioctl_fionread(&terminal).unwrap_or(0);
    let modes = tcgetattr(&terminal)?.local_modes;
    Ok(Modes {
        is_canonical: modes.contains(LocalModes::ICANON),
        has_echo: modes.contains(LocalModes::ECHO),
        unread,
    })
}
