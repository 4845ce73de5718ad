//! triad killed at random moments, and applied again and again: one run repairs the effects of a
//! kill, and a server does not grow with the number of applies.

use std::fs;
use std::time::Instant;

use super::faults::{SCENARIOS, triad};
use super::numbers::Numbers;
use super::{Runs, Tally};
use crate::laws::{EDITED, LAYOUT};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run, soon};

const KILLS: Runs = Runs {
    small: 6,
    large: 200,
};
const APPLIES: Runs = Runs {
    small: 20,
    large: 100,
};
/// The maximum growth of the server's memory in the second half of the rounds, in kB.
const GROWTH_MAX: u64 = 512;

#[test]
fn a_kill_at_any_moment_is_repaired_by_one_run() {
    let mut tally = Tally::default();
    let spans = SCENARIOS.map(|scenario| {
        let sandbox = scenario.begun();
        let begun = Instant::now();
        run(&mut triad(&sandbox, &[scenario.verb, "--yes"])).exits(0);
        begun.elapsed()
    });
    for seed in KILLS.seeds() {
        let mut numbers = Numbers::new(seed);
        let at = numbers.below(SCENARIOS.len());
        let (scenario, span) = (&SCENARIOS[at], spans[at]);
        let moment = span.mul_f64(f64::from(numbers.next()) / f64::from(u32::MAX));
        tally.runs += 1;
        let checked = super::caught(|| {
            let sandbox = scenario.begun();
            let live = sandbox.panes();
            let command = triad(&sandbox, &[scenario.verb, "--yes"]);
            let mut running = sandbox.start_command(command);
            let has_ended = soon(moment, || running.has_ended());
            running.signal("KILL");
            let ran = running.ends();
            let again = run(&mut triad(&sandbox, &[scenario.verb, "--yes"]));
            assert_eq!(again.status, 0, "{ran:#?}\nthen {again:#?}");
            scenario.assert_whole(&sandbox);
            scenario.assert_lives(&sandbox, &live);
            u64::from(!has_ended)
        });
        match checked {
            Ok(killed) => tally.faults += killed,
            Err(text) => tally.fail(format!(
                "TRIAD_SEED={seed} TRIAD_PROVE=1: {} killed after {moment:?}: {text}",
                scenario.name
            )),
        }
    }
    tally.close("kills");
}

#[test]
fn a_server_does_not_grow_with_applies() {
    let sandbox = Sandbox::new();
    let mut tally = Tally::default();
    sandbox.foreign("foreign");
    let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    let server = server.trim();
    if fs::metadata(format!("/proc/{server}/fd")).is_err() {
        super::say("skipped: there is no /proc to read a server's memory from");
        return;
    }
    let mut seen = Vec::new();
    // Two layouts in turn, each applied once more when there is nothing to do.
    for _ in 0..APPLIES.count().div_ceil(4) {
        for manifest in [LAYOUT, EDITED] {
            sandbox.apply(manifest);
            sandbox.ended("web/tools/setup");
            sandbox.apply(manifest);
            tally.runs += 2;
        }
        let mut descriptors = 0;
        let first = seen.first().map(|(descriptors, _)| *descriptors);
        eventually("the server has closed unneeded files", DEADLINE, || {
            descriptors = fs::read_dir(format!("/proc/{server}/fd")).map_or(0, Iterator::count);
            first.is_none_or(|first| descriptors <= first)
        });
        seen.push((descriptors, memory(server)));
    }
    let settled = seen[seen.len() / 2].1;
    let last = seen[seen.len() - 1].1;
    if last > settled + GROWTH_MAX {
        tally.fail(format!("descriptors and kB, round by round: {seen:?}"));
    }
    tally.close("applies");
}

/// Returns a process's resident memory, in kB.
fn memory(pid: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the server runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number
        .and_then(|number| number.trim().parse().ok())
        .expect("a number")
}
