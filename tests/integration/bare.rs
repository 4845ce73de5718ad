//! Bare panes: shells that start as tmux itself would start one.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

/// The output of a `default-command`: characters that are special to tmux, its formats or shells.
const NOTED: &str = "a=b; $HOME #{x} \\n %H 'q' \t{~}";

/// Configures a default command that writes this, and stays.
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
    // The session exists by now.
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
    eventually("the default command has run", DEADLINE, || {
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

/// Writes a program that is tmux's shell and ends at once.
fn shell_that_ends(sandbox: &Sandbox, name: &str) {
    let path = sandbox.file(name, "#!/bin/sh\necho not for you\nexit 1\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the test owns it");
    sandbox.config(&format!("set -g default-shell {}\n", path.display()));
}

#[test]
fn a_shell_without_logins_fails_with_its_reason() {
    let sandbox = Sandbox::new();
    shell_that_ends(&sandbox, "nologin");
    sandbox.manifest(
        "session \"s\" { window \"w\" { pane \"a\"; pane \"b\" { run \"sleep\" \"1000\"; needs \"a\" } } }",
    );
    let ran = sandbox.triad(&["apply"]).exits(3);
    let said = words(&ran.stdout);
    assert!(
        said.contains("work/nologin`, tmux's default-shell, allows no login"),
        "{said}"
    );
    assert!(
        !sandbox.is_running("sleep 1000"),
        "the command needs the shell"
    );
    sandbox.manifest("session \"s\" { window \"w\" { pane \"a\" { shell \"/bin/sh\" } } }");
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn a_shell_that_ends_at_once_is_a_failure() {
    let sandbox = Sandbox::new();
    shell_that_ends(&sandbox, "quick");
    sandbox.manifest(
        "session \"s\" { window \"w\" { pane \"a\"; pane \"stays\" { run \"sleep\" \"1000\" } } }",
    );
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("a exited, and its pane has closed"), "{said}");
    assert_eq!(sandbox.panes().keys().collect::<Vec<_>>(), ["s/w/stays"]);
    // A server ends with its last pane.
    sandbox.tmux(&["kill-server"]);
    sandbox.manifest("session \"s\" { window \"w\" { pane \"a\" } }");
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&(ran.stdout + &ran.stderr));
    // The order in which they are noticed is a race.
    let reasons = [
        "a exited, and its pane has closed",
        "the shell of `s/w/a` exited at once",
    ];
    let is_told = reasons.iter().any(|reason| said.contains(reason));
    assert!(is_told, "{said}");
}
