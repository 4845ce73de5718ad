//! `optional=#true`: it is awaited as long as it can be met, and skipped when it cannot.

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
fn a_failed_optional_need_is_reported_and_skipped() {
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
fn an_optional_need_that_starts_is_awaited() {
    let sandbox = Sandbox::new();
    let slow = "sleep 0.5; echo seed >>log";
    let ran = sandbox.apply(&manifest(slow, "optional=#true"));
    assert!(!ran.stdout.contains("without"), "{}", ran.stdout);
    eventually("both have run in order", DEADLINE, || {
        log(&sandbox) == ["seed", "client"]
    });
}

#[test]
fn an_unselected_optional_need_is_not_started() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&manifest("echo seed >>log", "optional=#true"));
    let ran = sandbox.triad(&["apply", "--only", "client"]).exits(0);
    eventually("the client alone has run", DEADLINE, || {
        log(&sandbox) == ["client"]
    });
    assert!(!ran.stdout.contains("seed"), "{}", ran.stdout);
}
