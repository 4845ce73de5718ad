//! A person at work in the layout's windows and in windows of their own while triad applies, edits
//! and takes down: nothing of theirs is lost, each run ends with a true report, and once they stop,
//! one apply reaches the manifest.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, soon};

/// The maximum number of the person's actions, and the number of triads that run meanwhile.
const DEEDS_MAX: usize = 6_000;
const RUNS: usize = 14;
/// The person's pause between two actions: fifty a second.
const PAUSE: Duration = Duration::from_millis(20);
/// The time limit of each triad.
const RUN_MAX: Duration = Duration::from_secs(30);

const LAYOUTS: [&str; 3] = [
    r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            rows { service "db" { run "sleep" "1001" }; service "api" { run "sleep" "1002"; needs "db" } }
            pane "shell"
        }
    }
    window "tools" { pane "one" { run "sleep" "1003" }; pane "two" { run "sleep" "1004" } }
}
session "jobs" { window "main" { service "worker" { run "sleep" "1005" } } }
"#,
    r#"
layout "shop"
session "web" {
    window "main" {
        rows {
            service "db" title="data" { run "sleep" "1001" }
            pane "one" { run "sleep" "1003" }
            service "api" { run "sleep" "2002"; needs "db" }
        }
    }
    window "tools" { pane "two" { run "sleep" "1004" }; pane "shell" }
    window "late" { pane "new" { run "sleep" "1006" } }
}
"#,
    r#"
layout "shop"
session "jobs" { window "main" { service "worker" { run "sleep" "1005" }; pane "shell" } }
session "web" {
    window "tools" { columns { pane "two" { run "sleep" "1004" }; service "db" { run "sleep" "1001" } } }
}
"#,
];

/// A reproducible source of numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        (!things.is_empty()).then(|| &things[self.roll(things.len())])
    }
}

