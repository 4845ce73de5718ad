//! `stop`: a process is asked to end as configured, and killed at its own deadline.

use std::time::{Duration, Instant};

use super::{is_up, window};
use crate::support::sandbox::{Ran, Sandbox};
use crate::support::seen::words;

/// A program that notes the signals it gets, and ends only on INT.
const NOTES: &str = r"
import os, signal, sys, time
def note(number, _):
    open('signals', 'a').write(signal.Signals(number).name + '\n')
    if number == signal.SIGINT:
        sys.exit(0)
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
    signal.signal(number, note)
open('up', 'w').close()
while True:
    time.sleep(0.02)
";

/// Applies one service with this `stop`, takes it down by the name of its layout, without its
/// manifest, and returns the output and the signals that the program noted.
#[track_caller]
fn down(stop: &str, flags: &[&str]) -> (Ran, String, Duration) {
    let sandbox = Sandbox::new();
    sandbox.file("notes.py", NOTES);
    let service = format!("service \"p\" {{ run \"python3\" \"notes.py\"; {stop} }}");
    sandbox.apply(&format!("layout \"stops\"\n{}", window(&service)));
    is_up(&sandbox, "up");
    std::fs::remove_file(sandbox.path("triad.kdl")).expect("the file exists");
    let start = Instant::now();
    let down = sandbox.triad(&[&["down", "stops", "--yes"], flags].concat());
    let took = start.elapsed();
    let signals = sandbox.read("signals").unwrap_or_default();
    (down.exits(0), signals, took)
}

#[test]
fn a_signal_is_sent_as_written() {
    let (_, signals, _) = down("stop signal=\"INT\"", &[]);
    assert_eq!(signals, "SIGINT\n");
}

#[test]
fn the_deadline_is_the_panes_own_unless_the_command_has_one() {
    let (ran, signals, took) = down("stop timeout=\"100ms\"", &[]);
    assert_eq!(signals, "SIGTERM\n");
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(ran.stdout.contains("and was killed"), "{}", ran.stdout);
    let (ran, _, took) = down("stop timeout=\"10m\"", &["--timeout", "100ms"]);
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(ran.stdout.contains("and was killed"), "{}", ran.stdout);
}

#[test]
fn kill_is_not_announced() {
    let (ran, signals, _) = down("stop signal=\"KILL\" timeout=\"10m\"", &[]);
    assert_eq!(signals, "");
    assert!(!ran.stdout.contains("and was killed"), "{}", ran.stdout);
}

#[test]
fn keys_are_pressed_in_the_pane() {
    let (_, signals, _) = down("stop timeout=\"10m\" { keys \"C-c\" }", &[]);
    assert_eq!(signals, "SIGINT\n");
}

#[test]
fn a_command_ends_it_in_the_panes_directory() {
    let line = "echo $TRIAD_PANE $GREETING >who; kill -INT $TRIAD_PID";
    let stop = format!("env {{ GREETING \"hello\" }}; stop timeout=\"10m\" {{ run \"{line}\" }}");
    let sandbox = Sandbox::new();
    sandbox.file("notes.py", NOTES);
    let service = format!("service \"p\" {{ run \"python3\" \"notes.py\"; {stop} }}");
    sandbox.apply(&window(&service));
    is_up(&sandbox, "up");
    // A restart stops the old process by the old method.
    let service = "service \"p\" { run \"sleep\" \"1000\" }";
    sandbox.apply(&window(service));
    assert_eq!(sandbox.read("signals").as_deref(), Some("SIGINT\n"));
    assert_eq!(sandbox.read("who").as_deref(), Some("s/w/p hello\n"));
}

#[test]
fn a_new_stop_method_is_tagged_and_ends_nothing() {
    let sandbox = Sandbox::new();
    sandbox.file("notes.py", NOTES);
    let service = |stop: &str| {
        window(&format!(
            "service \"p\" {{ run \"python3\" \"notes.py\"; {stop} }}"
        ))
    };
    sandbox.apply(&service(""));
    is_up(&sandbox, "up");
    let before = sandbox.panes();
    let ran = sandbox.apply(&service("stop signal=\"INT\" timeout=\"10m\""));
    assert!(ran.stdout.contains("stop changed"), "{}", ran.stdout);
    assert_eq!(sandbox.panes(), before);
    // The pane leaves the manifest: it is stopped as it was applied.
    sandbox.apply(&window("pane \"other\""));
    assert_eq!(sandbox.read("signals").as_deref(), Some("SIGINT\n"));
}

#[test]
fn in_a_synchronized_window_keys_reach_one_pane_only() {
    let sandbox = Sandbox::new();
    sandbox.file("notes.py", NOTES);
    std::fs::create_dir(sandbox.path("other")).expect("the sandbox is writable");
    sandbox.file("other/notes.py", NOTES);
    let manifest = |first: &str| {
        format!(
            "session \"s\" {{ window \"w\" synchronize=#true {{\n\
             service \"p\" {{ run {first}; stop timeout=\"10m\" {{ keys \"C-c\" }} }}\n\
             service \"q\" cwd=\"other\" {{ run \"python3\" \"notes.py\"; stop signal=\"INT\" }}\n}} }}\n"
        )
    };
    sandbox.apply(&manifest("\"python3\" \"notes.py\""));
    is_up(&sandbox, "up");
    is_up(&sandbox, "other/up");
    sandbox.apply(&manifest("\"sleep\" \"1000\""));
    assert_eq!(sandbox.read("signals").as_deref(), Some("SIGINT\n"));
    assert_eq!(sandbox.read("other/signals"), None);
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
}

#[test]
fn orphans_of_an_ended_program_are_ended_by_its_stop_command() {
    let sandbox = Sandbox::new();
    let manifest = |stop: &str| {
        window(&format!(
            r#"task "up" {{
                run "touch running"
                env {{ WHAT "running" }}
                stop {{ run "echo $TRIAD_PANE >>stopped; test ! -e held && rm $WHAT" {stop} }}
            }}
            pane "other" {{ run "sleep" "1000" }}"#
        ))
    };
    sandbox.apply(&manifest(""));
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(
        sandbox.read("stopped"),
        None,
        "without `always` no `stop` command runs"
    );
    sandbox.apply(&manifest("always=#true"));
    sandbox.file("held", "");
    let ran = sandbox.triad(&["down", "--yes"]).exits(3);
    assert!(
        words(&ran.stdout).contains("failed with exit status: 1"),
        "{}",
        ran.stdout
    );
    assert_eq!(sandbox.panes().keys().collect::<Vec<_>>(), ["s/w/up"]);
    std::fs::remove_file(sandbox.path("held")).expect("the file exists");
    std::fs::remove_file(sandbox.path("triad.kdl")).expect("the file exists");
    // Its tags are enough.
    sandbox.triad(&["down", "triad", "--yes"]).exits(0);
    assert_eq!(sandbox.read("stopped").as_deref(), Some("s/w/up\ns/w/up\n"));
    assert_eq!(sandbox.read("running"), None);
    assert!(sandbox.panes().is_empty());
}
