//! After the removal of a pane: none of its processes remain, whatever they do, and strays are
//! named and not ended.

use std::time::{Duration, Instant};

use super::{comes_to, is_up, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{events, signal, words};

/// Whether a process of this sandbox is running `sleep` for that long.
fn sleeps(sandbox: &Sandbox, number: u32) -> bool {
    sandbox.is_running(&format!("sleep {number}"))
}

#[test]
fn strays_are_named_and_left_alone() {
    let sandbox = Sandbox::new();
    let daemon = "(setsid sh -c 'echo $$ >daemon; exec sleep 1001' &); exec sleep 1002";
    let manifest = |panes: &str| format!("layout \"strays\"\n{}", window(panes));
    let both = format!("pane \"stays\"; service \"p\" {{ run \"{daemon}\" }}");
    sandbox.apply(&manifest(&both));
    is_up(&sandbox, "daemon");
    let pid = sandbox.read("daemon").unwrap_or_default().trim().to_owned();
    eventually("the program runs", DEADLINE, || sleeps(&sandbox, 1001));
    sandbox.manifest(&manifest("pane \"stays\""));
    let ran = sandbox.triad(&["apply", "--yes"]).exits(0);
    let named = format!("`sleep 1001` (pid {pid})");
    assert!(words(&ran.stdout).contains(&named), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 left running"), "{}", ran.stdout);
    assert!(sleeps(&sandbox, 1001) && !sleeps(&sandbox, 1002));
    signal("KILL", &pid);
    sandbox.manifest(&manifest(&both));
    sandbox.apply(&manifest(&both));
    eventually("the program runs", DEADLINE, || sleeps(&sandbox, 1001));
    let told = events(&sandbox.triad(&["down", "--yes", "--json"]).exits(0));
    let left = told.iter().find(|event| event["event"] == "left");
    let left = left.unwrap_or_else(|| panic!("{told:?}"));
    assert!(left["why"].to_string().contains("sleep 1001"), "{left}");
    assert!(sandbox.sessions().is_empty(), "everything else is done");
    signal("KILL", sandbox.read("daemon").unwrap_or_default().trim());
}

#[test]
fn a_program_that_cannot_restart_is_not_ended() {
    let sandbox = Sandbox::new();
    let manifest = |number: u32| {
        window(&format!(
            "service \"p\" {{ env {{ KEY secret=#true }}; run \"/bin/sleep\" \"{number}\" }}"
        ))
    };
    let apply = |path: &str, number: u32| {
        sandbox.manifest(&manifest(number));
        let mut command = sandbox.triad_command(&["apply", "--yes"]);
        command.env("KEY", "a");
        if !path.is_empty() {
            command.env("PATH", path);
        }
        run(&mut command)
    };
    apply("", 1005).exits(0);
    eventually("the program runs", DEADLINE, || sleeps(&sandbox, 1005));
    let before = sandbox.panes();
    // No program to make a pipe, as on a full disk.
    let ran = apply("/nowhere", 1006).exits(3);
    assert!(ran.stdout.contains("cannot make a pipe"), "{}", ran.stdout);
    assert_eq!(before, sandbox.panes());
    apply("", 1006).exits(0);
}

#[test]
fn a_program_that_forks_while_ending_is_ended_with_its_forks() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "forks.py",
        r"
import os, signal, time
def fork(*_):
    # Each child has a session of its own and does the same.
    if os.fork() == 0:
        os.setsid()
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
    signal.signal(number, fork)
open('up', 'w').close()
end = time.monotonic() + 30
while time.monotonic() < end:
    time.sleep(0.05)
",
    );
    sandbox.apply(&window(
        "service \"p\" { run \"python3\" \"forks.py\"; stop timeout=\"300ms\" }",
    ));
    is_up(&sandbox, "up");
    let ran = sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(ran.stdout.contains("and was killed"), "{}", ran.stdout);
    assert!(sandbox.running("forks.py").is_empty());
}

