//! The rendered lines of one step, besides its part of the geometry batch.

use crate::layout::StepId;
use crate::render::secret::Piped;
use crate::tmux::script::Line;

/// The lines of one step.
#[derive(Debug, Clone, PartialEq)]
pub enum StepLines {
    /// The geometry batch does all of it.
    InGeometry,
    /// Tags an object once the ids are known, in the first batch that starts something.
    Tag(Line),
    /// Starts a program.
    Start(Box<Starting>),
    /// Marks a pane that stays before its program ends.
    Halt(Line),
    /// Removes a pane.
    Remove(Line),
    /// Zooms a window, when all its programs have started.
    Zoom(Line),
    /// Types texts; execution makes the lines as prompts appear.
    Type,
}

/// The lines of a starting pane.
#[derive(Debug, Clone, PartialEq)]
pub struct Starting {
    pub step: StepId,
    /// The geometry batch starts it.
    pub is_born: bool,
    /// The start as people see it, and as it is sent unless it has secrets.
    pub start: Line,
    /// The start with secrets, if there are any.
    pub piped: Option<Piped>,
    /// The message of the pane while it waits; no commands if it shows none.
    pub wait: Line,
}

impl StepLines {
    /// Returns the start of a program, if the step is one.
    pub fn starting(&self) -> Option<&Starting> {
        match self {
            StepLines::Start(starting) => Some(starting),
            _ => None,
        }
    }
}
