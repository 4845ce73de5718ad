//! Readiness that was seen is tagged on the pane, and unseen readiness is checked again.

use crate::support::sandbox::{Call, DEADLINE, Sandbox, eventually};

const MANIFEST: &str = r#"
    session "s" {
        window "w" {
            service "api" { run "exec sleep 1000"; ready every="20ms" deadline="20s" { file "go" } }
            pane "other" { run "exec sleep 1000" }
        }
    }
"#;

fn ready(sandbox: &Sandbox) -> String {
    let format = "#{@triad_ready}";
    let list = [
        "list-panes",
        "-a",
        "-f",
        "#{m:*api,#{s/ .*//:@triad_pane}}",
        "-F",
        format,
    ];
    sandbox.tmux(&list).trim().to_owned()
}

fn pids(sandbox: &Sandbox) -> Vec<u32> {
    sandbox.panes().values().map(|pane| pane.pid).collect()
}

#[test]
fn readiness_is_tagged_once_for_the_process() {
    let mut sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(MANIFEST);
    let tag = ready(&sandbox);
    let pid = sandbox.panes()["s/w/api"].pid;
    assert!(tag.starts_with(&format!("{pid}:")), "{tag}");
    sandbox.count_tmux();
    sandbox.triad(&["apply"]).exits(0);
    let calls = sandbox.take_calls();
    assert!(!calls.iter().any(Call::is_writing), "{calls:?}");
    assert_eq!(ready(&sandbox), tag);
}

#[test]
fn the_next_apply_waits_for_panes_that_were_not_awaited() {
    let sandbox = Sandbox::new();
    sandbox.manifest(MANIFEST);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let before = pids(&sandbox);
    assert_eq!(ready(&sandbox), "");
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let running = sandbox.start(&["apply"]);
    sandbox.file("go", "");
    let ran = running.ends().exits(0);
    assert!(ran.stdout.contains("ready: "), "{}", ran.stdout);
    assert!(ready(&sandbox).contains(':'));
    let again = sandbox.triad(&["apply"]).exits(0);
    assert!(!again.stdout.contains("ready: "), "{}", again.stdout);
    assert_eq!(pids(&sandbox), before, "no program was restarted");
}

#[test]
fn every_apply_reports_panes_that_are_not_ready() {
    let sandbox = Sandbox::new();
    let manifest = MANIFEST.replace("20s", "300ms");
    sandbox.manifest(&manifest);
    sandbox.triad(&["apply"]).exits(4);
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert!(ran.stdout.contains("go not found"), "{}", ran.stdout);
    sandbox.file("go", "");
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn a_killed_apply_leaves_the_wait_to_the_next() {
    let sandbox = Sandbox::new();
    sandbox.manifest(MANIFEST);
    let running = sandbox.start(&["apply"]);
    eventually("api has started", DEADLINE, || {
        let panes = sandbox.panes();
        panes
            .get("s/w/api")
            .is_some_and(|pane| pane.phase == "started")
    });
    running.signal("KILL");
    assert_ne!(running.ends().status, 0);
    sandbox.file("go", "");
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("ready: "), "{}", ran.stdout);
}
