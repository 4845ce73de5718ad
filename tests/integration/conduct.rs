//! The behaviour of panes around their programs: how they are stopped, what happens at their end,
//! which texts are typed, and which panes restart with others.

mod before;
mod ends;
mod follows;
mod leaves;
mod probes;
mod restarts;
mod stops;
mod typing;
mod typing_into_programs;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// Returns a manifest of one window with these panes.
fn window(panes: &str) -> String {
    format!("session \"s\" {{ window \"w\" {{\n{panes}\n}} }}\n")
}

/// Returns the value of a format for the pane of this name in the window `w` of the session `s`.
#[track_caller]
fn told(sandbox: &Sandbox, pane: &str, format: &str) -> String {
    let filter = format!("#{{==:#{{s/ .*//:@triad_pane}},s/w/{pane}}}");
    let told = sandbox.try_tmux(&["list-panes", "-a", "-f", &filter, "-F", format]);
    told.stdout.trim_end_matches('\n').to_owned()
}

/// Waits until the format has this value.
#[track_caller]
fn comes_to(sandbox: &Sandbox, pane: &str, format: &str, expected: &str) {
    let mut seen = String::new();
    let is_it = crate::support::sandbox::soon(DEADLINE, || {
        seen = told(sandbox, pane, format);
        seen == expected
    });
    assert!(is_it, "{format} of {pane} is {seen:?} and not {expected:?}");
}

/// Returns everything that the pane shows, with its scrollback.
#[track_caller]
fn screen(sandbox: &Sandbox, pane: &str) -> String {
    let id = told(sandbox, pane, "#{pane_id}");
    let capture = ["capture-pane", "-p", "-J", "-t", &id, "-S", "-"];
    sandbox.try_tmux(&capture).stdout
}

/// Waits until the program of this pane has created that file.
#[track_caller]
fn is_up(sandbox: &Sandbox, file: &str) {
    eventually(&format!("{file} is there"), DEADLINE, || {
        sandbox.read(file).is_some()
    });
}
