//! An agent, or a pane with a command, that ended with a nonzero status or by a signal has failed:
//! `ps`, `graph`, `wait`, `apply` and `watch` agree.

use serde_json::Value;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, identity, signal, words};

/// Programs that run until there is a file `NAME.end`, and end with the status in it.
const LAYOUT: &str = r#"
layout "shop"
session "s" {
    window "w" {
        agent "worker" { run "while [ ! -e worker.end ]; do sleep 0.01; done; echo worker says; exit $(cat worker.end)" }
        pane "build" { run "while [ ! -e build.end ]; do sleep 0.01; done; exit $(cat build.end)" }
        service "db" { run "sleep" "1001" }
    }
}
"#;

fn applied() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["apply"]).exits(0);
    sandbox
}

/// Returns the state and the exit of a pane in a document.
fn state(document: &Value, address: &str) -> (String, String) {
    let of_ps = document["layouts"][0]["panes"].as_array();
    let rows = of_ps.or(document["nodes"].as_array()).unwrap();
    let row = rows.iter().find(|row| row["address"] == address);
    let row = row.unwrap_or_else(|| panic!("no {address} in {document}"));
    let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
    (text("state"), text("exit"))
}

/// Checks the state of a pane in `ps` and `graph --live`.
#[track_caller]
fn stands(sandbox: &Sandbox, address: &str, expected: (&str, &str)) {
    let expected = (expected.0.to_owned(), expected.1.to_owned());
    for words in [&["ps", "--json"][..], &["graph", "--live", "--json"]] {
        let document = events(&sandbox.triad(words).exits(0)).remove(0);
        assert_eq!(state(&document, address), expected, "{words:?}");
    }
}

#[test]
fn a_nonzero_status_is_a_failure_for_every_verb() {
    let sandbox = applied();
    for (pane, status) in [("worker", 7), ("build", 2)] {
        sandbox.file(&format!("{pane}.end"), &status.to_string());
        let address = format!("s/w/{pane}");
        sandbox.ended(&address);
        let exit = format!("exit status {status}");
        stands(&sandbox, &address, ("failed", &exit));
        let exit = format!("status {status}");
        let failed = sandbox.triad(&["wait", "--for", "failed", pane]).exits(0);
        assert!(failed.stdout.contains(&exit), "{}", failed.stdout);
        for goal in ["done", "ready", "started"] {
            let lost = sandbox.triad(&["wait", "--for", goal, pane]).exits(8);
            assert!(lost.stdout.contains(&exit), "{goal}: {}", lost.stdout);
        }
        sandbox.triad(&["ps", "--check", pane]).exits(8);
        let table = words(&sandbox.triad(&["ps", pane]).exits(0).stdout);
        assert!(table.contains("failed"), "{table}");
        assert!(table.contains(&exit), "{table}");
    }
    // It is kept for review, and only runs again on request.
    let before = sandbox.panes();
    let again = sandbox.triad(&["apply"]).exits(0);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
    let after = sandbox.panes();
    for pane in ["s/w/worker", "s/w/build"] {
        assert_eq!(identity(&before[pane]), identity(&after[pane]));
    }
}

#[test]
fn a_signal_is_a_failure_and_0_is_not() {
    let sandbox = applied();
    signal("KILL", &sandbox.panes()["s/w/worker"].pid.to_string());
    sandbox.ended("s/w/worker");
    let how = match sandbox.is_at_least(3, 3) {
        true => "signal 9",
        false => "an unknown exit status",
    };
    stands(&sandbox, "s/w/worker", ("failed", how));
    sandbox.file("build.end", "0");
    sandbox.ended("s/w/build");
    stands(&sandbox, "s/w/build", ("done", "exit status 0"));
    // Nothing of it is running.
    sandbox.triad(&["ps", "--check", "build"]).exits(9);
    sandbox.triad(&["wait", "--for", "done", "build"]).exits(0);
    sandbox
        .triad(&["wait", "--for", "failed", "build"])
        .exits(8);
    sandbox.triad(&["ps", "--check"]).exits(8);
}

#[test]
fn an_apply_reports_failures_during_its_run() {
    let sandbox = Sandbox::new();
    // tmux loses output that is printed right before a program's end.
    sandbox.manifest(
        r#"
        layout "shop"
        session "s" { window "w" {
            agent "worker" { run "echo worker says; sleep 0.2; exit 7" }
            pane "build" { run "exit 2" }
            pane "fine" { run "true" }
            service "db" { run "sleep" "1001"; ready { delay "500ms" } }
        } }
        "#,
    );
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("× worker exited with status 7"), "{said}");
    assert!(ran.stdout.contains("│ worker says"), "{}", ran.stdout);
    assert!(said.contains("× build exited with status 2"), "{said}");
    assert!(said.contains("✓ fine exited with status 0"), "{said}");
    assert!(said.contains("2 not ready"), "{said}");
    let next = "triad restart s/w/worker s/w/build";
    let is_named = said.contains(next) || said.contains("triad restart s/w/build s/w/worker");
    assert!(is_named && !said.contains("Run it again"), "{said}");
    // None of it is restarted.
    let again = sandbox.triad(&["apply"]).exits(0);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
}

