//! `--replace`: restarts a pane although nothing about it has changed.

use crate::support::sandbox::Sandbox;
use crate::support::seen::{assert_same, events, pids, renewed, words};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" { run "sleep" "1001" }
            pane "api" { run "sleep" "1002"; needs "db" restart=#true }
            pane "shell"
        }
    }
}
session "jobs" { window "main" { pane "worker" protect=#true { run "sleep" "1003" } } }
"#;

#[test]
fn only_the_replaced_panes_restart_in_place() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = pids(&sandbox);
    let ids: Vec<String> = sandbox.panes().into_values().map(|pane| pane.id).collect();
    let ran = sandbox.triad(&["plan", "--replace", "shell"]).exits(0);
    assert!(
        ran.stdout.contains("restart: requested by --replace"),
        "{}",
        ran.stdout
    );
    let ran = sandbox.triad(&["apply", "--replace", "shell"]).exits(7);
    assert!(
        words(&ran.stderr).contains("this ends 1 live process"),
        "{}",
        ran.stderr
    );
    assert!(
        renewed(&before, &sandbox).is_empty(),
        "nothing restarts without confirmation"
    );
    sandbox
        .triad(&["apply", "--yes", "--replace", "web/main/shell"])
        .exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/shell"]);
    // With the panes that restart with it.
    let before = pids(&sandbox);
    sandbox.triad(&["up", "--yes", "--replace", "*/*/db"]);
    assert_eq!(renewed(&before, &sandbox), ["web/main/api", "web/main/db"]);
    let after: Vec<String> = sandbox.panes().into_values().map(|pane| pane.id).collect();
    assert_eq!(ids, after);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn json_reports_it() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let ran = sandbox
        .triad(&["plan", "--json", "--replace", "web"])
        .exits(0);
    let steps = events(&ran)[0]["steps"].clone();
    let steps = steps.as_array().unwrap();
    assert_eq!(steps.len(), 3);
    for step in steps {
        assert_eq!(step["action"], "restart");
        assert!(step["ends"]["pid"].is_number());
    }
}

#[test]
fn protected_and_unknown_panes_are_refused_before_any_change() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.dump_all();
    for (address, status, told) in [
        (
            "worker",
            7,
            "`jobs/main/worker` is protected and would be restarted",
        ),
        ("jobs", 7, "`jobs/main/worker` is protected"),
        ("wrker", 64, "did you mean `worker`?"),
        ("web/main/x/y", 64, "`web/main/x/y` is not an address"),
        ("*/nothing/*", 64, "no pane matches `*/nothing/*`"),
        ("", 64, "is not an address"),
    ] {
        for verb in ["plan", "apply"] {
            let ran = sandbox.triad(&[verb, "--replace", address]).exits(status);
            assert!(
                words(&ran.stderr).contains(told),
                "{address}: {}",
                ran.stderr
            );
        }
    }
    assert_same(&before, &sandbox.dump_all(), "a refusal");
}
