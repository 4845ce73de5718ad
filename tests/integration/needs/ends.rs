//! Awaited ends: those of tasks, and of programs whose ends others need.

use super::{apply, waits};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{Running, words};

/// Returns a window with these panes.
fn window(panes: &str) -> String {
    format!("session \"s\" {{ window \"w\" {{ {panes} }} }}")
}

/// Returns a task that ends with this status on demand.
fn held(status: u8) -> String {
    window(&format!(
        r#"task "seed" {{ run "until test -e go; do sleep 0.02; done; exit {status}" }}
           pane "other" {{ run "exec sleep 1000" }}"#
    ))
}

/// Waits until the output says that the end of the task is awaited.
#[track_caller]
fn waits_for_end(running: &Running) {
    eventually("its end is waited for", DEADLINE, || {
        words(&running.stderr()).contains("waiting for seed (running until it exits,")
    });
}

#[test]
fn apply_waits_for_a_task_without_dependents() {
    let sandbox = Sandbox::new();
    let running = apply(&sandbox, &held(0));
    waits_for_end(&running);
    sandbox.file("go", "");
    running.ends().exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(words(&ran.stdout).contains("seed exited"), "{}", ran.stdout);
    sandbox.manifest(&held(7));
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert!(
        ran.stdout.contains("exited with status 7"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_signal_ends_the_wait_and_the_next_apply_continues_it() {
    let sandbox = Sandbox::new();
    let running = apply(&sandbox, &held(3));
    waits_for_end(&running);
    running.signal("INT");
    running.ends().exits(130);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(
        words(&plan)
            .contains("`s/w/seed` is still running: apply waits for it to exit, unless --no-wait"),
        "{plan}"
    );
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let running = sandbox.start(&["apply"]);
    waits_for_end(&running);
    sandbox.file("go", "");
    let ran = running.ends().exits(4);
    assert!(
        ran.stdout.contains("exited with status 3"),
        "{}",
        ran.stdout
    );
}

#[test]
fn with_no_wait_a_task_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&held(0));
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    assert_eq!(sandbox.panes()["s/w/seed"].phase, "started");
}

#[test]
fn restart_waits_for_the_end_of_a_task() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(&held(0));
    std::fs::remove_file(sandbox.path("go")).expect("the file exists");
    let running = sandbox.start(&["restart", "seed"]);
    waits_for_end(&running);
    sandbox.file("go", "");
    running.ends().exits(0);
    sandbox.apply(&window(r#"task "seed" { run "test ! -e bad" }"#));
    sandbox.file("bad", "");
    let ran = sandbox.triad(&["restart", "seed"]).exits(4);
    assert!(
        ran.stdout.contains("exited with status 1"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_deadline_ends_the_wait_for_a_task() {
    let sandbox = Sandbox::new();
    let running = apply(
        &sandbox,
        &window(
            r#"task "seed" deadline="300ms" { run "exec sleep 1000" }
               pane "after" { run "exec sleep 1000"; needs "seed" }"#,
        ),
    );
    let ran = running.ends().exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("still run"), "{said}");
    waits(&sandbox, "s/w/after");
    assert_eq!(
        sandbox.panes()["s/w/seed"].phase,
        "started",
        "the task keeps running"
    );
}

#[test]
fn a_watch_goes_on_beside_a_task() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&held(0));
    let running = sandbox.start(&["watch", "--heal"]);
    running.says("2 started");
    let other = sandbox.panes()["s/w/other"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &other]);
    running.says("healing");
    eventually("the pane exists again", DEADLINE, || {
        sandbox.panes().contains_key("s/w/other")
    });
    running.signal("TERM");
    running.ends();
}
