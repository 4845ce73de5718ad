//! The state of a run. The phases, each in a file of its own, work on it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use super::messages::Output;
use super::texts::Typing;
use crate::execute::ledger::Ledger;
use crate::layout::{Address, StepId};
use crate::plan::Plan;
use crate::plan::change::{Action, Stop};
use crate::readiness::engine::{Engine, Extent};
use crate::render::{Rendered, StepLines};
use crate::tmux::script::Line;

/// The conditions of a run, besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Marks the output of tmux.
    pub nonce: &'a str,
    /// The panes to wait for.
    pub waits: Extent,
    /// The server itself started triad, which ends with its session.
    pub is_hosted: bool,
    /// The signal that arrived before the run began.
    pub interrupted: Option<i32>,
}

/// A run of a plan.
#[derive(Debug)]
pub struct Run<'p> {
    pub ledger: Ledger<'p>,
    pub(super) rendered: &'p Rendered,
    pub(super) settings: Settings<'p>,
    pub(super) phase: Phase,
    pub(super) panes: Engine,
    pub(super) starting: Starting,
    pub(super) typing: Typing,
    pub(super) removals: Removals,
    pub(super) outputs: VecDeque<Output>,
    /// The number of outputs without an answer.
    pub(super) under_way: usize,
    pub(super) begun: Instant,
    pub(super) told: Instant,
    pub(super) interrupted: Option<i32>,
    pub(super) too_old: Option<String>,
    /// The server ended while something was started or waited for.
    pub(super) has_server_ended: bool,
    /// It has not ended, but does not answer.
    pub(super) is_server_silent: bool,
    /// Questions in a row that tmux did not answer.
    pub(super) silences: u32,
    /// The time of the first of them.
    pub(super) silent_since: Option<Instant>,
    /// It ended while panes were waited for.
    pub(super) is_server_gone: bool,
}

/// The phase of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Geometry,
    Starting,
    Stopping,
    Zooming,
    Own,
    Over,
}

/// The progress of a run's starts.
#[derive(Debug, Default)]
pub(super) struct Starting {
    /// Tags, and the messages of waiting panes, go with the first wave.
    pub(super) are_tags_sent: bool,
    /// The wave that is being started.
    pub(super) wave: Option<Vec<StepId>>,
    /// Something was waited for since the plan was made: others may have changed panes meanwhile.
    pub(super) has_waited: bool,
    /// The panes to ask tmux about after its pending answer: all in one call.
    pub(super) asked: BTreeSet<Address>,
    /// An answer of tmux is pending.
    pub(super) is_asking: bool,
    /// The last lines of panes whose processes are gone.
    pub(super) last_lines: BTreeMap<Address, Vec<String>>,
    /// Panes to report as not ready once their last lines are read.
    pub(super) unread: Vec<(Address, String, Duration)>,
    /// The programs that have started with their panes, and are not told yet: their process ids.
    pub(super) born: BTreeMap<StepId, i32>,
    /// The messages of panes that will not start in this run.
    pub(super) given_up: Vec<Line>,
}

/// The progress of a run's removals.
#[derive(Debug)]
pub(super) struct Removals {
    /// Steps whose processes are not asked to end yet.
    pub(super) left: Vec<StepId>,
    /// Steps whose processes are being ended.
    pub(super) now: Vec<StepId>,
    pub(super) ended: Vec<StepId>,
    pub(super) is_held: bool,
    pub(super) is_removed: bool,
}

impl<'p> Run<'p> {
    /// Adds a job; jobs with an answer are counted until then.
    pub(super) fn put(&mut self, output: Output) {
        let is_answered = !matches!(
            output,
            Output::Probe { .. } | Output::Watch { .. } | Output::Deafen | Output::Tell(_)
        );
        self.under_way += usize::from(is_answered);
        self.outputs.push_back(output);
    }

    pub fn is_interrupted(&self) -> bool {
        self.interrupted.is_some()
    }

    /// Whether nothing new is started any more.
    pub(super) fn is_ending(&self) -> bool {
        self.is_interrupted() || self.has_server_ended || self.phase == Phase::Over
    }

    /// Returns the rendered lines of all steps.
    pub(super) fn lines(&self) -> impl Iterator<Item = (StepId, &'p StepLines)> + use<'p> {
        let lines = self.rendered.steps.iter().enumerate();
        lines.map(|(at, lines)| (StepId(at), lines))
    }
}

impl Removals {
    pub(super) fn of(plan: &Plan) -> Self {
        let is_removal = |step: &StepId| stop(plan, *step).is_some_and(|stop| !stop.is_own);
        Removals {
            left: plan.ids().filter(is_removal).collect(),
            now: Vec::new(),
            ended: Vec::new(),
            is_held: false,
            is_removed: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.ended.is_empty()
    }
}

/// Returns the stop of a step, if it ends something.
pub(super) fn stop(plan: &Plan, step: StepId) -> Option<&Stop> {
    match &plan[step].action {
        Action::Stop(stop) | Action::Halt(stop) => Some(stop),
        _ => None,
    }
}
