//! `--adopt`: a session made by hand becomes triad's, with every process in it.

mod moved;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, events, pids, renewed, words};
use crate::support::standin::Fault;

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" titles="top" {
        columns {
            service "engine" size="30%" title="the engine" { run "sleep" "1001" }
            service "state" { run "sleep 1002"; restart "always" }
            pane "shell"
        }
    }
    window "more" { pane "x" { run "sleep" "1003" }; pane "y" { run "sleep" "1004" } }
}
"#;

/// Creates a session as people do: programs started directly, by `sh -c` and typed into a shell; a
/// window with another name, and an unwanted one.
#[track_caller]
fn by_hand(sandbox: &Sandbox) {
    sandbox.tmux(&[
        "new-session",
        "-d",
        "-s",
        "web",
        "-n",
        "main",
        "-x",
        "120",
        "-y",
        "40",
        "--",
        "/bin/sh",
        "-i",
    ]);
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=web:main",
        "--",
        "sleep",
        "1001",
    ]);
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=web:main",
        "--",
        "/bin/sh",
        "-c",
        "sleep 1002; true",
    ]);
    sandbox.tmux(&[
        "new-window",
        "-d",
        "-t",
        "=web:",
        "-n",
        "other",
        "--",
        "sleep",
        "1003",
    ]);
    sandbox.tmux(&[
        "new-window",
        "-d",
        "-t",
        "=web:",
        "-n",
        "notes",
        "--",
        "cat",
        "-",
    ]);
    eventually("the programs run", DEADLINE, || {
        let is_up = |time: u32| {
            let text = format!("sleep {time}");
            let running = sandbox.running(&text);
            running.iter().any(|line| line.starts_with(&text))
        };
        (1001..=1003).all(is_up)
    });
}

/// Returns the id and pid of every pane of the server.
#[track_caller]
fn processes(sandbox: &Sandbox) -> Vec<String> {
    let mut processes = sandbox.listed(&["list-panes", "-a", "-F", "#{pane_id} #{pane_pid}"]);
    processes.sort();
    processes
}

/// Returns everything about a window.
#[track_caller]
fn window(sandbox: &Sandbox, name: &str) -> String {
    let at = format!("=web:{name}");
    let format = "#{window_id} #{window_name} #{window_panes} #{pane_id} #{pane_pid}";
    let listed = sandbox.tmux(&["list-panes", "-t", &at, "-F", format]);
    let options = sandbox.tmux(&["show-options", "-w", "-t", &at]);
    let of_pane = sandbox.tmux(&["show-options", "-p", "-t", &at]);
    // tmux gives windows the size of the client at its own time.
    format!(
        "{listed}{options}{of_pane}{}",
        sandbox.screen(&at).trim_end()
    )
}

