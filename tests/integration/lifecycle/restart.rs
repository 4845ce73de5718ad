//! `restart`: a program in a pane ends and starts again in the same pane.

use super::{LAYOUT, state};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, pids, renewed, words};

#[test]
fn only_the_named_panes_restart_in_place() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let (before, panes) = (pids(&sandbox), sandbox.panes());
    let ran = sandbox.triad(&["restart", "db"]).exits(0);
    assert!(ran.stdout.contains("1 restarted"), "{}", ran.stdout);
    assert_eq!(renewed(&before, &sandbox), ["web/main/db"]);
    assert_eq!(panes["web/main/db"].id, sandbox.panes()["web/main/db"].id);
    sandbox.triad(&["plan", "--check"]).exits(0);
    // A `*` asks for confirmation.
    let before = pids(&sandbox);
    let ran = sandbox.triad(&["restart", "*/*/a*"]).exits(7);
    assert!(words(&ran.stderr).contains("--yes"), "{}", ran.stderr);
    assert!(renewed(&before, &sandbox).is_empty());
    sandbox.triad(&["restart", "--yes", "*/*/a*"]).exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/api"]);
}

#[test]
fn dependents_restart_after_what_they_need() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox
        .triad(&["restart", "--with-dependents", "db"])
        .exits(7);
    let before = pids(&sandbox);
    let ran = sandbox
        .triad(&["restart", "--json", "--yes", "--with-dependents", "db"])
        .exits(0);
    let told = events(&ran);
    let steps = told[0]["steps"].as_array().unwrap();
    let order = steps.iter().map(|step| step["address"].as_str().unwrap());
    assert_eq!(
        order.collect::<Vec<_>>(),
        ["web/main/db", "web/main/api", "web/jobs/worker"]
    );
    assert_eq!(
        renewed(&before, &sandbox),
        ["web/jobs/worker", "web/main/api", "web/main/db"]
    );
    // A stopped one stays stopped.
    sandbox.triad(&["stop", "worker"]).exits(0);
    sandbox
        .triad(&["restart", "--yes", "--with-dependents", "api"])
        .exits(0);
    assert_eq!(state(&sandbox, "web/jobs/worker"), "stopped ended");
}

#[test]
fn followers_restart_with_it_after_confirmation() {
    let sandbox = Sandbox::new();
    sandbox.apply(&LAYOUT.replace("needs \"db\"", "needs \"db\" restart=#true"));
    let before = pids(&sandbox);
    sandbox.triad(&["restart", "db"]).exits(7);
    sandbox.triad(&["restart", "--yes", "db"]).exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/api", "web/main/db"]);
}

/// A task between a service and its dependent.
const MIGRATED: &str = "layout \"shop\"
session \"web\" { window \"main\" {
    service \"db\" { run \"sleep\" \"1001\"; ready every=\"20ms\" { exec \"true\" } }
    task \"migrate\" { run \"true\"; needs \"db\" }
    service \"api\" { run \"sleep\" \"1002\"; needs \"migrate\" }
} }
";

#[test]
fn dependents_behind_a_finished_task_restart_and_stop_too() {
    let sandbox = Sandbox::new();
    sandbox.apply(MIGRATED);
    let before = pids(&sandbox);
    let ran = sandbox
        .triad(&["restart", "--yes", "--json", "--with-dependents", "db"])
        .exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/api", "web/main/db"]);
    let plan = &events(&ran)[0]["steps"];
    assert_eq!(plan[1]["address"], "web/main/api");
    assert_eq!(plan[1]["reason"], "depends on db, which restarts");
    assert_eq!(plan[1]["after"], serde_json::json!([0]));
    let told = events(&ran);
    let at = |event: &str, of: serde_json::Value| {
        let is_it = |told: &serde_json::Value| {
            told["event"] == event && (told["address"] == of || told["step"] == of)
        };
        told.iter().position(is_it).expect(event)
    };
    let ready = at("ready", "web/main/db".into());
    assert!(
        ready < at("started", 1.into()),
        "the dependent waits for db: {told:#?}"
    );
    // So does a follower.
    let before = pids(&sandbox);
    let follows = MIGRATED.replace("needs \"db\"", "needs \"db\" restart=#true");
    let follows = follows.replace("needs \"migrate\"", "needs \"migrate\" restart=#true");
    sandbox.apply(&follows);
    sandbox.triad(&["restart", "--yes", "db"]).exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/api", "web/main/db"]);
    let before = pids(&sandbox);
    sandbox.apply(&follows.replace("1001", "2001"));
    assert_eq!(renewed(&before, &sandbox), ["web/main/api", "web/main/db"]);
    let ran = sandbox
        .triad(&["stop", "--yes", "--json", "--with-dependents", "db"])
        .exits(0);
    let plan = &events(&ran)[0]["steps"];
    let order = [0, 1].map(|step| plan[step]["address"].as_str().expect("an address"));
    assert_eq!(order, ["web/main/api", "web/main/db"]);
    assert_eq!(state(&sandbox, "web/main/api"), "stopped ended");
}

#[test]
fn a_task_runs_again_however_it_ended() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/jobs/seed");
    assert_eq!(sandbox.read("seeded").unwrap(), "x\n");
    sandbox.triad(&["restart", "seed"]).exits(0);
    eventually("seed runs again", DEADLINE, || {
        sandbox.read("seeded").as_deref() == Some("x\nx\n")
    });
    sandbox.ended("web/jobs/seed");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn restart_starts_stopped_panes_and_refuses_protected_ones() {
    let sandbox = Sandbox::new();
    sandbox.apply(&LAYOUT.replace("pane \"shell\"", "pane \"shell\" protect=#true"));
    sandbox.triad(&["stop", "api"]).exits(0);
    sandbox.triad(&["restart", "api"]).exits(0);
    assert_eq!(state(&sandbox, "web/main/api"), "started runs");
    let before = pids(&sandbox);
    sandbox.triad(&["restart", "shell"]).exits(7);
    assert!(renewed(&before, &sandbox).is_empty());
}
