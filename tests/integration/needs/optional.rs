//! `optional=#true`: it is waited for while it can come, and gone without when it cannot.

use super::{log, noting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// A database that ends as the line says, and a client that comes after it.
fn manifest(run: &str, needs: &str) -> String {
    let client = noting("client");
    format!(
        r#"
        session "s" {{
            window "w" {{
                task "seed" {{ run "{run}" }}
                pane "client" {{ run "{client}"; needs "seed" {needs} }}
            }}
        }}
        "#
    )
}

#[test]
fn what_fails_is_gone_without_and_that_is_told() {
    let sandbox = Sandbox::new();
    let failing = "echo seed >>log; sleep 0.3; exit 3";
    sandbox.manifest(&manifest(failing, "optional=#true"));
    let ran = sandbox.triad(&["apply"]).exits(4);
    eventually("the client has run", DEADLINE, || {
        log(&sandbox) == ["seed", "client"]
    });
    let told = "started without `seed`: `s/w/seed` exited with status 3";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 not ready"), "{}", ran.stdout);
}

#[test]
fn what_comes_is_waited_for() {
    let sandbox = Sandbox::new();
    let slow = "sleep 0.5; echo seed >>log";
    let ran = sandbox.apply(&manifest(slow, "optional=#true"));
    assert!(!ran.stdout.contains("without"), "{}", ran.stdout);
    eventually("in this order", DEADLINE, || {
        log(&sandbox) == ["seed", "client"]
    });
}

#[test]
fn what_is_not_selected_is_not_brought_up() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&manifest("echo seed >>log", "optional=#true"));
    let ran = sandbox.triad(&["apply", "--only", "client"]).exits(0);
    eventually("the client alone has run", DEADLINE, || {
        log(&sandbox) == ["client"]
    });
    assert!(!ran.stdout.contains("seed"), "{}", ran.stdout);
}
