//! Failures during a wait are reported at once, and block no others.

use crate::needs::waits;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::signal;

#[test]
fn the_last_lines_of_a_pane_that_is_not_ready_are_read_once() {
    let mut sandbox = Sandbox::new();
    let services = (1..=4).map(|number| {
        format!(
            r#"service "s{number}" {{ run "echo bye; exec sleep 1000"; ready deadline="100ms" {{ file "never" }} }}"#
        )
    });
    let services: Vec<String> = services.collect();
    sandbox.manifest(&format!(
        r#"session "s" {{ window "w" {{ {} }} }}"#,
        services.join("; ")
    ));
    sandbox.count_tmux();
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert_eq!(ran.stdout.matches("│ bye").count(), 4, "{}", ran.stdout);
    let calls = sandbox.take_calls();
    // A snapshot, the geometry, the starts, and at most two calls for each pane: for its lines, and
    // to mark it as not ready.
    let calls = calls.len();
    assert!((5..=3 + 2 * 4).contains(&calls), "{calls} calls");
}

/// An endless wait for programs that survive the end of their terminal.
const ENDLESS: &str = r#"
    session "s" {
        window "w" {
            service "a" { run "trap '' HUP; echo $$ >pid; exec sleep 1000"; ready deadline="none" { file "never" } }
            service "b" { run "exec sleep 1000"; ready deadline="none" { log "never" } }
            service "c" { run "exec sleep 1000"; needs "a" }
        }
    }
"#;

#[test]
fn the_end_of_the_server_ends_the_wait_with_one_message() {
    for end in ["TERM", "KILL"] {
        let sandbox = Sandbox::new();
        sandbox.manifest(ENDLESS);
        let running = sandbox.start(&["apply"]);
        waits(&sandbox, "s/w/c");
        eventually("a runs", DEADLINE, || sandbox.read("pid").is_some());
        let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
        let server = server.trim();
        signal(end, server);
        let ran = running.ends().exits(4);
        let told = format!(
            "the tmux server, pid {server}, exited while triad waited, and all of its panes are gone"
        );
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        assert!(!ran.stdout.contains("exited with"), "{}", ran.stdout);
        signal("KILL", sandbox.read("pid").expect("the program ran").trim());
    }
}

#[test]
fn a_pane_closed_during_a_wait_is_reported_as_such() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" {
            window "w" {
                service "api" { run "exec sleep 1000"; ready every="20ms" deadline="none" { file "never" } }
                pane "web" { run "exec sleep 1001"; needs "api" }
                pane "other"
            }
        }
        "#,
    );
    let running = sandbox.start(&["apply"]);
    running.says("waiting until it is ready");
    let id = sandbox.panes()["s/w/api"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &id]);
    let ran = running.ends().exits(4);
    let said = crate::support::seen::words(&ran.stdout);
    assert!(
        said.contains("× api exited, and its pane has closed"),
        "{said}"
    );
    assert!(
        said.contains("- web not started: `s/w/api` ended"),
        "{said}"
    );
}

#[test]
fn a_pane_changed_during_a_wait_is_skipped_and_named() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" { window "w" {
            service "db" { run "exec sleep 1000"; ready every="20ms" { file "go" } }
            service "closed" { run "exec sleep 1001"; needs "db" }
            service "taken" { run "exec sleep 1002"; needs "db" }
            service "api" { run "exec sleep 1003"; needs "db" }
        } }
        "#,
    );
    let running = sandbox.start(&["apply"]);
    for pane in ["s/w/closed", "s/w/taken", "s/w/api"] {
        waits(&sandbox, pane);
    }
    let panes = sandbox.panes();
    sandbox.tmux(&["kill-pane", "-t", &panes["s/w/closed"].id]);
    let taken = &panes["s/w/taken"].id;
    sandbox.tmux(&["respawn-pane", "-k", "-t", taken, "--", "sleep", "1004"]);
    sandbox.tmux(&["set-option", "-p", "-t", taken, "@triad_phase", "started"]);
    sandbox.file("go", "");
    let ran = running.ends().exits(4);
    let said = crate::support::seen::words(&ran.stdout);
    assert!(
        said.contains("closed not started: the pane was closed while triad waited; apply again"),
        "{said}"
    );
    assert!(
        said.contains("taken not started: a program was started in the pane while triad waited"),
        "{said}"
    );
    assert!(said.contains("✓ api started"), "{said}");
}
