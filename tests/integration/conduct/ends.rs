//! `restart` and `on-exit`: what tmux does when a command has ended, with nothing of triad running.

use super::{comes_to, is_up, screen, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

/// A command that notes each of its starts, with what it was given, and ends with this status.
fn flaky(status: u32) -> String {
    format!("echo \\\"$PWD\\\" \\\"$GIVEN\\\" $TRIAD_PANE >>starts; exit {status}")
}

fn starts(sandbox: &Sandbox) -> usize {
    sandbox.read("starts").unwrap_or_default().lines().count()
}

#[test]
fn what_fails_is_started_again_as_often_as_it_may_be() {
    let sandbox = Sandbox::new();
    // Nothing in these is code, however often tmux reads them.
    let given = "#(touch hacked) $x \\\"q\\\" ~ #{pane_id} 'a';";
    let service = format!(
        "service \"p\" {{ run \"{}\"; env {{ GIVEN (raw)#\"{given}\"# }}; \
         restart \"on-failure\" max=3 delay=\"10ms\" }}",
        flaky(7)
    );
    let manifest = window(&service);
    sandbox.manifest(&manifest);
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    assert!(
        words(&ran.stdout).contains("exited with status 7"),
        "{}",
        ran.stdout
    );
    comes_to(
        &sandbox,
        "p",
        "#{@triad_phase} #{@triad_restarts}",
        "failed 3",
    );
    let noted = sandbox.read("starts").unwrap_or_default();
    let noted: Vec<&str> = noted.lines().collect();
    assert_eq!(noted.len(), 4);
    let directory = sandbox.path("").display().to_string();
    let expected = format!("{} {given} s/w/p", directory.trim_end_matches('/'));
    assert_eq!(noted[0], expected);
    assert!(noted.iter().all(|line| *line == expected), "{noted:?}");
    assert!(sandbox.read("hacked").is_none());
    // It counts anew when triad starts it.
    sandbox.triad(&["apply", "--yes"]).exits(4);
    comes_to(
        &sandbox,
        "p",
        "#{@triad_phase} #{@triad_restarts}",
        "failed 3",
    );
    assert_eq!(starts(&sandbox), 8);
}

#[test]
fn success_is_no_failure_and_always_is_always() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window(&format!(
        "pane \"p\" {{ run \"{}\"; restart \"on-failure\" delay=\"10ms\" }}",
        flaky(0)
    )));
    comes_to(
        &sandbox,
        "p",
        "#{pane_dead} #{@triad_phase} #{@triad_restarts}",
        "1 started 0",
    );
    assert_eq!(starts(&sandbox), 1);
    sandbox.apply(&window(&format!(
        "pane \"q\" {{ run \"{}\"; restart \"always\" max=2 delay=\"10ms\" }}",
        flaky(0)
    )));
    comes_to(
        &sandbox,
        "q",
        "#{@triad_phase} #{@triad_restarts}",
        "failed 2",
    );
    assert_eq!(starts(&sandbox), 4);
}

#[test]
fn between_two_starts_it_is_neither_dead_nor_started_twice() {
    let sandbox = Sandbox::new();
    let manifest = window(
        "service \"p\" { run \"echo >>starts; test -e stay && exec sleep 1000; exit 1\"; \
         restart \"always\" delay=\"2s\" }",
    );
    sandbox.manifest(&manifest);
    sandbox.triad(&["apply", "--yes", "--no-wait"]);
    comes_to(&sandbox, "p", "#{pane_dead}", "1");
    let plan = sandbox.triad(&["plan"]).exits(0);
    assert!(plan.stdout.contains("nothing to do"), "{}", plan.stdout);
    sandbox.file("stay", "");
    comes_to(
        &sandbox,
        "p",
        "#{pane_dead} #{pane_current_command}",
        "0 sleep",
    );
    assert!(starts(&sandbox) <= 3);
}

