//! The programs that start with their panes, in the geometry batch. They are told once their windows
//! are complete, so that no event comes before those that it depends on.

use std::time::Instant;

use super::state::Run;
use crate::layout::StepId;
use crate::link::Report;
use crate::render::record::{self, STARTED};

/// Returns the programs that a batch has started: their steps and process ids.
pub(super) fn reported(report: &Report) -> impl Iterator<Item = (StepId, i32)> {
    let records = report.records.iter();
    let records = records.filter(|(kind, _)| kind == STARTED);
    records.filter_map(|(_, rest)| record::of_step(rest))
}

impl Run<'_> {
    /// Whether a program starts with its pane.
    pub(super) fn is_born(&self, step: StepId) -> bool {
        let lines = self.rendered.steps[step.0].starting();
        lines.is_some_and(|lines| lines.is_born)
    }

    /// Handles the programs that have started with their panes.
    pub(super) fn born(&mut self, now: Instant) {
        for (step, pid) in std::mem::take(&mut self.starting.born) {
            if self.ledger.is_pending(step) {
                self.runs(step, pid, now);
                self.ledger.done(step);
            }
        }
    }
}
