//! Dead and removed panes: reported once, and restored with `--heal`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::{comes_to, layout, pane, watching};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{identity, signal, words};

/// A service with output, and its manifest.
fn talking() -> String {
    layout("service \"b\" { run \"echo last words; exec sleep 1002\" }")
}

/// Waits until tmux, whose calls are counted, has been called that often again.
#[track_caller]
fn more_looks(sandbox: &Sandbox, calls: usize) {
    sandbox.take_calls();
    let mut seen = 0;
    eventually("more looks", DEADLINE, || {
        seen += sandbox.take_calls().len();
        seen >= calls
    });
}

/// The words for the end of a program that was killed: older tmux does not tell the signal.
fn killed(sandbox: &Sandbox) -> &'static str {
    match sandbox.is_at_least(3, 3) {
        true => "was killed by signal 9",
        false => "exited with",
    }
}

#[test]
fn a_death_is_reported_once_and_left_alone() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    let running = watching(&sandbox, &talking(), &[]);
    let before = sandbox.panes();
    signal("KILL", &before["s/w/b"].pid.to_string());
    running.says("last words");
    assert!(
        words(&running.stdout()).contains(&format!("× b {}", killed(&sandbox))),
        "{}",
        running.stdout()
    );
    more_looks(&sandbox, 2);
    assert_eq!(running.stdout().matches("last words").count(), 1);
    sandbox.tmux(&["kill-pane", "-t", &before["s/w/b"].id]);
    eventually("the end of b is reported", DEADLINE, || {
        words(&running.stderr()).contains("b is gone")
    });
    sandbox.tmux(&["kill-server"]);
    eventually("the end of the server is reported", DEADLINE, || {
        words(&running.stderr()).contains("the tmux server has exited")
    });
    assert_eq!(running.stdout().matches("last words").count(), 1);
    assert!(sandbox.sessions().is_empty());
    sandbox.manifest(&layout(&pane("c")));
    comes_to(&sandbox, &["a", "c"]);
}

#[test]
fn with_heal_a_dead_pane_restarts() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &talking(), &["--heal"]);
    let before = sandbox.panes();
    signal("KILL", &before["s/w/b"].pid.to_string());
    running.says(&format!("healing b ({}", killed(&sandbox)));
    eventually("b runs again", DEADLINE, || {
        sandbox.panes()["s/w/b"].pid != before["s/w/b"].pid
    });
    let after = sandbox.panes();
    assert_eq!(after["s/w/b"].id, before["s/w/b"].id);
    assert_eq!(identity(&before["s/w/a"]), identity(&after["s/w/a"]));
    sandbox.tmux(&["kill-server"]);
    comes_to(&sandbox, &["a", "b"]);
    // A pane stopped by hand stays stopped.
    sandbox.triad(&["stop", "a"]).exits(0);
    let id = sandbox.panes()["s/w/b"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &id]);
    eventually("b is back", DEADLINE, || {
        sandbox
            .panes()
            .get("s/w/b")
            .is_some_and(|pane| pane.phase == "started")
    });
    assert_eq!(sandbox.panes()["s/w/a"].phase, "stopped");
}

#[test]
fn a_broken_edit_does_not_prevent_healing() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &talking(), &["--heal"]);
    sandbox.manifest(&layout("nonsense"));
    eventually("the mistake is shown", DEADLINE, || {
        running.stderr().contains("nonsense")
    });
    let told = running.stderr();
    let before = sandbox.panes();
    signal("KILL", &before["s/w/b"].pid.to_string());
    running.says(&format!("healing b ({}", killed(&sandbox)));
    comes_to(&sandbox, &["a", "b"]);
    assert_eq!(running.stderr(), told, "a mistake is reported once");
}

#[test]
fn a_program_that_ends_at_once_is_not_restarted_in_a_loop() {
    let sandbox = Sandbox::new();
    let manifest = layout("service \"b\" { run \"echo x >>starts; exit 3\" }");
    let running = watching(&sandbox, &manifest, &["--heal"]);
    let times = |count| {
        eventually(&format!("it was mended {count} times"), DEADLINE, || {
            running.stdout().matches("healing b").count() >= count
        });
        Instant::now()
    };
    let (second, third) = (times(2), times(3));
    // The pauses grow: this one is of four seconds.
    let pause = third - second;
    assert!(pause > Duration::from_secs(3), "{pause:?}");
    let starts = sandbox.read("starts").unwrap_or_default().lines().count();
    assert!((3..=5).contains(&starts), "{starts} starts");
    assert!(
        running.stdout().contains("exited with status 3"),
        "{}",
        running.stdout()
    );
}

#[test]
fn drift_whose_repair_would_end_a_process_is_reported_once() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    let running = watching(&sandbox, &layout(&pane("b")), &["--heal"]);
    let before = sandbox.panes();
    // Nothing in the manifest has that name: repairing it would end it.
    let copy = sandbox.tmux(&[
        "split-window",
        "-d",
        "-P",
        "-F",
        "#{pane_id}",
        "-t",
        "=s:w",
        "sleep 1003",
    ]);
    let (copy, b) = (copy.trim(), &before["s/w/b"].id);
    for option in ["@triad_pane", "@triad_phase"] {
        let value = sandbox.tmux(&["show-options", "-p", "-v", "-t", b, option]);
        let value = value.trim().replace("s/w/b", "s/w/x");
        sandbox.tmux(&["set-option", "-p", "-t", copy, option, &value]);
    }
    eventually("the message is shown", DEADLINE, || {
        words(&running.stderr()).contains("healing this ends 1 live process")
    });
    // Later looks have not reported it again.
    more_looks(&sandbox, 4);
    assert_eq!(words(&running.stderr()).matches("healing this").count(), 1);
    assert!(sandbox.panes().contains_key("s/w/x"));
}

#[test]
fn a_failed_repair_is_reported_once_and_retried() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    let program = sandbox.path("program");
    let write = || {
        fs::write(&program, "#!/bin/sh\nexec sleep 1002\n").expect("the path is writable");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the test owns it");
    };
    write();
    let manifest = layout("service \"b\" { run \"./program\" \"x\" }");
    let running = watching(&sandbox, &manifest, &["--heal"]);
    let pid = sandbox.panes()["s/w/b"].pid;
    fs::remove_file(&program).expect("the file exists");
    signal("KILL", &pid.to_string());
    eventually("the reason is shown", DEADLINE, || {
        running.stderr().contains("./program")
    });
    more_looks(&sandbox, 3);
    assert_eq!(running.stderr().matches("./program").count(), 1);
    write();
    eventually("b runs again", DEADLINE, || {
        sandbox.panes()["s/w/b"].pid != pid
    });
}
