//! Ends what has to go, dependents first, and then removes the panes in one batch.

use crate::execute::ending::{self, Leaving};
use crate::execute::event::StepOutcome;
use crate::execute::interrupt::Interrupt;
use crate::execute::run::Execution;
use crate::plan::change::{Action, Stop};
use crate::render::Rendered;
use crate::tmux::script::Line;

pub(super) async fn run(
    execution: &mut Execution<'_>,
    rendered: &Rendered,
    interrupt: &mut Interrupt,
) {
    let mut left: Vec<(usize, Stop)> = execution
        .plan
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| match &step.action {
            Action::Stop(stop) => Some((index, stop.clone())),
            _ => None,
        })
        .collect();
    let mut ended: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let is_free = |step: &usize| {
            let mut before = execution.plan.steps[*step].after.iter();
            before.all(|before| !left.iter().any(|(other, _)| other == before))
        };
        let (now, later): (Vec<_>, Vec<_>) =
            left.iter().cloned().partition(|(step, _)| is_free(step));
        left = later;
        let leaving: Vec<Leaving> = now
            .iter()
            .filter(|(_, stop)| !stop.is_own)
            .filter_map(|(step, stop)| {
                Some(Leaving {
                    step: *step,
                    pid: stop.pid?,
                    has_ended: execution.plan.steps[*step].ends.is_none(),
                    farewell: &stop.farewell,
                })
            })
            .collect();
        let ended_now = tokio::select! {
            ended = ending::end(execution, &leaving) => ended,
            // They have been asked; the next run finds who has not ended yet.
            () = interrupt.wait() => break,
        };
        for (step, stop) in &now {
            let of_pane = ended_now
                .iter()
                .filter(|ended| Some(ended.leader) == stop.pid);
            let left = of_pane.flat_map(|ended| &ended.left);
            let pids: Vec<String> = left.map(i32::to_string).collect();
            if !pids.is_empty() {
                let pids = pids.join(", ");
                execution.fail(*step, format!("not even SIGKILL ended pid {pids}"));
            }
        }
        ended.extend(now.iter().map(|(step, _)| *step));
    }
    remove(execution, rendered, &ended).await;
}

/// Removes the panes; those whose program closed them are gone already. triad's own pane is last:
/// triad ends with it.
async fn remove(execution: &mut Execution<'_>, rendered: &Rendered, ended: &[usize]) {
    let lines: Vec<Line> = ended
        .iter()
        .filter_map(|step| rendered.removals.iter().find(|line| line.step == *step))
        .cloned()
        .collect();
    if lines.is_empty() {
        return;
    }
    execution.send_removals(&lines).await;
    for step in ended {
        if execution.steps[*step] == StepOutcome::Pending {
            execution.done(*step);
        }
    }
}
