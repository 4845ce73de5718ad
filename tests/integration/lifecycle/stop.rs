//! `stop`: the program ends, the pane stays, and nothing restarts it without a request.

use super::{LAYOUT, state, states};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, pids, renewed, signal, words};

#[test]
fn a_stopped_pane_stays_stopped() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.panes();
    let ran = sandbox.triad(&["stop", "db"]).exits(0);
    assert!(
        words(&ran.stdout).contains("`web/main/api` depends on a stopped pane and keeps running"),
        "{}",
        ran.stdout
    );
    assert_eq!(state(&sandbox, "web/main/db"), "stopped ended");
    let after = sandbox.panes();
    assert_eq!(before["web/main/db"].id, after["web/main/db"].id);
    assert_eq!(before["web/main/api"], after["web/main/api"]);
    // Neither tmux nor triad restarts it.
    let ran = sandbox.triad(&["plan", "--check"]).exits(0);
    assert!(
        words(&ran.stdout).contains("`web/main/db` stays stopped until `triad start`"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["apply"]).exits(0);
    let ran = sandbox.triad(&["stop", "web/main/db"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    // Longer than the pause after which tmux would restart it.
    sandbox.tmux(&["run-shell", "-d", "0.3", "true"]);
    assert_eq!(state(&sandbox, "web/main/db"), "stopped ended");
    assert_eq!(sandbox.panes()["web/main/db"].pid, after["web/main/db"].pid);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(sandbox.try_tmux(&["list-sessions"]).status, 1);
}

#[test]
fn a_pane_that_would_close_stays() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.triad(&["stop", "shell"]).exits(0);
    assert_eq!(state(&sandbox, "web/main/shell"), "stopped ended");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn an_ended_pane_that_is_stopped_does_not_restart() {
    let sandbox = Sandbox::new();
    let service = "session \"s\" { window \"w\" { pane \"q\"; service \"p\" { run \"exit 3\" } } }";
    sandbox.manifest(service);
    sandbox.triad(&["apply"]).exits(4);
    sandbox.triad(&["plan", "--check"]).exits(2);
    let ran = sandbox.triad(&["stop", "p"]).exits(0);
    assert!(ran.stdout.contains("marked as stopped"), "{}", ran.stdout);
    assert_eq!(state(&sandbox, "s/w/p"), "stopped ended");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_done_task_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/jobs/seed");
    let ran = sandbox.triad(&["stop", "seed"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    assert_eq!(state(&sandbox, "web/jobs/seed"), "started ended");
}

#[test]
fn an_edit_of_a_stopped_pane_counts_when_it_starts() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.triad(&["stop", "api"]).exits(0);
    sandbox.manifest(&LAYOUT.replace("\"1002\"", "\"1004\""));
    let ran = sandbox.triad(&["plan", "--check"]).exits(0);
    assert!(
        words(&ran.stdout).contains("take effect then"),
        "{}",
        ran.stdout
    );
    // Changes that need no restart are tagged, and it stays stopped.
    let titled = LAYOUT.replace("\"1002\"", "\"1004\"; title \"API\"");
    sandbox.apply(&titled);
    assert_eq!(state(&sandbox, "web/main/api"), "stopped ended");
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox
        .triad(&["apply", "--yes", "--replace", "api"])
        .exits(0);
    assert_eq!(state(&sandbox, "web/main/api"), "started runs");
}

#[test]
fn dependents_stop_before_their_needs() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/jobs/seed");
    // Only the named pane itself needs no confirmation.
    let ran = sandbox.triad(&["stop", "--with-dependents", "db"]).exits(7);
    assert!(words(&ran.stderr).contains("--yes"), "{}", ran.stderr);
    let before = sandbox.panes();
    sandbox.triad(&["stop", "web/*/*"]).exits(7);
    assert_eq!(before, sandbox.panes());
    let ran = sandbox
        .triad(&["stop", "--json", "--yes", "--with-dependents", "db"])
        .exits(0);
    let told = events(&ran);
    let steps = told[0]["steps"].as_array().unwrap();
    let order: Vec<&str> = steps
        .iter()
        .map(|step| step["address"].as_str().unwrap())
        .collect();
    assert_eq!(order, ["web/jobs/worker", "web/main/api", "web/main/db"]);
    assert_eq!(
        states(&sandbox),
        [
            "web/main/db stopped ended",
            "web/main/api stopped ended",
            "web/main/shell started runs",
            "web/jobs/seed started ended",
            "web/jobs/worker stopped ended",
        ]
    );
}

#[test]
fn a_layout_is_known_by_its_name() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    std::fs::remove_file(sandbox.path("triad.kdl")).expect("the file exists");
    sandbox.triad(&["stop", "api"]).exits(66);
    sandbox.triad(&["stop", "shop", "api", "worker"]).exits(0);
    assert_eq!(state(&sandbox, "web/main/api"), "stopped ended");
    assert_eq!(state(&sandbox, "web/jobs/worker"), "stopped ended");
    let ran = sandbox.triad(&["stop", "shop", "apo"]).exits(64);
    assert!(ran.stderr.contains("did you mean `api`?"), "{}", ran.stderr);
}

#[test]
fn protected_panes_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.apply(&LAYOUT.replace("pane \"shell\"", "pane \"shell\" protect=#true"));
    let before = pids(&sandbox);
    let ran = sandbox.triad(&["stop", "api", "shell"]).exits(7);
    assert!(
        words(&ran.stderr).contains("would be stopped"),
        "{}",
        ran.stderr
    );
    assert!(renewed(&before, &sandbox).is_empty());
    assert_eq!(state(&sandbox, "web/main/api"), "started runs");
}

