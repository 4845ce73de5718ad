//! The steps of an adoption, and the snapshot as it is after them.

use std::collections::BTreeSet;

use crate::layout::Address;
use crate::live::Snapshot;
use crate::plan::change::{Action, Adopt, Adopted, Reason, Step, Subject};

/// The objects that are taken over.
#[derive(Debug, Default)]
pub struct Adoption {
    /// The snapshot as it is after the steps.
    pub snapshot: Snapshot,
    pub steps: Vec<Step>,
    /// Windows made by hand.
    pub windows: BTreeSet<Address>,
}

impl Adoption {
    /// Corrects the reason for windows made by hand: no earlier run left them half made.
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

/// Returns a step that writes the tags of an object that is taken over, and ends nothing.
pub(super) fn step(subject: Subject, adopt: Adopt, why: Adopted) -> Step {
    Step {
        subject,
        action: Action::Adopt(adopt),
        reason: Reason::Adopted(why),
        ends: None,
        after: Vec::new(),
    }
}
