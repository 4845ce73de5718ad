//! `restart`: how often and after which pause tmux restarts a command without triad running, when
//! it gives up, and what the pane shows.

use super::{comes_to, screen, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{signal, words};

/// Returns a service that notes each of its starts and keeps running.
fn steady(policy: &str) -> String {
    window(&format!(
        "service \"p\" {{ run \"echo $$ >>starts; exec sleep 1000\"; restart {policy} }}"
    ))
}

/// Returns the process ids of all its starts, once there are that many.
#[track_caller]
fn started(sandbox: &Sandbox, times: usize) -> Vec<String> {
    let mut pids = Vec::new();
    eventually(&format!("{times} starts"), DEADLINE, || {
        let noted = sandbox.read("starts").unwrap_or_default();
        pids = noted.lines().map(str::to_owned).collect();
        pids.len() >= times && noted.ends_with('\n')
    });
    assert_eq!(pids.len(), times, "{pids:?}");
    pids
}

/// Kills the latest process.
#[track_caller]
fn kill(sandbox: &Sandbox, times: usize) {
    let pids = started(sandbox, times);
    signal("KILL", &pids[times - 1]);
}

#[track_caller]
fn shows(sandbox: &Sandbox, text: &str) {
    if sandbox.is_at_least(3, 3) {
        let mut seen = String::new();
        let is_it = crate::support::sandbox::soon(DEADLINE, || {
            seen = screen(sandbox, "p");
            seen.contains(text)
        });
        assert!(is_it, "no {text:?} in {seen}");
    }
}

/// Checks the sign of a failure before tmux 3.3: a page over the pane.
#[track_caller]
fn shows_page(sandbox: &Sandbox, is_there: bool) {
    if !sandbox.is_at_least(3, 3) {
        let mode = if is_there { "view-mode" } else { "" };
        comes_to(sandbox, "p", "#{pane_mode}", mode);
    }
}

#[test]
fn five_kills_restart_and_the_sixth_fails() {
    let sandbox = Sandbox::new();
    sandbox.apply(&steady("\"on-failure\" max=5 within=\"1m\" delay=\"10ms\""));
    for times in 1..=5 {
        kill(&sandbox, times);
    }
    started(&sandbox, 6);
    comes_to(&sandbox, "p", "#{@triad_phase} #{pane_dead}", "started 0");
    kill(&sandbox, 6);
    comes_to(
        &sandbox,
        "p",
        "#{@triad_phase} #{pane_dead} #{@triad_restarts}",
        "failed 1 5",
    );
    shows(
        &sandbox,
        "triad: `p` failed after 5 restarts: signal 9 after ",
    );
    shows_page(&sandbox, true);
    started(&sandbox, 6);
    let ps = sandbox.triad(&["ps"]).exits(0).stdout;
    assert!(words(&ps).contains("s/w/p failed"), "{ps}");
    sandbox.triad(&["ps", "--check"]).exits(8);
    // Both `apply` and `restart` start it again, and the count begins anew.
    sandbox.triad(&["apply"]).exits(0);
    started(&sandbox, 7);
    let counts = "#{@triad_phase} #{@triad_restarts} #{@triad_pause}";
    comes_to(&sandbox, "p", counts, "started 0 10");
    shows_page(&sandbox, false);
    kill(&sandbox, 7);
    started(&sandbox, 8);
    comes_to(&sandbox, "p", counts, "started 1 20");
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    started(&sandbox, 9);
    comes_to(&sandbox, "p", counts, "started 0 10");
}

#[test]
fn restart_revives_a_failed_pane_like_apply() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "service \"p\" { run \"echo $$ >>starts; test -e good || exit 3; exec sleep 1000\"; \
         restart \"always\" max=1 delay=\"1ms\" }",
    ));
    sandbox.triad(&["apply"]).exits(4);
    comes_to(&sandbox, "p", "#{@triad_phase}", "failed");
    shows(
        &sandbox,
        "triad: `p` failed after 1 restart: status 3 after ",
    );
    sandbox.file("good", "");
    sandbox.triad(&["restart", "p", "--yes"]).exits(0);
    started(&sandbox, 3);
    comes_to(
        &sandbox,
        "p",
        "#{@triad_phase} #{@triad_restarts} #{pane_dead}",
        "started 0 0",
    );
}

