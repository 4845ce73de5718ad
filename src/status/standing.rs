//! The state of a pane and the reason: derived here from what is wanted and what is live, and shown
//! by every view unchanged, so that no two of them can disagree.

use std::time::Duration;

use super::{Clock, State};
use crate::layout::{Address, Command, Need, Pane, PaneKind, Probe, Ready, Until};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan;
use crate::plan::change::applied_kind;

/// The state of a pane, its reason, its source, and its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub reason: Reason,
    pub source: Source,
    /// The time in this state; `None` if unknown.
    pub since: Option<Duration>,
}

/// The reason for the state of a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It was never created, or is gone.
    NotThere,
    /// It was created, and nothing keeps it from being started.
    NotStarted,
    /// It waits for these panes before it starts.
    Needs(Vec<(Address, Until)>),
    /// These probes were not seen to succeed yet.
    Probes(Vec<Probe>),
    /// Its probes did not succeed in time, and are no longer waited for.
    NotReady(String),
    /// Its probes succeed, with this answer.
    Answer(String),
    /// Its program runs, and nothing else is known.
    Runs,
    /// Its program exited in this way.
    Ended(Exit),
    /// tmux has restarted it as often as allowed, and it exited in this way each time.
    GivenUp(Exit),
    /// It was stopped on purpose, and exited in this way.
    Stopped(Exit),
    /// It is started only on request.
    ByHand,
    /// A run of triad stopped it: that run starts it again, or the next `apply` if the run was
    /// interrupted.
    Interrupted,
}

/// The source of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The manifest: tmux has no such pane.
    Manifest,
    /// A tag that triad wrote on the pane.
    Tag,
    /// The pane's process, as tmux reports it.
    Process,
    /// A report of an apply, a wait or the program itself, stored on the pane.
    Report,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Manifest => "manifest",
            Source::Tag => "tag",
            Source::Process => "process",
            Source::Report => "report",
        }
    }
}

/// The body of a pane as it was applied; as in the manifest, if nothing was applied yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub kind: PaneKind,
    /// `None` if unknown.
    pub command: Option<&'a Command>,
    needs: &'a [Need],
    ready: Option<&'a Ready>,
}

impl<'a> Body<'a> {
    pub(super) fn of(live: &'a LivePane, wanted: Option<&'a Pane>) -> Self {
        match (&live.applied, wanted) {
            (Some(applied), _) => Body {
                kind: applied.kind,
                command: Some(&applied.command),
                needs: &applied.needs,
                ready: applied.ready.as_ref(),
            },
            // The probes do not matter before the pane was applied.
            (None, Some(pane)) => Body {
                kind: pane.kind,
                command: Some(&pane.command),
                needs: &pane.needs,
                ready: None,
            },
            (None, None) => Body {
                kind: applied_kind(None),
                command: None,
                needs: &[],
                ready: None,
            },
        }
    }

    /// Whether its program has failed, if it exited in this way. Unknown programs never fail.
    fn has_failed(self, exit: Exit) -> bool {
        let is_shell = matches!(self.command, None | Some(Command::Shell(_)));
        exit.is_failure(self.kind, is_shell)
    }
}

impl Standing {
    /// Returns the standing of a pane that is live, wanted, or both.
    pub fn of(live: Option<&LivePane>, wanted: Option<&Pane>, clock: &Clock) -> Self {
        let Some(live) = live else {
            return Standing::absent();
        };
        let (state, reason, source) = seen(live, Body::of(live, wanted));
        Standing {
            state,
            reason,
            source,
            since: clock.since(live, state),
        }
    }

    /// Returns the standing of a wanted pane that does not exist.
    pub fn absent() -> Self {
        Standing {
            state: State::Absent,
            reason: Reason::NotThere,
            source: Source::Manifest,
            since: None,
        }
    }

