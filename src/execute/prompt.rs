//! Whether a shell stands at its prompt and reads what is typed.
//!
//! Shells with a line editor take the terminal out of its canonical mode for that, and only then.
//! Others (dash) read it as it is: what tells there is that the shell itself is in the foreground,
//! runs nothing, and nothing moves.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::termios::{LocalModes, tcgetattr};

use crate::machine::process;

/// The longest line that a terminal in canonical mode takes, without its end.
pub(super) const LINE_MAX: usize = if cfg!(target_os = "macos") {
    1_023
} else {
    4_095
};

/// Shells that edit lines themselves: at their prompt the terminal is never in canonical mode.
const EDITORS: [&str; 7] = ["bash", "zsh", "fish", "ksh", "mksh", "tcsh", "nu"];
/// Shells that read lines as the terminal gives them.
const READERS: [&str; 4] = ["sh", "dash", "ash", "busybox"];

/// How a shell at its prompt reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// By its own editor.
    Edited,
    /// A line at a time, none longer than `LINE_MAX`. That it is a prompt shows only in time.
    Lines,
}

/// How the shell of this id, in the terminal of this path, reads now; else what it does instead.
/// `foreground` is the program that tmux sees in the foreground.
///
/// # Errors
/// A text for people: why it is not at its prompt.
pub(super) fn prompt(pid: i32, tty: &Path, foreground: &str) -> Result<Prompt, String> {
    let program = process::program(pid).unwrap_or_else(|| foreground.to_owned());
    let program = program.trim_start_matches('-');
    let is_editor = EDITORS.contains(&program);
    if !is_editor && !READERS.contains(&program) {
        return Err(format!("`{program}` runs there, which is no shell"));
    }
    if process::is_in_background(pid) {
        return Err(format!("`{foreground}` runs in it"));
    }
    let is_canonical = modes(tty)?.contains(LocalModes::ICANON);
    let is_busy = process::waits_for_child(pid);
    match (is_editor, is_canonical) {
        (_, false) if !is_busy => Ok(Prompt::Edited),
        (false, true) if !is_busy && process::is_idle(pid) => Ok(Prompt::Lines),
        _ => Err(format!("the prompt of `{program}` is not up")),
    }
}

fn modes(tty: &Path) -> Result<LocalModes, String> {
    let failed = |error: &dyn std::fmt::Display| format!("its terminal cannot be read: {error}");
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.cast_signed());
    let terminal = options.open(tty).map_err(|error| failed(&error))?;
    // What was typed before and is not read yet is not for whatever comes next.
    let unread = rustix::io::ioctl_fionread(&terminal).unwrap_or(0);
    if unread > 0 {
        return Err("it has yet to read what was typed".to_owned());
    }
    let modes = tcgetattr(&terminal).map_err(|error| failed(&error))?;
    Ok(modes.local_modes)
}
