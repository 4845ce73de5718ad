//! `stop`, `start` and `restart`: a process in its pane, and the effects on its dependents.

mod by_hand;
mod hardship;
mod layers;
mod limits;
mod postgres;
mod restart;
mod start;
mod stop;

use crate::support::sandbox::Sandbox;

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" { run "sleep" "1001"; restart "always" delay="10ms" }
            service "api" { run "sleep" "1002"; needs "db" }
            pane "shell"
        }
    }
    window "jobs" {
        columns {
            task "seed" { run "echo x >>seeded" }
            service "worker" { run "sleep" "1003"; needs "api" }
        }
    }
}
"#;

/// Returns the address of each pane with its phase and whether a program is running in it.
#[track_caller]
fn states(sandbox: &Sandbox) -> Vec<String> {
    let format = "#{s/ .*//:@triad_pane} #{@triad_phase} #{?pane_dead,ended,runs}";
    let told = sandbox.tmux(&["list-panes", "-a", "-F", format]);
    told.lines().map(str::to_owned).collect()
}

/// Returns the state of one pane.
#[track_caller]
fn state(sandbox: &Sandbox, pane: &str) -> String {
    let states = states(sandbox);
    let mut states = states.iter().filter_map(|line| line.strip_prefix(pane));
    states.next().unwrap_or_default().trim().to_owned()
}
