//! Tells whether a shell is at its prompt and reads typed text.
//!
//! Shells with a line editor switch the terminal out of canonical mode at their prompt, and only
//! then. Others (dash) leave it as it is: they are at their prompt if the shell itself is in the
//! foreground, runs nothing, and nothing changes.

use std::path::Path;

use crate::layout::{LineReader, line_reader};
use crate::machine::process;
use crate::machine::tty::{self, Modes};

/// How what waits for input reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// A shell, by its own editor.
    Edited,
    /// A line at a time, none longer than [`LINE_MAX`](tty::LINE_MAX). Only time shows that it is a prompt.
    Lines,
    /// Any program, as far as that shows: it is not asking for a password.
    Any { is_canonical: bool },
    /// A program that has printed the line that was waited for.
    Line { is_canonical: bool },
}

impl Prompt {
    /// Whether the terminal gives it lines, none longer than [`LINE_MAX`](tty::LINE_MAX).
    pub(super) fn is_canonical(self) -> bool {
        match self {
            Prompt::Edited => false,
            Prompt::Lines => true,
            Prompt::Any { is_canonical } | Prompt::Line { is_canonical } => is_canonical,
        }
    }
}

/// Returns the mode in which the shell with this id and terminal reads now; else what it is doing.
/// `foreground` is the program that tmux sees in the foreground.
///
/// # Errors
/// Returns, for people, why it is not at its prompt.
pub(super) fn prompt(pid: i32, tty: &Path, foreground: &str) -> Result<Prompt, String> {
    let program = process::program(pid).unwrap_or_else(|| foreground.to_owned());
    let program = program.trim_start_matches('-');
    let Some(reader) = line_reader(program) else {
        return Err(format!("`{program}` is running there, not a shell"));
    };
    if process::is_in_background(pid) {
        return Err(format!("`{foreground}` is running in it"));
    }
    let modes = modes(tty)?;
    check_read(&modes)?;
    let is_busy = process::waits_for_child(pid);
    match reader {
        _ if !modes.is_canonical && !is_busy => Ok(Prompt::Edited),
        LineReader::Terminal if !is_busy && process::is_idle(pid) => {
            check_echo(&modes)?;
            Ok(Prompt::Lines)
        }
        _ => Err(format!("`{program}` is not at its prompt")),
    }
}

/// How any program in the terminal of this path reads.
///
/// # Errors
/// A text for people: why nothing is to be typed.
pub(super) fn any(tty: &Path) -> Result<Prompt, String> {
    let modes = modes(tty)?;
    check_read(&modes)?;
    check_echo(&modes)?;
    let is_canonical = modes.is_canonical;
    Ok(Prompt::Any { is_canonical })
}

/// The same of one that has printed the line that was waited for: it may well ask for a password.
///
/// # Errors
/// A text for people: why its terminal cannot be read.
pub(super) fn after_line(tty: &Path) -> Result<Prompt, String> {
    let is_canonical = modes(tty)?.is_canonical;
    Ok(Prompt::Line { is_canonical })
}

/// Checks that the program has read the previous text, which must not be mixed with the next.
fn check_read(modes: &Modes) -> Result<(), String> {
    match modes.unread > 0 {
        true => Err("it has not read the last text yet".to_owned()),
        false => Ok(()),
    }
}

/// Out of the canonical mode it is the program that echoes, or does not: that does not show.
fn check_echo(modes: &Modes) -> Result<(), String> {
    match modes.is_canonical && !modes.has_echo {
        true => Err("its terminal's echo is off, as for a password".to_owned()),
        false => Ok(()),
    }
}

fn modes(tty: &Path) -> Result<Modes, String> {
    tty::modes(tty).map_err(|error| format!("its terminal cannot be read: {error}"))
}
