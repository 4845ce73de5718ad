//! The words for how a pane stands.

/// How a pane stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Wanted, and not there.
    Absent,
    /// There, and its program is not started yet.
    Pending,
    /// Its program runs, has probes, and is not known to be ready.
    Starting,
    Ready,
    /// Its program runs, and has nothing to be ready by.
    Running,
    /// Its program has ended, and tmux is about to start it again.
    Restarting,
    /// Its program has ended as it may.
    Done,
    /// Its program has ended as it should not.
    Failed,
    /// Its program was ended on purpose.
    Stopped,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Absent => "absent",
            State::Pending => "pending",
            State::Starting => "starting",
            State::Ready => "ready",
            State::Running => "running",
            State::Restarting => "restarting",
            State::Done => "done",
            State::Failed => "failed",
            State::Stopped => "stopped",
        }
    }

    /// Whether its program runs.
    pub fn is_running(self) -> bool {
        matches!(self, State::Starting | State::Ready | State::Running)
    }

    /// Whether its program runs, or is about to again.
    pub fn is_up(self) -> bool {
        self.is_running() || self == State::Restarting
    }

    /// Whether its program has ended for good.
    pub fn has_ended(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Stopped)
    }
}
