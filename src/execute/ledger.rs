//! What a run has come to so far: what became of each step, and what there is to tell of it. Pure.

use std::collections::VecDeque;

use crate::event::{Event, StepOutcome};
use crate::layout::{Address, StepId};
use crate::link::{Failure, Report};
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::tmux::complaint::Complaint;
use crate::tmux::script::{Line, Ref};

/// The outcomes of a plan.
#[derive(Debug)]
pub(super) struct Ledger<'p> {
    pub plan: &'p Plan,
    outcomes: Vec<StepOutcome>,
    /// Panes that are not ready, or dead.
    pub unready: Vec<Address>,
    /// How many processes had left their panes before those went, and live on.
    pub strays: usize,
    /// Something was done, or may have been: not even a failed step means that nothing changed.
    pub is_touched: bool,
    /// Another triad held the lock when something was to be done.
    pub is_locked_out: bool,
    /// What nobody was told yet.
    events: VecDeque<Event>,
}

impl<'p> Ledger<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Ledger {
            plan,
            outcomes: vec![StepOutcome::Pending; plan.steps.len()],
            unready: Vec::new(),
            strays: 0,
            is_touched: false,
            is_locked_out: false,
            events: VecDeque::new(),
        }
    }

    pub(super) fn outcome(&self, step: StepId) -> &StepOutcome {
        &self.outcomes[step.0]
    }

    /// What became of each step, in the order of the plan.
    pub(super) fn into_outcomes(self) -> Vec<StepOutcome> {
        self.outcomes
    }

    pub(super) fn is_pending(&self, step: StepId) -> bool {
        self.outcomes[step.0] == StepOutcome::Pending
    }

    /// Whether a step failed, or was skipped.
    pub(super) fn is_lost(&self, step: StepId) -> bool {
        let outcome = self.outcome(step);
        matches!(outcome, StepOutcome::Failed(_) | StepOutcome::Skipped(_))
    }

    /// Whether a step is to be done, and nothing before it keeps it from that.
    pub(super) fn is_open(&self, step: StepId) -> bool {
        self.is_pending(step) && self.blocker(step).is_none()
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// The next event that nobody was told yet.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn done(&mut self, step: StepId) {
        if !self.is_pending(step) {
            return;
        }
        self.outcomes[step.0] = StepOutcome::Done;
        self.tell(match self.plan[step].action {
            Action::Start(_) => Event::Started { step },
            _ => Event::Done { step },
        });
    }

    pub(super) fn fail(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Failed(why.clone());
            self.tell(Event::Failed { step, why });
        }
    }

    pub(super) fn skip(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Skipped(why.clone());
            self.tell(Event::Skipped { step, why });
        }
    }

    /// Skips a step of which another event tells.
    pub(super) fn skip_silently(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Skipped(why);
        }
    }

    /// Notes what became of the lines of a batch. A line that belongs to no step fails no step.
    pub(super) fn note(&mut self, lines: &[Line], report: &Report) {
        self.is_touched |= report.may_have_done_something;
        self.is_locked_out |= report.is_locked_out;
        for (line, result) in std::iter::zip(lines, &report.lines) {
            if let (Err(failure), Some(step)) = (result, line.step) {
                self.fail(step, reason(line, failure));
            }
        }
    }

    /// Notes what became of removals: what is not there any more is what was wanted.
    pub(super) fn note_removals(&mut self, lines: &[Line], report: &Report) {
        self.is_touched |= report.may_have_done_something;
        self.is_locked_out |= report.is_locked_out;
        for (line, result) in std::iter::zip(lines, &report.lines) {
            if let (Err(failure), Some(step)) = (result, line.step)
                && !failure.is_gone()
            {
                self.fail(step, reason(line, failure));
            }
        }
    }

    /// Skips what cannot be done any more because something before it failed.
    pub(super) fn skip_blocked(&mut self) {
        for step in self.plan.ids() {
            if let Some(before) = self.blocker(step) {
                let before = &self.plan[before].subject;
                let why = format!("{} `{}` failed", before.noun.as_str(), before.address);
                self.skip(step, why);
            }
        }
    }

    pub(super) fn skip_all(&mut self, why: &str) {
        for step in self.plan.ids() {
            self.skip(step, why.to_owned());
        }
    }

    /// The step that keeps `step` from being done, if one of those before it failed.
    pub(super) fn blocker(&self, step: StepId) -> Option<StepId> {
        let mut before = self.plan[step].after.iter().copied();
        before.find(|before| self.is_lost(*before) && !self.is_only_after(step, *before))
    }

    /// Whether a program only starts after another, and starts without it all the same.
    fn is_only_after(&self, step: StepId, before: StepId) -> bool {
        let (Action::Start(start), Action::Start(other)) =
            (&self.plan[step].action, &self.plan[before].action)
        else {
            return false;
        };
        let mut needs = start.pane.needs.iter();
        needs.any(|need| need.optional && need.target == other.pane.address)
    }
}

/// Why a line failed, for people.
fn reason(line: &Line, failure: &Failure) -> String {
    match failure {
        Failure::Unbound(id) => unbound(id),
        Failure::Unknown(why) => why.clone(),
        Failure::Refused(complaint) => format!("cannot {}: {}", line.what, since(complaint)),
    }
}

/// Says that somebody else was at work, where tmux says that something is not there: it was when
/// the plan was made.
fn since(complaint: &Complaint) -> String {
    if complaint.is_not_there() {
        return format!("{complaint} (it was there when triad looked)");
    }
    complaint.to_string()
}

fn unbound(missing: &Ref) -> String {
    match missing {
        Ref::Pane(address) | Ref::Window(address) | Ref::Session(address) => {
            format!("tmux made nothing that could be `{address}`")
        }
        Ref::DefaultShell(_) => "tmux did not tell its default shell".to_owned(),
        Ref::Socket | Ref::Server => "tmux did not tell which server it is".to_owned(),
    }
}