#[test]
fn a_session_made_by_hand_is_taken_over_with_every_process() {
    let sandbox = Sandbox::new();
    by_hand(&sandbox);
    sandbox.attach((100, 30), "web");
    sandbox.manifest(LAYOUT);
    let before = sandbox.dump_all();
    let ran = sandbox.triad(&["apply"]).exits(7);
    assert!(
        words(&ran.stderr).contains("use `--adopt` to take it over"),
        "{}",
        ran.stderr
    );
    let ran = sandbox.triad(&["plan", "--adopt"]).exits(0);
    for expected in [
        "service engine adopt: runs sleep 1001, pid",
        "service state adopt: runs sleep 1002 in /bin/sh, pid",
        "pane shell adopt: runs /bin/sh -i, pid",
        "pane x adopt: runs sleep 1003, pid",
        "pane y start",
    ] {
        let told = words(&ran.stdout);
        assert!(told.contains(expected), "`{expected}`: {}", ran.stdout);
    }
    assert_same(&before, &sandbox.dump_all(), "a plan");
    let (notes, before) = (window(&sandbox, "notes"), processes(&sandbox));
    // Nothing ends, so no confirmation is needed.
    let ran = sandbox.triad(&["apply", "--adopt"]).exits(0);
    assert!(ran.stdout.contains("adopted"), "{}", ran.stdout);
    assert_eq!(notes, window(&sandbox, "notes"), "no pane claims it");
    let after = processes(&sandbox);
    assert!(
        before.iter().all(|process| after.contains(process)),
        "{before:?} {after:?}"
    );
    assert_eq!(after.len(), before.len() + 1, "only `y` was missing");
    assert_eq!(sandbox.panes().len(), 5);
    assert_eq!(
        sandbox.listed(&["list-clients", "-F", "#{client_session}"]),
        ["web"]
    );
    let names = sandbox.listed(&["list-windows", "-t", "=web:", "-F", "#{window_name}"]);
    assert_eq!(names, ["main", "more", "notes"]);
    for arguments in [
        ["plan", "--check"].as_slice(),
        &["plan", "--check", "--adopt"],
    ] {
        let ran = sandbox.triad(arguments);
        assert_eq!(ran.status, 0, "{}", ran.stdout);
    }
    // It is triad's now: changes happen in place; killed programs restart.
    let before = pids(&sandbox);
    sandbox.apply(&LAYOUT.replace("30%", "50%").replace("the engine", "it"));
    assert!(renewed(&before, &sandbox).is_empty());
    let state = sandbox.panes()["web/main/state"].pid.to_string();
    crate::support::seen::signal("KILL", &state);
    eventually("tmux starts it again", DEADLINE, || {
        renewed(&before, &sandbox) == ["web/main/state"]
    });
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(notes, window(&sandbox, "notes"));
}

#[test]
fn a_program_typed_into_a_shell_is_found_too() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&[
        "new-session",
        "-d",
        "-s",
        "web",
        "-n",
        "w",
        "--",
        "/bin/sh",
        "-i",
    ]);
    sandbox.tmux(&["split-window", "-d", "-t", "=web:w", "--", "/bin/sh", "-i"]);
    sandbox.tmux(&["send-keys", "-t", "=web:w.0", "sleep 1001", "Enter"]);
    eventually("the program runs", DEADLINE, || {
        sandbox.is_running("sleep 1001")
    });
    let before = processes(&sandbox);
    sandbox.manifest(
        "session \"web\" { window \"w\" { pane \"a\"; service \"b\" { run \"sleep 1001\" } } }",
    );
    let ran = sandbox.triad(&["apply", "--adopt", "-v"]).exits(0);
    assert!(
        words(&ran.stdout).contains("runs sleep 1001 in /bin/sh, pid"),
        "{}",
        ran.stdout
    );
    assert_eq!(before, processes(&sandbox));
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Creates the session `web` with one window, `w`, that runs this command.
#[track_caller]
fn session_of(sandbox: &Sandbox, command: &[&str]) {
    let new = ["new-session", "-d", "-s", "web", "-n", "w", "--"];
    sandbox.tmux(&[&new, command].concat());
}

