//! The name of a step of a plan.

use std::fmt;

/// A step's place in its plan. Everything that is made of a plan, step by step, is kept in the same
/// order, so that nothing has to be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub usize);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
