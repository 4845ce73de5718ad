//! The verbs from outside: exit codes, messages, and what stays untouched after a mistake.

mod approval;
mod down;
mod environment;
mod help;
mod interrupted;
mod look;
mod mistakes;
mod named;
mod phases;
mod progress;
mod terminal;

/// A service that others need, in two windows.
const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" { run "sleep" "1001"; ready every="20ms" { exec "true" } }
            pane "api" { run "sleep" "1002"; needs "db" }
        }
    }
    window "tools" { pane "shell" }
}
"#;

/// `LAYOUT` with a service that is not ready before there is a file `go`.
fn waiting() -> String {
    LAYOUT.replace("exec \"true\"", "exec \"test -e go\"")
}
