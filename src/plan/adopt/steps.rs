//! What is taken over: the steps that write it down, and what is live once they are done.

use std::collections::BTreeSet;

use crate::layout::Address;
use crate::live::Snapshot;
use crate::plan::change::{Action, Adopt, Adopted, Reason, Step, Subject};

/// What is taken over.
#[derive(Debug, Default)]
pub struct Adoption {
    /// What is live, as it is once that is done.
    pub snapshot: Snapshot,
    pub steps: Vec<Step>,
    /// Windows that a person made.
    pub windows: BTreeSet<Address>,
}

impl Adoption {
    /// The windows of a person's were not left half made by anybody.
    pub fn explain(&self, steps: &mut [Step]) {
        for step in steps {
            let is_arranged = matches!(step.action, Action::ArrangeWindow(_));
            if is_arranged
                && step.reason == Reason::HalfMade
                && self.windows.contains(&step.subject.address)
            {
                step.reason = Reason::Adopted(Adopted::ByHand);
            }
        }
    }
}

/// A step that writes down that an object is taken over, and ends nothing.
pub(super) fn step(subject: Subject, adopt: Adopt, why: Adopted) -> Step {
    Step {
        subject,
        action: Action::Adopt(adopt),
        reason: Reason::Adopted(why),
        ends: None,
        after: Vec::new(),
    }
}
