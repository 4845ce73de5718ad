//! triad inside the server that it changes: in a pane that the plan restarts, moves or removes, in
//! a popup, or in a command that tmux itself runs.

mod anywhere;
mod jobs;
mod panes;

use std::time::Duration;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// Longer than anything here may take: triad's own deadlines must not be reached.
const PATIENCE: Duration = Duration::from_secs(15);

/// Returns a person's call of triad on this server, with only the environment of a pane: its exit
/// status is in `code` afterwards, its output in `out`.
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

/// Waits until the call has written its exit status.
#[track_caller]
fn code(sandbox: &Sandbox) -> String {
    eventually("triad has ended", PATIENCE, || {
        sandbox.read("code").is_some()
    });
    sandbox.read("code").unwrap_or_default().trim().to_owned()
}

/// Waits until no triad is running: one that has lost its pane cannot report its status.
#[track_caller]
fn is_over(sandbox: &Sandbox) {
    eventually("no triad runs", PATIENCE, || {
        let triad = env!("CARGO_BIN_EXE_triad");
        let running = sandbox.running(triad);
        !running.iter().any(|line| line.starts_with(triad))
    });
}

/// Checks that everything matches the manifest, and the lock is free.
#[track_caller]
fn is_converged(sandbox: &Sandbox) {
    let ran = sandbox.triad(&["plan", "--check"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    sandbox
        .triad(&["apply", "--yes", "--lock-timeout", "0s"])
        .exits(0);
}

/// Types a line into the shell of this pane, at its prompt.
#[track_caller]
fn type_line(sandbox: &Sandbox, address: &str, line: &str) {
    let id = sandbox.panes()[address].id.clone();
    eventually("the shell has a prompt", DEADLINE, || {
        !sandbox.screen(&id).trim().is_empty()
    });
    sandbox.tmux(&["send-keys", "-t", &id, "-l", "--", line]);
    sandbox.tmux(&["send-keys", "-t", &id, "Enter"]);
}
