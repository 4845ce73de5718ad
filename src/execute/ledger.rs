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
pub struct Ledger<'p> {
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

/// Why a step is not done whose process a signal gave no time to end.
const STILL_RUNS: &str = "triad was told to stop before the program had ended";

/// What became of a process that was asked to end, by the time of a signal.
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

    /// What became of each step, in the order of the plan.
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

    /// Whether a step is to be done, and nothing before it keeps it from that.
    pub fn is_open(&self, step: StepId) -> bool {
        self.is_pending(step) && self.blocker(step).is_none()
    }

    pub fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// The next event that nobody was told yet.
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

    /// Notes what has become of processes that were asked to end, when a signal cut that short.
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

    /// Skips a step of which another event tells.
    pub fn skip_silently(&mut self, step: StepId, why: String) {
        if self.is_pending(step) {
            self.outcomes[step.0] = StepOutcome::Skipped(why);
        }
    }

    /// Notes what became of the lines of a batch. A line that belongs to no step fails no step.
    pub fn note(&mut self, lines: &[Line], report: &Report) {
        self.is_touched |= report.may_have_done_something;
        self.is_locked_out |= report.is_locked_out;
        for (line, result) in std::iter::zip(lines, &report.lines) {
            if let (Err(failure), Some(step)) = (result, line.step) {
                self.fail(step, reason(line, failure));
            }
        }
    }

    /// Notes what became of removals: what is not there any more is what was wanted.
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

    /// Skips what cannot be done any more because something before it failed.
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

    /// The step that keeps `step` from being done, if one of those before it failed.
    pub fn blocker(&self, step: StepId) -> Option<StepId> {
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
        Ref::DefaultCommand(_) => "tmux did not tell its default command".to_owned(),
        Ref::Socket | Ref::Server => "tmux did not tell which server it is".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::change::{Reason, Step, Subject};
    use crate::tmux::id::SessionId;
    use crate::tmux::script::Command;

    /// A plan of so many steps, each of which comes after those that are named for it.
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
    fn each_step_has_one_outcome_which_is_told_once() {
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
    fn what_comes_after_a_failure_is_skipped_to_the_last() {
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
        ledger.skip_all("triad was told to stop");
        let why = "triad was told to stop".to_owned();
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
                "cannot make the session: can't find pane: %1 (it was there when triad looked)",
            ),
            (
                Failure::Unknown("tmux did not answer".to_owned()),
                "tmux did not answer",
            ),
            (unbound, "tmux made nothing that could be `s0`"),
            (
                Failure::Unbound(Ref::Socket),
                "tmux did not tell which server it is",
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
            assert!(ledger.is_pending(StepId(1)), "that is for others to say");
            assert!(ledger.is_touched);
        }
    }

    #[test]
    fn what_is_gone_is_what_a_removal_wanted() {
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
    fn nothing_is_touched_where_nothing_can_have_been_done() {
        let plan = plan(&[&[]]);
        let mut ledger = Ledger::new(&plan);
        ledger.note(&[line(Some(0))], &Report::locked_out(1, "the lock is held"));
        assert!(!ledger.is_touched && ledger.is_lost(StepId(0)));
    }
}
