//! `stop`: what runs in a pane ends, the pane stays, and nothing starts it again unasked.

use super::{LAYOUT, state, states};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, pids, renewed, signal, words};

#[test]
fn what_is_stopped_stays_stopped() {
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
    // Neither tmux nor triad starts it again.
    let ran = sandbox.triad(&["plan", "--check"]).exits(0);
    assert!(
        words(&ran.stdout).contains("`web/main/db` stays stopped until `triad start`"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["apply"]).exits(0);
    let ran = sandbox.triad(&["stop", "web/main/db"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    // Longer than the pause after which tmux would start it.
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
fn what_had_ended_is_not_started_again_either() {
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
fn an_edit_counts_when_it_is_started() {
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
    // What is only written on it changes, and it stays stopped.
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
fn dependents_stop_before_what_they_need() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/jobs/seed");
    // Only what is named itself needs nobody's word.
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
    std::fs::remove_file(sandbox.path("triad.kdl")).expect("it was written");
    sandbox.triad(&["stop", "api"]).exits(66);
    sandbox.triad(&["stop", "shop", "api", "worker"]).exits(0);
    assert_eq!(state(&sandbox, "web/main/api"), "stopped ended");
    assert_eq!(state(&sandbox, "web/jobs/worker"), "stopped ended");
    let ran = sandbox.triad(&["stop", "shop", "apo"]).exits(64);
    assert!(ran.stderr.contains("did you mean `api`?"), "{}", ran.stderr);
}

#[test]
fn what_is_protected_is_refused() {
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
fn what_was_never_started_is_told() {
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
fn what_needs_it_is_not_started_by_an_apply() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.triad(&["stop", "db"]).exits(0);
    let pid = sandbox.panes()["web/main/api"].pid;
    signal("KILL", &pid.to_string());
    sandbox.ended("web/main/api");
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    assert!(
        words(&ran.stdout).contains("`web/main/db` is stopped, until `triad start`"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["start", "db"]).exits(0);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_signal_cuts_it_short_and_the_next_one_ends_it() {
    let sandbox = Sandbox::new();
    let deaf = "trap 'touch heard' TERM; touch up; while :; do sleep 0.02; done";
    sandbox.apply(&format!(
        "session \"s\" {{ window \"w\" {{ pane \"q\"; service \"p\" {{ run \"{deaf}\"; \
         restart \"always\"; stop timeout=\"10m\" }} }} }}"
    ));
    eventually("it is up", DEADLINE, || sandbox.read("up").is_some());
    let running = sandbox.start(&["stop", "p"]);
    eventually("it is asked", DEADLINE, || sandbox.read("heard").is_some());
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
fn no_shell_takes_the_place_of_what_is_stopped() {
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
        eventually("it is up", DEADLINE, || sandbox.read("up").is_some());
        let ran = sandbox.triad(&["stop", "p"]).exits(0);
        assert!(!ran.stdout.contains("killed"), "{}", ran.stdout);
        assert_eq!(sandbox.read("seen").as_deref(), Some(seen));
    }
}
