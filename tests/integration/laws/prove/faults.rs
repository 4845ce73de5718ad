//! Faults at every step: each call of tmux and each line of each script fails, once or from there
//! on. The report is true, one clean run repairs it, and nothing else is touched, ended or left
//! behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use super::numbers::Numbers;
use super::{Runs, Tally};
use crate::laws::kill::{addresses_of, ours};
use crate::support::sandbox::{DEADLINE, Ran, Sandbox, SeenPane, eventually, run};
use crate::support::seen::{assert_same, identity};
use crate::support::standin::{Break, Fault};

const RUNS: Runs = Runs {
    small: 7,
    large: u64::MAX,
};
/// The time limit of a hanging call.
const PATIENCE: &str = "2s";

const BEFORE: &str = r#"
layout "shop"
env { TOKEN secret=#true }
session "web" {
    window "main" {
        columns {
            service "db" size="40%" title="The database" {
                run "sleep" "1001"
                ready every="20ms" { exec "true" }
            }
            rows {
                pane "api" { run "sleep" "1002"; needs "db" }
                pane "log" { run "exec sleep 1003" }
                pane "old" { run "sleep" "1006" }
            }
        }
    }
    window "tools" {
        pane "key" { run "sleep" "1007" }
        task "setup" { run "true" }
    }
}
session "jobs" { window "main" { pane "worker" { run "sleep" "1004"; needs "setup" } } }
"#;

/// `BEFORE` after an afternoon's work: started, ended, changed, moved, renamed, reordered.
const AFTER: &str = r#"
layout "shop"
env { TOKEN secret=#true }
session "web" {
    window "kit" was="tools" {
        task "setup" { run "true" }
        pane "key" title="Key" { run "sleep" "1007" }
    }
    window "main" {
        rows {
            pane "log" { run "exec sleep 1003" }
            columns {
                service "db" size="30%" title="The database" {
                    run "sleep" "2001"
                    ready every="20ms" { exec "true" }
                }
                pane "front" was="api" { run "sleep" "1002"; needs "db" }
                pane "cache" { run "sleep" "1005"; needs "db" }
            }
        }
    }
    window "extra" { pane "worker" { run "sleep" "1004"; needs "setup" } }
}
"#;

/// The action during a fault.
pub struct Scenario {
    pub name: &'static str,
    before: Option<&'static str>,
    manifest: &'static str,
    pub verb: &'static str,
    /// The panes that keep running, with their addresses before and after.
    lives: &'static [(&'static str, &'static str)],
    /// The programs that are running at the end.
    programs: &'static [&'static str],
}

pub const SCENARIOS: [Scenario; 3] = [
    Scenario {
        name: "creation",
        before: None,
        manifest: BEFORE,
        verb: "apply",
        lives: &[],
        programs: &["1001", "1002", "1003", "1004", "1006", "1007"],
    },
    Scenario {
        name: "edit",
        before: Some(BEFORE),
        manifest: AFTER,
        verb: "apply",
        lives: &[
            ("web/main/api", "web/main/front"),
            ("web/main/log", "web/main/log"),
            ("web/tools/key", "web/kit/key"),
            ("web/tools/setup", "web/kit/setup"),
            ("jobs/main/worker", "web/extra/worker"),
        ],
        programs: &["1002", "1003", "1004", "1005", "1007", "2001"],
    },
    Scenario {
        name: "down",
        before: Some(BEFORE),
        manifest: BEFORE,
        verb: "down",
        lives: &[],
        programs: &[],
    },
];

#[test]
fn a_creation_survives_a_fault_at_any_step() {
    prove(&SCENARIOS[0]);
}

#[test]
fn an_edit_survives_a_fault_at_any_step() {
    prove(&SCENARIOS[1]);
}

#[test]
fn a_down_survives_a_fault_at_any_step() {
    prove(&SCENARIOS[2]);
}

/// Tries every fault at every place, or the requested number of them.
#[track_caller]
fn prove(scenario: &Scenario) {
    let mut tally = Tally::default();
    let mut all = scenario.faults();
    let seeds = RUNS.seeds();
    let wanted = usize::try_from(RUNS.count()).unwrap_or(usize::MAX);
    if wanted < all.len() {
        let mut numbers = Numbers::new(seeds.start);
        let chosen = (0..wanted).map(|_| all.swap_remove(numbers.below(all.len())));
        all = chosen.collect();
    }
    for fault in all {
        tally.runs += 1;
        match super::caught(|| scenario.check(fault)) {
            Ok(was_met) => tally.faults += u64::from(was_met),
            Err(text) => tally.fail(format!("{}: {fault:?}: {text}", scenario.name)),
        }
        if tally.is_enough() {
            break;
        }
    }
    tally.close(&format!("faults of {}", scenario.name));
}

impl Scenario {
    /// Returns a sandbox in which the scenario can begin.
    pub fn begun(&self) -> Sandbox {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.root().join("tmp")).expect("the sandbox is writable");
        sandbox.foreign("foreign");
        if let Some(before) = self.before {
            sandbox.manifest(before);
            run(&mut triad(&sandbox, &["apply", "--yes"])).exits(0);
            sandbox.ended("web/tools/setup");
        }
        sandbox.manifest(self.manifest);
        sandbox
    }

    /// Returns all faults.
    fn faults(&self) -> Vec<Break> {
        let sandbox = self.begun();
        let scripts = sandbox.scripts(triad(&sandbox, &[self.verb, "--yes"]));
        let mut faults = Vec::new();
        for (at, lines) in (1..).zip(scripts) {
            for lasts in [false, true] {
                for fault in Fault::ALL.into_iter().chain(Fault::ANSWERS) {
                    // A dead process is not killed again.
                    if !(lasts && (fault.kills_triad() || fault.ends_server())) {
                        faults.push(Break {
                            fault,
                            at,
                            line: 0,
                            lasts,
                        });
                    }
                }
            }
            for line in 1..=lines {
                let of_line = Fault::LINES.map(|fault| Break {
                    fault,
                    at,
                    line,
                    lasts: false,
                });
                faults.extend(of_line);
            }
        }
        faults
    }

    /// Runs once with a fault and once without; returns false if the fault was not reached.
    fn check(&self, how: Break) -> bool {
        let sandbox = self.begun();
        let foreign = sandbox.dump(&["foreign"]);
        let (before, live) = (ours(&sandbox), sandbox.panes());
        let mut faulty = triad(&sandbox, &[self.verb, "--yes", "--json"]);
        if how.fault == Fault::Hang {
            faulty.env("TRIAD_TMUX_TIMEOUT", PATIENCE);
        }
        let Some(ran) = sandbox.with_break(how, faulty) else {
            return false;
        };
        eventually("no call of tmux is left", DEADLINE, || {
            !sandbox.is_running("stand-in/tmux")
        });
        let fault = how.fault;
        assert!(
            ran.status != 101 && !ran.stderr.contains("panicked"),
            "{ran:#?}"
        );
        let is_killed = ran.status == 128 + 9;
        assert_eq!(fault.kills_triad(), is_killed, "{ran:#?}");
        if !is_killed && !fault.ends_server() {
            if ran.status == 1 {
                assert_eq!(
                    before,
                    ours(&sandbox),
                    "exit code 1 means that nothing was changed: {ran:#?}"
                );
            }
            self.assert_true(&sandbox, &ran);
        }
        let again = run(&mut triad(&sandbox, &[self.verb, "--yes"]));
        assert_eq!(again.status, 0, "{ran:#?}\nthen {again:#?}");
        self.assert_whole(&sandbox);
        if !fault.ends_server() {
            assert_same(&foreign, &sandbox.dump(&["foreign"]), "the fault");
            self.assert_lives(&sandbox, &live);
        }
        true
    }

    /// Checks that no process ended without need.
    pub fn assert_lives(&self, sandbox: &Sandbox, live: &BTreeMap<String, SeenPane>) {
        let after = sandbox.panes();
        for (from, to) in self.lives {
            assert_eq!(
                identity(&live[*from]),
                identity(&after[*to]),
                "{from} lives on as {to}"
            );
        }
    }

    /// Checks that everything reported as done is done: no plan includes it again.
    fn assert_true(&self, sandbox: &Sandbox, ran: &Ran) {
        let lines = ran.stdout.lines();
        let events: Vec<serde_json::Value> = lines
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect();
        let done: BTreeSet<u64> = events
            .iter()
            .filter(|event| event["event"] == "done" || event["event"] == "started")
            .filter_map(|event| event["step"].as_u64())
            .collect();
        let planned = events.iter().find(|event| event["event"] == "plan");
        let planned = planned.map(steps).unwrap_or_default();
        if self.verb == "down" {
            let live = sandbox.panes();
            let left = planned.iter().filter(|(step, address, action)| {
                done.contains(step) && action == "stop" && live.contains_key(address)
            });
            let left: Vec<_> = left.collect();
            assert!(
                left.is_empty(),
                "reported as stopped, but alive: {left:?}: {ran:#?}"
            );
            return;
        }
        let plan = run(&mut triad(sandbox, &["plan", "--json"]));
        let plan: serde_json::Value = serde_json::from_str(&plan.stdout).expect("a plan");
        let open = steps(&plan);
        let is_open = |address: &str, action: &str| {
            open.iter()
                .any(|(_, of, what)| of == address && what == action)
        };
        // A window with a program that was not started is laid out once more.
        let lies = planned.iter().filter(|(step, address, action)| {
            done.contains(step) && action != "arrange" && is_open(address, action)
        });
        let lies: Vec<_> = lies.collect();
        assert!(
            lies.is_empty(),
            "reported as done: {lies:?}, but open: {open:?}: {ran:#?}"
        );
        assert!(
            ran.status != 0 || open.is_empty(),
            "exit code 0 means that all is done: {ran:#?} {open:?}"
        );
    }

    /// Checks that everything wanted is there, complete, and nothing else: no pane, process or
    /// file.
    pub fn assert_whole(&self, sandbox: &Sandbox) {
        let is_up = self.verb == "apply";
        if is_up {
            let setup = sandbox
                .panes()
                .into_keys()
                .find(|address| address.ends_with("/setup"));
            sandbox.ended(&setup.expect("the setup pane"));
            run(&mut triad(sandbox, &["plan", "--check"])).exits(0);
        }
        let wanted = if is_up {
            addresses_of(self.manifest)
        } else {
            BTreeSet::new()
        };
        let seen: BTreeSet<String> = sandbox.panes().into_keys().collect();
        assert_eq!(wanted, seen);
        let panes = ours(sandbox);
        let is_whole = panes
            .iter()
            .all(|pane| pane.contains(" started ") && !pane.contains("[]"));
        assert!(is_whole && panes.len() == wanted.len(), "{panes:#?}");
        let programs = || -> Vec<String> {
            let running = sandbox.running("sleep ").into_iter();
            let mut numbers: Vec<String> = running
                .filter_map(|line| Some(line.split_once("sleep ")?.1.trim().to_owned()))
                .filter(|number| number != "3001")
                .collect();
            numbers.sort();
            numbers
        };
        eventually(
            &format!("{:?} run, and no others", self.programs),
            DEADLINE / 4,
            || programs() == self.programs,
        );
        let mut files = files_below(&sandbox.root().join("tmp"));
        for folder in fs::read_dir(sandbox.root().join("s"))
            .expect("the sandbox's")
            .flatten()
        {
            files.extend(files_below(&folder.path()));
        }
        // A killed triad leaves its locks behind, which are free.
        let lock = format!("{}.triad-lock", sandbox.socket_name());
        files.retain(|file| file != sandbox.socket_name() && !file.starts_with(&lock));
        assert!(files.is_empty(), "left behind: {files:?}");
    }
}

/// Runs triad with a secret to pass, and its own folder for files it may leave.
pub fn triad(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sandbox.triad_command(arguments);
    command
        .env("TOKEN", "a secret")
        .env("TMPDIR", sandbox.root().join("tmp"));
    command
}

/// Returns the number, address and action of each step.
fn steps(plan: &serde_json::Value) -> Vec<(u64, String, String)> {
    let steps = plan["steps"].as_array().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let step = |step: &serde_json::Value| {
        let number = step["step"].as_u64().expect("a number");
        (number, text(&step["address"]), text(&step["action"]))
    };
    steps.map(step).collect()
}

fn files_below(folder: &std::path::Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect()
}
