//! Collects the differences while a plan is made.

use std::collections::BTreeMap;

use crate::layout::{Address, StepId};
use crate::live::Snapshot;
use crate::plan::change::{Action, Note, Reason, Step, Subject};
use crate::plan::conditions::Conditions;
use crate::plan::matching::Matching;
use crate::plan::request::Request;
use crate::plan::scene::Scene;
use crate::plan::scope::Scope;

/// Collects steps in the order of the manifest.
pub(super) struct Planner<'a> {
    pub snapshot: &'a Snapshot,
    pub matching: &'a Matching<'a>,
    pub scene: Scene,
    pub conditions: &'a Conditions,
    pub wishes: &'a Request,
    pub scope: &'a Scope,
    pub steps: Vec<Step>,
    pub unchanged: Vec<Subject>,
    pub notes: Vec<Note>,
    /// The step that creates or arranges each window; steps of its panes come after it.
    pub builders: BTreeMap<Address, StepId>,
    /// The step that sets the options and hooks of each object.
    pub configurers: BTreeMap<Address, StepId>,
}

impl Planner<'_> {
    pub(super) fn step(
        &mut self,
        subject: Subject,
        action: Action,
        reason: Reason,
        after: Vec<StepId>,
    ) -> StepId {
        self.steps.push(Step {
            subject,
            action,
            reason,
            ends: None,
            after,
        });
        StepId(self.steps.len() - 1)
    }
}
