//! `wait`: until panes reach a state, and no longer than that is possible.

mod ends;
mod meanwhile;
mod reached;

use crate::support::sandbox::Sandbox;
use crate::support::seen::Running;

/// A service that is ready once there is a file `go`, one without a probe, and a task that ends
/// when there is a file `end`, with the status in it.
const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        service "db" {
            run "echo first words; exec sleep 1001"
            ready every="20ms" { exec "test -e go || { echo still cold; exit 3; }" }
        }
        service "api" { run "sleep" "1002" }
        task "seed" { run "while [ ! -e end ]; do sleep 0.01; done; echo last words; exit $(cat end)" }
    }
}
"#;

/// Returns a sandbox with an apply that waited for nothing.
fn applied() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    sandbox
}

/// Starts a wait, with its events as JSON, and returns once it waits.
#[track_caller]
fn waiting(sandbox: &Sandbox, arguments: &[&str]) -> Running {
    let wait = sandbox.start(&[&["wait", "--json"], arguments].concat());
    wait.says("\"event\":\"waiting\"");
    wait
}
