//! triad in a popup, and in a command that tmux runs: it has no pane of its own, and ends with its
//! caller.

use super::{call, code, is_converged, is_over};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::terminal::Terminal;

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" { pane "shell"; service "db" { run "sleep" "1001" } }
    window "other" { service "api" { run "sleep" "1002"; needs "db" } }
}
session "jobs" { window "main" { service "worker" { run "sleep" "1003" } } }
hooks { after-down "touch after"; after-apply "touch applied" }
"#;

/// Attaches a terminal to `web`, and returns it with its client.
#[track_caller]
fn attached(sandbox: &Sandbox) -> (Terminal<'_>, String) {
    let terminal = Terminal::new(sandbox, (100, 30), "$tmux attach -t =web:");
    let mut clients = Vec::new();
    eventually("the client is attached", DEADLINE, || {
        clients = sandbox.listed(&["list-clients", "-F", "#{client_name}"]);
        clients.len() == 1
    });
    let client = clients.remove(0);
    (terminal, client)
}

/// Opens a popup that runs the call. tmux returns when the popup closes, and by then its client may
/// be gone: nothing waits for it.
fn popup(sandbox: &Sandbox, client: &str, verb: &str) -> crate::support::seen::Running {
    let mut command = sandbox.command("/bin/sh");
    let line = call(sandbox, verb);
    let tmux = std::env::var("TRIAD_TMUX").unwrap_or_else(|_| "tmux".to_owned());
    command.args([
        "-c",
        "exec \"$@\"",
        "sh",
        &tmux,
        "-L",
        sandbox.socket_name(),
    ]);
    command.args(["display-popup", "-c", client, "-E", &line]);
    sandbox.start_command(command)
}

#[test]
fn down_from_a_popup_is_complete() {
    for foreign in [false, true] {
        let sandbox = Sandbox::new();
        sandbox.apply(LAYOUT);
        if foreign {
            sandbox.foreign("mine");
        }
        let (_terminal, client) = attached(&sandbox);
        let popup = popup(&sandbox, &client, "down --yes");
        eventually("nothing is left of it", DEADLINE, || {
            sandbox.panes().is_empty()
        });
        is_over(&sandbox);
        let left = [sandbox.running("sleep 100"), sandbox.running("after")].concat();
        assert!(left.is_empty(), "{left:?}");
        let out = sandbox.read("out").unwrap_or_default();
        assert!(out.contains("4 stopped"), "{out}{:?}", sandbox.read("err"));
        assert!(sandbox.read("after").is_some(), "the hook ran: {out}");
        let rest: &[&str] = if foreign { &["mine"] } else { &[] };
        assert_eq!(sandbox.sessions(), rest);
        drop(popup);
    }
}

#[test]
fn the_session_of_a_popup_can_be_removed_from_the_manifest() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let (_terminal, client) = attached(&sandbox);
    let _ = std::fs::remove_file(sandbox.path("applied"));
    let begin = LAYOUT
        .find("session \"web\"")
        .expect("the layout contains it");
    let end = LAYOUT
        .find("session \"jobs\"")
        .expect("the layout contains it");
    let edited = LAYOUT[..begin].to_owned() + &LAYOUT[end..];
    let zoomed = edited.replace(
        "window \"main\" {",
        "window \"main\" zoom=#true { pane \"more\" focus=#true;",
    );
    sandbox.manifest(&zoomed);
    let popup = popup(&sandbox, &client, "apply --yes");
    eventually("the session is gone", DEADLINE, || {
        sandbox.sessions() == ["jobs"]
    });
    is_over(&sandbox);
    assert!(
        sandbox.read("applied").is_some(),
        "{:?}",
        sandbox.read("out")
    );
    is_converged(&sandbox);
    drop(popup);
}

#[test]
fn triad_can_run_inside_run_shell_and_if_shell() {
    for detached in ["", "-b"] {
        let sandbox = Sandbox::new();
        sandbox.apply(LAYOUT);
        sandbox.foreign("mine");
        sandbox.manifest(&LAYOUT.replace("1003", "2003"));
        let mut words = vec!["run-shell"];
        words.extend(Some(detached).filter(|flag| !flag.is_empty()));
        let line = call(&sandbox, "apply --yes");
        words.push(&line);
        sandbox.tmux(&words);
        assert_eq!(code(&sandbox), "0", "{:?}", sandbox.read("out"));
        is_converged(&sandbox);
        // Nobody can answer a question.
        let _ = std::fs::remove_file(sandbox.path("code"));
        let line = call(&sandbox, "down");
        sandbox.tmux(&["run-shell", &line]);
        assert_eq!(code(&sandbox), "7");
        let _ = std::fs::remove_file(sandbox.path("code"));
        let line = format!("{}; false", call(&sandbox, "down --yes"));
        sandbox.tmux(&["if-shell", &line, "", ""]);
        assert_eq!(code(&sandbox), "0", "{:?}", sandbox.read("out"));
        assert_eq!(sandbox.sessions(), ["mine"]);
    }
}

#[test]
fn a_key_can_take_down_its_own_session() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let (terminal, _) = attached(&sandbox);
    let line = call(&sandbox, "down --yes");
    sandbox.tmux(&["bind-key", "-n", "F5", "run-shell", &line]);
    terminal.types(&["F5"]);
    eventually("the server is gone", DEADLINE, || {
        sandbox.sessions().is_empty()
    });
    is_over(&sandbox);
    assert!(sandbox.read("after").is_some(), "{:?}", sandbox.read("out"));
    terminal.shows("code");
}

#[test]
fn attach_from_a_popup_switches_the_terminal_under_it() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let (_terminal, client) = attached(&sandbox);
    let popup = popup(&sandbox, &client, "attach jobs");
    let shown = || sandbox.listed(&["list-clients", "-F", "#{client_session}"]);
    eventually("the same terminal shows it", DEADLINE, || {
        shown() == ["jobs"]
    });
    is_over(&sandbox);
    drop(popup);
}