#[test]
fn the_pauses_grow_up_to_the_longest() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "service \"p\" { run \"date +%s%3N >>starts; exit 1\"; \
         restart \"on-failure\" max=4 delay=\"100ms\" max-delay=\"400ms\" }",
    ));
    sandbox.triad(&["apply", "--no-wait"]);
    comes_to(
        &sandbox,
        "p",
        "#{@triad_phase} #{@triad_restarts} #{@triad_pause}",
        "failed 4 400",
    );
    let times = started(&sandbox, 5);
    let times: Vec<u64> = times.iter().map(|time| time.parse().unwrap()).collect();
    let pauses: Vec<u64> = times.windows(2).map(|two| two[1] - two[0]).collect();
    for (pause, least) in std::iter::zip(&pauses, [100, 200, 400, 400]) {
        // tmux and `date` each round to a millisecond.
        assert!(*pause + 2 >= least, "{pauses:?}");
    }
}

#[test]
fn a_long_run_resets_the_counters() {
    let sandbox = Sandbox::new();
    sandbox.apply(&steady("\"always\" max=2 within=\"1m\" delay=\"1ms\""));
    let since = |text: &str| {
        let id = told(&sandbox, "p", "#{pane_id}");
        sandbox.tmux(&["set-option", "-p", "-t", &id, "@triad_since", text]);
    };
    let counts = "#{@triad_phase} #{@triad_restarts} #{@triad_pause}";
    kill(&sandbox, 1);
    started(&sandbox, 2);
    kill(&sandbox, 2);
    started(&sandbox, 3);
    comes_to(&sandbox, "p", counts, "started 2 4");
    // As if it had run since the year 2001.
    since("1000000000");
    kill(&sandbox, 3);
    started(&sandbox, 4);
    comes_to(&sandbox, "p", counts, "started 1 2");
    // A clock that was set back, and a start without a record, do not count as a long run.
    since("9000000000");
    kill(&sandbox, 4);
    started(&sandbox, 5);
    comes_to(&sandbox, "p", counts, "started 2 4");
    since("");
    kill(&sandbox, 5);
    comes_to(&sandbox, "p", counts, "failed 2 4");
    started(&sandbox, 5);
}

#[test]
fn without_within_all_restarts_count() {
    let sandbox = Sandbox::new();
    sandbox.apply(&steady("\"always\" max=1 within=\"none\" delay=\"1ms\""));
    kill(&sandbox, 1);
    started(&sandbox, 2);
    let id = told(&sandbox, "p", "#{pane_id}");
    sandbox.tmux(&["set-option", "-p", "-t", &id, "@triad_since", "1000000000"]);
    kill(&sandbox, 2);
    comes_to(&sandbox, "p", "#{@triad_phase}", "failed");
}

#[test]
fn a_pane_stopped_before_its_restart_stays_stopped() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "service \"p\" { run \"echo $$ >>starts; exit 1\"; restart \"always\" delay=\"1s\" }",
    ));
    sandbox.triad(&["apply", "--no-wait"]);
    comes_to(&sandbox, "p", "#{pane_dead}", "1");
    let ends = sandbox.triad(&["stop", "p", "--yes"]).exits(0);
    // The pause is over when tmux has let twice as much pass.
    let mark = "set-option -g @later 1";
    sandbox.tmux(&["run-shell", "-b", "-d", "2", "-C", mark]);
    comes_to(&sandbox, "p", "#{@later}", "1");
    assert_eq!(
        told(&sandbox, "p", "#{@triad_phase} #{pane_dead}"),
        "stopped 1",
        "{}",
        ends.stdout
    );
    started(&sandbox, 1);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let plan = sandbox.triad(&["apply"]).exits(0);
    assert!(plan.stdout.contains("nothing to do"), "{}", plan.stdout);
    started(&sandbox, 1);
    // Only a request starts it.
    sandbox.triad(&["start", "p", "--no-wait"]);
    eventually("the program is started", DEADLINE, || {
        sandbox.read("starts").unwrap_or_default().lines().count() > 1
    });
}

#[test]
fn a_pane_shows_when_it_restarts() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "service \"p\" { run \"exit 7\"; restart \"on-failure\" max=3 delay=\"90s\" }",
    ));
    sandbox.triad(&["apply", "--no-wait"]);
    comes_to(&sandbox, "p", "#{pane_dead} #{@triad_restarts}", "1 1");
    shows(&sandbox, "`p` exited with status 7 after ");
    shows(&sandbox, " s; restart 1 of 3 in 90 s");
}

