//! Ends the processes that have to go, dependents first, and then removes the panes in one batch;
//! panes of programs stopped on purpose stay. Triad's own pane comes later, after everything else.

use super::messages::{Leaving, Output, Stopped, Stopping, Stray};
use super::state::{Phase, Run, stop};
use crate::event::{Event, StepOutcome};
use crate::layout::StepId;
use crate::link::Report;
use crate::plan::change::Action;
use crate::render::{StepLines, ending};
use crate::tmux::script::Line;

impl Run<'_> {
    pub(super) fn advance_stopping(&mut self) {
        if self.under_way > 0 {
            return;
        }
        let is_hosted = self.settings.is_hosted;
        // Steps skipped because an earlier one failed keep running.
        let ledger = &self.ledger;
        self.removals.left.retain(|step| ledger.is_pending(*step));
        if self.is_interrupted() {
            // Ended processes stay ended, and the next run finds the others.
            self.removals.left.clear();
            if self.removals.ended.is_empty() || self.removals.is_removed {
                self.phase = Phase::Over;
                return;
            }
        }
        if self.removals.is_empty() || self.removals.is_removed {
            self.phase = Phase::Zooming;
        } else if is_hosted && !self.removals.is_held {
            self.hold();
        } else if self.removals.left.is_empty() {
            if is_hosted {
                self.put(Output::Deafen);
            }
            self.remove();
        } else {
            self.end_next();
        }
    }

    /// Keeps panes open that would close with their processes: triad in a popup or a server command
    /// ends with its session, which must stay until everything is done.
    fn hold(&mut self) {
        self.removals.is_held = true;
        let plan = self.ledger.plan;
        let stops = self.removals.left.iter();
        let stops = stops.filter_map(|step| stop(plan, *step));
        let lines = stops
            .filter(|stop| stop.stop_method.closes)
            .map(|stop| Line {
                step: None,
                what: "keep the pane open",
                commands: vec![ending::hold(stop.pane)],
            });
        let lines: Vec<Line> = lines.collect();
        self.put(Output::Note(lines));
    }

    /// Ends the processes that no other has to precede.
    fn end_next(&mut self) {
        let plan = self.ledger.plan;
        let is_free = |step: &StepId| {
            let mut before = plan[*step].after.iter();
            before.all(|before| !self.removals.left.contains(before))
        };
        let (now, later): (Vec<StepId>, Vec<StepId>) =
            self.removals.left.iter().partition(|step| is_free(step));
        let is_halt = |step: &StepId| matches!(plan[*step].action, Action::Halt(_));
        let leaving = now.iter().filter_map(|step| {
            let stop = stop(plan, *step)?;
            Some(Leaving {
                step: *step,
                pid: stop.pid?,
                has_ended: plan[*step].ends.is_none(),
                stop_method: stop.stop_method.clone(),
            })
        });
        let after_end = now.iter().filter_map(|step| {
            let method = &stop(plan, *step)?.stop_method;
            method.after_end.as_ref()?;
            Some((*step, method.clone()))
        });
        let staying = now.iter().filter(|step| is_halt(step));
        let staying = staying.filter_map(|step| Some((*step, stop(plan, *step)?.pane)));
        let marks = now
            .iter()
            .filter_map(|step| match &self.rendered.steps[step.0] {
                StepLines::Halt(line) => Some(line.clone()),
                _ => None,
            });
        let stopping = Stopping {
            marks: marks.collect(),
            leaving: leaving.collect(),
            after_end: after_end.collect(),
            staying: staying.collect(),
        };
        (self.removals.now, self.removals.left) = (now, later);
        let count = stopping.leaving.len();
        if count > 0 {
            self.ledger.tell(Event::Ending { count });
        }
        self.put(Output::Stop(stopping));
    }

    pub(super) fn stopped(&mut self, stopped: &Stopped) {
        self.ledger.note(&stopped.marks, &stopped.report);
        self.ledger.is_touched |= !stopped.report.is_locked_out;
        for (step, why) in &stopped.failed {
            self.ledger.fail(*step, why.clone());
        }
        let mut now = std::mem::take(&mut self.removals.now);
        if let Some(asked) = &stopped.cut_short {
            self.ledger.cut_short(asked);
            return;
        }
        // An unmarked program keeps running: it would be restarted.
        now.retain(|step| self.ledger.is_pending(*step));
        let plan = self.ledger.plan;
        for (step, ended, left) in &stopped.ended {
            let stop = stop(plan, *step).expect("only stops are ended here");
            let is_asked_so = stop.stop_method.stop.is_kill();
            let has_ended = plan[*step].ends.is_none();
            if ended.is_killed && !has_ended && !is_asked_so {
                self.ledger.tell(Event::Killed { step: *step });
            }
            if let Some(left) = left {
                let why = format!("{left} survived SIGKILL");
                self.ledger.fail(*step, why);
            }
        }
        self.removals.ended.extend(now);
    }

    /// Removes the panes; those that closed with their programs are gone already.
    fn remove(&mut self) {
        self.removals.is_removed = true;
        let ended = &self.removals.ended;
        let lines = ended
            .iter()
            .filter_map(|step| match &self.rendered.steps[step.0] {
                StepLines::Remove(line) => Some(line.clone()),
                _ => None,
            });
        let of = ended.iter();
        let of = of.map(|step| (*step, self.ledger.plan[*step].subject.address.clone()));
        let output = Output::Remove {
            lines: lines.collect(),
            of: of.collect(),
        };
        self.put(output);
    }

    pub(super) fn removed(&mut self, lines: &[Line], report: &Report, strays: Vec<Stray>) {
        self.ledger.note_removals(lines, report);
        for step in self.removals.ended.clone() {
            self.ledger.done(step);
        }
        for stray in strays {
            self.left(stray);
        }
    }

    /// Reports the strays of a pane after its removal.
    pub(super) fn left(&mut self, stray: Stray) {
        if *self.ledger.outcome(stray.step) == StepOutcome::Done {
            self.ledger.strays += stray.count;
            let (step, what) = (stray.step, stray.what);
            self.ledger.tell(Event::Left { step, what });
        }
    }
}