    /// Returns the exit status of its program, if it has exited.
    pub fn exit(&self) -> Option<Exit> {
        match self.reason {
            Reason::Ended(exit) | Reason::GivenUp(exit) | Reason::Stopped(exit) => Some(exit),
            Reason::NotThere
            | Reason::NotStarted
            | Reason::Needs(_)
            | Reason::Probes(_)
            | Reason::NotReady(_)
            | Reason::Answer(_)
            | Reason::ByHand
            | Reason::Interrupted
            | Reason::Runs => None,
        }
    }

    /// Returns the needs that it waits for before it starts.
    pub fn needs(&self) -> &[(Address, Until)] {
        match &self.reason {
            Reason::Needs(needs) => needs,
            _ => &[],
        }
    }

    /// Whether something is wrong with it that does not recover by itself: it is dead, or was not
    /// ready in time. A pane that waits, restarts or was stopped on purpose is not unwell.
    pub fn is_unwell(&self) -> bool {
        self.state == State::Failed || matches!(self.reason, Reason::NotReady(_))
    }

    /// Returns the rank for display: failures first, then panes that wait for a person.
    pub fn urgency(&self) -> u8 {
        match self.reason {
            _ if self.is_unwell() => 0,
            Reason::NotThere | Reason::Interrupted => 1,
            _ => 2,
        }
    }

    /// Whether it meets the condition of a need.
    pub fn meets(&self, until: Until) -> bool {
        match until {
            Until::Started => !matches!(self.state, State::Absent | State::Pending),
            Until::Ready => matches!(self.state, State::Ready | State::Running | State::Done),
            Until::ExitedOk => self.exit() == Some(Exit::Status(0)),
            Until::Exited => self.exit().is_some() && self.state != State::Restarting,
        }
    }
}

fn seen(live: &LivePane, body: Body) -> (State, Reason, Source) {
    let is_unstarted = matches!(live.phase, Some(Phase::Placeholder | Phase::Pending));
    match (live.ended().filter(|_| !is_unstarted), body.ready) {
        (Some(exit), _) => ended(live, body, exit),
        (None, _) if is_unstarted || live.process == LiveProcess::Empty => {
            let needs = body.needs.iter();
            let needs: Vec<(Address, Until)> = needs
                .map(|need| (need.target.clone(), need.until))
                .collect();
            let reason = match needs.is_empty() {
                true => Reason::NotStarted,
                false => Reason::Needs(needs),
            };
            (State::Pending, reason, Source::Tag)
        }
        (None, None) => (State::Running, Reason::Runs, Source::Process),
        (None, Some(ready)) => match (&live.ready, &live.given_up) {
            (Some(tag), _) => (
                State::Ready,
                Reason::Answer(tag.why.clone()),
                Source::Report,
            ),
            (None, Some(tag)) => (
                State::Starting,
                Reason::NotReady(tag.why.clone()),
                Source::Report,
            ),
            (None, None) => (
                State::Starting,
                Reason::Probes(ready.probes.clone()),
                Source::Process,
            ),
        },
    }
}

fn ended(live: &LivePane, body: Body, exit: Exit) -> (State, Reason, Source) {
    match live.phase {
        _ if plan::is_restarting(live, exit) => {
            (State::Restarting, Reason::Ended(exit), Source::Process)
        }
        Some(Phase::Unstarted) => (State::Stopped, Reason::ByHand, Source::Tag),
        Some(Phase::Stopped) => (State::Stopped, Reason::Stopped(exit), Source::Tag),
        _ if live.was_interrupted() => (State::Pending, Reason::Interrupted, Source::Tag),
        Some(Phase::Failed) => (State::Failed, Reason::GivenUp(exit), Source::Tag),
        // Something else may have run in its pane since.
        _ if body.kind == PaneKind::Task && live.has_succeeded => {
            (State::Done, Reason::Ended(Exit::Status(0)), Source::Tag)
        }
        _ if body.has_failed(exit) => (State::Failed, Reason::Ended(exit), Source::Process),
        _ => (State::Done, Reason::Ended(exit), Source::Process),
    }
}