#[test]
fn the_exit_of_a_program_whose_pane_closes_is_unknown() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" { window "w" {
            agent "closes" { run "false"; on-exit "close" }
            service "db" { run "sleep" "1001" }
        } }
        "#,
    );
    let said = words(&sandbox.triad(&["apply"]).exits(0).stdout);
    assert!(!said.contains("×"), "{said}");
}

#[test]
fn an_agent_that_cannot_start_is_reported_without_another_wait() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"s\" { window \"w\" { agent \"worker\" { run \"exit 127\" } } }");
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("× worker exited with status 127"), "{said}");
}

#[test]
fn a_watch_reports_failures() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let watch = sandbox.start(&["watch"]);
    watch.says("watching triad.kdl");
    sandbox.file("build.end", "0");
    sandbox.ended("s/w/build");
    sandbox.file("worker.end", "7");
    eventually("the end is reported", DEADLINE, || {
        words(&watch.stdout()).contains("× worker exited with status 7")
    });
    assert!(!words(&watch.stdout()).contains("× build"));
    watch.signal("INT");
    watch.ends().exits(130);
}

#[test]
fn the_exit_status_of_a_bare_shell_is_no_failure() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        r#"
        session "s" { window "w" { pane "kept" { on-exit "hold" }; pane "closes"; service "db" { run "sleep" "1001" } } }
        "#,
    );
    let closes = sandbox.panes()["s/w/closes"].id.clone();
    let kept = sandbox.panes()["s/w/kept"].id.clone();
    for pane in [&closes, &kept] {
        sandbox.tmux(&["send-keys", "-t", pane, "exit 3", "Enter"]);
    }
    sandbox.ended("s/w/kept");
    eventually("the pane has closed", DEADLINE, || {
        !sandbox.panes().contains_key("s/w/closes")
    });
    stands(&sandbox, "s/w/kept", ("done", "exit status 3"));
    stands(&sandbox, "s/w/closes", ("absent", "-"));
}

/// The outputs of a program in its first and second run.
const TWICE: &str =
    "if mkdir once 2>/dev/null; then seq -f 'old %g' FIRST; else seq -f 'new %g' 2; fi; sleep 0.2;";

#[test]
fn the_lines_of_an_earlier_run_are_not_shown() {
    // On the screen, and scrolled away.
    for first in ["3", "200"] {
        let says = TWICE.replace("FIRST", first);
        let sandbox = Sandbox::new();
        sandbox.manifest(&format!(
            "layout \"shop\"\nsession \"s\" {{ window \"w\" {{ pane \"q\"; service \"db\" {{ \
             run \"{says} [ -e fails ] && exit 3; exec sleep 1001\"; \
             ready {{ exec \"[ ! -e fails ]\"; deadline \"300ms\" }} }} }} }}"
        ));
        sandbox.triad(&["apply"]).exits(0);
        sandbox.file("fails", "");
        let died = sandbox.triad(&["restart", "db"]).exits(4);
        assert!(died.stdout.contains("│ new 2"), "{}", died.stdout);
        assert!(!died.stdout.contains("old"), "{}", died.stdout);
    }
    // Not ready, and silent.
    let sandbox = Sandbox::new();
    sandbox.manifest(
        "layout \"shop\"\nsession \"s\" { window \"w\" { pane \"q\"; service \"db\" { \
         run \"mkdir once && seq -f 'old %g' 50; exec sleep 1001\"; \
         ready { exec \"[ ! -e fails ]\"; deadline \"300ms\" } } } }",
    );
    sandbox.triad(&["apply"]).exits(0);
    sandbox.file("fails", "");
    let late = sandbox.triad(&["restart", "db"]).exits(4);
    assert!(late.stdout.contains("not ready after"), "{}", late.stdout);
    assert!(!late.stdout.contains("old"), "{}", late.stdout);
    let late = sandbox
        .triad(&["wait", "--timeout", "100ms", "db"])
        .exits(8);
    assert!(
        !words(&late.stdout).contains("old 4"),
        "{}{}",
        late.stdout,
        late.stderr
    );
}

#[test]
fn lines_belong_to_the_run_that_tmux_restarted() {
    let says = TWICE.replace("FIRST", "200");
    let sandbox = Sandbox::new();
    sandbox.manifest(&format!(
        "layout \"shop\"\nsession \"s\" {{ window \"w\" {{ pane \"q\"; service \"db\" {{ \
         run \"{says} exit 3\"; restart \"on-failure\" max=1 delay=\"50ms\"; \
         ready {{ exec \"false\" }} }} }} }}"
    ));
    let died = sandbox.triad(&["apply"]).exits(4);
    assert!(died.stdout.contains("│ new 2"), "{}", died.stdout);
    assert!(!died.stdout.contains("old"), "{}", died.stdout);
}
