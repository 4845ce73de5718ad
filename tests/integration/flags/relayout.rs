//! `--relayout`: restores sizes that a person has changed, and nothing else.

use crate::support::sandbox::{Sandbox, SeenPane};
use crate::support::seen::{pids, renewed, words};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            pane "a" size="30%" { run "sleep" "1001" }
            rows { pane "b" size=10 { run "sleep" "1002" }; pane "c" { run "sleep" "1003" } }
        }
    }
    window "free" ratio="free" { rows { pane "d" { run "sleep" "1004" }; pane "e" { run "sleep" "1005" } } }
}
"#;

fn cells(sandbox: &Sandbox) -> Vec<((u32, u32), (u32, u32))> {
    let cell = |pane: SeenPane| (pane.at, pane.size);
    sandbox.panes().into_values().map(cell).collect()
}

#[track_caller]
fn resize(sandbox: &Sandbox) {
    let panes = sandbox.panes();
    for (address, flags) in [
        ("web/main/a", "-x"),
        ("web/main/b", "-y"),
        ("web/free/d", "-y"),
    ] {
        sandbox.tmux(&["resize-pane", "-t", &panes[address].id, flags, "5"]);
    }
}

#[test]
fn relayout_restores_sizes() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let (before, wanted) = (pids(&sandbox), cells(&sandbox));
    resize(&sandbox);
    let by_hand = cells(&sandbox);
    assert_ne!(wanted, by_hand);
    // As always, they are no drift.
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.apply(LAYOUT);
    assert_eq!(by_hand, cells(&sandbox));
    let ran = sandbox.triad(&["plan", "--check", "--relayout"]).exits(2);
    assert!(
        words(&ran.stdout).contains("arrange: sizes changed by hand; --relayout restores them"),
        "{}",
        ran.stdout
    );
    sandbox
        .triad(&["apply", "--relayout", "--only", "web/free"])
        .exits(0);
    assert_eq!(cells(&sandbox)[..2], wanted[..2]);
    assert_ne!(cells(&sandbox), wanted);
    sandbox.triad(&["apply", "--relayout"]).exits(0);
    assert_eq!(wanted, cells(&sandbox));
    assert!(renewed(&before, &sandbox).is_empty());
    sandbox.triad(&["plan", "--check", "--relayout"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_zoomed_window_stays_zoomed_on_its_pane() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let wanted = cells(&sandbox);
    resize(&sandbox);
    let c = sandbox.panes()["web/main/c"].id.clone();
    sandbox.tmux(&["resize-pane", "-Z", "-t", &c]);
    sandbox.triad(&["apply", "--relayout"]).exits(0);
    let zoomed = "#{window_zoomed_flag} #{pane_id}";
    let seen = sandbox.tmux(&["display-message", "-p", "-t", "=web:main", zoomed]);
    assert_eq!(seen.trim(), format!("1 {c}"));
    sandbox.triad(&["plan", "--check", "--relayout"]).exits(0);
    sandbox.tmux(&["resize-pane", "-Z", "-t", &c]);
    assert_eq!(wanted, cells(&sandbox));
}

#[test]
fn a_window_with_hand_made_panes_keeps_its_sizes() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    resize(&sandbox);
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=web:free",
        "--",
        "sleep",
        "3001",
    ]);
    let layout = || {
        sandbox.tmux(&[
            "display-message",
            "-p",
            "-t",
            "=web:free",
            "#{window_layout}",
        ])
    };
    let before = layout();
    let ran = sandbox.triad(&["apply", "-v", "--relayout"]).exits(0);
    assert!(
        words(&ran.stdout).contains("made by hand, so its geometry is left alone"),
        "{}",
        ran.stdout
    );
    assert_eq!(before, layout());
    sandbox.triad(&["plan", "--check", "--relayout"]).exits(0);
}
