//! The manifest's own commands: when they run, what they know, and the effect of their failure.

use std::time::Duration;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, events, words};

/// Notes each hook with its environment.
const LAYOUT: &str = r#"
layout "shop"
root ".."
env { PORT 8080 }
hooks {
    before-apply "echo \"before $TRIAD_LAYOUT $PORT $TRIAD_SOCKET $(pwd)\" >>work/told; echo noise; echo talk >&2"
    after-apply "echo \"after $TRIAD_MANIFEST\" >>work/told"
    before-down "echo down >>work/told"
    after-down "echo gone >>work/told"
}
session "web" { window "main" { pane "api" { run "sleep" "1001" } } }
"#;

fn told(sandbox: &Sandbox) -> Vec<String> {
    let told = sandbox.read("told").unwrap_or_default();
    told.lines().map(str::to_owned).collect()
}

#[test]
fn hooks_run_around_the_steps() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    for reading in [
        &["check"][..],
        &["plan"],
        &["plan", "--commands"],
        &["down", "--yes"],
    ] {
        sandbox.triad(reading).exits(0);
        assert_eq!(told(&sandbox), [""; 0], "{reading:?}");
    }
    let ran = sandbox.triad(&["apply", "--json"]).exits(0);
    assert_eq!(ran.stderr, "noise\ntalk\n");
    let names: Vec<_> = events(&ran)
        .iter()
        .map(|event| event["event"].clone())
        .collect();
    assert_eq!(names[0], "plan");
    assert_eq!(names[1], "hook");
    assert_eq!(names[names.len() - 2..], ["hook", "end"]);
    let root = sandbox.root();
    let socket = sandbox.tmux(&["display-message", "-p", "#{socket_path}"]);
    let before = format!("before shop 8080 {} {}", socket.trim(), root.display());
    let after = format!("after {}", root.join("work/triad.kdl").display());
    assert_eq!(told(&sandbox), [before, after]);
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(told(&sandbox).len(), 2, "without changes no hook runs");
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(told(&sandbox)[2..], ["down", "gone"]);
    sandbox.triad(&["apply"]).exits(0);
    sandbox.triad(&["down", "shop", "--yes"]).exits(0);
    assert_eq!(told(&sandbox).len(), 6, "`down NAME` runs no hooks");
}

#[test]
fn a_before_hook_that_fails_stops_everything() {
    let sandbox = Sandbox::new();
    let failing = |name: &str| {
        LAYOUT.replace(
            &format!("{name} \""),
            &format!("{name} \"echo no luck; exit 3; "),
        )
    };
    sandbox.manifest(&failing("before-apply"));
    let ran = sandbox.triad(&["apply"]).exits(1);
    let expected =
        "hook `before-apply` failed with exit status: 3: no luck help: nothing was changed";
    assert!(words(&ran.stderr).contains(expected), "{}", ran.stderr);
    assert!(sandbox.try_tmux(&["list-sessions"]).status != 0);
    sandbox.apply(&failing("before-down"));
    let before = sandbox.dump_all();
    let ran = sandbox.triad(&["down", "--yes", "--json"]).exits(1);
    assert_eq!(events(&ran).last().unwrap()["exit"], 1);
    assert_same(&before, &sandbox.dump_all(), "a refused down");
}

#[test]
fn a_failing_after_hook_is_reported_at_the_end() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&LAYOUT.replace("after-apply \"", "after-apply \"echo no luck; exit 3; "));
    let ran = sandbox.triad(&["apply", "--json"]).exits(3);
    assert_eq!(events(&ran).last().unwrap()["exit"], 3);
    assert!(ran.stderr.contains("no luck"), "{}", ran.stderr);
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
    let dies = LAYOUT.replace(
        "pane \"api\" { run \"sleep\" \"1001\" }",
        "service \"api\" { run \"exit 7\"; ready { exec \"false\" } }",
    );
    sandbox.manifest(&dies);
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert!(
        ran.stdout.contains("`after-apply` was not run"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_refused_plan_runs_no_hook() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.manifest(&LAYOUT.replace("1001", "2001"));
    sandbox.triad(&["apply"]).exits(7);
    sandbox.triad(&["down"]).exits(7);
    assert_eq!(told(&sandbox).len(), 2);
}

#[test]
fn a_signal_ends_a_hook_and_its_processes() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&LAYOUT.replace(
        "before-apply \"",
        "before-apply \"sleep 1009 & : >work/up; sleep 1008; ",
    ));
    let running = sandbox.start(&["apply"]);
    eventually("the hook runs", DEADLINE, || sandbox.read("up").is_some());
    running.signal("INT");
    let ran = running.ends();
    assert_eq!(ran.status, 130, "{}", ran.stderr);
    assert!(
        words(&ran.stderr).contains("nothing was changed"),
        "{}",
        ran.stderr
    );
    for left in ["1008", "1009"] {
        eventually("the process is gone", Duration::from_secs(5), || {
            !sandbox.is_running(&format!("sleep {left}"))
        });
    }
}

#[test]
fn orphans_of_a_hook_are_not_awaited() {
    let sandbox = Sandbox::new();
    let text = LAYOUT.replace(
        "before-apply \"",
        "before-apply \"(while :; do echo x; sleep 0.01; done) & echo $! >work/pid; ",
    );
    sandbox.apply(&text);
    let pid = sandbox.read("pid").unwrap();
    crate::support::seen::signal("KILL", pid.trim());
}
