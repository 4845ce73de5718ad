//! Ends what has to go, dependents first, and then removes the panes in one batch.

use crate::execute::event::{Event, StepOutcome};
use crate::execute::interrupt::Interrupt;
use crate::execute::processes::{self, Ending};
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
        let endings: Vec<Ending> = now
            .iter()
            .filter(|(_, stop)| !stop.is_own)
            .filter_map(|(_, stop)| {
                let is_shell = stop.is_shell;
                stop.pid.map(|pid| Ending { pid, is_shell })
            })
            .collect();
        if !endings.is_empty() {
            (execution.events)(Event::Ending {
                count: endings.len(),
            });
        }
        let timeout = execution.conditions.stop_timeout;
        let ending = processes::end_all(&endings, execution.server_pid(), timeout);
        let lasting = tokio::select! {
            lasting = ending => lasting,
            // They have been asked; the next run finds who has not ended yet.
            () = interrupt.wait() => break,
        };
        for (step, stop) in &now {
            let of_pane = lasting.iter().filter(|left| Some(left.leader) == stop.pid);
            let pids: Vec<String> = of_pane.map(|left| left.pid.to_string()).collect();
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
