//! Bare panes: shells that start as tmux itself would start one.

use std::fs;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// What a `default-command` notes: characters that tmux, its formats and shells have uses for.
const NOTED: &str = "a=b; $HOME #{x} \\n %H 'q' \t{~}";

/// The configuration in which a shell that tmux starts notes that, and stays.
fn noting(sandbox: &Sandbox) {
    sandbox.file("noted", NOTED);
    let work = sandbox.path("");
    let line = format!(
        "X='{}'; printf '%s\\n' \"$X\" >>{}log; exec sleep 1000",
        NOTED.replace('\'', "'\\''"),
        work.display()
    );
    let quoted = line
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$");
    sandbox.config(&format!("set -g default-command \"{quoted}\"\n"));
}

fn noted(sandbox: &Sandbox, times: usize) {
    eventually("the user's own command was run", DEADLINE, || {
        sandbox
            .read("log")
            .is_some_and(|log| log == format!("{NOTED}\n").repeat(times))
    });
}

#[test]
fn a_bare_pane_runs_the_default_command() {
    let sandbox = Sandbox::new();
    noting(&sandbox);
    sandbox.apply("session \"s\" { window \"w\" { pane \"a\" } }");
    noted(&sandbox, 1);
    // The session is there by now.
    sandbox.apply("session \"s\" { window \"w\" { pane \"a\"; pane \"b\" } }");
    noted(&sandbox, 2);
    sandbox.triad(&["restart", "a"]).exits(0);
    noted(&sandbox, 3);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_script_runs_the_default_command() {
    let sandbox = Sandbox::new();
    noting(&sandbox);
    sandbox.manifest("session \"s\" { window \"w\" { pane \"a\" } }");
    let script = sandbox.render(&[]);
    sandbox.pipe("sh", &script).exits(0);
    noted(&sandbox, 1);
}

#[test]
fn a_session_has_its_own_default_command() {
    let sandbox = Sandbox::new();
    noting(&sandbox);
    sandbox.apply(
        r#"session "s" {
            options { default-command "echo mine >log; exec sleep 1000" }
            window "w" { pane "a" }
        }"#,
    );
    eventually("it was run", DEADLINE, || {
        sandbox.read("log").as_deref() == Some("mine\n")
    });
}

#[test]
fn without_one_a_bare_pane_is_a_login_shell() {
    let sandbox = Sandbox::new();
    fs::write(
        sandbox.root().join("home/.profile"),
        "echo login >>\"$HOME/../work/log\"\n",
    )
    .expect("the sandbox is writable");
    sandbox.config("set -g default-shell /bin/sh\n");
    sandbox.apply("session \"s\" { window \"w\" { pane \"a\" } }");
    eventually("its profile was read", DEADLINE, || {
        sandbox.read("log").as_deref() == Some("login\n")
    });
}
