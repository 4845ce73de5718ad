//! A secret is in the environment of the programs, probes and hooks that the manifest gives it to,
//! and of no other process; it is in no argument at all. Every verb runs, in random order, while
//! stand-ins record the start of each program found by its name and everything sent to tmux;
//! meanwhile the processes of the machine are sampled again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::numbers::Numbers;
use super::{Runs, Tally};
use crate::laws::verbs;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run, soon};
use crate::support::seen::signal;
use crate::support::terminal::Terminal;

/// The orders of the verbs.
const RUNS: Runs = Runs {
    small: 1,
    large: 20,
};

/// Each secret, and the panes that get it: an address, or a prefix of some.
const SECRETS: [(&str, &[&str]); 11] = [
    ("SESSION_KEY", &["web/"]),
    ("WINDOW_KEY", &["web/main/"]),
    ("SPLIT_KEY", &["web/main/db", "web/main/api"]),
    ("DB_KEY", &["web/main/db"]),
    ("TYPED_KEY", &["web/main/typed"]),
    ("TEMPLATE_KEY", &["web/jobs/keyed"]),
    ("TASK_KEY", &["web/jobs/setup"]),
    ("OVER_KEY", &["web/jobs/over"]),
    ("LATE_KEY", &["late/main/late"]),
    // A client of tmux gets the variables of its language, and those in `update-environment`.
    ("LC_KEY", &["web/main/api"]),
    ("UPDATED_KEY", &["web/main/api", "bare/main/other"]),
];

/// They get the caller's whole environment.
const HOOKS: [&str; 4] = ["before-apply", "after-apply", "before-down", "after-down"];