#[test]
fn a_success_is_shown_despite_a_restart_policy() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "task \"p\" { run \"exit 0\"; restart \"on-failure\" }",
    ));
    sandbox.triad(&["apply"]).exits(0);
    shows(&sandbox, "triad: `p` exited with status 0 after ");
    assert_eq!(
        told(&sandbox, "p", "#{@triad_phase} #{@triad_restarts}"),
        "started 0"
    );
}

#[test]
fn on_exit_comes_after_the_last_restart() {
    let sandbox = Sandbox::new();
    let failing = |on_exit: &str| {
        window(&format!(
            "pane \"stays\"\nservice \"p\" on-exit=\"{on_exit}\" {{ \
             run \"echo $$ >>starts; exit 7\"; restart \"on-failure\" max=2 delay=\"1ms\" }}"
        ))
    };
    sandbox.manifest(&failing("shell"));
    sandbox.triad(&["apply", "--no-wait"]);
    comes_to(
        &sandbox,
        "p",
        "#{@triad_phase} #{@triad_left} #{pane_dead}",
        "failed 7: 0",
    );
    eventually("the shell says so", DEADLINE, || {
        screen(&sandbox, "p").contains("triad: `p` failed after 2 restarts: status 7; its output")
    });
    started(&sandbox, 3);
    sandbox.triad(&["down", "--yes"]).exits(0);
    sandbox.manifest(&failing("close"));
    sandbox.triad(&["apply", "--no-wait"]);
    eventually("the pane is gone", DEADLINE, || {
        !sandbox.panes().contains_key("s/w/p")
    });
    started(&sandbox, 6);
}

#[test]
fn panes_that_end_at_once_all_restart() {
    let sandbox = Sandbox::new();
    let services = (1..=12).map(|number| {
        format!(
            "service \"p{number}\" {{ run \"exit 1\"; restart \"always\" max=4 delay=\"20ms\" }}"
        )
    });
    sandbox.manifest(&window(&services.collect::<Vec<_>>().join("\n")));
    sandbox.triad(&["apply", "--no-wait"]);
    let mut phases = Vec::new();
    let are_failed = crate::support::sandbox::soon(DEADLINE, || {
        let panes = sandbox.panes().into_values();
        phases = panes.map(|pane| pane.phase).collect();
        phases.len() == 12 && phases.iter().all(|phase| phase == "failed")
    });
    assert!(are_failed, "{phases:?}");
}

#[test]
fn a_text_chosen_by_a_person_stays() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window("pane \"stays\""));
    if !sandbox.is_at_least(3, 3) {
        return;
    }
    sandbox.tmux(&["set-option", "-g", "remain-on-exit-format", "gone, alas"]);
    sandbox.manifest(&window(
        "pane \"stays\"\nservice \"p\" { run \"exit 7\"; restart \"on-failure\" max=1 delay=\"1ms\" }",
    ));
    sandbox.triad(&["apply", "--no-wait"]);
    comes_to(&sandbox, "p", "#{@triad_phase}", "failed");
    shows(&sandbox, "gone, alas");
}

#[test]
fn a_policy_of_an_earlier_release_is_changed_in_place() {
    let sandbox = Sandbox::new();
    sandbox.apply(&steady("\"always\""));
    let pids = started(&sandbox, 1);
    let before = sandbox.panes();
    sandbox.manifest(&steady("\"always\" within=\"2m\" max-delay=\"1m\""));
    let plan = words(&sandbox.triad(&["plan"]).exits(0).stdout);
    assert!(
        plan.contains("max 5 within 120s, delay 1s growing to 60s"),
        "{plan}"
    );
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(sandbox.panes(), before);
    assert_eq!(started(&sandbox, 1), pids);
}

#[test]
fn a_task_whose_pane_is_closed_by_hand_runs_again() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        "pane \"stays\"\ntask \"p\" { run \"echo $$ >>starts\" }",
    ));
    sandbox.triad(&["apply"]).exits(0);
    sandbox.ended("s/w/p");
    sandbox.triad(&["apply"]).exits(0);
    started(&sandbox, 1);
    let id = told(&sandbox, "p", "#{pane_id}");
    sandbox.tmux(&["kill-pane", "-t", &id]);
    sandbox.triad(&["apply"]).exits(0);
    started(&sandbox, 2);
}
