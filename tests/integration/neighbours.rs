//! What others do around our sessions: groups, windows that look like ours, servers of their own.

use crate::sandbox::Sandbox;

const TWO: &str = r#"
session "zz" {
    window "w" {
        pane "a" { run "sleep" "1001" }
        pane "b" { run "sleep" "1002" }
    }
}
"#;

const ONE: &str = r#"
session "zz" {
    window "w" {
        pane "a" { run "sleep" "1001" }
    }
}
"#;

#[test]
fn a_group_that_sorts_before_our_session_hides_nothing() {
    let sandbox = Sandbox::new();
    sandbox.apply(TWO);
    let before = sandbox.panes();
    sandbox.tmux(&["new-session", "-d", "-t", "zz", "-s", "aaa"]);
    let ran = sandbox.apply(TWO);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    assert_eq!(sandbox.panes(), before);
    let ran = sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(ran.stdout.contains("2 stopped"), "{}", ran.stdout);
}

#[test]
fn a_pane_on_its_way_out_stays_in_its_session() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&["new-session", "-d", "-s", "theirs", "sleep 1003"]);
    sandbox.apply(TWO);
    // The session that tmux would take by itself.
    sandbox.tmux(&["new-session", "-d", "-s", "newest", "sleep 1004"]);
    sandbox.manifest(ONE);
    let script = sandbox.triad(&["plan", "--commands"]).exits(0).stdout;
    let session = sandbox.tmux(&["display-message", "-p", "-t", "=zz:", "#{session_id}"]);
    let target = format!(r#""-t" "\{}:""#, session.trim());
    let leaving = script.lines().find(|line| line.contains("break-pane"));
    assert!(
        leaving.is_some_and(|line| line.contains(&target)),
        "{script}"
    );
    sandbox.triad(&["apply", "--yes"]).exits(0);
    let windows = sandbox.tmux(&["list-windows", "-a", "-F", "#{session_name}"]);
    assert_eq!(
        windows.lines().collect::<Vec<_>>(),
        ["newest", "theirs", "zz"]
    );
}

#[test]
fn down_starts_no_server_of_its_own() {
    let sandbox = Sandbox::new();
    // The user's own configuration would keep a server that is started for nothing.
    sandbox.config("set -s exit-empty off\n");
    sandbox.apply(r#"session "s" { window "w" { pane "shell" } }"#);
    sandbox.tmux(&["set-option", "-s", "exit-empty", "on"]);
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = sandbox.try_tmux(&["list-sessions"]);
    assert_ne!(ran.status, 0, "no server is left: {}", ran.stdout);
}
