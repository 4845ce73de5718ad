//! How one pane stands, and why: derived here from what is wanted and what is live, and shown by
//! every surface as it is, so that no two of them can disagree.

use std::time::Duration;

use super::{Clock, State};
use crate::layout::{Address, Command, Need, Pane, PaneKind, Probe, Ready, Until};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan;
use crate::plan::change::applied_kind;

/// How a pane stands, why, by whose word, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub reason: Reason,
    pub source: Source,
    /// For how long it has been so; `None` where nobody knows.
    pub since: Option<Duration>,
}

/// Why a pane stands as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nobody has made it, or it is gone.
    NotThere,
    /// It was made, and nothing else keeps it from being started.
    NotStarted,
    /// It waits for these before it starts.
    Needs(Vec<(Address, Until)>),
    /// Nobody has seen these hold.
    Probes(Vec<Probe>),
    /// They did not hold in time, and nobody waits for them any more.
    NotReady(String),
    /// Its probes hold, in their words.
    Answer(String),
    /// Its program runs, and that is all there is to know.
    Runs,
    /// Its program has ended so.
    Ended(Exit),
    /// tmux has started it as often as it may, and it ended so each time.
    GivenUp(Exit),
    /// It was stopped on purpose, and ended so.
    Stopped(Exit),
    /// It is started only when somebody asks for it.
    ByHand,
    /// A run of triad ended it: that run starts it again, or the next `apply` if it was interrupted.
    Interrupted,
}

/// Where it is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The manifest wants it, and tmux has no such pane.
    Manifest,
    /// triad has written it on the pane.
    Tag,
    /// tmux tells of the pane's process.
    Process,
    /// An apply, a wait or the program itself has found it, and it was written on the pane.
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

/// What a pane is, by what was applied to it; by the manifest, where nothing was applied yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub kind: PaneKind,
    /// `None`: nobody knows.
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
            // Whether its probes hold is nobody's business before it was applied.
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

    /// Whether its program has failed that ended so. Of what nobody knows, nobody can say that.
    fn has_failed(self, exit: Exit) -> bool {
        let is_shell = matches!(self.command, None | Some(Command::Shell(_)));
        exit.is_failure(self.kind, is_shell)
    }
}

impl Standing {
    /// How a pane stands that is live, wanted, or both.
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

    /// A pane that is wanted and not there.
    pub fn absent() -> Self {
        Standing {
            state: State::Absent,
            reason: Reason::NotThere,
            source: Source::Manifest,
            since: None,
        }
    }

    /// How its program ended, if it has.
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

    /// What it waits for before it starts.
    pub fn needs(&self) -> &[(Address, Until)] {
        match &self.reason {
            Reason::Needs(needs) => needs,
            _ => &[],
        }
    }

    /// Whether something is wrong with it that does not mend itself: it is dead, or was not ready in
    /// time. What waits, restarts or was stopped on purpose is not unwell.
    pub fn is_unwell(&self) -> bool {
        self.state == State::Failed || matches!(self.reason, Reason::NotReady(_))
    }

    /// How soon somebody should look at it: first what has failed, then what waits for a person.
    pub fn urgency(&self) -> u8 {
        match self.reason {
            _ if self.is_unwell() => 0,
            Reason::NotThere | Reason::Interrupted => 1,
            _ => 2,
        }
    }

    /// Whether it is what somebody else needs it to be.
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
        // Somebody may have run something else in its pane since.
        _ if body.kind == PaneKind::Task && live.has_succeeded => {
            (State::Done, Reason::Ended(Exit::Status(0)), Source::Tag)
        }
        _ if body.has_failed(exit) => (State::Failed, Reason::Ended(exit), Source::Process),
        _ => (State::Done, Reason::Ended(exit), Source::Process),
    }
}
