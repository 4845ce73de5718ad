//! The words for the states of a pane.

/// The state of a pane, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is wanted, but does not exist.
    Absent,
    /// It exists, but its program is not started yet.
    Pending,
    /// Its program runs, has probes, and is not known to be ready.
    Starting,
    Ready,
    /// Its program runs, and has no probes.
    Running,
    /// Its program exited, and tmux is about to restart it.
    Restarting,
    /// Its program exited as it should.
    Done,
    /// Its program exited as it should not.
    Failed,
    /// Its program was stopped on purpose.
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

    /// Whether its program runs, or is about to be restarted.
    pub fn is_up(self) -> bool {
        self.is_running() || self == State::Restarting
    }

    /// Whether its program has exited for good.
    pub fn has_ended(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Stopped)
    }
}