#[test]
fn what_triad_stops_is_not_started_again() {
    let sandbox = Sandbox::new();
    let service = |run: &str| {
        window(&format!(
            "pane \"stays\"\nservice \"p\" {{ run \"{run}\"; restart \"always\" delay=\"1ms\" }}"
        ))
    };
    sandbox.apply(&service("echo >>starts; exec sleep 1000"));
    is_up(&sandbox, "starts");
    sandbox.apply(&service("echo >>starts; exec sleep 2000"));
    eventually("the new one is up", DEADLINE, || starts(&sandbox) == 2);
    assert_eq!(told(&sandbox, "p", "#{@triad_restarts}"), "0");
    sandbox.apply(&window("pane \"stays\""));
    assert_eq!(starts(&sandbox), 2);
}

#[test]
fn what_tmux_was_told_is_told_again_where_it_is_lost() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window(
        "service \"p\" { run \"echo >>starts; exec sleep 1000\"; restart \"always\" delay=\"1ms\" }",
    ));
    is_up(&sandbox, "starts");
    let before = sandbox.panes();
    // As by a `down` that somebody broke off.
    let id = told(&sandbox, "p", "#{pane_id}");
    sandbox.tmux(&["set-hook", "-pu", "-t", &id, "pane-died"]);
    sandbox.tmux(&["set-option", "-pu", "-t", &id, "@triad_tick"]);
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(sandbox.panes(), before);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let pid = told(&sandbox, "p", "#{pane_pid}");
    crate::support::sandbox::run(sandbox.command("kill").arg(pid)).exits(0);
    eventually("tmux has started it again", DEADLINE, || {
        starts(&sandbox) == 2
    });
}

#[test]
fn a_policy_changes_in_place() {
    let sandbox = Sandbox::new();
    let service = |policy: &str| {
        window(&format!(
            "service \"p\" {{ run \"echo >>starts; exec sleep 1000\"; {policy} }}"
        ))
    };
    sandbox.apply(&service(""));
    is_up(&sandbox, "starts");
    let before = sandbox.panes();
    let ran = sandbox.apply(&service("restart \"always\" max=1 delay=\"1ms\""));
    assert!(ran.stdout.contains("restart changed"), "{}", ran.stdout);
    assert_eq!(sandbox.panes(), before);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let kill = |sandbox: &Sandbox| {
        let pid = told(sandbox, "p", "#{pane_pid}");
        crate::support::sandbox::run(sandbox.command("kill").arg(pid)).exits(0);
    };
    kill(&sandbox);
    eventually("tmux has started it again", DEADLINE, || {
        starts(&sandbox) == 2
    });
    sandbox.apply(&service(""));
    comes_to(&sandbox, "p", "#{pane_current_command}", "sleep");
    kill(&sandbox);
    comes_to(&sandbox, "p", "#{pane_dead}", "1");
    assert_eq!(starts(&sandbox), 2);
}

#[test]
fn a_shell_takes_over_and_the_status_is_kept() {
    let sandbox = Sandbox::new();
    let manifest = window(
        "task \"ok\" on-exit=\"shell\" { run \"echo printed\" }\n\
         task \"bad\" on-exit=\"shell\" { run \"exit 3\" }\n\
         service \"after\" { run \"sleep 1000\"; needs \"ok\" }",
    );
    sandbox.manifest(&manifest);
    sandbox.triad(&["apply", "--yes"]).exits(4);
    comes_to(&sandbox, "ok", "#{@triad_left} #{pane_dead}", "0: 0");
    comes_to(&sandbox, "bad", "#{@triad_left} #{pane_dead}", "3: 0");
    eventually("the output is kept", DEADLINE, || {
        let seen = screen(&sandbox, "ok");
        seen.contains("printed") && seen.contains("`ok` has ended with status 0")
    });
    let shell = told(&sandbox, "ok", "#{pane_pid}");
    // What changes in place forgets nothing.
    let held = manifest.replacen(" on-exit=\"shell\"", "", 1);
    sandbox.manifest(&held);
    sandbox.triad(&["apply", "--yes"]);
    sandbox.manifest(&manifest);
    sandbox.triad(&["apply", "--yes"]);
    assert_eq!(told(&sandbox, "ok", "#{@triad_left}"), "0:");
    comes_to(&sandbox, "bad", "#{@triad_left} #{pane_dead}", "3: 0");
    // The one that is done is done; the one that failed is started again, at the shell's cost.
    let plan = sandbox.triad(&["plan"]).exits(0);
    assert!(
        words(&plan.stdout).contains("1 to start; 2 unchanged"),
        "{}",
        plan.stdout
    );
    assert!(plan.stdout.contains("ends "), "{}", plan.stdout);
    sandbox.triad(&["apply"]).exits(7);
    sandbox.triad(&["apply", "--yes"]);
    comes_to(&sandbox, "bad", "#{@triad_left} #{pane_dead}", "3: 0");
    assert_eq!(told(&sandbox, "ok", "#{pane_pid}"), shell);
}