#[test]
fn a_program_with_other_arguments_is_another_command() {
    let sandbox = Sandbox::new();
    session_of(&sandbox, &["sleep", "1001"]);
    let before = processes(&sandbox);
    let theirs = sandbox.tmux(&["display-message", "-p", "-t", "=web:", "#{pane_id}"]);
    for wanted in [r#"run "sleep" "1002""#, r#"run "sleep 1002""#] {
        sandbox.manifest(&format!(
            "session \"web\" {{ window \"w\" {{ service \"b\" {{ {wanted} }} }} }}"
        ));
        let ran = sandbox.triad(&["plan", "--adopt"]).exits(0);
        let told = words(&ran.stdout);
        assert!(told.contains("service b start"), "{}", ran.stdout);
        assert!(
            told.contains("`web/w` has 1 pane made by hand"),
            "{}",
            ran.stdout
        );
    }
    sandbox.triad(&["apply", "--adopt"]).exits(0);
    assert!(
        before
            .iter()
            .all(|process| processes(&sandbox).contains(process))
    );
    assert_ne!(sandbox.panes()["web/w/b"].id, theirs.trim());
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_pane_adopted_with_another_command_is_reported_and_may_restart() {
    let sandbox = Sandbox::new();
    session_of(&sandbox, &["sleep", "1001"]);
    let before = processes(&sandbox);
    // Only a shell can expand this line.
    sandbox.manifest(
        r#"session "web" { window "w" { service "b" { run "sleep $((1000 + 2)) | cat" } } }"#,
    );
    let ran = sandbox.triad(&["apply", "--adopt", "-v"]).exits(0);
    let said = "service b adopt: runs sleep 1001, pid";
    assert!(words(&ran.stdout).contains(said), "{}", ran.stdout);
    let said = "a different command: the next plan offers a restart";
    assert!(words(&ran.stdout).contains(said), "{}", ran.stdout);
    assert_eq!(before, processes(&sandbox));
    let ran = sandbox.triad(&["plan", "--check"]).exits(2);
    let said = "service b restart: run changed ends sleep";
    assert!(words(&ran.stdout).contains(said), "{}", ran.stdout);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
    eventually("the wanted command runs", DEADLINE, || {
        sandbox.is_running("sleep 1002")
    });
}

#[test]
fn unmatched_panes_stay_unchanged() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&[
        "new-session",
        "-d",
        "-s",
        "web",
        "-n",
        "w",
        "--",
        "sleep",
        "1001",
    ]);
    sandbox.tmux(&["set-option", "-w", "-t", "=web:w", "remain-on-exit", "on"]);
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=web:w",
        "--",
        "sh",
        "-c",
        "exit 3",
    ]);
    let other = sandbox.tmux(&[
        "split-window",
        "-d",
        "-P",
        "-F",
        "#{pane_id}",
        "-t",
        "=web:w",
        "--",
        "cat",
        "-",
    ]);
    eventually("a pane is dead", DEADLINE, || {
        sandbox
            .listed(&["list-panes", "-t", "=web:w", "-F", "#{pane_dead}"])
            .contains(&"1".to_owned())
    });
    let before = processes(&sandbox);
    sandbox.manifest("session \"web\" { window \"w\" { pane \"a\" { run \"sleep\" \"1001\" }; task \"b\" { run \"exit 3\" } } }");
    let ran = sandbox.triad(&["apply", "--adopt", "-v"]);
    assert!(
        words(&ran.stdout).contains("`web/w` has 2 panes made by hand"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let after = processes(&sandbox);
    assert!(
        before.iter().all(|process| after.contains(process)),
        "{before:?} {after:?}"
    );
    assert!(!sandbox.panes().values().any(|pane| pane.id == other.trim()));
    assert_eq!(sandbox.panes().len(), 2);
}

#[test]
fn a_session_that_shares_its_windows_is_taken_over_too() {
    for (ours, theirs) in [("web", "azure"), ("web", "zebra")] {
        let sandbox = Sandbox::new();
        by_hand(&sandbox);
        sandbox.tmux(&["new-session", "-d", "-t", ours, "-s", theirs]);
        let before = processes(&sandbox);
        sandbox.manifest(&LAYOUT.replace("; pane \"y\" { run \"sleep\" \"1004\" }", ""));
        sandbox.triad(&["apply", "--adopt"]).exits(0);
        assert_eq!(before, processes(&sandbox));
        assert_eq!(sandbox.panes().len(), 4);
        sandbox.triad(&["plan", "--check"]).exits(0);
    }
}

#[test]
fn a_session_of_another_layout_is_not_taken_over() {
    let sandbox = Sandbox::new();
    let other = sandbox.file("other.kdl", "layout \"other\"\nsession \"web\" { window \"main\" { pane \"a\" { run \"sleep\" \"1001\" } } }");
    sandbox
        .triad(&["apply".as_ref(), other.as_os_str()])
        .exits(0);
    sandbox.manifest(LAYOUT);
    let before = sandbox.dump_all();
    let ran = sandbox.triad(&["apply", "--yes", "--adopt"]).exits(7);
    assert!(
        words(&ran.stderr).contains("its name is used by layout `other`"),
        "{}",
        ran.stderr
    );
    sandbox
        .triad(&["apply", "--adopt", "--only", "web"])
        .exits(64);
    assert_same(&before, &sandbox.dump_all(), "a refusal");
}

#[test]
fn an_interrupted_adoption_is_finished_by_the_next_one() {
    for at in 1..=3 {
        for fault in [Fault::KillAfter, Fault::Cut, Fault::Fail] {
            let sandbox = Sandbox::new();
            by_hand(&sandbox);
            let before = processes(&sandbox);
            sandbox.manifest(LAYOUT);
            let _ = sandbox.with_fault(fault, at, &["apply", "--adopt"]);
            sandbox.triad(&["apply", "--adopt"]).exits(0);
            let after = processes(&sandbox);
            assert!(
                before.iter().all(|process| after.contains(process)),
                "{fault:?} {at}"
            );
            assert_eq!(after.len(), before.len() + 1, "{fault:?} {at}");
            let ran = sandbox.triad(&["plan", "--check"]);
            assert_eq!(ran.status, 0, "{fault:?} {at}: {}", ran.stdout);
        }
    }
}

#[test]
fn secrets_and_options_are_as_in_a_session_of_ours() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&[
        "new-session",
        "-d",
        "-s",
        "web",
        "-n",
        "w",
        "--",
        "sleep",
        "1001",
    ]);
    let before = processes(&sandbox);
    sandbox.manifest("session \"web\" protect=#true { options { status-left \"x\" }; env { KEY secret=#true }; window \"w\" { pane \"a\" { run \"sleep\" \"1001\" } } }");
    let with = |key: &str, arguments: &[&str]| {
        crate::support::sandbox::run(sandbox.triad_command(arguments).env("KEY", key))
    };
    let ran = with("first", &["apply", "--json", "--adopt"]).exits(0);
    let adopted = events(&ran)[0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["action"] == "adopt")
        .count();
    assert_eq!(adopted, 3);
    assert!(!sandbox.dump_all().contains("first"));
    assert_eq!(with("first", &["plan", "--check"]).status, 0);
    assert_eq!(before, processes(&sandbox));
    assert_eq!(
        with("second", &["plan", "--check"]).status,
        7,
        "a protected pane would restart"
    );
    with("first", &["down", "--yes"]).exits(7);
}

