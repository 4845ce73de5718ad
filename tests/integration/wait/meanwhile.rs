//! Changes by others while panes are awaited.

use super::{LAYOUT, applied, waiting};
use crate::support::sandbox::{DEADLINE, eventually};

#[test]
fn a_killed_pane_is_lost() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db"]);
    let gone = waiting(&sandbox, &["--for", "gone", "db"]);
    let db = sandbox.panes()["web/main/db"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &db]);
    let ran = wait.ends().exits(8);
    assert!(ran.stdout.contains("its pane is gone"), "{}", ran.stdout);
    gone.ends().exits(0);
}

#[test]
fn all_panes_are_lost_with_the_server() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db"]);
    let done = waiting(&sandbox, &["--for", "done", "seed"]);
    let gone = waiting(&sandbox, &["--for", "gone"]);
    sandbox.tmux(&["kill-server"]);
    for wait in [wait, done] {
        let ran = wait.ends().exits(8);
        assert!(ran.stdout.contains("its pane is gone"), "{}", ran.stdout);
    }
    gone.ends().exits(0);
}

#[test]
fn a_pane_is_followed_through_a_new_name_and_a_new_program() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db"]);
    let before = sandbox.panes()["web/main/db"].clone();
    sandbox.manifest(&LAYOUT.replace("service \"db\"", "service \"store\" was=\"db\""));
    sandbox.triad(&["apply", "--no-wait", "--yes"]).exits(0);
    assert_eq!(sandbox.panes()["web/main/store"].id, before.id);
    sandbox.triad(&["restart", "--no-wait", "store"]).exits(0);
    eventually("another process runs", DEADLINE, || {
        sandbox.panes()["web/main/store"].pid != before.pid
    });
    sandbox.file("go", "");
    wait.ends().exits(0);
}

#[test]
fn a_shell_that_closes_its_pane_is_done() {
    let sandbox = applied();
    sandbox.manifest(&LAYOUT.replace("service \"api\"", "pane \"shell\"; service \"api\""));
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let wait = waiting(&sandbox, &["--for", "done", "shell"]);
    let shell = sandbox.panes()["web/main/shell"].id.clone();
    sandbox.tmux(&["send-keys", "-t", &shell, "exit", "Enter"]);
    wait.ends().exits(0);
}

#[test]
fn people_see_the_present_state() {
    let sandbox = applied();
    for (state, how) in [
        ("gone", "its pane still exists"),
        ("stopped", "it is still running"),
    ] {
        let wait = ["wait", "--for", state, "--timeout", "1100ms", "api"];
        let ran = sandbox.triad(&wait).exits(8);
        let expected = format!("waiting for api ({how}, ");
        assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
    }
}
