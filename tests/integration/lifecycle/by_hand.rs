//! `start=#false`: a pane is created, and only a person starts it.

use super::{state, states};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::signal;

const LAYOUT: &str = r#"
session "s" {
    window "w" {
        pane "a" { run "sleep" "1001" }
        service "b" start=#false title="by hand" { run "sleep" "1002" }
    }
    window "v" start=#false { run "sleep" "1003" }
}
"#;

/// Waits until the panes have these states: tmux sees a moment later that nothing runs in a pane.
fn come_to(sandbox: &Sandbox, all: [&str; 3]) {
    eventually(&format!("{all:?}"), DEADLINE, || states(sandbox) == all);
}

#[test]
fn a_pane_with_start_false_exists_and_waits_for_a_person_to_start_it() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(
        plan.contains("not started: `triad start` starts it"),
        "{plan}"
    );
    assert!(plan.contains("1 to start, 2 to start by hand"), "{plan}");
    let ran = sandbox.triad(&["apply"]).exits(0);
    let told = "1 started, 2 to start by hand in ";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    let all = [
        "s/w/a started runs",
        "s/w/b unstarted ended",
        "s/v/v unstarted ended",
    ];
    come_to(&sandbox, all);
    let b = sandbox.panes()["s/w/b"].id.clone();
    let screen = sandbox.tmux(&["capture-pane", "-p", "-t", &b]);
    let said = "triad: `b` is not started: run `triad start b` to start it";
    assert!(screen.contains(said), "{screen}");
    let ps = sandbox.triad(&["ps"]).exits(0).stdout;
    assert!(ps.contains("not started: `triad start` starts it"), "{ps}");
    sandbox.triad(&["ps", "--check"]).exits(0);
    // The note is no difference.
    let plan = sandbox.triad(&["plan", "--check"]).exits(0).stdout;
    assert!(
        plan.contains("note: `s/w/b` and `s/v/v` are not started"),
        "{plan}"
    );
    sandbox.apply(&LAYOUT.replace("by hand", "later").replace("1003", "1004"));
    come_to(&sandbox, all);

    sandbox.triad(&["start", "b", "v"]).exits(0);
    assert_eq!(state(&sandbox, "s/w/b"), "started runs");
    let line = std::fs::read(format!("/proc/{}/cmdline", sandbox.panes()["s/v/v"].pid));
    assert_eq!(line.unwrap(), b"sleep\x001004\0");
    let plan = sandbox.triad(&["plan", "--check"]).exits(0).stdout;
    assert!(!plan.contains("not started"), "{plan}");
    // `apply` restarts a service that has ended, unless only a person starts it.
    signal("KILL", &sandbox.panes()["s/w/b"].pid.to_string());
    sandbox.ended("s/w/b");
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(state(&sandbox, "s/w/b"), "started ended");
    sandbox.triad(&["start", "b"]).exits(0);
    assert_eq!(state(&sandbox, "s/w/b"), "started runs");
}

#[test]
fn a_pane_that_loses_start_false_starts() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.manifest(&LAYOUT.replace(" start=#false", ""));
    sandbox.triad(&["apply"]).exits(0);
    let all = [
        "s/w/a started runs",
        "s/w/b started runs",
        "s/v/v started runs",
    ];
    come_to(&sandbox, all);
    // Setting it again does not stop a running pane.
    let pids = sandbox.panes();
    sandbox.apply(LAYOUT);
    assert_eq!(sandbox.panes(), pids);
    sandbox.triad(&["down", "--yes"]).exits(0);
}