#[test]
fn a_pane_of_another_layout_stays_with_it() {
    let sandbox = Sandbox::new();
    let other = sandbox.file(
        "other.kdl",
        "layout \"other\"\nsession \"jobs\" { window \"w\" { pane \"a\" { run \"sleep\" \"1001\" }; pane \"b\" } }",
    );
    let apply_other = ["apply".as_ref(), other.as_os_str()];
    sandbox.triad(&apply_other).exits(0);
    let theirs = sandbox.panes()["jobs/w/a"].clone();
    sandbox.tmux(&[
        "new-session",
        "-d",
        "-s",
        "web",
        "-n",
        "w",
        "--",
        "cat",
        "-",
    ]);
    sandbox.tmux(&["join-pane", "-d", "-s", &theirs.id, "-t", "=web:w"]);
    sandbox.manifest(
        "layout \"shop\"\nsession \"web\" { window \"w\" { pane \"x\" { run \"sleep\" \"1001\" }; pane \"y\" { run \"cat\" \"-\" } } }",
    );
    sandbox.triad(&["apply", "--adopt"]).exits(0);
    let panes = sandbox.panes();
    assert_eq!(
        (&panes["jobs/w/a"].id, panes["jobs/w/a"].pid),
        (&theirs.id, theirs.pid)
    );
    assert_ne!(panes["web/w/x"].pid, theirs.pid);
    sandbox.triad(&["plan", "--check"]).exits(0);
    // Its own layout takes it back.
    sandbox.triad(&apply_other).exits(0);
    assert_eq!(sandbox.panes()["jobs/w/a"].pid, theirs.pid);
    sandbox.triad(&["plan", "--check"]).exits(0);
}
