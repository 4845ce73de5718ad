//! triad is killed while it stops or restarts agents, which no `apply` restarts when they have
//! ended by themselves: the next apply starts those that triad has ended, and nothing else.

use super::{Runs, Tally};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::standin::Fault;

const RUNS: Runs = Runs {
    small: 6,
    large: u64::MAX,
};

const LAYOUT: &str = r#"
layout "shop"
session "s" {
    window "w" {
        agent "a" { run "sleep" "1001" }
        agent "b" { run "sleep" "1002"; stop { keys "C-c" } }
        agent "over" { run "exit 3" }
    }
    window "x" { agent "c" { run "exec sleep 1003" } }
}
"#;

const VERBS: [&[&str]; 2] = [&["down", "--yes"], &["restart", "a", "b", "c"]];

#[test]
fn a_kill_during_down_or_restart_leaves_no_ended_program_dead() {
    let mut tally = Tally::default();
    let kills = [Fault::KillBefore, Fault::KillWithin, Fault::KillAfter];
    let all = VERBS
        .into_iter()
        .flat_map(|verb| kills.map(|fault| (verb, fault)));
    for (verb, fault) in all.take(usize::try_from(RUNS.count()).unwrap_or(usize::MAX)) {
        for at in 1.. {
            let run = super::caught(|| check(verb, fault, at));
            match run {
                Ok(false) => break,
                Ok(true) => {
                    tally.runs += 1;
                    tally.faults += 1;
                }
                Err(text) => {
                    tally.runs += 1;
                    tally.fail(format!("{verb:?}: {fault:?} at call {at}: {text}"));
                }
            }
            if tally.is_enough() {
                break;
            }
        }
    }
    tally.close("kills during down and restart");
}

/// Runs once; returns false if that call was not reached.
fn check(verb: &[&str], fault: Fault, at: usize) -> bool {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    // Whether it notices the failing one depends on timing.
    sandbox.triad(&["apply", "--no-wait"]);
    sandbox.ended("s/w/over");
    let over = sandbox.panes()["s/w/over"].clone();
    let server = || sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    let before = server();
    if sandbox.with_fault(fault, at, verb).is_none() {
        return false;
    }
    eventually("no call of tmux is left", DEADLINE, || {
        !sandbox.is_running("stand-in/tmux")
    });
    // A server that has lost its last session ends a moment later.
    let ran = sandbox.triad(&["apply", "--yes", "--no-wait"]);
    assert!([0, 4].contains(&ran.status), "{ran:?}");
    eventually("all panes that triad ended are running", DEADLINE, || {
        ["sleep 1001", "sleep 1002", "sleep 1003"]
            .iter()
            .all(|program| sandbox.is_running(program))
    });
    let after = sandbox.panes();
    // If all panes were removed, the server has ended with them.
    let is_same_server = before == server();
    if let Some(kept) = after
        .get("s/w/over")
        .filter(|pane| is_same_server && pane.id == over.id)
    {
        assert_eq!(
            kept.pid, over.pid,
            "a pane that ended by itself is unchanged"
        );
    }
    sandbox.triad(&["plan", "--check"]).exits(0);
    true
}
