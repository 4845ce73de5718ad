//! Panes without names: their neighbours are added, removed and swapped, and every pane that is
//! still wanted keeps its process.

use std::collections::{BTreeMap, BTreeSet};

use super::numbers::Numbers;
use super::{Runs, Tally};
use crate::support::sandbox::{DEADLINE, Sandbox, soon};

/// The number of lists of edits, each with [`EDITS`] of them.
const RUNS: Runs = Runs {
    small: 8,
    large: 60,
};
const EDITS: usize = 25;
/// The most panes of one window.
const PANES_MAX: usize = 6;

/// A pane: its command and folder, which others may share, and whether it has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pane {
    seconds: usize,
    folder: &'static str,
    is_named: bool,
}

type Windows = [Vec<Pane>; 2];

fn manifest(windows: &Windows) -> String {
    let mut text = "session \"s\" {\n".to_owned();
    for (name, panes) in ["v", "w"].iter().zip(windows) {
        text.push_str(&format!(
            "    window \"{name}\" layout=\"even-vertical\" {{\n"
        ));
        for pane in panes {
            let name = format!(" \"named-{}\"", pane.seconds);
            let name = if pane.is_named { &name } else { "" };
            let (seconds, folder) = (pane.seconds, pane.folder);
            text.push_str(&format!(
                "        pane{name} cwd=\"{folder}\" {{ run \"sleep\" \"{seconds}\" }}\n"
            ));
        }
        text.push_str("    }\n");
    }
    text + "}\n"
}

/// Makes one edit. Each window keeps a pane, and written names stay unique.
fn edit(windows: &mut Windows, numbers: &mut Numbers) {
    let at = numbers.below(2);
    match numbers.below(6) {
        0 | 1 if windows[at].len() < PANES_MAX => {
            let seconds = 1000 + numbers.below(4);
            let pane = Pane {
                seconds,
                folder: numbers.one_of(&[".", "a", "b"]),
                is_named: false,
            };
            let place = numbers.below(windows[at].len() + 1);
            windows[at].insert(place, pane);
        }
        2 if windows[at].len() > 1 => {
            let place = numbers.below(windows[at].len());
            windows[at].remove(place);
        }
        3 if windows[at].len() > 1 => {
            let place = numbers.below(windows[at].len());
            let pane = windows[at].remove(place);
            windows[1 - at].push(pane);
        }
        4 => {
            let place = numbers.below(windows[at].len());
            let other = windows.iter().flatten();
            let is_taken = other
                .clone()
                .any(|pane| pane.is_named && pane.seconds == windows[at][place].seconds);
            let pane = &mut windows[at][place];
            pane.is_named = !pane.is_named && !is_taken;
        }
        _ => {
            let (a, b) = (
                numbers.below(windows[at].len()),
                numbers.below(windows[at].len()),
            );
            windows[at].swap(a, b);
        }
    }
}

/// The number of wanted panes by command and folder.
fn wanted(windows: &Windows) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for pane in windows.iter().flatten() {
        let command = (format!("sleep {}", pane.seconds), pane.folder.to_owned());
        *counts.entry(command).or_default() += 1;
    }
    counts
}

/// The running processes by command and folder.
fn running(sandbox: &Sandbox) -> BTreeMap<(String, String), BTreeSet<u32>> {
    let mut running: BTreeMap<_, BTreeSet<u32>> = BTreeMap::new();
    for pane in sandbox.panes().values() {
        let line = std::fs::read(format!("/proc/{}/cmdline", pane.pid)).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let folder = std::fs::read_link(format!("/proc/{}/cwd", pane.pid)).unwrap_or_default();
        let folder = folder.strip_prefix(sandbox.path("")).unwrap_or(&folder);
        let folder = match folder.to_string_lossy() {
            name if name.is_empty() => ".".to_owned(),
            name => name.into_owned(),
        };
        let command = (line.trim_end().to_owned(), folder);
        running.entry(command).or_default().insert(pane.pid);
    }
    running
}

/// The same once every program has its own name, which it has not right after its start.
fn settled(
    sandbox: &Sandbox,
    wanted: &BTreeMap<(String, String), usize>,
) -> BTreeMap<(String, String), BTreeSet<u32>> {
    let mut seen = BTreeMap::new();
    soon(DEADLINE, || {
        seen = running(sandbox);
        let counts = seen
            .iter()
            .map(|(command, pids)| (command.clone(), pids.len()));
        counts.collect::<BTreeMap<_, _>>() == *wanted
    });
    seen
}

#[test]
fn edits_around_panes_without_names_end_no_process() {
    let mut tally = Tally::default();
    for seed in RUNS.seeds() {
        let mut numbers = Numbers::new(seed);
        let sandbox = Sandbox::new();
        for folder in ["a", "b"] {
            std::fs::create_dir(sandbox.path(folder)).unwrap();
        }
        let first = |seconds| Pane {
            seconds,
            folder: ".",
            is_named: false,
        };
        let mut windows = [vec![first(1000), first(1001)], vec![first(1000)]];
        sandbox.apply(&manifest(&windows));
        for number in 0..EDITS {
            let counts = wanted(&windows);
            let before = settled(&sandbox, &counts);
            let old = manifest(&windows);
            edit(&mut windows, &mut numbers);
            let (new, now) = (manifest(&windows), wanted(&windows));
            sandbox.manifest(&new);
            let ran = sandbox.triad(&["apply", "--yes"]);
            let after = settled(&sandbox, &now);
            let stay = |command: &(String, String)| {
                let kept = counts.get(command).min(now.get(command)).copied();
                let (was, is) = (&before[command], after.get(command));
                let same = is.map_or(0, |is| was.intersection(is).count());
                same == kept.unwrap_or_default()
            };
            let plan = sandbox.triad(&["plan", "--check"]);
            tally.runs += 1;
            if ran.status != 0 || plan.status != 0 || !before.keys().all(stay) {
                tally.fail(format!(
                    "TRIAD_SEED={seed} TRIAD_PROVE=1, edit {number}:\n{old}to\n{new}{}{}{}",
                    ran.stdout, ran.stderr, plan.stdout
                ));
                break;
            }
        }
        if tally.is_enough() {
            break;
        }
    }
    tally.close("panes without names");
}
