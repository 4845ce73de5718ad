//! What it means that a program has ended, or never began: whether it is to be started again, and
//! by whom.

use crate::layout::{Command, Pane, PaneKind, Restart, RestartWhen};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan::change::Reason;

/// Why a pane's program starts with which an earlier run did not come to its end.
pub(super) fn unfinished(live: &LivePane) -> Option<Reason> {
    if live.was_interrupted() {
        return Some(Reason::Interrupted);
    }
    is_half_made(live).then_some(Reason::HalfMade)
}

/// Whether an earlier run did not get to start it.
pub(super) fn is_half_made(live: &LivePane) -> bool {
    // An address or a phase that does not read is no reason to end what runs: triad writes them
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
        // tmux has started it as often as it may: what that says of the program is over.
        Some(Phase::Failed) => return true,
        _ => {}
    }
    // What is to be started again by tmux and was not, because the manifest did not say so then.
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

/// Whether tmux is about to start it again: it runs, as far as anybody needs to know.
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

/// Whether an end is one after which a program is to be started again.
fn is_due(restart: &Restart, exit: Exit) -> bool {
    restart.when == RestartWhen::Always || exit != Exit::Status(0)
}

/// The user's own shell, in a pane that closes with it.
pub(super) fn is_bare_shell(command: &Command) -> bool {
    matches!(command, Command::Shell(_))
}