/// Runs tmux as a person: errors about missing objects are ignored.
fn call(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let mut command: Command = sandbox.command(tmux());
    command
        .args(["-u", "-L", sandbox.socket_name()])
        .args(arguments);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.expect("tmux runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn tmux() -> String {
    std::env::var("TRIAD_TMUX").unwrap_or_else(|_| "tmux".to_owned())
}

/// Makes one change. The person's own panes are those without a tag; those they kill leave `own`.
fn deed(sandbox: &Sandbox, dice: &mut Dice, own: &mut BTreeSet<String>) {
    let listing = call(
        sandbox,
        &[
            "list-panes",
            "-a",
            "-F",
            "#{pane_id} #{window_id} #{session_id}",
        ],
    );
    let panes: Vec<Vec<&str>> = listing
        .lines()
        .map(|line| line.split(' ').collect())
        .collect();
    let Some(ids) = dice.of(&panes).filter(|ids| ids.len() == 3) else {
        return;
    };
    let (pane, session) = (ids[0], ids[2]);
    let other = dice.of(&panes).map_or(pane, |ids| ids[0]);
    match dice.roll(14) {
        0 | 1 => {
            let split = [
                "split-window",
                "-d",
                "-t",
                pane,
                "-P",
                "-F",
                "#{pane_id}",
                "--",
                "sleep",
                "3009",
            ];
            own.insert(call(sandbox, &split).trim().to_owned());
        }
        2 => {
            let new = [
                "new-window",
                "-d",
                "-t",
                session,
                "-P",
                "-F",
                "#{pane_id}",
                "--",
                "sleep",
                "3009",
            ];
            own.insert(call(sandbox, &new).trim().to_owned());
        }
        3 | 4 => {
            // Mostly their own, so that the number does not grow.
            let mine: Vec<&String> = own.iter().collect();
            let victim = match dice.roll(4) {
                0 => pane.to_owned(),
                _ => dice.of(&mine).map_or(pane.to_owned(), |id| (*id).clone()),
            };
            own.remove(&victim);
            call(sandbox, &["kill-pane", "-t", &victim]);
        }
        _ => rearrange(sandbox, dice, ids, other),
    }
    own.remove("");
}

/// Moves, resizes and renames objects.
fn rearrange(sandbox: &Sandbox, dice: &mut Dice, ids: &[&str], other: &str) {
    let (pane, window) = (ids[0], ids[1]);
    let words: &[&str] = match dice.roll(9) {
        0 => &["rename-window", "-t", window, "mine"],
        1 => &["resize-pane", "-t", pane, "-x", "20"],
        2 => &["resize-pane", "-t", pane, "-Z"],
        3 => &["swap-pane", "-d", "-s", pane, "-t", other],
        4 => &["select-layout", "-t", window, "tiled"],
        5 => &["break-pane", "-d", "-s", pane],
        6 => &["join-pane", "-d", "-s", pane, "-t", other],
        7 => &["resize-window", "-t", window, "-x", "90", "-y", "30"],
        _ => &["select-pane", "-t", pane],
    };
    call(sandbox, words);
}

/// Works until told to stop, and returns the panes that must still be there.
fn person(sandbox: &Sandbox, seed: u64, stops: &AtomicBool) -> BTreeSet<String> {
    let mut dice = Dice(seed);
    let mut own = BTreeSet::new();
    for _ in 0..DEEDS_MAX {
        let begun = Instant::now();
        if stops.load(Ordering::Relaxed) {
            break;
        }
        deed(sandbox, &mut dice, &mut own);
        soon(PAUSE.saturating_sub(begun.elapsed()), || false);
    }
    own
}

/// Checks that a run reports only what it may.
#[track_caller]
fn is_honest(ran: &Ran, took: Duration, what: &str) {
    let said = format!("{what}: {}\n{}\n{}", ran.status, ran.stdout, ran.stderr);
    assert!(took < RUN_MAX, "{took:?} {said}");
    assert!([0, 1, 3, 4, 7].contains(&ran.status), "{said}");
    for bad in ["panicked", "RUST_BACKTRACE", "Ref::", "Pane(Address"] {
        assert!(!said.contains(bad), "{said}");
    }
    if ran.status != 0 {
        let is_told = [
            "failed",
            "not started",
            "not ready",
            "triad: ",
            "left running",
            "exited with",
        ];
        assert!(
            is_told.iter().any(|word| said.contains(word)),
            "no reason: {said}"
        );
    }
}

fn beside_a_person(seed: u64) {
    let sandbox = Sandbox::new();
    // A session of the person's own keeps the server alive.
    sandbox.foreign("mine");
    sandbox.manifest(LAYOUTS[0]);
    let stops = AtomicBool::new(false);
    let (statuses, own) = thread::scope(|scope| {
        let works = scope.spawn(|| person(&sandbox, seed, &stops));
        let mut statuses = Vec::new();
        for run in 0..RUNS {
            let begun = Instant::now();
            let (what, ran) = if run % 5 == 4 {
                (
                    "down",
                    sandbox.triad(&["down", "--yes", "--timeout", "300ms"]),
                )
            } else {
                sandbox.manifest(LAYOUTS[run % LAYOUTS.len()]);
                ("apply", sandbox.triad(&["apply", "--yes"]))
            };
            is_honest(
                &ran,
                begun.elapsed(),
                &format!("seed {seed}, run {run}, {what}"),
            );
            statuses.push(ran.status);
        }
        stops.store(true, Ordering::Relaxed);
        (statuses, works.join().expect("the person does not panic"))
    });
    let there: BTreeSet<String> = call(&sandbox, &["list-panes", "-a", "-F", "#{pane_id}"])
        .lines()
        .map(str::to_owned)
        .collect();
    let lost: Vec<&String> = own.difference(&there).collect();
    assert!(
        lost.is_empty(),
        "seed {seed}: triad removed what it did not create: {lost:?}"
    );
    converges(&sandbox, seed, &statuses);
}

/// The fields of panes to show if one apply was not enough.
const THERE: &str = "#{session_name} #{window_id} #{pane_id} #{pane_index} #{s/ .*//:@triad_pane} \
    #{@triad_phase} #{window_zoomed_flag} #{window_layout}";

/// Checks that one apply is enough, and after a `down` nothing of triad's is left.
#[track_caller]
fn converges(sandbox: &Sandbox, seed: u64, statuses: &[i32]) {
    // A session of theirs that contains only a pane of triad's would end without it, and triad
    // refuses to take it from there.
    call(
        sandbox,
        &["new-window", "-d", "-t", "=mine:", "--", "sleep", "3009"],
    );
    let there = ["list-panes", "-a", "-F", THERE];
    let there = call(sandbox, &there);
    let commands = sandbox.triad(&["plan", "--commands"]).stdout;
    let ran = sandbox.triad(&["apply", "--yes"]);
    let said = format!(
        "seed {seed} {statuses:?}\n{there}\n{commands}\n{}\n{}",
        ran.stdout, ran.stderr
    );
    assert_eq!(ran.status, 0, "{said}");
    let plan = sandbox.triad(&["plan", "--check"]);
    assert_eq!(plan.status, 0, "{said}\n{}", plan.stdout);
    sandbox
        .triad(&["down", "--yes", "--timeout", "1s"])
        .exits(0);
    assert!(sandbox.panes().is_empty(), "{:?}", sandbox.panes());
    soon(DEADLINE, || !sandbox.is_running("sleep 1"));
    let left = sandbox.running("sleep 1");
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_person_in_the_same_windows_loses_nothing_and_blocks_nothing() {
    let seed = std::env::var("TRIAD_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    beside_a_person(seed.unwrap_or(0x5eed));
}

#[test]
fn there_is_room_next_to_a_pane_of_a_single_row() {
    let sandbox = Sandbox::new();
    let manifest = |more: &str| {
        format!("session \"s\" {{ window \"w\" {{ rows {{ pane \"a\"; pane \"b\"{more} }} }} }}")
    };
    sandbox.apply(&manifest(""));
    sandbox.tmux(&["resize-window", "-t", "=s:w", "-x", "90", "-y", "30"]);
    for _ in 0..3 {
        sandbox.tmux(&[
            "split-window",
            "-d",
            "-t",
            "=s:w.{bottom}",
            "--",
            "sleep",
            "3009",
        ]);
        sandbox.tmux(&["select-layout", "-t", "=s:w", "tiled"]);
    }
    let stacked = "23e9,90x30,0,0[90x15,0,0[90x9,0,0,0,90x1,0,10,1,90x3,0,12,2],90x14,0,16{44x14,0,16,3,45x14,45,16,4}]";
    sandbox.tmux(&["select-layout", "-t", "=s:w", stacked]);
    let panes = sandbox.panes();
    assert_eq!(panes["s/w/b"].size, (90, 1));
    sandbox.apply(&manifest("; pane \"c\"; pane \"d\""));
    assert_eq!(sandbox.panes().len(), 4);
    sandbox.triad(&["plan", "--check"]).exits(0);
}
