//! How a live pane stands, in a word, from its tags and its process alone.

use crate::layout::PaneKind;
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan;

/// How a pane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    NotThere,
    /// Made, and its program not yet started, or about to be again.
    Pending,
    Started,
    /// Its program has ended as it may, or was stopped.
    Ended(Exit),
    Failed(Exit),
}

impl State {
    /// The state of the pane that is there for one of this kind.
    pub fn of(live: Option<&LivePane>, kind: PaneKind) -> State {
        let Some(live) = live else {
            return State::NotThere;
        };
        if matches!(live.phase, Some(Phase::Placeholder | Phase::Pending)) {
            return State::Pending;
        }
        let Some(exit) = live.ended() else {
            return match live.process {
                LiveProcess::Empty => State::Pending,
                _ => State::Started,
            };
        };
        // A service should be running, however it ended.
        let may_end = kind != PaneKind::Service && live.phase != Some(Phase::Failed);
        match exit {
            exit if plan::is_restarting(live, exit) => State::Pending,
            exit if live.phase == Some(Phase::Stopped) => State::Ended(exit),
            Exit::Status(0) if may_end => State::Ended(exit),
            exit => State::Failed(exit),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            State::NotThere => "not there",
            State::Pending => "pending",
            State::Started => "started",
            State::Ended(_) => "ended",
            State::Failed(_) => "failed",
        }
    }

    /// How its program ended.
    pub fn exit(self) -> Option<Exit> {
        match self {
            State::Ended(exit) | State::Failed(exit) => Some(exit),
            State::NotThere | State::Pending | State::Started => None,
        }
    }

    /// The word, and how the program ended.
    pub fn text(self) -> String {
        match self.exit() {
            Some(exit) => format!("{}, {exit}", self.as_str()),
            None => self.as_str().to_owned(),
        }
    }
}
