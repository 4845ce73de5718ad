//! Ends what has to go, dependents first, and then removes the panes in one batch; those of what is
//! stopped on purpose stay. The pane of triad
//! itself is not among them: it is the last of all that happens.

use crate::event::{Event, StepOutcome};
use crate::execute::ending::{self, Leaving};
use crate::execute::last_words::last_words;
use crate::execute::run::Execution;
use crate::machine::interrupt::Interrupt;
use crate::machine::process;
use crate::machine::process_tree;
use crate::plan::change::{Action, Stop};
use crate::render::{self, Rendered};
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
            Action::Stop(stop) | Action::Halt(stop) if !stop.is_own => Some((index, stop.clone())),
            _ => None,
        })
        .collect();
    if left.is_empty() {
        return;
    }
    // A popup or a command of the server's is ended with the session that it was called in: that
    // stays until all is done, and the signals of its end mean nothing then.
    let is_hosted = execution
        .server_pid()
        .is_some_and(|server| process::lineage().contains(&server));
    if is_hosted {
        hold(execution, &left).await;
    }
    let mut ended: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let is_free = |step: &usize| {
            let mut before = execution.plan.steps[*step].after.iter();
            before.all(|before| !left.iter().any(|(other, _)| other == before))
        };
        let (now, later): (Vec<_>, Vec<_>) =
            left.iter().cloned().partition(|(step, _)| is_free(step));
        left = later;
        let now = marked(execution, rendered, now).await;
        let leaving: Vec<Leaving> = now
            .iter()
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
        for (leaving, ended) in std::iter::zip(&leaving, ended_now) {
            if !ended.left.is_empty() {
                let left = process_tree::named(&ended.left);
                execution.fail(leaving.step, format!("not even SIGKILL ended {left}"));
            }
        }
        for (step, stop) in &now {
            seen(execution, *step, stop).await;
        }
        ended.extend(now.iter().map(|(step, _)| *step));
    }
    if is_hosted {
        interrupt.deafen();
    }
    remove(execution, rendered, &ended).await;
    strays(execution, &ended);
}

/// Marks the panes that stay as stopped. What cannot be marked goes on running: it would be started
/// again.
async fn marked(
    execution: &mut Execution<'_>,
    rendered: &Rendered,
    stops: Vec<(usize, Stop)>,
) -> Vec<(usize, Stop)> {
    let is_meant = |line: &&Line| stops.iter().any(|(step, _)| *step == line.step);
    let lines: Vec<Line> = rendered.halts.iter().filter(is_meant).cloned().collect();
    if !lines.is_empty() {
        execution.send(&lines).await;
    }
    let mut stops = stops;
    stops.retain(|(step, _)| execution.steps[*step] == StepOutcome::Pending);
    stops
}

/// Waits until tmux has seen the end in a pane that stays: until then it shows as running. It is
/// asked as often as [`last_words`] does.
async fn seen(execution: &Execution<'_>, step: usize, stop: &Stop) {
    let step = &execution.plan.steps[step];
    if matches!(step.action, Action::Halt(_)) {
        last_words(execution, &step.subject.address, stop.pid).await;
    }
}

/// Keeps panes open that would close with their processes.
async fn hold(execution: &mut Execution<'_>, stops: &[(usize, Stop)]) {
    let closing = stops.iter().filter(|(_, stop)| stop.farewell.closes);
    let lines = closing.map(|(step, stop)| Line {
        step: *step,
        what: "keep the pane open",
        commands: vec![render::ending::hold(stop.pane)],
    });
    let lines: Vec<Line> = lines.collect();
    if !lines.is_empty() {
        // One that is gone needs it no more.
        execution.tell(&lines).await;
    }
}

/// Removes the panes; those whose program closed them are gone already.
async fn remove(execution: &mut Execution<'_>, rendered: &Rendered, ended: &[usize]) {
    let lines: Vec<Line> = ended
        .iter()
        .filter_map(|step| rendered.removals.iter().find(|line| line.step == *step))
        .cloned()
        .collect();
    if !lines.is_empty() {
        execution.send_removals(&lines).await;
    }
    for step in ended {
        if execution.steps[*step] == StepOutcome::Pending {
            execution.done(*step);
        }
    }
}

/// Tells what has left the panes before, and lives on.
fn strays(execution: &mut Execution<'_>, ended: &[usize]) {
    for step in ended {
        if execution.steps[*step] == StepOutcome::Done {
            tell_strays(execution, *step);
        }
    }
}

/// Tells what has left the pane of a step before, and lives on.
pub(super) fn tell_strays(execution: &mut Execution<'_>, step: usize) {
    let socket = execution
        .server
        .socket_path()
        .to_string_lossy()
        .into_owned();
    let address = execution.plan.steps[step].subject.address.to_string();
    let strays = process_tree::strays(&address, &socket, execution.server_pid());
    if !strays.is_empty() {
        execution.strays += strays.len();
        let what = process_tree::named(&strays);
        (execution.events)(Event::Left { step, what });
    }
}
