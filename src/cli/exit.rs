//! Exit codes, a contract with scripts: `design/semantics.md` has the same list.

/// The end of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, or nothing to do.
    Success,
    /// An error; nothing was changed. `fmt --check`: a file differs. Or everything was done, but
    /// the output could not be written.
    Error,
    /// `plan --check`: there are changes.
    Changes,
    /// Partly done; run it again.
    Partial,
    /// Applied, but a pane is not ready, or died. `send`: timed out.
    NotReady,
    /// Another triad works on the layout.
    Locked,
    /// A saved plan is stale, or cannot be used.
    Stale,
    /// Refused: a conflict, or an approval is needed.
    Refused,
    /// A pane is dead or unhealthy, or can never reach the state that was waited for.
    Unhealthy,
    /// `ps --check`: no pane runs.
    NotRunning,
    /// `send`: delivered, but the program was not seen to take it.
    Unconfirmed,
    /// `exec`: the command cannot be run.
    NotExecutable,
    /// `exec`: the command is not found.
    NotFound,
    /// The command line is wrong.
    Usage,
    /// The manifest is invalid.
    Invalid,
    /// The manifest is not found.
    NoManifest,
    /// tmux is missing, too old, or out of reach.
    NoTmux,
    /// Ended by a signal.
    Signal(i32),
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Partial => 3,
            Exit::NotReady => 4,
            Exit::Locked => 5,
            Exit::Stale => 6,
            Exit::Refused => 7,
            Exit::Unhealthy => 8,
            Exit::NotRunning => 9,
            Exit::Unconfirmed => 10,
            Exit::NotExecutable => 126,
            Exit::NotFound => 127,
            Exit::Usage => 64,
            Exit::Invalid => 65,
            Exit::NoManifest => 66,
            Exit::NoTmux => 69,
            Exit::Signal(signal) => 128u8.saturating_add(u8::try_from(signal).unwrap_or(0)),
        }
    }
}
