//! The results of a run so far: the outcome of each step, and the events to report. Pure.

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
pub struct Ledger<'p> {
    pub plan: &'p Plan,
    outcomes: Vec<StepOutcome>,
    /// Panes that are not ready, or dead.
    pub unready: Vec<Address>,
    /// The number of processes that had left their panes before removal and are still running.
    pub strays: usize,
    /// Something was done, or may have been: even a failed step may have changed something.
    pub is_touched: bool,
    /// Another triad held the lock when something had to be done.
    pub is_locked_out: bool,
    /// Events that are not reported yet.
    events: VecDeque<Event>,
}

/// The reason for skipping a step whose process a signal left running.
const STILL_RUNS: &str = "triad was interrupted before the program ended";

/// The state of a process that was asked to end, at the time of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub step: StepId,
    pub has_ended: bool,
}

impl<'p> Ledger<'p> {
    pub fn new(plan: &'p Plan) -> Self {
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

    pub fn outcome(&self, step: StepId) -> &StepOutcome {
        &self.outcomes[step.0]
    }

    /// Returns the outcome of each step, in the order of the plan.
    pub fn into_outcomes(self) -> Vec<StepOutcome> {
        self.outcomes
    }

    pub fn is_pending(&self, step: StepId) -> bool {
        self.outcomes[step.0] == StepOutcome::Pending
    }

    /// Whether a step failed, was skipped or was left half done.
    pub fn is_lost(&self, step: StepId) -> bool {
        let outcome = self.outcome(step);
        matches!(
            outcome,
            StepOutcome::Failed(_) | StepOutcome::Skipped(_) | StepOutcome::Ended
        )
    }

    /// Whether a step is pending and not blocked by an earlier one.
    pub fn is_open(&self, step: StepId) -> bool {
        self.is_pending(step) && self.blocker(step).is_none()
    }

    pub fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Returns the next event that is not reported yet.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub fn done(&mut self, step: StepId) {
        if !self.is_pending(step) {
            return;
        }
        self.outcomes[step.0] = StepOutcome::Done;
        self.tell(match self.plan[step].action {
            Action::Start(_) => Event::Started { step },
            _ => Event::Done { step },
        });
    }

    pub fn fail(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Failed(why.clone());
            self.tell(Event::Failed { step, why });
        }
    }

