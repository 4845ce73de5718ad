//! Failures of services: they die at the wrong moment, flap, have no time, or form a very long
//! chain.

use std::time::Duration;

use super::state;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, words};

fn layout(panes: &str) -> String {
    format!("layout \"shop\"\nsession \"s\" {{ window \"w\" {{ rows {{\n{panes}\n}} }} }}\n")
}

#[test]
fn a_service_that_ends_once_ready_is_dead() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout(
        r#"
        service "db" { run "echo no disk; touch up; exit 3"; ready { file "up" } }
        pane "api" { run "sleep" "1001"; needs "db" }
        "#,
    ));
    for _ in 0..5 {
        let _ = std::fs::remove_file(sandbox.path("up"));
        let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
        for expected in ["status 3", "no disk"] {
            assert!(
                words(&ran.stdout).contains(expected),
                "`{expected}`: {}",
                ran.stdout
            );
        }
    }
}

#[test]
fn a_death_after_readiness_is_reported_and_blocks_no_other() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout(
        r#"
        service "db" { run "until test -e die; do sleep 0.02; done; echo no disk; exit 3"; ready { exec "true" } }
        service "api" { run "sleep" "1001"; needs "db" }
        service "slow" { run "sleep" "1002"; needs "api"; ready { exec "test -e go" } }
        service "last" { run "sleep" "1003"; needs "slow" }
        "#,
    ));
    let running = sandbox.start(&["apply", "--json"]);
    eventually("slow is waited for", DEADLINE, || {
        sandbox
            .panes()
            .get("s/w/slow")
            .is_some_and(|pane| pane.phase == "started")
    });
    sandbox.file("die", "");
    running.says("\"died\"");
    let pids = sandbox.identities();
    sandbox.file("go", "");
    let ran = running.ends().exits(4);
    let end = events(&ran).pop().expect("an end");
    assert_eq!(end["unready"], serde_json::json!(["s/w/db"]));
    assert_eq!(state(&sandbox, "s/w/last"), "started runs");
    std::fs::remove_file(sandbox.path("die")).expect("the file exists");
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("1 started"), "{}", ran.stdout);
    for (address, _, pid) in pids
        .iter()
        .filter(|(address, ..)| !["s/w/db", "s/w/last"].contains(&address.as_str()))
    {
        assert_eq!(sandbox.panes()[address].pid, *pid, "{address}");
    }
}

#[test]
fn a_flapping_service_blocks_no_other_for_ever() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout(
        r#"
        service "db" {
            run "echo x >>starts; sleep 0.05; exit 1"
            restart "always" max=3 delay="10ms"
            ready deadline="20s" { exec "false" }
        }
        pane "api" { run "sleep" "1001"; needs "db" }
        "#,
    ));
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert!(
        words(&ran.stdout).contains("exited with status 1"),
        "{}",
        ran.stdout
    );
    assert_eq!(sandbox.read("starts").as_deref(), Some("x\nx\nx\nx\n"));
    assert_eq!(state(&sandbox, "s/w/db"), "failed ended");
    assert_eq!(state(&sandbox, "s/w/api"), "pending runs");
}

#[test]
fn deadline_none_is_no_deadline() {
    let sandbox = Sandbox::new();
    for nothing in ["0", "0s", "0ms"] {
        let ready = format!(
            "service \"db\" {{ run \"sleep\" \"1001\"; ready deadline=\"{nothing}\" {{ exec \"true\" }} }}"
        );
        sandbox.manifest(&layout(&ready));
        let ran = sandbox.triad(&["check"]).exits(65);
        assert!(
            words(&ran.stderr).contains("`deadline` cannot be"),
            "{}",
            ran.stderr
        );
    }
}

/// The number of panes in the chain, and in each window.
const LINE: usize = 1_000;
const IN_A_WINDOW: usize = 100;
/// A few seconds on two idle cores, and minutes if each pane looks at all the others.
const LINE_MAX: Duration = Duration::from_secs(60);

/// Each needs the one before it.
fn line() -> String {
    let mut text = "layout \"line\"\nsession \"s\" {\n".to_owned();
    for pane in 0..LINE {
        if pane % IN_A_WINDOW == 0 {
            text.push_str(&format!(
                "window \"w{}\" {{ layout \"tiled\"\n",
                pane / IN_A_WINDOW
            ));
        }
        let needs = match pane {
            0 => String::new(),
            _ => format!("; needs \"w{}/p{}\"", (pane - 1) / IN_A_WINDOW, pane - 1),
        };
        text.push_str(&format!(
            "service \"p{pane}\" {{ run \"sleep\" \"1001\"{needs} }}\n"
        ));
        if pane % IN_A_WINDOW == IN_A_WINDOW - 1 {
            text.push_str("}\n");
        }
    }
    text + "}\n"
}

#[test]
fn a_chain_of_a_thousand_starts() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&line());
    let mut running = sandbox.start(&["apply"]);
    eventually("the whole chain is up", LINE_MAX, || running.has_ended());
    let ran = running.ends().exits(0);
    let said = words(&ran.stdout);
    assert!(said.contains("1000 started"), "{said}");
    sandbox.triad(&["plan", "--check"]).exits(0);
    // So many take longer to end than the sandbox waits for.
    sandbox.tmux(&["kill-server"]);
    eventually("all have ended", DEADLINE, || {
        !sandbox.is_running("sleep 1001")
    });
}
