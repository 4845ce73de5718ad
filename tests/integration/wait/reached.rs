//! Awaited states that are reached.

use super::{LAYOUT, applied, waiting};
use crate::support::sandbox::Sandbox;
use crate::support::seen::{events, words};

#[test]
fn readiness_is_probed_for() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["web/main/db", "api"]);
    sandbox.file("go", "");
    let ran = wait.ends().exits(0);
    let events = events(&ran);
    let first = &events[0];
    assert_eq!(
        (&first["format"], &first["event"], &first["for"]),
        (&1.into(), &"wait".into(), &"ready".into())
    );
    assert_eq!(
        first["panes"],
        serde_json::json!(["web/main/db", "web/main/api"])
    );
    let reached: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "reached")
        .collect();
    assert_eq!(reached.len(), 2);
    assert_eq!(reached[0]["address"], "web/main/api", "api has no probes");
    assert_eq!(reached[1]["address"], "web/main/db");
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["exit"]), (&"end".into(), &0.into()));
    // It is tagged, so that others know.
    let told = sandbox.triad(&["ps", "db"]).exits(0);
    assert!(
        told.stdout.contains("web/main/db  ready"),
        "{}",
        told.stdout
    );
    // A state that is reached already is reported, too.
    let ran = sandbox.triad(&["wait", "db", "api"]).exits(0);
    assert!(
        words(&ran.stdout).contains("✓ db ready: "),
        "{}",
        ran.stdout
    );
    assert!(words(&ran.stdout).contains("2 ready in"), "{}", ran.stdout);
    let quiet = sandbox.triad(&["-q", "wait", "db"]).exits(0);
    assert_eq!(quiet.stdout, "");
}

#[test]
fn any_of_them_is_enough() {
    let sandbox = applied();
    sandbox.triad(&["wait", "--any"]).exits(0);
    let wait = waiting(&sandbox, &["--any", "db", "seed"]);
    sandbox.file("end", "0");
    wait.ends().exits(0);
    // An impossible one does not end it.
    sandbox.triad(&["stop", "api"]).exits(0);
    let wait = waiting(&sandbox, &["--any", "db", "api"]);
    wait.says("\"event\":\"lost\"");
    sandbox.file("go", "");
    wait.ends().exits(0);
}

#[test]
fn a_task_is_waited_for_until_it_is_done() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["seed"]);
    let done = waiting(&sandbox, &["--for", "done", "seed"]);
    sandbox
        .triad(&["wait", "--for", "started", "seed", "db"])
        .exits(0);
    sandbox.file("end", "0");
    wait.ends().exits(0);
    done.ends().exits(0);
}

#[test]
fn every_other_state_can_be_waited_for() {
    let sandbox = applied();
    let stopped = waiting(&sandbox, &["--for", "stopped", "api"]);
    sandbox.triad(&["stop", "api"]).exits(0);
    stopped.ends().exits(0);
    let failed = waiting(&sandbox, &["--for", "failed", "seed"]);
    sandbox.file("end", "4");
    let ran = failed.ends().exits(0);
    assert!(ran.stdout.contains("exit status 4"), "{}", ran.stdout);
    let gone = waiting(&sandbox, &["--for", "gone"]);
    let by_name = waiting(&sandbox, &["--for", "gone", "shop"]);
    sandbox.triad(&["down", "--yes"]).exits(0);
    gone.ends().exits(0);
    by_name.ends().exits(0);
    sandbox.triad(&["wait", "--for", "gone"]).exits(0);
    std::fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    for address in [&[][..], &["db"], &["web/main/db"]] {
        let words = [&["wait", "--for", "gone", "shop"], address].concat();
        sandbox.triad(&words).exits(0);
    }
}

#[test]
fn a_layout_that_does_not_exist_yet_can_be_awaited() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let wait = waiting(&sandbox, &["db", "api"]);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    sandbox.file("go", "");
    wait.ends().exits(0);
}

#[test]
fn a_line_of_output_is_waited_for() {
    let sandbox = applied();
    sandbox.triad(&["wait", "--line", "^first", "db"]).exits(0);
    let wait = waiting(&sandbox, &["--line", "last w.rds$", "seed"]);
    sandbox.file("end", "0");
    let ran = wait.ends().exits(0);
    assert!(
        ran.stdout.contains("it printed `last words`"),
        "{}",
        ran.stdout
    );
    // For an ended program, too.
    sandbox.ended("web/main/seed");
    sandbox.triad(&["wait", "--line", "last", "seed"]).exits(0);
    let ran = sandbox.triad(&["wait", "--line", "never", "seed"]).exits(8);
    assert!(
        words(&ran.stdout).contains("× seed exited with status 0"),
        "{}",
        ran.stdout
    );
}

#[test]
fn lines_of_an_earlier_run_do_not_count() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" { window "w" {
            service "p" {
                run "cat said; seq 200; read line; exit 3"
                restart "always" delay="1ms"
            }
        } }
        "#,
    );
    let is_said = |line: &str, exit: i32| {
        sandbox.triad(&["wait", "--line", "^200$", "p"]).exits(0);
        let ran = sandbox.triad(&["wait", "--timeout", "100ms", "--line", line, "p"]);
        ran.exits(exit);
    };
    sandbox.file("said", "first words\n");
    sandbox.triad(&["apply"]).exits(0);
    is_said("first words", 0);
    sandbox.file("said", "second words\n");
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    is_said("second words", 0);
    is_said("first words", 8);
    // Nor if tmux has restarted it.
    sandbox.file("said", "third words\n");
    let pane = sandbox.panes()["s/w/p"].id.clone();
    sandbox.tmux(&["send-keys", "-t", &pane, "Enter"]);
    sandbox
        .triad(&["wait", "--line", "third words", "p"])
        .exits(0);
    is_said("second words", 8);
}

#[test]
fn a_pane_that_tmux_restarts_is_not_dead() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" { window "w" {
            service "p" {
                run "test -e go && exec sleep 1001; exit 3"
                restart "always" max=10000 delay="10ms"
                ready every="20ms" { exec "test -e go" }
            }
        } }
        "#,
    );
    sandbox.triad(&["apply", "--no-wait"]);
    let wait = waiting(&sandbox, &["p"]);
    sandbox.file("go", "");
    wait.ends().exits(0);
}
