//! `start`: a stopped or ended program runs again in its pane, after its needs.

use super::{LAYOUT, state, states};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, pids, renewed, signal, words};

#[test]
fn a_stopped_pane_starts_after_its_needs() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/jobs/seed");
    let before = sandbox.panes();
    sandbox.triad(&["stop", "api", "db", "shell"]).exits(0);
    let ran = sandbox.triad(&["start", "--json", "api"]).exits(0);
    let told = events(&ran);
    let steps = told[0]["steps"].as_array().unwrap();
    let order = steps.iter().map(|step| {
        let word = |key: &str| step[key].as_str().unwrap().to_owned();
        format!("{} {}: {}", word("action"), word("address"), word("reason"))
    });
    assert_eq!(
        order.collect::<Vec<_>>(),
        [
            "start web/main/db: a requested pane depends on it",
            "start web/main/api: requested"
        ]
    );
    assert_eq!(
        states(&sandbox),
        [
            "web/main/db started runs",
            "web/main/api started runs",
            "web/main/shell stopped ended",
            "web/jobs/seed started ended",
            "web/jobs/worker started runs",
        ]
    );
    let after = sandbox.panes();
    assert_eq!(before["web/main/api"].id, after["web/main/api"].id);
    assert_eq!(before["web/jobs/worker"], after["web/jobs/worker"]);
    let ran = sandbox.triad(&["start", "api"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    // tmux handles its end as before.
    let db = after["web/main/db"].pid;
    signal("KILL", &db.to_string());
    eventually("tmux starts it again", DEADLINE, || {
        let now = sandbox.panes()["web/main/db"].clone();
        now.pid != db && state(&sandbox, "web/main/db") == "started runs"
    });
}

#[test]
fn start_uses_the_present_manifest_and_changes_nothing_else() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.triad(&["stop", "api"]).exits(0);
    let edited = LAYOUT
        .replace("\"1002\"", "\"1004\"")
        .replace("\"1003\"", "\"1005\"")
        .replace("session \"web\" {", "session \"web\" { window \"new\"\n");
    sandbox.manifest(&edited);
    let before = pids(&sandbox);
    let ran = sandbox.triad(&["start", "api"]).exits(0);
    assert!(ran.stdout.contains("1 started"), "{}", ran.stdout);
    assert_eq!(renewed(&before, &sandbox), ["web/main/api"]);
    let pid = sandbox.panes()["web/main/api"].pid;
    let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert_eq!(line, "sleep\u{0}1004\u{0}");
    // The rest is for apply.
    sandbox.triad(&["plan", "--check"]).exits(2);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
    assert_eq!(sandbox.panes()["web/main/api"].pid, pid);
}

#[test]
fn a_done_task_does_not_run_again_and_a_failed_one_does() {
    let sandbox = Sandbox::new();
    let tasks = "session \"s\" { window \"w\" { pane \"q\"; task \"done\" { run \"echo x >>done\" }; \
                 task \"bad\" { run \"echo x >>bad; exit 3\" } } }";
    sandbox.manifest(tasks);
    sandbox.triad(&["apply"]);
    sandbox.ended("s/w/done");
    sandbox.ended("s/w/bad");
    let ran = sandbox.triad(&["start", "s/w/done"]).exits(0);
    assert!(
        words(&ran.stdout).contains("`triad restart` runs again"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["start", "s"]);
    eventually("bad runs again", DEADLINE, || {
        sandbox.read("bad").as_deref() == Some("x\nx\n")
    });
    assert_eq!(sandbox.read("done").unwrap(), "x\n");
}

#[test]
fn missing_panes_are_created_and_unknown_ones_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["start", "api"]).exits(0);
    assert_eq!(
        states(&sandbox),
        ["web/main/db started runs", "web/main/api started runs"]
    );
    let ran = sandbox.triad(&["start", "apo"]).exits(64);
    assert!(ran.stderr.contains("did you mean `api`?"), "{}", ran.stderr);
    sandbox.triad(&["apply"]).exits(0);
    // A pane that is no longer in the manifest stays, and is not started.
    sandbox.manifest(&LAYOUT.replace("pane \"shell\"", ""));
    sandbox.triad(&["start", "web"]).exits(0);
    assert_eq!(state(&sandbox, "web/main/shell"), "started runs");
}