#[test]
fn panes_that_were_never_started_are_reported() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let ran = sandbox.triad(&["stop", "api"]).exits(0);
    assert!(
        words(&ran.stdout).contains("has not been started"),
        "{}",
        ran.stdout
    );
}

#[test]
fn apply_does_not_start_dependents_of_a_stopped_pane() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.triad(&["stop", "db"]).exits(0);
    let pid = sandbox.panes()["web/main/api"].pid;
    signal("KILL", &pid.to_string());
    sandbox.ended("web/main/api");
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    assert!(
        words(&ran.stdout).contains("`web/main/db` is stopped; start it with `triad start`"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["start", "db"]).exits(0);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_signal_interrupts_a_stop_and_the_next_stop_finishes_it() {
    let sandbox = Sandbox::new();
    let deaf = "trap 'touch heard' TERM; touch up; while :; do sleep 0.02; done";
    sandbox.apply(&format!(
        "session \"s\" {{ window \"w\" {{ pane \"q\"; service \"p\" {{ run \"{deaf}\"; \
         restart \"always\"; stop timeout=\"10m\" }} }} }}"
    ));
    eventually("the program is up", DEADLINE, || {
        sandbox.read("up").is_some()
    });
    let running = sandbox.start(&["stop", "p"]);
    eventually("the program was asked to end", DEADLINE, || {
        sandbox.read("heard").is_some()
    });
    running.signal("TERM");
    running.ends().exits(143);
    assert_eq!(state(&sandbox, "s/w/p"), "stopped runs");
    let ran = sandbox.triad(&["plan", "--check"]).exits(2);
    assert!(
        ran.stdout.contains("it is marked as stopped, but runs"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["start", "p"]).exits(0);
    assert_eq!(state(&sandbox, "s/w/p"), "started runs");
    sandbox.triad(&["plan", "--check"]).exits(0);
    let ran = sandbox
        .triad(&["stop", "--timeout", "50ms", "--lock-timeout", "0s", "p"])
        .exits(0);
    assert!(ran.stdout.contains("and was killed"), "{}", ran.stdout);
    assert_eq!(state(&sandbox, "s/w/p"), "stopped ended");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn another_layout_is_known_by_its_name_beside_a_manifest() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.apply("layout \"other\"\nsession \"o\" { window \"w\" { pane \"p\" } }");
    sandbox.triad(&["stop", "shop", "api"]).exits(0);
    assert_eq!(state(&sandbox, "web/main/api"), "stopped ended");
    sandbox.triad(&["stop", "other", "p"]).exits(0);
    assert_eq!(state(&sandbox, "o/w/p"), "stopped ended");
}

#[test]
fn no_shell_replaces_a_stopped_program() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        "session \"s\" { window \"w\" { pane \"q\"; \
         service \"p\" { run \"sleep\" \"1001\"; on-exit \"shell\" } } }",
    );
    sandbox.triad(&["stop", "p"]).exits(0);
    assert_eq!(state(&sandbox, "s/w/p"), "stopped ended");
    sandbox.triad(&["start", "p"]).exits(0);
    assert_eq!(state(&sandbox, "s/w/p"), "started runs");
}

/// An agent that wants two interrupts takes two that come at once for one.
#[test]
fn keys_are_pressed_one_by_one() {
    let counts = "n=0; trap 'n=$((n + 1)); echo $n >>seen; [ $n = 2 ] && exit 0' INT; \
                  touch up; while :; do sleep 0.02; done";
    for (pause, seen) in [("", "1\n2\n"), (" pause=\"300ms\"", "1\n2\n")] {
        let sandbox = Sandbox::new();
        sandbox.apply(&format!(
            "session \"s\" {{ window \"w\" {{ pane \"q\"; agent \"p\" {{ run \"{counts}\"; \
             stop timeout=\"10m\" {{ keys \"C-c\" \"C-c\"{pause} }} }} }} }}"
        ));
        eventually("the program is up", DEADLINE, || {
            sandbox.read("up").is_some()
        });
        let ran = sandbox.triad(&["stop", "p"]).exits(0);
        assert!(!ran.stdout.contains("killed"), "{}", ran.stdout);
        assert_eq!(sandbox.read("seen").as_deref(), Some(seen));
    }
}
