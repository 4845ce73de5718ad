//! Each state, as the table shows it.

use std::time::{SystemTime, UNIX_EPOCH};

use triad::layout::ReadyTag;

use super::{becomes, rows};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::signal;

/// Panes in every state that needs no wait.
const EVERY: &str = r#"
layout "shop"
session "web" {
    window "main" {
        service "engine" { run "sleep" "1001"; ready { exec "false" } }
        service "state" { run "sleep 1002" }
        agent "worker" { run "exit 1" }
        task "seed" { run "true" }
        task "broken" { run "exit 4" }
        service "gone" { run "exit 3" }
    }
    window "ends" {
        service "flaps" { run "exit 5"; restart "always" max=3 delay="10ms" }
        service "again" { run "exit 6"; restart "always" delay="10m" }
        pane "shell"
        pane "over" { run "exit 7"; on-exit "shell" }
        service "halted" { run "sleep" "1003" }
    }
}
"#;

fn tag_ready(sandbox: &Sandbox, address: &str, pid: u32, at: u64) {
    let tag = ReadyTag::new(i32::try_from(pid).unwrap(), at, "exit status 0");
    let id = &sandbox.panes()[address].id;
    sandbox.tmux(&["set-option", "-p", "-t", id, "@triad_ready", &tag.encode()]);
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

#[test]
fn every_state_has_its_word_and_its_reason() {
    let sandbox = Sandbox::new();
    sandbox.manifest(EVERY);
    let ran = sandbox.triad(&["apply", "--no-wait"]);
    assert!([0, 4].contains(&ran.status), "{}{}", ran.stdout, ran.stderr);
    sandbox.triad(&["stop", "halted"]).exits(0);
    becomes(&sandbox, "web/ends/flaps", "failed");
    becomes(&sandbox, "web/ends/over", "failed");
    for pane in ["worker", "seed", "broken", "gone"] {
        sandbox.ended(&format!("web/main/{pane}"));
    }
    let shell = sandbox.panes()["web/ends/shell"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &shell]);
    // tmux reports when a pane ended from 3.3 on.
    let at = if sandbox.is_at_least(3, 3) { "#s" } else { "" };
    let expected = [
        "web/main/engine|starting|#s|#|sleep 1001|waiting for exec false".to_owned(),
        "web/main/state|running|#s|#|sleep 1002|".to_owned(),
        format!("web/main/worker|failed|{at}||exit 1|exit status 1"),
        format!("web/main/seed|done|{at}||true|exit status 0"),
        format!("web/main/broken|failed|{at}||exit 4|exit status 4"),
        format!("web/main/gone|failed|{at}||exit 3|exit status 3"),
        format!("web/ends/flaps|failed|{at}||exit 5|given up after 3 restarts: exit status 5"),
        format!("web/ends/again|restarting|{at}||exit 6|exit status 6; restart 1 of 5"),
        "web/ends/shell|absent|||a login shell|`triad apply` creates it".to_owned(),
        "web/ends/over|failed|#s|#|exit 7|exit status 7; a shell took its place".to_owned(),
        format!("web/ends/halted|stopped|{at}||sleep 1003|by `triad stop`"),
    ];
    assert_eq!(rows(&sandbox.triad(&["ps"]).exits(0)), expected);
    // By its name it is the same, except for missing panes.
    std::fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    let by_name = rows(&sandbox.triad(&["ps", "shop"]).exits(0));
    let there = expected.iter().filter(|row| !row.contains("absent"));
    assert_eq!(
        by_name.iter().collect::<Vec<_>>(),
        there.collect::<Vec<_>>()
    );
}

const PROBED: &str = r#"
session "web" {
    window "main" { service "db" { run "sleep" "1001"; ready { exec "false" } } }
}
"#;

#[test]
fn readiness_belongs_to_the_running_process() {
    let sandbox = Sandbox::new();
    sandbox.manifest(PROBED);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let db = "web/main/db";
    let pid = sandbox.panes()[db].pid;
    let row = || rows(&sandbox.triad(&["ps"]).exits(0)).remove(0);
    tag_ready(&sandbox, db, pid + 1, now());
    assert_eq!(
        row(),
        "web/main/db|starting|#s|#|sleep 1001|waiting for exec false"
    );
    // A clock that was set since then does no harm.
    for at in [0, now(), now() + 1_000_000] {
        tag_ready(&sandbox, db, pid, at);
        assert_eq!(row(), "web/main/db|ready|#s|#|sleep 1001|exit status 0");
    }
    // The next process has to be found ready again.
    sandbox.tmux(&[
        "respawn-pane",
        "-k",
        "-t",
        &sandbox.panes()[db].id.clone(),
        "sleep 1001",
    ]);
    assert_eq!(
        row(),
        "web/main/db|starting|#s|#|sleep 1001|waiting for exec false"
    );
}