#[test]
fn a_failing_or_hanging_stop_command_is_no_obstacle() {
    for line in ["exit 3", "sleep 1003", "trap '' TERM HUP; sleep 1003"] {
        let sandbox = Sandbox::new();
        let service = format!(
            "service \"p\" {{ run \"sleep 1004\"; stop timeout=\"300ms\" {{ run \"{line}\" }} }}"
        );
        sandbox.apply(&window(&service));
        eventually("the program runs", DEADLINE, || sleeps(&sandbox, 1004));
        let start = Instant::now();
        let ran = sandbox.triad(&["down", "--yes"]).exits(0);
        assert!(start.elapsed() < Duration::from_secs(8), "{line}");
        assert!(ran.stdout.contains("and was killed"), "{}", ran.stdout);
        let left = sandbox.running("sleep 100");
        assert!(left.is_empty(), "{line}: {left:?}");
    }
}

#[test]
fn keys_reach_a_program_whose_pane_is_in_copy_mode() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window(
        "service \"p\" { run \"trap 'touch pressed; exit 0' INT; touch up; \
         while :; do sleep 0.02; done\"; stop timeout=\"10m\" { keys \"C-c\" } }",
    ));
    is_up(&sandbox, "up");
    let id = told(&sandbox, "p", "#{pane_id}");
    sandbox.tmux(&["copy-mode", "-t", &id]);
    comes_to(&sandbox, "p", "#{pane_in_mode}", "1");
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.read("pressed").is_some());
}

#[test]
fn dependents_end_first_across_sessions_and_the_rest_together() {
    let sandbox = Sandbox::new();
    let service = |name: &str, needs: &str| {
        // Each notes when it is asked, takes its time, and notes when it ends.
        let trap =
            format!("trap 'echo ask {name} >>log; sleep 0.3; echo end {name} >>log; exit 0' TERM");
        format!(
            "service \"{name}\" {{ run \"{trap}; touch up-{name}; while :; do sleep 0.02; done\"; \
             ready every=\"20ms\" {{ exec \"test -e up-{name}\" }}; {needs} }}"
        )
    };
    sandbox.apply(&format!(
        "session \"a\" {{ window \"w\" {{ {} }}; window \"x\" {{ {} }} }}\n\
         session \"b\" {{ window \"w\" {{ {} }} }}\n\
         session \"c\" {{ window \"w\" {{ {}\n{} }} }}",
        service("db", ""),
        service("api", "needs \"db\""),
        service("front", "needs \"api\""),
        service("one", ""),
        service("two", ""),
    ));
    sandbox.triad(&["down", "--yes"]).exits(0);
    let log = sandbox.read("log").unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let at = |line: &str| lines.iter().position(|other| *other == line).expect(line);
    assert!(at("end front") < at("ask api"), "{log}");
    assert!(at("end api") < at("ask db"), "{log}");
    for name in ["one", "two"] {
        assert!(
            at(&format!("ask {name}")) < at("end front"),
            "in parallel: {log}"
        );
    }
    assert_eq!(lines.len(), 10, "{log}");
}

#[test]
fn a_program_restarted_meanwhile_is_asked_and_no_other() {
    let sandbox = Sandbox::new();
    // tmux restarts it while the pane before it takes its time to end.
    let first = "trap 'old=$(cat pid); kill $old; until test x$(cat pid) != x$old; do sleep 0.02; done; \
                 exit 0' TERM; touch up; while :; do sleep 0.02; done";
    let again = "trap 'echo asked >>log; exit 0' TERM; echo $$ >pid; while :; do sleep 0.02; done";
    sandbox.apply(&window(&format!(
        "service \"again\" {{ run \"{again}\"; restart \"always\" delay=\"1ms\" }}\n\
         service \"first\" {{ run \"{first}\"; needs \"again\" }}"
    )));
    is_up(&sandbox, "up");
    is_up(&sandbox, "pid");
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(sandbox.read("log").as_deref(), Some("asked\nasked\n"));
    assert!(sandbox.sessions().is_empty());
}
