//! The pane that triad itself is running in, last of all: its new program is sent to tmux in one
//! batch, which tmux completes even if triad is gone, and triad outlives its terminal as long as
//! another process of the pane does.

use super::messages::{Leaving, Output, OwnPane, Stray};
use super::state::{Phase, Run};
use crate::layout::StepId;
use crate::link::Report;
use crate::plan::change::Action;
use crate::plan::stop_method::StopMethod;
use crate::render::StepLines;

impl Run<'_> {
    pub(super) fn advance_own(&mut self) {
        if self.under_way > 0 {
            return;
        }
        let own = self.ledger.plan.ids().find_map(|step| self.own(step));
        match own.filter(|_| !self.is_interrupted()) {
            None => self.phase = Phase::Over,
            Some(own) => {
                self.put(Output::Deafen);
                self.put(Output::EndOwn(own));
            }
        }
    }

    /// Returns the job for a step about this pane; `None` for other steps, or one that is not
    /// pending.
    fn own(&self, step: StepId) -> Option<OwnPane> {
        if !self.ledger.is_pending(step) {
            return None;
        }
        let line = match &self.rendered.steps[step.0] {
            StepLines::Start(starting) => &starting.start,
            StepLines::Halt(line) | StepLines::Remove(line) => line,
            _ => return None,
        };
        let (pid, stop_method, is_removal): (_, Option<&StopMethod>, _) =
            match &self.ledger.plan[step].action {
                Action::Start(start) if start.is_own => {
                    (start.replaces, start.stop_method.as_ref(), false)
                }
                Action::Halt(stop) if stop.is_own => (stop.pid, Some(&stop.stop_method), false),
                Action::Stop(stop) if stop.is_own => (stop.pid, Some(&stop.stop_method), true),
                _ => return None,
            };
        let leaving = pid.zip(stop_method).map(|(pid, stop_method)| Leaving {
            step,
            pid,
            has_ended: false,
            stop_method: stop_method.clone(),
        });
        Some(OwnPane {
            step,
            line: line.clone(),
            unseen: self.unseen(step).map(Box::new),
            leaving,
            is_removal,
        })
    }

    pub(super) fn own_ended(
        &mut self,
        step: StepId,
        report: &Report,
        left: Option<String>,
        stray: Option<Stray>,
    ) {
        let line = self.own(step).map(|own| own.line);
        let lines: Vec<_> = line.into_iter().collect();
        match &self.ledger.plan[step].action {
            Action::Stop(_) => self.ledger.note_removals(&lines, report),
            _ => self.ledger.note(&lines, report),
        }
        if let Some(left) = left {
            let why = format!("{left} survived SIGKILL");
            self.ledger.fail(step, why);
        }
        self.ledger.done(step);
        if let Some(stray) = stray {
            self.left(stray);
        }
    }
}
