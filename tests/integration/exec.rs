//! `exec`: a command in the caller's terminal, with the directory and environment of a pane.

use crate::support::sandbox::{Ran, Sandbox, run};
use crate::support::terminal::Terminal;

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    env { REGION "eu"; SHARED "outer" }
    window "main" {
        service "api" cwd="sub" {
            run "sleep" "1001"
            env { SHARED "inner"; TOKEN secret=#true }
        }
        pane "built" { run "sleep" "1002"; before "export LINE='from before'" }
        pane "reads" {
            run "sleep" "1003"
            env { KEY secret=#true exec="cat key" }
        }
    }
}
"#;

fn applied() -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("sub")).unwrap();
    sandbox.file("key", "from a command\n");
    sandbox.manifest(LAYOUT);
    let mut apply = sandbox.triad_command(&["apply", "--yes"]);
    run(apply.env("TOKEN", "s3cret")).exits(0);
    sandbox
}

/// Runs a line of shell in a pane's surroundings.
fn exec(sandbox: &Sandbox, pane: &str, line: &str) -> Ran {
    let words = ["exec", pane, "--", "/bin/sh", "-c", line];
    run(sandbox.triad_command(&words).env("TOKEN", "s3cret"))
}

#[test]
fn a_command_has_the_directory_and_the_environment_of_the_pane() {
    let sandbox = applied();
    let line = "pwd; echo $REGION $SHARED $TOKEN; echo $TRIAD_LAYOUT $TRIAD_PANE $TRIAD_SOCKET";
    let ran = exec(&sandbox, "api", line).exits(0);
    let socket = sandbox.tmux(&["display-message", "-p", "#{socket_path}"]);
    let expected = format!(
        "{}\neu inner s3cret\nshop web/main/api {socket}",
        sandbox.path("sub").display()
    );
    assert_eq!((ran.stdout, ran.stderr), (expected, String::new()));
    let ran = exec(
        &sandbox,
        "built",
        "echo $LINE $SHARED${TOKEN+ has a secret}",
    )
    .exits(0);
    assert_eq!(ran.stdout, "from before outer\n");
    let ran = exec(&sandbox, "reads", "echo $KEY").exits(0);
    assert_eq!(ran.stdout, "from a command\n");
    // The pane is found without its manifest.
    sandbox.manifest("");
    let ran = sandbox
        .triad(&["exec", "-C", "/", "web/main/built", "--", "pwd"])
        .exits(0);
    assert_eq!(
        ran.stdout,
        format!("{}\n", sandbox.root().join("work").display())
    );
}

#[test]
fn its_exit_status_is_that_of_the_command() {
    let sandbox = applied();
    exec(&sandbox, "built", "exit 42").exits(42);
    exec(&sandbox, "built", "kill -TERM $$").exits(128 + 15);
    let ran = sandbox
        .triad(&["exec", "built", "--", "absent-program"])
        .exits(127);
    assert!(ran.stderr.contains("absent-program"), "{}", ran.stderr);
    let ran = sandbox
        .triad(&["exec", "api", "--", "absent-program"])
        .exits(127);
    assert!(
        ran.stderr.contains("cannot run `absent-program`"),
        "{}",
        ran.stderr
    );
    let ran = sandbox
        .triad(&["exec", "api", "--", "/etc/passwd"])
        .exits(126);
    assert!(
        ran.stderr.contains("cannot run `/etc/passwd`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_secret_that_is_not_the_pane_s_is_told() {
    let sandbox = applied();
    let ran = sandbox.triad(&["exec", "api", "--", "true"]).exits(0);
    assert!(
        ran.stderr.contains("the secret `TOKEN` is not set here"),
        "{}",
        ran.stderr
    );
    let mut other = sandbox.triad_command(&["exec", "api", "--", "true"]);
    let ran = run(other.env("TOKEN", "another")).exits(0);
    assert!(
        ran.stderr.contains("`TOKEN` has another value here"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("another\n"), "{}", ran.stderr);
    // The pane's program has not noticed anything.
    sandbox.triad(&["ps", "--check"]).exits(0);
}

#[test]
fn what_cannot_be_run_is_named() {
    let sandbox = applied();
    let ran = sandbox.triad(&["exec", "*", "--", "true"]).exits(64);
    assert!(
        ran.stderr.contains("`*` matches several panes"),
        "{}",
        ran.stderr
    );
    for (named, told) in [
        (&["api", "built"][..], "`api built` matches several panes"),
        (&["shop"], "no pane is named, and the layout has several"),
    ] {
        let words = [&["exec"], named, &["--", "true"]].concat();
        let ran = sandbox.triad(&words).exits(64);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(ran.stderr.contains("`web/main/api`"), "{}", ran.stderr);
    }
    let ran = sandbox.triad(&["exec", "apj", "--", "true"]).exits(64);
    assert!(ran.stderr.contains("did you mean `api`?"), "{}", ran.stderr);
    sandbox.triad(&["exec", "api"]).exits(64);
    std::fs::remove_dir(sandbox.path("sub")).unwrap();
    let ran = sandbox.triad(&["exec", "api", "--", "true"]).exits(1);
    assert!(
        ran.stderr
            .contains("the directory of the pane does not exist"),
        "{}",
        ran.stderr
    );
    let id = sandbox.panes()["web/main/built"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &id]);
    let ran = sandbox.triad(&["exec", "built", "--", "true"]).exits(1);
    assert!(
        ran.stderr.contains("`web/main/built` does not exist"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_command_has_the_terminal_of_the_caller() {
    let sandbox = applied();
    let terminal = Terminal::new(&sandbox, (77, 20), "$triad exec built -- stty size");
    terminal.shows("code 0");
    assert!(terminal.screen().contains("20 77"), "{}", terminal.screen());
}
