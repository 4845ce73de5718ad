//! The surroundings of triad's sessions: groups, similar windows, other servers.

use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};

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
fn a_leaving_pane_stays_in_its_session() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&["new-session", "-d", "-s", "theirs", "sleep 1003"]);
    sandbox.apply(TWO);
    // The session that tmux would take by default.
    sandbox.tmux(&["new-session", "-d", "-s", "newest", "sleep 1004"]);
    sandbox.manifest(ONE);
    let script = sandbox.triad(&["plan", "--commands"]).exits(0).stdout;
    let session = sandbox.tmux(&["display-message", "-p", "-t", "=zz:", "#{session_id}"]);
    let target = format!("-t {}:", session.trim());
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

#[test]
fn another_server_behind_the_same_socket_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.apply(TWO);
    // Between the look and the first batch the server is replaced, and ids begin anew.
    let tmux = sandbox.script(
        "tmux-replaced",
        r#"case "$*" in
        *source-file*) if ! test -e "$0.done"; then
            : >"$0.done"
            "$real" -L "$server" kill-server
            while "$real" -L "$server" list-sessions >"$0.log" 2>&1; do :; done
            until "$real" -L "$server" new-session -d -s theirs 'sleep 1005' 2>"$0.log"; do :; done
            "$real" -L "$server" split-window -d -t theirs 'sleep 1006'
        fi ;;
        esac
        exec "$real" "$@"
        "#,
    );
    sandbox.manifest(&TWO.replace("1002", "2002"));
    let ran = run(sandbox
        .triad_command(&["apply", "--yes"])
        .env("TRIAD_TMUX", tmux))
    .exits(1);
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    assert!(
        words
            .join(" ")
            .contains("has been replaced since the plan was made"),
        "{}",
        ran.stdout
    );
    let panes = sandbox.tmux(&[
        "list-panes",
        "-a",
        "-F",
        "#{session_name} #{s/ .*//:@triad_pane}",
    ]);
    assert_eq!(panes.lines().collect::<Vec<_>>(), ["theirs ", "theirs "]);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
    let panes = sandbox.tmux(&["list-panes", "-a", "-F", "#{session_name}"]);
    assert_eq!(panes.lines().count(), 2, "{panes}");
}

#[test]
fn orphans_of_an_ended_program_go_with_its_pane() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "s" {
            window "w" {
                agent "gone" { run "trap '' HUP; sleep 1007 >/dev/null 2>&1 & echo $! >left" }
                pane "stays" { run "sleep" "1008" }
            }
        }
        "#,
    );
    sandbox.triad(&["apply"]).exits(0);
    eventually("the agent has ended", DEADLINE, || {
        let dead = sandbox.tmux(&["list-panes", "-a", "-F", "#{pane_dead}"]);
        dead.lines().any(|line| line == "1")
    });
    let left = sandbox.read("left").unwrap_or_default();
    let left = format!("/proc/{}/stat", left.trim());
    let lives = || std::fs::read_to_string(&left).is_ok_and(|stat| !stat.contains(") Z "));
    assert!(lives(), "the child outlived its parent");
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(!lives(), "the child ends with the pane");
}