    pub fn skip(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Skipped(why.clone());
            self.tell(Event::Skipped { step, why });
        }
    }

    /// Records the state of processes that were asked to end when a signal interrupted the wait.
    pub fn cut_short(&mut self, asked: &[Asked]) {
        for asked in asked {
            let step = asked.step;
            if !asked.has_ended {
                self.skip(step, STILL_RUNS.to_owned());
            } else if matches!(self.plan[step].action, Action::Halt(_)) {
                // Its pane is marked as stopped, and stays.
                self.done(step);
            } else if self.is_pending(step) {
                self.outcomes[step.0] = StepOutcome::Ended;
                self.tell(Event::Ended { step });
            }
        }
    }

    /// Skips a step that another event reports.
    pub fn skip_silently(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Skipped(why);
        }
    }

    /// Records the results of a batch. A line without a step fails no step.
    pub fn note(&mut self, lines: &[Line], report: &Report) {
        self.is_touched |= report.may_have_done_something;
        self.is_locked_out |= report.is_locked_out;
        for (line, result) in std::iter::zip(lines, &report.lines) {
            if let (Err(failure), Some(step)) = (result, line.step) {
                self.fail(step, reason(line, failure));
            }
        }
    }

    /// Records the results of removals: a pane that is already gone is a success.
    pub fn note_removals(&mut self, lines: &[Line], report: &Report) {
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

    /// Skips the steps that depend on a failed one.
    pub fn skip_blocked(&mut self) {
        for step in self.plan.ids() {
            if let Some(before) = self.blocker(step) {
                let before = &self.plan[before].subject;
                let why = format!("{} `{}` failed", before.noun.as_str(), before.address);
                self.skip(step, why);
            }
        }
    }

    pub fn skip_all(&mut self, why: &str) {
        for step in self.plan.ids() {
            self.skip(step, why.to_owned());
        }
    }

    /// Returns the failed step that blocks `step`, if there is one.
    pub fn blocker(&self, step: StepId) -> Option<StepId> {
        let mut before = self.plan[step].after.iter().copied();
        before.find(|before| self.is_lost(*before) && !self.is_only_after(step, *before))
    }

    /// Whether a program only starts after another, and starts even if that fails.
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

/// Returns why a line failed, for people.
fn reason(line: &Line, failure: &Failure) -> String {
    match failure {
        Failure::Unbound(id) => unbound(id),
        Failure::Unknown(why) => why.clone(),
        Failure::Refused(complaint) => format!("cannot {}: {}", line.what, since(complaint)),
    }
}

/// Notes that others were at work if tmux no longer finds an object that the plan knew.
fn since(complaint: &Complaint) -> String {
    if complaint.is_not_there() {
        return format!("{complaint} (it existed when the plan was made)");
    }
    complaint.to_string()
}

fn unbound(missing: &Ref) -> String {
    match missing {
        Ref::Pane(address) | Ref::Window(address) | Ref::Session(address) => {
            format!("tmux did not create `{address}`")
        }
        Ref::DefaultShell(_) => "tmux did not report its default shell".to_owned(),
        Ref::DefaultCommand(_) => "tmux did not report its default command".to_owned(),
        Ref::Socket | Ref::Server => "tmux did not report its server id".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::change::{Reason, Step, Subject};
    use crate::tmux::id::SessionId;
    use crate::tmux::script::Command;

    /// Makes a plan of steps, each with the indexes of those before it.
    fn plan(after: &[&[usize]]) -> Plan {
        let steps = after.iter().enumerate().map(|(at, after)| Step {
            subject: Subject::session(&Address::of_session(&format!("s{at}"))),
            action: Action::RenameSession {
                id: SessionId(0),
                name: String::new(),
                is_aside: false,
            },
            reason: Reason::NotThere,
            ends: None,
            after: after.iter().copied().map(StepId).collect(),
        });
        Plan {
            layout: "t".to_owned(),
            manifest: "/t".to_owned(),
            server: None,
            server_id: None,
            steps: steps.collect(),
            wanted: Vec::new(),
            unchanged: Vec::new(),
            notes: Vec::new(),
            targets: Vec::new(),
            known: Vec::new(),
            newest_pane: None,
        }
    }

    fn line(step: Option<usize>) -> Line {
        Line {
            step: step.map(StepId),
            what: "make the session",
            commands: vec![Command::new(["new-session"])],
        }
    }

    fn report(lines: Vec<Result<(), Failure>>) -> Report {
        Report {
            lines,
            may_have_done_something: true,
            ..Report::empty()
        }
    }

    fn told(ledger: &mut Ledger) -> Vec<Event> {
        std::iter::from_fn(|| ledger.next_event()).collect()
    }

    #[test]
    fn each_step_has_one_outcome_and_one_event() {
        let plan = plan(&[&[], &[], &[]]);
        let [done, failed, skipped] = [StepId(0), StepId(1), StepId(2)];
        let mut ledger = Ledger::new(&plan);
        for _ in 0..2 {
            ledger.done(done);
            ledger.fail(failed, "no space".to_owned());
            ledger.skip(skipped, "too late".to_owned());
            for step in plan.ids() {
                ledger.done(step);
                ledger.fail(step, "again".to_owned());
                ledger.skip(step, "again".to_owned());
                ledger.skip_silently(step, "again".to_owned());
            }
        }
        let events = [
            Event::Done { step: done },
            Event::Failed {
                step: failed,
                why: "no space".to_owned(),
            },
            Event::Skipped {
                step: skipped,
                why: "too late".to_owned(),
            },
        ];
        assert_eq!(told(&mut ledger), events);
        assert!(!ledger.is_lost(done) && ledger.is_lost(failed) && ledger.is_lost(skipped));
        let outcomes = [
            StepOutcome::Done,
            StepOutcome::Failed("no space".to_owned()),
            StepOutcome::Skipped("too late".to_owned()),
        ];
        assert_eq!(ledger.into_outcomes(), outcomes);
    }

    #[test]
    fn everything_after_a_failure_is_skipped() {
        let plan = plan(&[&[], &[0], &[1], &[]]);
        let mut ledger = Ledger::new(&plan);
        assert!(plan.ids().all(|step| ledger.is_open(step)));
        ledger.fail(StepId(0), "no space".to_owned());
        assert!(!ledger.is_open(StepId(1)) && ledger.is_pending(StepId(1)));
        ledger.skip_blocked();
        for (step, before) in [(1, 0), (2, 1)] {
            let why = format!("session `s{before}` failed");
            assert_eq!(*ledger.outcome(StepId(step)), StepOutcome::Skipped(why));
        }
        assert!(ledger.is_open(StepId(3)));
        ledger.skip_all("triad was interrupted");
        let why = "triad was interrupted".to_owned();
        assert_eq!(*ledger.outcome(StepId(3)), StepOutcome::Skipped(why));
        assert_eq!(told(&mut ledger).len(), 4);
    }

    #[test]
    fn a_line_that_fails_fails_its_step_with_the_reason() {
        let absent = "can't find pane: %1";
        let refused = |text: &str| Failure::Refused(Complaint::from(text));
        let unbound = Failure::Unbound(Ref::Session(Address::of_session("s0")));
        let cases = [
            (
                refused("size missing"),
                "cannot make the session: size missing",
            ),
            (
                refused(absent),
                "cannot make the session: can't find pane: %1 (it existed when the plan was made)",
            ),
            (
                Failure::Unknown("tmux did not answer".to_owned()),
                "tmux did not answer",
            ),
            (unbound, "tmux did not create `s0`"),
            (
                Failure::Unbound(Ref::Socket),
                "tmux did not report its server id",
            ),
        ];
        for (failure, why) in cases {
            let plan = plan(&[&[], &[]]);
            let mut ledger = Ledger::new(&plan);
            let lines = [line(None), line(Some(0)), line(Some(1))];
            let results = vec![Err(failure.clone()), Err(failure), Ok(())];
            ledger.note(&lines, &report(results));
            let failed = StepOutcome::Failed(why.to_owned());
            assert_eq!(*ledger.outcome(StepId(0)), failed);
            assert!(
                ledger.is_pending(StepId(1)),
                "only its own batch decides it"
            );
            assert!(ledger.is_touched);
        }
    }

    #[test]
    fn removing_a_missing_pane_succeeds() {
        let results = [
            (Failure::Refused("can't find pane: %1".into()), false),
            (Failure::Refused("no server running on /x".into()), false),
            (Failure::Refused("size missing".into()), true),
            (Failure::Unknown("tmux did not answer".to_owned()), true),
        ];
        for (failure, fails) in results {
            let plan = plan(&[&[]]);
            let mut ledger = Ledger::new(&plan);
            ledger.note_removals(&[line(Some(0))], &report(vec![Err(failure)]));
            assert_eq!(ledger.is_lost(StepId(0)), fails);
        }
    }

    #[test]
    fn nothing_counts_as_touched_if_nothing_can_have_been_done() {
        let plan = plan(&[&[]]);
        let mut ledger = Ledger::new(&plan);
        ledger.note(&[line(Some(0))], &Report::locked_out(1, "the lock is held"));
        assert!(!ledger.is_touched && ledger.is_lost(StepId(0)));
    }
}
