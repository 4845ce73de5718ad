//! What rendering makes of one step, beside its part of the geometry batch.

use crate::layout::StepId;
use crate::render::secret::Piped;
use crate::tmux::script::Line;

/// The lines of one step.
#[derive(Debug, Clone, PartialEq)]
pub enum StepLines {
    /// The geometry batch does all of it.
    InGeometry,
    /// Written onto an object once the ids are known, in the first batch that starts something.
    Tag(Line),
    /// Starts a program.
    Start(Box<Starting>),
    /// Marks a pane that stays before its program ends.
    Halt(Line),
    /// Removes a pane.
    Remove(Line),
    /// Zooms a window, when all its programs are started.
    Zoom(Line),
    /// Types texts; execution makes the lines as prompts come up.
    Type,
}

/// The lines of one pane that starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Starting {
    pub step: StepId,
    /// The start as people see it, and as it is sent unless it has secrets.
    pub start: Line,
    /// The start with secrets, where there are any.
    pub piped: Option<Piped>,
    /// What the pane shows while it waits; without commands where nothing is to be shown.
    pub wait: Line,
}

impl StepLines {
    /// The start of a program, if the step is one.
    pub fn starting(&self) -> Option<&Starting> {
        match self {
            StepLines::Start(starting) => Some(starting),
            _ => None,
        }
    }
}