#[test]
fn a_pane_that_closes_is_not_there_and_is_made_again() {
    let sandbox = Sandbox::new();
    let manifest = window(
        "pane \"stays\"\npane \"p\" on-exit=\"close\" { run \"until test -e go; do sleep 0.01; done\" }",
    );
    sandbox.apply(&manifest);
    sandbox.file("go", "");
    eventually("the pane is gone", DEADLINE, || {
        !sandbox.panes().contains_key("s/w/p")
    });
    let plan = sandbox.triad(&["plan"]).exits(0);
    assert!(
        words(&plan.stdout).contains("1 to start"),
        "{}",
        plan.stdout
    );
}

#[test]
fn hold_keeps_even_a_shell() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window("pane \"stays\"\npane \"p\" on-exit=\"hold\""));
    let id = told(&sandbox, "p", "#{pane_id}");
    sandbox.tmux(&["send-keys", "-t", &id, "exit 5", "Enter"]);
    sandbox.ended("s/w/p");
    comes_to(&sandbox, "p", "#{pane_dead} #{pane_dead_status}", "1 5");
    if sandbox.is_at_least(3, 3) {
        let seen = screen(&sandbox, "p");
        let (_, end) = seen
            .split_once("triad: `p` has ended with status 5 after ")
            .unwrap_or_else(|| panic!("{seen}"));
        let seconds = end
            .trim()
            .strip_suffix(" s")
            .and_then(|s| s.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds < 20), "{end}");
    }
}

#[test]
fn a_command_is_held_with_its_status_and_its_time_where_nothing_is_said() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "pane \"stays\"\ntask \"p\" { run \"exit 0\" }\n\
         task \"q\" { run \"exit 5\" }",
    ));
    // Whether it sees the one that fails is a matter of time.
    sandbox.triad(&["apply"]);
    sandbox.ended("s/w/p");
    sandbox.ended("s/w/q");
    comes_to(&sandbox, "q", "#{pane_dead} #{pane_dead_status}", "1 5");
    if sandbox.is_at_least(3, 3) {
        for (pane, text) in [("p", "status 0 after "), ("q", "status 5 after ")] {
            let said = format!("triad: `{pane}` has ended with {text}");
            eventually(&said, DEADLINE, || screen(&sandbox, pane).contains(&said));
        }
    }
}

#[test]
fn a_held_pane_says_how_it_ended_also_where_its_window_did_not_know() {
    let sandbox = Sandbox::new();
    let held = "pane \"stays\"\npane \"p\" on-exit=\"hold\" { run \"read line; exit 5\" }";
    sandbox.apply(&window(held));
    if !sandbox.is_at_least(3, 3) {
        return;
    }
    let id = told(&sandbox, "p", "#{pane_id}");
    // As releases leave a window that write all of it on the pane.
    for name in ["@triad_held", "@triad_clock"] {
        sandbox.tmux(&["set-option", "-wu", "-t", &id, name]);
    }
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    sandbox.tmux(&["send-keys", "-t", &id, "Enter"]);
    sandbox.ended("s/w/p");
    let said = "triad: `p` has ended with status 5 after ";
    eventually(said, DEADLINE, || screen(&sandbox, "p").contains(said));
    // A window that a person makes knows nothing of it.
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    sandbox.tmux(&["break-pane", "-d", "-s", &id]);
    sandbox.tmux(&["send-keys", "-t", &id, "Enter"]);
    sandbox.ended("s/w/p");
    eventually("it says so", DEADLINE, || {
        let seen = sandbox.tmux(&["capture-pane", "-p", "-t", &id]);
        seen.trim_end().ends_with("triad: `p` has ended")
    });
}