#[test]
fn a_service_that_missed_its_deadline_is_not_healthy() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "web" { window "main" {
            service "db" { run "sleep" "1001"; ready every="20ms" deadline="100ms" { exec "test -e go" } }
        } }"#,
    );
    sandbox.triad(&["apply"]).exits(4);
    let row = || rows(&sandbox.triad(&["ps"]).exits(0)).remove(0);
    let given_up = row();
    let begins = "web/main/db|starting|#s|#|sleep 1001|not ready after 0.";
    assert!(given_up.starts_with(begins), "{given_up}");
    assert!(
        given_up.ends_with("`test -e go` failed with exit status: 1"),
        "{given_up}"
    );
    sandbox.triad(&["ps", "--check"]).exits(8);
    // The next process has its own deadline.
    sandbox.triad(&["restart", "--no-wait", "db"]).exits(0);
    assert!(row().ends_with("|waiting for exec test -e go"), "{}", row());
    sandbox.triad(&["ps", "--check"]).exits(0);
    sandbox.triad(&["apply"]).exits(4);
    sandbox.triad(&["ps", "--check"]).exits(8);
    // A waiter that finds it ready tags it.
    sandbox.file("go", "");
    sandbox.triad(&["wait", "db"]).exits(0);
    sandbox.triad(&["ps", "--check"]).exits(0);
}

#[test]
fn other_verbs_use_the_words_of_ps() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "web" { window "main" {
            service "flaps" { run "exit 5"; restart "always" max=2 delay="10ms" }
            service "halted" { run "sleep" "1003" }
        } }"#,
    );
    let _ = sandbox.triad(&["apply", "--no-wait"]);
    becomes(&sandbox, "web/main/flaps", "failed");
    sandbox.triad(&["stop", "halted"]).exits(0);
    for (pane, state, why) in [
        (
            "flaps",
            "failed",
            "given up after 2 restarts: exit status 5",
        ),
        ("halted", "stopped", "by `triad stop`"),
    ] {
        let ps = sandbox.triad(&["ps", pane]).exits(0).stdout;
        assert!(ps.contains(state) && ps.contains(why), "{ps}");
        let graph = sandbox.triad(&["graph", "--live"]).exits(0).stdout;
        let said = format!("service web/main/{pane}  {state}, {why}\n");
        assert!(graph.contains(&said), "{graph}");
        let explained = sandbox.triad(&["explain", pane]).exits(0).stdout;
        let said = format!("  state    {state}\n  why      {why}\n");
        assert!(explained.contains(&said), "{explained}");
        assert!(!explained.contains("  phase"), "{explained}");
    }
}

#[test]
fn waiting_panes_name_their_needs() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "web" {
            window "main" {
                service "db" { run "sleep" "1001"; ready { exec "test -e go" } }
                service "cache" { run "sleep" "1002" }
                task "seed" { run "true"; needs "db"; needs "cache" }
                pane "api" { run "sleep" "1003"; needs "seed"; needs "db" until="started" }
            }
        }
        "#,
    );
    let apply = sandbox.start(&["apply"]);
    becomes(&sandbox, "web/main/api", "pending");
    let waits = rows(&sandbox.triad(&["ps"]).exits(0));
    assert_eq!(
        waits[2],
        "web/main/seed|pending|#s||true|waiting until db is ready"
    );
    assert_eq!(
        waits[3],
        "web/main/api|pending|#s||sleep 1003|waiting until seed has succeeded"
    );
    // A waiting pane is not dead.
    sandbox.triad(&["ps", "--check"]).exits(0);
    let signalled = apply.pid();
    signal("TERM", &signalled);
    assert_eq!(apply.ends().status, 143);
    sandbox.triad(&["ps", "--check"]).exits(0);
}

#[test]
fn an_end_after_a_restart_is_distinguished_from_giving_up() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" { window "w" {
            service "p" { run "mkdir once && exit 3; exit 0"; restart "on-failure" delay="10ms" }
        } }
        "#,
    );
    // Another test covers its effect on the service.
    let _ = sandbox.triad(&["apply", "--no-wait"]);
    let row = || rows(&sandbox.triad(&["ps"]).exits(0)).remove(0);
    eventually("its second end causes no restart", DEADLINE, || {
        row().starts_with("s/w/p|failed|") && row().ends_with("|exit status 0; after 1 restart")
    });
}

#[test]
fn a_clean_restart_is_shown() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        "session \"s\" { window \"w\" { service \"p\" { run \"sleep\" \"1001\"; restart \"always\" delay=\"10ms\" } } }",
    );
    let first = sandbox.panes()["s/w/p"].pid;
    signal("KILL", &first.to_string());
    becomes(&sandbox, "s/w/p", "running");
    eventually("p runs again", DEADLINE, || {
        sandbox.panes()["s/w/p"].pid != first
    });
    becomes(&sandbox, "s/w/p", "running");
    let row = rows(&sandbox.triad(&["ps"]).exits(0)).remove(0);
    assert_eq!(row, "s/w/p|running|#s|#|sleep 1001|after 1 restart");
}
