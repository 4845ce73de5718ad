//! Interprets a program that has ended or never started: whether to start it again, and whether
//! triad or tmux does.

use crate::layout::{Command, Pane, PaneKind, Restart, RestartWhen};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan::change::Reason;

/// Returns why a pane's program starts if an earlier run was left unfinished.
pub(super) fn unfinished(live: &LivePane) -> Option<Reason> {
    if live.was_interrupted() {
        return Some(Reason::Interrupted);
    }
    is_half_made(live).then_some(Reason::HalfMade)
}

/// Whether an earlier run did not manage to start it.
pub(super) fn is_half_made(live: &LivePane) -> bool {
    // An unreadable address or phase alone is no reason to end a running program: triad writes them
    // with the rest.
    let is_unmarked = live.address.is_none() || live.phase.is_none();
    is_unmarked && live.applied.is_none()
        || matches!(live.phase, Some(Phase::Placeholder | Phase::Pending))
        || live.process == LiveProcess::Empty
}

/// Whether an ended process is drift that `apply` repairs.
pub(super) fn is_started_again(pane: &Pane, exit: Exit, phase: Option<Phase>) -> bool {
    match phase {
        Some(Phase::Stopped) => return false,
        // tmux has used up all its restarts: its verdict on the program is over.
        Some(Phase::Failed) => return true,
        _ => {}
    }
    // tmux did not restart it, because the manifest did not say so then.
    let restart = pane.restart.as_ref();
    if restart.is_some_and(|restart| is_due(restart, exit)) {
        return true;
    }
    match pane.kind {
        PaneKind::Service => true,
        PaneKind::Task => exit != Exit::Status(0),
        PaneKind::Pane => is_bare_shell(&pane.command),
        PaneKind::Agent => false,
    }
}

/// Whether tmux is about to restart it: to everybody else, it is running.
pub fn is_restarting(live: &LivePane, exit: Exit) -> bool {
    let restart = live
        .applied
        .as_ref()
        .and_then(|applied| applied.restart.as_ref());
    restart.is_some_and(|restart| is_due(restart, exit))
        && live.is_armed
        && live.phase == Some(Phase::Started)
        && live.left.is_none()
}

/// Whether the policy restarts a program after such an end.
fn is_due(restart: &Restart, exit: Exit) -> bool {
    restart.when == RestartWhen::Always || exit != Exit::Status(0)
}

/// Whether this is the user's own shell, whose pane closes with it.
pub(super) fn is_bare_shell(command: &Command) -> bool {
    matches!(command, Command::Shell(_))
}
