//! How panes behave beside what runs in them: how they are asked to end, what happens when they
//! have ended, what is typed into them, who restarts with whom.

mod before;
mod ends;
mod follows;
mod leaves;
mod probes;
mod restarts;
mod stops;
mod typing;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// A manifest of one window with these panes.
fn window(panes: &str) -> String {
    format!("session \"s\" {{ window \"w\" {{\n{panes}\n}} }}\n")
}

/// What a format says of the pane of this name in the window `w` of the session `s`.
#[track_caller]
fn told(sandbox: &Sandbox, pane: &str, format: &str) -> String {
    let filter = format!("#{{==:#{{@triad_pane}},s/w/{pane}}}");
    let told = sandbox.try_tmux(&["list-panes", "-a", "-f", &filter, "-F", format]);
    told.stdout.trim_end_matches('\n').to_owned()
}

/// Waits until that is what the format says.
#[track_caller]
fn comes_to(sandbox: &Sandbox, pane: &str, format: &str, expected: &str) {
    let mut seen = String::new();
    let is_it = crate::support::sandbox::soon(DEADLINE, || {
        seen = told(sandbox, pane, format);
        seen == expected
    });
    assert!(is_it, "{format} of {pane} is {seen:?} and not {expected:?}");
}

/// All that the pane shows, with its scrollback.
#[track_caller]
fn screen(sandbox: &Sandbox, pane: &str) -> String {
    let id = told(sandbox, pane, "#{pane_id}");
    let capture = ["capture-pane", "-p", "-J", "-t", &id, "-S", "-"];
    sandbox.try_tmux(&capture).stdout
}

/// Waits until the program of this pane has made that file.
#[track_caller]
fn is_up(sandbox: &Sandbox, file: &str) {
    eventually(&format!("{file} is there"), DEADLINE, || {
        sandbox.read(file).is_some()
    });
}
