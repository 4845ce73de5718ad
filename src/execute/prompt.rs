//! Tells whether a shell is at its prompt and reads typed text.
//!
//! Shells with a line editor switch the terminal out of canonical mode at their prompt, and only
//! then. Others (dash) leave it as it is: they are at their prompt if the shell itself is in the
//! foreground, runs nothing, and nothing changes.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::termios::{LocalModes, tcgetattr};

use crate::machine::process;

/// The longest line that a terminal in canonical mode accepts, without its end.
pub(super) const LINE_MAX: usize = if cfg!(target_os = "macos") {
    1_023
} else {
    4_095
};

/// Shells that edit lines themselves: at their prompt the terminal is never in canonical mode.
const EDITORS: [&str; 7] = ["bash", "zsh", "fish", "ksh", "mksh", "tcsh", "nu"];
/// Shells that read lines as the terminal gives them.
const READERS: [&str; 4] = ["sh", "dash", "ash", "busybox"];

/// The mode in which a shell at its prompt reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// By its own editor.
    Edited,
    /// A line at a time, none longer than `LINE_MAX`. Only time shows that it is a prompt.
    Lines,
}

/// Returns the mode in which the shell with this id and terminal reads now; else what it is doing.
/// `foreground` is the program that tmux sees in the foreground.
///
/// # Errors
/// Returns, for people, why it is not at its prompt.
pub(super) fn prompt(pid: i32, tty: &Path, foreground: &str) -> Result<Prompt, String> {
    let program = process::program(pid).unwrap_or_else(|| foreground.to_owned());
    let program = program.trim_start_matches('-');
    let is_editor = EDITORS.contains(&program);
    if !is_editor && !READERS.contains(&program) {
        return Err(format!("`{program}` is running there, not a shell"));
    }
    if process::is_in_background(pid) {
        return Err(format!("`{foreground}` is running in it"));
    }
    let is_canonical = modes(tty)?.contains(LocalModes::ICANON);
    let is_busy = process::waits_for_child(pid);
    match (is_editor, is_canonical) {
        (_, false) if !is_busy => Ok(Prompt::Edited),
        (false, true) if !is_busy && process::is_idle(pid) => Ok(Prompt::Lines),
        _ => Err(format!("`{program}` is not at its prompt")),
    }
}

fn modes(tty: &Path) -> Result<LocalModes, String> {
    let failed = |error: &dyn std::fmt::Display| format!("its terminal cannot be read: {error}");
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.cast_signed());
    let terminal = options.open(tty).map_err(|error| failed(&error))?;
    // Unread input must not be mixed with the next text.
    let unread = rustix::io::ioctl_fionread(&terminal).unwrap_or(0);
    if unread > 0 {
        return Err("it has not read the last text yet".to_owned());
    }
    let modes = tcgetattr(&terminal).map_err(|error| failed(&error))?;
    Ok(modes.local_modes)
}
