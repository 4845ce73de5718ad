//! A signal in each phase of a command: the report is complete, the lock is free, the state is
//! true, and the same command continues.

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, signal};
use crate::support::terminal::Terminal;

const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// A program that notes that it was asked to end, and does not end.
const DEAF: &str = "trap 'touch heard' TERM; touch up; while :; do sleep 0.02; done";

#[track_caller]
fn is_there(sandbox: &Sandbox, file: &str) {
    eventually(file, DEADLINE, || sandbox.read(file).is_some());
}

/// Checks that the lock is free, and one apply reaches the manifest.
#[track_caller]
fn goes_on(sandbox: &Sandbox) {
    sandbox
        .triad(&["apply", "--yes", "--lock-timeout", "0s"])
        .exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn while_a_program_is_asked_to_make_room() {
    for (name, status) in SIGNALS {
        let sandbox = Sandbox::new();
        let layout = |run: &str, timeout: &str| {
            format!(
                "session \"s\" {{ window \"w\" {{ service \"p\" {{ run \"{run}\"; \
                 stop timeout=\"{timeout}\" }}; pane \"q\" }} }}"
            )
        };
        sandbox.apply(&layout(DEAF, "10m"));
        is_there(&sandbox, "up");
        let before = sandbox.panes();
        sandbox.manifest(&layout("sleep 1001", "10m"));
        let running = sandbox.start(&["apply", "--yes"]);
        is_there(&sandbox, "heard");
        running.signal(name);
        let ran = running.ends().exits(status);
        assert!(
            ran.stdout.contains("triad was interrupted"),
            "{name}: {}",
            ran.stdout
        );
        assert_eq!(
            before,
            sandbox.panes(),
            "{name}: the program was not replaced"
        );
        signal("KILL", &before["s/w/p"].pid.to_string());
        sandbox.ended("s/w/p");
        goes_on(&sandbox);
    }
}

#[test]
fn while_leaving_processes_are_asked_to_end() {
    for (name, status) in SIGNALS {
        let sandbox = Sandbox::new();
        let rest = "session \"s\" { window \"w\" { pane \"q\" } }";
        let whole = rest.replace(
            "pane \"q\"",
            &format!("pane \"q\"; service \"p\" {{ run \"{DEAF}\"; stop timeout=\"10m\" }}"),
        );
        sandbox.apply(&whole);
        is_there(&sandbox, "up");
        sandbox.manifest(rest);
        let running = sandbox.start(&["apply", "--yes"]);
        is_there(&sandbox, "heard");
        running.signal(name);
        let ran = running.ends().exits(status);
        assert!(
            ran.stdout.contains("triad was interrupted"),
            "{name}: {}",
            ran.stdout
        );
        let pid = sandbox.panes()["s/w/p"].pid;
        signal("KILL", &pid.to_string());
        goes_on(&sandbox);
        assert_eq!(sandbox.panes().len(), 1);
    }
}

#[test]
fn while_a_prompt_is_waited_for() {
    for (name, status) in SIGNALS {
        let sandbox = Sandbox::new();
        // The shell is busy before it has a prompt to type at.
        let script = "until test -e go; do sleep 0.02; done\nexec bash --norc \"$@\"\n";
        let shell = sandbox.script("slow-shell", script).display().to_string();
        let manifest = format!(
            "session \"s\" {{ window \"w\" {{ pane \"p\" shell=\"{shell}\" {{ type \"echo typed >typed\" }} }} }}"
        );
        sandbox.manifest(&manifest);
        let running = sandbox.start(&["apply", "--yes"]);
        running.says("started");
        running.signal(name);
        running.ends().exits(status);
        sandbox.file("go", "");
        goes_on(&sandbox);
        is_there(&sandbox, "typed");
    }
}

#[test]
fn while_somebody_is_asked() {
    for (name, keys) in [("INT", "C-c"), ("HUP", "")] {
        let sandbox = Sandbox::new();
        let layout = |number: u32| {
            format!(
                "session \"s\" {{ window \"w\" {{ service \"p\" {{ run \"sleep\" \"{number}\" }} }} }}"
            )
        };
        sandbox.apply(&layout(1001));
        sandbox.manifest(&layout(1002));
        let before = sandbox.dump_all();
        let terminal = Terminal::new(&sandbox, (100, 30), "$triad apply");
        terminal.shows("Continue?");
        if keys.is_empty() {
            let line = sandbox.running(env!("CARGO_BIN_EXE_triad"));
            assert!(!line.is_empty(), "triad waits");
            sandbox.terminal(&["kill-server"]);
            eventually("triad has ended", DEADLINE, || {
                let mut lines = sandbox.running(env!("CARGO_BIN_EXE_triad")).into_iter();
                !lines.any(|line| line.starts_with(env!("CARGO_BIN_EXE_triad")))
            });
        } else {
            terminal.types(&[keys]);
            terminal.shows("code 130");
        }
        assert_same(&before, &sandbox.dump_all(), name);
        goes_on(&sandbox);
    }
}

#[test]
fn between_two_waves_nothing_more_is_started() {
    let sandbox = Sandbox::new();
    // The dependency becomes ready only after triad has been interrupted.
    sandbox.manifest(
        "session \"s\" { window \"w\" {
            service \"db\" { run \"sleep\" \"1001\"; ready every=\"20ms\" { exec \"touch probed; test -e go\" } }
            service \"api\" { run \"sleep\" \"1002\"; needs \"db\" }
        } }",
    );
    let running = sandbox.start(&["apply"]);
    is_there(&sandbox, "probed");
    running.signal("TERM");
    sandbox.file("go", "");
    let ran = running.ends().exits(143);
    assert!(
        ran.stdout.contains("triad was interrupted"),
        "{}",
        ran.stdout
    );
    assert_eq!(sandbox.panes()["s/w/api"].phase, "pending");
    goes_on(&sandbox);
}
