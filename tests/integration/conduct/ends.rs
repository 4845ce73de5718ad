//! `restart` and `on-exit`: the actions of tmux at the end of a command, without triad running.

use super::{comes_to, is_up, screen, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

/// Returns a command that notes each of its starts, with its arguments, and ends with this status.
fn flaky(status: u32) -> String {
    format!("echo \\\"$PWD\\\" \\\"$GIVEN\\\" $TRIAD_PANE >>starts; exit {status}")
}

fn starts(sandbox: &Sandbox) -> usize {
    sandbox.read("starts").unwrap_or_default().lines().count()
}

#[test]
fn a_failing_program_restarts_up_to_its_limit() {
    let sandbox = Sandbox::new();
    // None of these is code, however often tmux parses them.
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
    // The count begins anew when triad starts it.
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
fn on_failure_ignores_success_and_always_does_not() {
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
fn between_two_starts_a_pane_is_neither_dead_nor_started_twice() {
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
fn a_pane_stopped_by_triad_does_not_restart() {
    let sandbox = Sandbox::new();
    let service = |run: &str| {
        window(&format!(
            "pane \"stays\"\nservice \"p\" {{ run \"{run}\"; restart \"always\" delay=\"1ms\" }}"
        ))
    };
    sandbox.apply(&service("echo >>starts; exec sleep 1000"));
    is_up(&sandbox, "starts");
    sandbox.apply(&service("echo >>starts; exec sleep 2000"));
    eventually("the new program is up", DEADLINE, || starts(&sandbox) == 2);
    assert_eq!(told(&sandbox, "p", "#{@triad_restarts}"), "0");
    sandbox.apply(&window("pane \"stays\""));
    assert_eq!(starts(&sandbox), 2);
}

#[test]
fn a_lost_exit_hook_is_restored() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window(
        "service \"p\" { run \"echo >>starts; exec sleep 1000\"; restart \"always\" delay=\"1ms\" }",
    ));
    is_up(&sandbox, "starts");
    let before = sandbox.panes();
    // As after an interrupted `down`.
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
fn a_shell_replaces_the_program_and_the_status_is_kept() {
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
        seen.contains("printed") && seen.contains("`ok` exited with status 0")
    });
    let shell = told(&sandbox, "ok", "#{pane_pid}");
    // A change in place forgets nothing.
    let held = manifest.replacen(" on-exit=\"shell\"", "", 1);
    sandbox.manifest(&held);
    sandbox.triad(&["apply", "--yes"]);
    sandbox.manifest(&manifest);
    sandbox.triad(&["apply", "--yes"]);
    assert_eq!(told(&sandbox, "ok", "#{@triad_left}"), "0:");
    comes_to(&sandbox, "bad", "#{@triad_left} #{pane_dead}", "3: 0");
    // The finished task stays finished; the failed one restarts, and its shell ends.
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
fn a_closed_pane_is_created_again() {
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
    // tmux 3.2 can miss the end of a program until triad reminds it.
    sandbox.triad(&["ps"]).exits(0);
    comes_to(&sandbox, "p", "#{pane_dead} #{pane_dead_status}", "1 5");
    if sandbox.is_at_least(3, 3) {
        let seen = screen(&sandbox, "p");
        let (_, end) = seen
            .split_once("triad: `p` exited with status 5 after ")
            .unwrap_or_else(|| panic!("{seen}"));
        let seconds = end
            .trim()
            .strip_suffix(" s")
            .and_then(|s| s.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds < 20), "{end}");
    }
}

#[test]
fn by_default_an_ended_command_is_held_with_its_status_and_time() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "pane \"stays\"\ntask \"p\" { run \"exit 0\" }\n\
         task \"q\" { run \"exit 5\" }",
    ));
    // Whether it notices the failing one depends on timing.
    sandbox.triad(&["apply"]);
    sandbox.ended("s/w/p");
    sandbox.ended("s/w/q");
    comes_to(&sandbox, "q", "#{pane_dead} #{pane_dead_status}", "1 5");
    if sandbox.is_at_least(3, 3) {
        for (pane, text) in [("p", "status 0 after "), ("q", "status 5 after ")] {
            let said = format!("triad: `{pane}` exited with {text}");
            eventually(&said, DEADLINE, || screen(&sandbox, pane).contains(&said));
        }
    }
}

#[test]
fn a_held_pane_shows_its_exit_in_any_window() {
    let sandbox = Sandbox::new();
    let held = "pane \"stays\"\npane \"p\" on-exit=\"hold\" { run \"read line; exit 5\" }";
    sandbox.apply(&window(held));
    if !sandbox.is_at_least(3, 3) {
        return;
    }
    let id = told(&sandbox, "p", "#{pane_id}");
    // As releases leave a window that write the whole text on the pane.
    for name in ["remain-on-exit-format", "@triad_clock"] {
        sandbox.tmux(&["set-option", "-wu", "-t", &id, name]);
    }
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    sandbox.tmux(&["send-keys", "-t", &id, "Enter"]);
    sandbox.ended("s/w/p");
    let said = "triad: `p` exited with status 5 after ";
    eventually(said, DEADLINE, || screen(&sandbox, "p").contains(said));
    // A window created by hand has none of it.
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    sandbox.tmux(&["break-pane", "-d", "-s", &id]);
    sandbox.tmux(&["send-keys", "-t", &id, "Enter"]);
    sandbox.ended("s/w/p");
    eventually("the pane shows the end", DEADLINE, || {
        let seen = sandbox.tmux(&["capture-pane", "-p", "-t", &id]);
        seen.contains("Pane is dead (status 5, ")
    });
}