/// `RECORD` records its start, `TRIAD` is triad.
const LAYOUT: &str = r##"
layout "shop"
hooks {
    before-apply "record before-apply"
    after-apply "record after-apply"
    before-down "record before-down"
    after-down "record after-down"
}
template "keyed" { env { TEMPLATE_KEY secret=#true }; run "record keyed; exec sleep 1001" }
session "web" {
    env { SESSION_KEY secret=#true }
    tmux-hook "client-attached" "run-shell -b 'RECORD tmux-hook'"
    window "main" {
        env { WINDOW_KEY secret=#true optional=#true }
        columns {
            rows {
                env { SPLIT_KEY secret=#true }
                service "db" {
                    env { DB_KEY secret=#true }
                    run "record db; TRIAD report --status up; exec sleep 1002"
                    ready every="20ms" { exec "record probe" }
                    stop { run "record stop; kill $TRIAD_PID" }
                }
                service "api" {
                    env { LC_KEY secret=#true; UPDATED_KEY from="env" }
                    run "sh" "-c" "record api; exec sleep 1003"
                    needs "db" restart=#true
                }
            }
            pane "typed" { env { TYPED_KEY secret=#true }; type "RECORD typed" }
        }
    }
    window "jobs" {
        service "keyed" use="keyed"
        task "setup" { env { TASK_KEY secret=#true }; run "record setup" }
        agent "over" on-exit="shell" { env { OVER_KEY secret=#true }; run "record over" }
    }
}
session "bare" {
    window "main" {
        pane "shell"
        pane "other" { env { UPDATED_KEY secret=#true }; run "record" "other" }
        pane "plain" { run "record plain; exec sleep 1004" }
        service "again" {
            run "record again; test -e again || { : >again; exit 3; }; exec sleep 1005"
            restart "on-failure" delay="10ms"
        }
        service "hidden" {
            run "record hidden; exec env -i sleep 1006"
            stop { run "record stop-hidden; kill $TRIAD_PID" }
        }
    }
}
session "late" profile="late" {
    window "main" {
        pane "late" { env { LATE_KEY secret=#true }; run "record late; exec sleep 1007" }
    }
}
"##;

/// The calls of triad in random order, each with its exit status if that is not 0. The layout runs
/// before and after.
const DEEDS: &[&str] = &[
    "check; check --json; check --explain no-session",
    "fmt; fmt --check; fmt --diff",
    "render; render --print-template",
    "schema; schema --format markdown; schema --format json",
    "init --list; init --stdout --yes",
    "plan; plan --commands; --json plan; plan --check",
    "-v plan --replace db; 2 plan --check --profile late",
    "plan --out saved --profile late; show saved; show --commands saved; apply saved; apply --yes",
    "graph; graph --live; graph --format dot; graph --format mermaid",
    "graph --of plan; graph --of plan --format dot; --json graph --of plan --live",
    "graph --of removal; graph --of removal --format mermaid --live",
    "explain web; explain web/main; explain db; --json explain db",
    "ps; ps shop; ps --all; ps --check; --json ps web/*; ps --watch",
    "wait db; wait shop db; wait --for started api; 8 wait --line nothing --timeout 50ms db",
    "apply --profile late; stop db; start --no-wait db; -C .. wait shop db; apply --yes",
    "-C .. ps shop",
    "1 report ready; 1 report --status fine",
    "apply; apply --no-wait; apply --adopt; apply --relayout; -v --json apply",
    "apply --yes --replace db; apply --yes --only db; apply --no-prune",
    "apply --profile late; apply --yes",
    "send shell true; send shell typed true; 7 send setup true; send shell --key Enter",
    "capture db; capture web --history; --json capture shell; capture shop --html",
    "exec db -- record db; exec shop api -- record api; exec web/main/typed -- record typed",
    "OTHER apply --yes; apply --yes",
    "OTHER restart --yes web/*/*; apply --yes",
    "up; apply --attach; attach; attach shop; attach web; attach --read-only bare; attach triad.kdl",
    "stop db; start db",
    "stop shop db; start --no-wait db; apply",
    "stop --with-dependents --yes db; start api",
    "stop hidden; start hidden",
    "apply --profile late; -C .. stop shop hidden; start hidden; apply --yes",
    "restart --yes db; restart setup; restart --yes typed over",
    "restart --with-dependents --yes db",
    "down --yes; apply",
    "apply --profile late; -C .. down --yes shop; apply",
    "watch --yes --heal",
];

/// The programs that stand-ins must have seen at least, each with its secret.
const MET: [(&str, &str); 22] = [
    ("db", "DB_KEY"),
    ("db", "SESSION_KEY"),
    ("api", "SPLIT_KEY"),
    ("api", "WINDOW_KEY"),
    ("api", "UPDATED_KEY"),
    ("other", "UPDATED_KEY"),
    ("typed", "TYPED_KEY"),
    ("keyed", "TEMPLATE_KEY"),
    ("setup", "TASK_KEY"),
    ("over", "OVER_KEY"),
    ("late", "LATE_KEY"),
    ("probe", "DB_KEY"),
    ("stop", "DB_KEY"),
    ("before-apply", "DB_KEY"),
    ("after-apply", "DB_KEY"),
    ("before-down", "DB_KEY"),
    ("after-down", "DB_KEY"),
    ("again", ""),
    ("plain", ""),
    ("stop-hidden", ""),
    ("tmux-hook", ""),
    ("mkfifo", ""),
];

#[test]
fn only_the_intended_programs_see_a_secret() {
    let mut tally = Tally::default();
    for seed in RUNS.seeds() {
        let about = format!("TRIAD_SEED={seed} TRIAD_PROVE=1");
        let mut scan = Scan::new();
        let ran = super::caught(|| scan.run(seed));
        tally.runs += scan.calls;
        for (leak, call) in &scan.leaks {
            tally.fail(format!("{about}: {call}: {leak}"));
        }
        if let Err(text) = ran {
            tally.fail(format!("{about}: {text}"));
        }
        if tally.is_enough() {
            break;
        }
    }
    tally.close("secrets");
}

#[test]
fn every_verb_is_scanned() {
    for verb in verbs() {
        let calls = DEEDS.iter().flat_map(|deed| deed.split("; "));
        let mut words = calls.flat_map(|call| call.split(' '));
        assert!(words.any(|word| word == verb), "`{verb}` is not run");
    }
}

/// The start of a process: its words, and its environment line by line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Process {
    words: String,
    environment: String,
}

/// One order of verbs, and the findings.
struct Scan {
    sandbox: Sandbox,
    /// Each leak, with the call of triad during which it was first seen.
    leaks: BTreeMap<String, String>,
    calls: u64,
    /// The records of stand-ins with a secret, or without: their names, and its.
    met: BTreeSet<(String, &'static str)>,
    /// The length of each record when it was read.
    read: BTreeMap<PathBuf, u64>,
    /// Whether a sample has found a secret where it may be.
    has_sampled: bool,
}

/// The suffix of records of what is sent to tmux.
const SENT: &str = ".sent";

impl Scan {
    fn new() -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.config("set -ga update-environment UPDATED_KEY\n");
        for folder in ["records", "bin"] {
            fs::create_dir(sandbox.root().join(folder)).expect("a new folder");
        }
        let note = format!(
            "file='{}'/$label.$$\n\
             {{ /usr/bin/env; printf '\\036'; printf '%s\\n' \"$0\" \"$@\"; }} >>\"$file\"\n",
            sandbox.root().join("records").display()
        );
        // The input of tmux is recorded, too.
        sandbox.call_through(&format!(
            "label=tmux\n{note}\
             case \"$*\" in *source-file*)\n\
             /bin/cat >\"$file{SENT}\"; exec \"$real\" \"$@\" <\"$file{SENT}\" ;;\n\
             esac\n\
             exec \"$real\" \"$@\""
        ));
        make_stand_ins(&sandbox, &note);
        let scan = Scan {
            sandbox,
            leaks: BTreeMap::new(),
            calls: 0,
            met: BTreeSet::new(),
            read: BTreeMap::new(),
            has_sampled: false,
        };
        let exports = scan.variables(false).into_iter();
        let exports = exports.map(|(name, value)| format!("export {name}='{value}'\n"));
        scan.sandbox
            .file("variables.sh", &exports.collect::<String>());
        scan.sandbox.manifest(&scan.layout());
        scan
    }

    fn layout(&self) -> String {
        let record = self.sandbox.root().join("bin/record");
        let layout = LAYOUT.replace("RECORD", &record.to_string_lossy());
        layout.replace("TRIAD ", &format!("{} ", env!("CARGO_BIN_EXE_triad")))
    }

    /// Returns the prefix of every secret of this run.
    fn begins(&self) -> String {
        format!("sEcr3t-{}-", self.sandbox.socket_name())
    }

    /// Returns the part of a secret to search for.
    fn needle(&self, name: &str) -> String {
        format!("{}{name}.", self.begins())
    }

    /// Returns the caller's secrets, or other values, and its PATH.
    fn variables(&self, are_others: bool) -> Vec<(&'static str, String)> {
        let rest = if are_others {
            "other"
        } else {
            "\"$HOME\" `id` #{pid} \\"
        };
        let secrets = SECRETS.iter();
        let secrets = secrets.map(|(name, _)| (*name, format!("{}{rest}", self.needle(name))));
        let path = self.sandbox.root().join("bin").display().to_string();
        secrets.chain([("PATH", path)]).collect()
    }

    fn triad(&self, words: &[&str], has_others: bool) -> Command {
        let mut command = self.sandbox.triad_command(words);
        command.envs(self.variables(has_others));
        command
    }

    /// Runs all verbs in the order of that seed.
    fn run(&mut self, seed: u64) {
        let mut numbers = Numbers::new(seed);
        let mut deeds = DEEDS.to_vec();
        self.during("apply");
        while !deeds.is_empty() {
            let deed = deeds.swap_remove(numbers.below(deeds.len()));
            for call in deed.split("; ") {
                self.during(call);
            }
        }
        self.during("down --yes");
        assert_eq!(self.sandbox.sessions(), [""; 0]);
        let missing = MET
            .iter()
            .filter(|(label, secret)| !self.met.contains(&((*label).to_owned(), secret)));
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "never seen: {missing:?}");
        assert!(self.has_sampled || fs::metadata("/proc/self/environ").is_err());
    }

    /// Runs a call, and samples the processes for secrets.
    fn during(&mut self, call: &str) {
        let (begins, is_over) = (self.begins(), AtomicBool::new(false));
        let (ran, mut seen) = thread::scope(|scope| {
            let sampler = scope.spawn(|| sampled(&begins, &is_over));
            let ran = super::caught(|| self.perform(call));
            is_over.store(true, Ordering::Relaxed);
            (ran, sampler.join().expect("the sampler does not panic"))
        });
        ran.unwrap_or_else(|text| panic!("{call}: {text}"));
        self.has_sampled |= !seen.is_empty();
        seen.extend(self.records());
        let shown = self.sandbox.try_tmux(&["show-environment", "-g"]);
        seen.insert(Process {
            words: "tmux".to_owned(),
            environment: shown.stdout,
        });
        for process in &seen {
            for leak in self.leaks_of(process) {
                self.leaks.entry(leak).or_insert_with(|| call.to_owned());
            }
        }
        self.calls += 1;
    }

    fn perform(&self, call: &str) {
        let mut words: Vec<&str> = call.split(' ').collect();
        let status: i32 = words[0].parse().unwrap_or(0);
        let has_others = words[0] == "OTHER";
        if has_others || status != 0 {
            words.remove(0);
        }
        let is_any = |of: &[&str]| words.iter().any(|word| of.contains(word));
        if is_any(&["watch"]) {
            self.watch(&words);
        } else if is_any(&["attach", "up", "--attach", "--watch"]) {
            self.on_terminal(&words);
        } else {
            run(&mut self.triad(&words, has_others)).exits(status);
        }
    }

    /// Watches while the manifest is edited and, with healing, while a program is killed.
    fn watch(&self, words: &[&str]) {
        let sandbox = &self.sandbox;
        let running = sandbox.start_command(self.triad(words, false));
        running.says("watching");
        if words.contains(&"--heal") {
            let before = sandbox.panes()["web/main/db"].pid;
            signal("KILL", &before.to_string());
            eventually("db is restarted", DEADLINE, || {
                let panes = sandbox.panes();
                panes["web/main/db"].pid != before && panes["web/main/db"].phase == "started"
            });
        }
        let is_there = || {
            let panes = sandbox.panes();
            panes
                .get("late/main/late")
                .is_some_and(|pane| pane.phase == "started")
        };
        sandbox.manifest(&self.layout().replace(" profile=\"late\"", ""));
        eventually("the new session exists", DEADLINE, is_there);
        sandbox.manifest(&self.layout());
        eventually("the new session is removed again", DEADLINE, || !is_there());
        eventually("everything is done", DEADLINE, || {
            run(&mut self.triad(&["plan", "--check"], false)).status == 0
        });
        running.signal("INT");
        running.ends().exits(130);
    }

    /// Runs triad on a terminal, and detaches it from the session.
    fn on_terminal(&self, words: &[&str]) {
        let line = format!("(. ./variables.sh; exec $triad {})", words.join(" "));
        let terminal = Terminal::new(&self.sandbox, (100, 30), &line);
        if words.contains(&"--watch") {
            terminal.shows("typed");
            terminal.types(&["C-c"]);
            return terminal.shows("code 130");
        }
        let mut clients = Vec::new();
        eventually("the client is attached", DEADLINE, || {
            let listed = self
                .sandbox
                .try_tmux(&["list-clients", "-F", "#{client_name}"]);
            clients = listed.stdout.lines().map(str::to_owned).collect();
            !clients.is_empty()
        });
        self.sandbox.tmux(&["detach-client", "-t", &clients[0]]);
        terminal.shows("code 0");
    }

    /// Returns the new records of stand-ins. Unfinished ones are read again.
    fn records(&mut self) -> Vec<Process> {
        let folder = fs::read_dir(self.sandbox.root().join("records")).expect("the folder exists");
        let mut records = Vec::new();
        for entry in folder.flatten() {
            let length = entry.metadata().expect("the file exists").len();
            if self.read.insert(entry.path(), length) == Some(length) {
                continue;
            }
            let text = fs::read(entry.path()).expect("the file exists");
            let text = String::from_utf8_lossy(&text);
            let name = entry.file_name().to_string_lossy().into_owned();
            let parts = match text.split_once('\u{1e}') {
                // The input of tmux has no environment.
                None if name.ends_with(SENT) => Some(("", &*text)),
                parts => parts,
            };
            let Some((environment, words)) = parts else {
                continue;
            };
            let label = name.split('.').next().unwrap_or_default();
            let has = |name: &&str| environment.contains(&self.needle(name));
            let with = SECRETS.iter().map(|(name, _)| *name).filter(has);
            let met = with.chain([""]).map(|name| (label.to_owned(), name));
            self.met.extend(met.collect::<Vec<_>>());
            records.push(Process {
                words: words.to_owned(),
                environment: environment.to_owned(),
            });
        }
        records
    }

    /// Returns the secrets that the process should not have.
    fn leaks_of(&self, process: &Process) -> Vec<String> {
        let has = |text: &str, name: &str| text.contains(&self.needle(name));
        let in_words = SECRETS.iter().filter(|(name, _)| has(&process.words, name));
        let in_environment = SECRETS
            .iter()
            .filter(|(name, panes)| has(&process.environment, name) && !process.may_have(panes));
        let leak = |what: &str, names: Vec<&str>| {
            let program = process.program();
            (!names.is_empty()).then(|| format!("{what} of `{program}`: {}", names.join(" ")))
        };
        let names = |(name, _): &(&'static str, _)| *name;
        let leaks = [
            leak("in the words", in_words.map(names).collect()),
            leak("in the environment", in_environment.map(names).collect()),
        ];
        leaks.into_iter().flatten().collect()
    }
}

impl Process {
    /// Returns the name of the program, with its first word if that is a verb.
    fn program(&self) -> String {
        let mut words = self.words.lines().skip_while(|word| name(word) == "sh");
        match (words.next().map_or("", name), words.next()) {
            ("-c", Some(line)) => format!("sh -c {line}"),
            ("record", Some(label)) => format!("record {label}"),
            (name, _) => name.to_owned(),
        }
    }

    /// Whether it may have a secret of these panes in its environment.
    fn may_have(&self, panes: &[&str]) -> bool {
        let has = |is_it: &dyn Fn(&str) -> bool| self.words.lines().any(is_it);
        if has(&|word| word == env!("CARGO_BIN_EXE_triad")) {
            return true;
        }
        if has(&|word| name(word).starts_with("tmux")) {
            return false;
        }
        let told = |name: &str| {
            let mut lines = self.environment.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        };
        let command = told("TRIAD_COMMAND").and_then(|mark| mark.split_once(':'));
        let whose = command.map(|(_, name)| name).or_else(|| told("TRIAD_PANE"));
        whose.is_some_and(|whose| {
            HOOKS.contains(&whose) || panes.iter().any(|pane| whose.starts_with(pane))
        })
    }
}

/// Returns the name of the program with this path.
fn name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or_default()
}

/// Replaces each program found by its name with a stand-in, and makes `record`, which only records
/// its start.
fn make_stand_ins(sandbox: &Sandbox, note: &str) {
    let path = std::env::var("PATH").expect("PATH is set");
    let script = sandbox.script(
        "stand-in",
        &format!(
            "label=${{0##*/}}\n{note}\
             path='{path}'; IFS=:\n\
             for folder in $path; do\n\
             [ -x \"$folder/$label\" ] && exec \"$folder/$label\" \"$@\"\n\
             done\n\
             exit 127\n"
        ),
    );
    sandbox.script("bin/record", &format!("label=$1\n{note}"));
    let bin = sandbox.root().join("bin");
    symlink(sandbox.tmux_path(), bin.join("tmux")).expect("the folder is writable");
    let folders = std::env::split_paths(&path).filter_map(|folder| fs::read_dir(folder).ok());
    for program in folders.flatten().flatten() {
        // An existing one has the same name.
        let _ = symlink(&script, bin.join(program.file_name()));
    }
}

/// Samples the processes that contain a text until `is_over`, and once more then.
fn sampled(text: &str, is_over: &AtomicBool) -> BTreeSet<Process> {
    let mut seen = BTreeSet::new();
    soon(Duration::MAX, || {
        let is_last = is_over.load(Ordering::Relaxed);
        seen.extend(with(text));
        is_last
    });
    seen
}

/// Returns the processes of the machine with that text in their words or environment.
fn with(text: &str) -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let read = |name: &str| {
            let bytes = fs::read(entry.path().join(name)).ok()?;
            Some(String::from_utf8_lossy(&bytes).replace('\0', "\n"))
        };
        let (words, environment) = (read("cmdline")?, read("environ")?);
        let process = Process {
            words: words.clone(),
            environment,
        };
        let is_with = words.contains(text) || process.environment.contains(text);
        // One that became another program meanwhile is seen the next time, and so is one that is
        // just becoming one: it has no words yet.
        let is_settled = !words.is_empty() && read("cmdline")? == words;
        (is_with && is_settled).then_some(process)
    });
    found.collect()
}
