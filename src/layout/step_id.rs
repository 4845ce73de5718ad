//! The name of a step of a plan.

use std::fmt;

/// A step's index in its plan. All data derived from the steps is kept in the same order, so that
/// nothing has to be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub usize);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
