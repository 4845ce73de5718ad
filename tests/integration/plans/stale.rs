//! When a saved plan is stale, and the message; and when it is not.

use super::{LAYOUT, edited, save};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::assert_same;

/// Returns a sandbox with a plan from the applied `LAYOUT` to an edited one.
fn planned() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    save(&sandbox, &edited());
    sandbox
}

#[track_caller]
fn is_stale(sandbox: &Sandbox, says: &str) {
    let before = sandbox.dump_all();
    let ran = sandbox.triad(&["apply", "plan.json"]).exits(6);
    assert!(
        ran.stderr.contains("the plan is out of date"),
        "{}",
        ran.stderr
    );
    let words = crate::support::seen::words(&ran.stderr);
    assert!(words.contains(says), "{says}\n{}", ran.stderr);
    assert_same(&before, &sandbox.dump_all(), "a stale plan");
}

#[test]
fn a_pane_that_is_gone() {
    let sandbox = planned();
    sandbox.tmux(&["kill-pane", "-t", &sandbox.panes()["web/main/api"].id]);
    is_stale(&sandbox, "web/main/api: gone");
    is_stale(&sandbox, "window web/main: web/main/api is gone");
}

#[test]
fn another_process() {
    let sandbox = planned();
    let db = sandbox.panes()["web/main/db"].clone();
    sandbox.tmux(&["respawn-pane", "-k", "-t", &db.id, "sleep", "1001"]);
    let now = sandbox.panes()["web/main/db"].pid;
    is_stale(&sandbox, &format!("web/main/db: pid {} → {now}", db.pid));
}

#[test]
fn an_ended_process() {
    let sandbox = planned();
    let db = sandbox.panes()["web/main/db"].clone();
    crate::support::seen::signal("KILL", &db.pid.to_string());
    sandbox.ended("web/main/db");
    is_stale(
        &sandbox,
        &format!("web/main/db: pid {} → ended with", db.pid),
    );
}

#[test]
fn a_renamed_window_or_an_additional_pane() {
    let sandbox = planned();
    sandbox.tmux(&["rename-window", "-t", "=web:main", "mine"]);
    is_stale(&sandbox, "window web/main: name main → mine");
    sandbox.tmux(&["rename-window", "-t", "=web:mine", "main"]);
    sandbox.tmux(&["split-window", "-d", "-t", "=web:main", "sleep 3001"]);
    is_stale(&sandbox, "window web/main: pane %");
}

#[test]
fn another_server() {
    let sandbox = planned();
    sandbox.tmux(&["kill-server"]);
    eventually("the server is gone", DEADLINE, || {
        sandbox.sessions().is_empty()
    });
    let ran = sandbox.triad(&["apply", "plan.json"]).exits(6);
    assert!(ran.stderr.contains("gone"), "{}", ran.stderr);
    sandbox.apply(LAYOUT);
    is_stale(&sandbox, "the tmux server: restarted: pid");
    let other = sandbox.socket_name().to_owned() + "-other";
    let mut triad = sandbox.command(env!("CARGO_BIN_EXE_triad"));
    let ran =
        crate::support::sandbox::run(triad.args(["-L", &other, "apply", "plan.json"])).exits(6);
    assert!(
        ran.stderr.contains("the plan is for the server"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_unrelated_change() {
    let sandbox = planned();
    sandbox.foreign("theirs");
    sandbox.tmux(&[
        "new-window",
        "-d",
        "-t",
        "=web:",
        "-n",
        "mine",
        "sleep 3001",
    ]);
    sandbox.tmux(&["select-window", "-t", "=web:tools"]);
    sandbox.tmux(&["select-pane", "-t", &sandbox.panes()["web/main/api"].id]);
    sandbox.tmux(&["resize-window", "-t", "=web:main", "-x", "90", "-y", "30"]);
    let before = sandbox.panes();
    sandbox.triad(&["apply", "plan.json"]).exits(0);
    let panes = sandbox.panes();
    assert_eq!(panes["web/main/api"].pid, before["web/main/api"].pid);
    assert_ne!(panes["web/main/db"].pid, before["web/main/db"].pid);
    assert!(!panes.contains_key("web/tools/shell"));
}
