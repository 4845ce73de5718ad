//! Panes in which a text would not arrive, or should not.

use super::applied;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

#[track_caller]
fn check(sandbox: &Sandbox, pane: &str, reason: &str) {
    let ran = sandbox.triad(&["send", pane, "hello"]).exits(7);
    assert!(ran.stderr.contains("nothing was sent"), "{}", ran.stderr);
    let said = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(reason), "{said}");
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_program_that_is_not_there_gets_nothing() {
    let sandbox = applied();
    check(&sandbox, "over", "its program has exited");
    check(&sandbox, "late", "its program has not been started yet");
    check(&sandbox, "slow", "its program is not ready yet");
    let id = sandbox.panes()["web/main/busy"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &id]);
    check(&sandbox, "busy", "it does not exist");
    // The server lives, and the other panes have got nothing.
    let ran = sandbox.triad(&["send", "api", "over", "hello"]).exits(7);
    assert!(ran.stderr.contains("`web/main/over`"), "{}", ran.stderr);
    assert_eq!(sandbox.read("api.txt").as_deref(), Some(""));
    sandbox
        .triad(&["send", "slow", "hello", "--force"])
        .exits(10);
    sandbox
        .triad(&["send", "over", "hello", "--force"])
        .exits(7);
}

#[test]
fn copy_mode_is_left_and_other_modes_are_not() {
    let sandbox = applied();
    let id = sandbox.panes()["web/main/api"].id.clone();
    sandbox.tmux(&["copy-mode", "-t", &id]);
    sandbox.triad(&["send", "api", "first"]).exits(0);
    assert_eq!(sandbox.read("api.txt").as_deref(), Some("first\n"));
    let mode = ["display-message", "-p", "-t", &id, "#{pane_in_mode}"];
    assert_eq!(sandbox.tmux(&mode).trim(), "0");
    sandbox.tmux(&["clock-mode", "-t", &id]);
    check(&sandbox, "api", "tmux shows its own `clock-mode` there");
    assert_eq!(sandbox.tmux(&mode).trim(), "1");
    sandbox.tmux(&["copy-mode", "-q", "-t", &id]);
    sandbox.tmux(&["select-pane", "-d", "-t", &id]);
    check(&sandbox, "api", "its input is switched off");
    assert_eq!(sandbox.read("api.txt").as_deref(), Some("first\n"));
}

#[test]
fn a_person_who_types_is_not_disturbed() {
    let sandbox = applied();
    let id = sandbox.panes()["web/main/api"].id.clone();
    sandbox.tmux(&["select-pane", "-t", &id]);
    sandbox.attach((100, 40), "web");
    sandbox.terminal(&["send-keys", "half a li"]);
    eventually("the keys have arrived", DEADLINE, || {
        sandbox.screen(&id).contains("half a li")
    });
    let ran = sandbox.triad(&["send", "api", "hello"]).exits(7);
    assert!(ran.stderr.contains("somebody"), "{}", ran.stderr);
    // The other panes of the same window are free.
    sandbox.triad(&["send", "db", "hello"]).exits(0);
    sandbox.triad(&["send", "api", "ne", "--force"]).exits(0);
    assert_eq!(sandbox.read("api.txt").as_deref(), Some("half a line\n"));
}

#[test]
fn a_line_that_the_terminal_would_cut_is_refused() {
    let sandbox = applied();
    let fits = "é".repeat(2_047) + "x";
    sandbox.triad(&["send", "api", &fits]).exits(0);
    assert_eq!(
        sandbox.read("api.txt").as_deref(),
        Some(&*format!("{fits}\n"))
    );
    let long = format!("short\n{fits}x");
    let ran = sandbox.triad(&["send", "api", &long]).exits(7);
    let said = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("line 2 of the text has 4096 bytes"), "{said}");
    assert!(
        said.contains("at most 4095 bytes (canonical mode)"),
        "{said}"
    );
    assert_eq!(
        sandbox.read("api.txt").as_deref(),
        Some(&*format!("{fits}\n"))
    );
}

#[test]
fn passwords_and_choices_are_for_persons() {
    let sandbox = Sandbox::new();
    sandbox.file("choice", "Proceed?\n❯ 1. Yes\n  2. No\n");
    sandbox.apply(
        r#"
session "s" {
    window "w" {
        pane "password" { run "stty -echo; echo asks; exec cat >>password.txt" }
        agent "asks" { run "stty raw; cat choice; exec cat >>asks.txt" }
    }
}
"#,
    );
    for (pane, text) in [("s/w/password", "asks"), ("s/w/asks", "2. No")] {
        let id = sandbox.panes()[pane].id.clone();
        eventually("it asks", DEADLINE, || sandbox.screen(&id).contains(text));
    }
    check(&sandbox, "password", "its terminal's echo is off");
    check(
        &sandbox,
        "asks",
        "its program offers a choice, with `1. Yes` selected",
    );
    sandbox
        .triad(&["send", "password", "hello", "--force"])
        .exits(0);
    assert_eq!(sandbox.read("password.txt").as_deref(), Some("hello\n"));
    let long = "x".repeat(4_096);
    sandbox
        .triad(&["send", "password", &long, "--force"])
        .exits(7);
    // Keys answer it on purpose.
    sandbox.triad(&["send", "asks", "--key", "2"]).exits(0);
    assert_eq!(sandbox.read("asks.txt").as_deref(), Some("2"));
}
