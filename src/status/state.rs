//! How one pane stands, in a word: from its tags and its process alone.

use crate::layout::{AppliedPane, PaneKind};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan;
use crate::plan::change::applied_kind;

/// How a pane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Wanted, and not there.
    Absent,
    /// There, and its program is not started yet.
    Waiting,
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
    /// The state of a live pane.
    pub fn of(live: &LivePane) -> State {
        if matches!(live.phase, Some(Phase::Placeholder | Phase::Pending)) {
            return State::Waiting;
        }
        if let Some(exit) = live.ended() {
            return ended(live, exit);
        }
        match live.process {
            LiveProcess::Empty => State::Waiting,
            _ if !is_probed(live.applied.as_ref()) => State::Running,
            _ if live.ready.is_some() => State::Ready,
            _ => State::Starting,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            State::Absent => "absent",
            State::Waiting => "waiting",
            State::Starting => "starting",
            State::Ready => "ready",
            State::Running => "running",
            State::Restarting => "restarting",
            State::Done => "done",
            State::Failed => "failed",
            State::Stopped => "stopped",
        }
    }

    /// Whether its program runs, or is about to again.
    pub fn is_up(self) -> bool {
        match self {
            State::Starting | State::Ready | State::Running | State::Restarting => true,
            State::Absent | State::Waiting | State::Done | State::Failed | State::Stopped => false,
        }
    }
}

fn ended(live: &LivePane, exit: Exit) -> State {
    // A service should be running, however it ended; what a shell or an agent ends with is its own
    // affair, unless it was to be started again until that succeeds.
    let kind = applied_kind(live.applied.as_ref());
    let may_end = match kind {
        PaneKind::Service => false,
        PaneKind::Task => exit == Exit::Status(0),
        PaneKind::Pane | PaneKind::Agent => true,
    };
    match live.phase {
        _ if plan::is_restarting(live, exit) => State::Restarting,
        Some(Phase::Stopped) => State::Stopped,
        Some(Phase::Failed) => State::Failed,
        _ if may_end => State::Done,
        _ => State::Failed,
    }
}

fn is_probed(applied: Option<&AppliedPane>) -> bool {
    applied.is_some_and(|applied| applied.ready.is_some())
}
