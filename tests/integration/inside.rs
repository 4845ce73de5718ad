//! triad called from inside the server that it changes: from a pane that the plan restarts, moves or
//! removes, from a popup, from a command that tmux itself runs.

mod jobs;
mod panes;

use std::time::Duration;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// Longer than anything here may take: an own deadline of triad's is not to be met.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a person's shell calls triad on this server, with nothing but what a pane gives: its exit
/// status is in `code` afterwards, its words in `out`.
fn call(sandbox: &Sandbox, verb: &str) -> String {
    let triad = env!("CARGO_BIN_EXE_triad");
    let tmux = sandbox.tmux_program();
    let home = sandbox.path("");
    format!(
        "cd {0} && TRIAD_TMUX={1} {triad} {verb} >{0}out 2>{0}err </dev/null; echo $? >{0}code.new; \
         mv {0}code.new {0}code",
        home.display(),
        tmux.display()
    )
}

/// Waits until the call has said its exit status.
#[track_caller]
fn code(sandbox: &Sandbox) -> String {
    eventually("triad has ended", PATIENCE, || {
        sandbox.read("code").is_some()
    });
    sandbox.read("code").unwrap_or_default().trim().to_owned()
}

/// Waits until no triad runs any more: one that has lost its pane has nobody to tell its status.
#[track_caller]
fn is_over(sandbox: &Sandbox) {
    eventually("no triad runs", PATIENCE, || {
        let triad = env!("CARGO_BIN_EXE_triad");
        let running = sandbox.running(triad);
        !running.iter().any(|line| line.starts_with(triad))
    });
}

/// Everything is as the manifest says, and the lock is free.
#[track_caller]
fn is_converged(sandbox: &Sandbox) {
    let ran = sandbox.triad(&["plan", "--check"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    sandbox
        .triad(&["apply", "--yes", "--lock-timeout", "0s"])
        .exits(0);
}

/// Types a line into the shell of this pane, once it has its prompt.
#[track_caller]
fn type_line(sandbox: &Sandbox, address: &str, line: &str) {
    let id = sandbox.panes()[address].id.clone();
    eventually("the shell has a prompt", DEADLINE, || {
        !sandbox.screen(&id).trim().is_empty()
    });
    sandbox.tmux(&["send-keys", "-t", &id, "-l", "--", line]);
    sandbox.tmux(&["send-keys", "-t", &id, "Enter"]);
}
