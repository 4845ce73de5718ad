//! The pane that triad itself runs in, last of all: what it is to become is handed to tmux in one
//! batch, which tmux does to its end whatever becomes of triad, and triad outlives its terminal as
//! long as something else of the pane is left.

use crate::event::StepOutcome;
use crate::execute::ending::{Leaving, OwnEnd};
use crate::execute::removals;
use crate::execute::run::Execution;
use crate::machine::interrupt::Interrupt;
use crate::machine::process_tree;
use crate::plan::change::Action;
use crate::plan::farewell::Farewell;
use crate::render::Rendered;
use crate::tmux::script::Line;

pub(super) async fn run(execution: &mut Execution<'_>, rendered: &Rendered, interrupt: &Interrupt) {
    for step in 0..execution.plan.steps.len() {
        let Some(own) = own(execution, rendered, step) else {
            continue;
        };
        let end = own.leaving().map(|leaving| OwnEnd::of(execution, &leaving));
        interrupt.deafen();
        if own.is_removal {
            execution
                .send_removals(std::slice::from_ref(&own.line))
                .await;
        } else {
            execution.send(std::slice::from_ref(&own.line)).await;
        }
        if execution.steps[step] != StepOutcome::Pending {
            continue;
        }
        let left = match end {
            Some(end) => end.end().await,
            None => Vec::new(),
        };
        if !left.is_empty() {
            let left = process_tree::named(&left);
            execution.fail(step, format!("not even SIGKILL ended {left}"));
            continue;
        }
        execution.done(step);
        if own.is_removal {
            removals::tell_strays(execution, step);
        }
    }
}

/// What becomes of triad's own pane.
struct Own {
    step: usize,
    line: Line,
    pid: Option<i32>,
    farewell: Option<Farewell>,
    is_removal: bool,
}

impl Own {
    fn leaving(&self) -> Option<Leaving<'_>> {
        Some(Leaving {
            step: self.step,
            pid: self.pid?,
            has_ended: false,
            farewell: self.farewell.as_ref()?,
        })
    }
}

/// `None` for a step that is about something else, or cannot be done any more.
fn own(execution: &Execution<'_>, rendered: &Rendered, step: usize) -> Option<Own> {
    if execution.steps[step] != StepOutcome::Pending {
        return None;
    }
    match &execution.plan.steps[step].action {
        Action::Start(start) if start.is_own => Some(Own {
            step,
            line: {
                let mut starts = rendered.starts.iter();
                starts.find(|starting| starting.step == step)?.start.clone()
            },
            pid: start.replaces,
            farewell: start.farewell.clone(),
            is_removal: false,
        }),
        Action::Halt(stop) if stop.is_own => Some(Own {
            step,
            line: {
                let mut halts = rendered.halts.iter();
                halts.find(|line| line.step == step)?.clone()
            },
            pid: stop.pid,
            farewell: Some(stop.farewell.clone()),
            is_removal: false,
        }),
        Action::Stop(stop) if stop.is_own => Some(Own {
            step,
            line: {
                let mut removals = rendered.removals.iter();
                removals.find(|line| line.step == step)?.clone()
            },
            pid: stop.pid,
            farewell: Some(stop.farewell.clone()),
            is_removal: true,
        }),
        _ => None,
    }
}
