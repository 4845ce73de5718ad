//! A missing or malformed tag, or one of another version or kind, is no reason to end a process:
//! each of them, one after the other.

use super::hands::{RUBBISH, TAGS};
use super::{Runs, Tally};
use crate::support::sandbox::Sandbox;

/// Every tag with every value, or with a few of them.
const RUNS: Runs = Runs {
    small: 1,
    large: 150,
};

const LAYOUT: &str = r#"
layout "tags"
session "s" {
    window "one" {
        columns {
            service "a" title="A" { run "sleep" "1001"; ready every="20ms" { exec "true" } }
            pane "b" { run "sleep" "1002"; env { KEY secret=#true }; needs "a" }
        }
    }
    window "two" { pane "c" { run "sleep" "1003" } }
}
"#;

#[test]
fn no_tag_is_a_reason_to_end_a_process() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let triad = |arguments: &[&str]| {
        let mut command = sandbox.triad_command(arguments);
        crate::support::sandbox::run(command.env("KEY", "a secret"))
    };
    triad(&["apply"]).exits(0);
    let processes = || sandbox.listed(&["list-panes", "-a", "-F", "#{pane_id} #{pane_pid}"]);
    let before = processes();
    let mut tally = Tally::default();
    let mut turn = 0;
    for (level, names) in TAGS {
        for name in names {
            turn += 1;
            for (at, value) in RUBBISH.map(Some).into_iter().chain([None]).enumerate() {
                // A small run tries each value with some of the tags.
                if RUNS.count() < RUNS.large && (at + turn) % 4 > 0 {
                    continue;
                }
                tally.runs += 1;
                let show = ["show-options", level, "-v", "-t", "=s:one.0", name];
                let kept = sandbox.try_tmux(&show).stdout.trim_end().to_owned();
                let target = ["set-option", level, "-t", "=s:one.0"];
                match value {
                    Some(value) => sandbox.tmux(&[&target[..], &[name, value]].concat()),
                    None => sandbox.tmux(&[&target[..], &["-u", name]].concat()),
                };
                let about = format!("{name} is {value:?}");
                let ran = triad(&["apply"]);
                let is_mended = ran.status == 0 && triad(&["plan", "--check"]).status == 0;
                let is_refused = ran.status == 7 && ran.stderr.contains("cannot be created");
                if !(is_mended || is_refused) {
                    tally.fail(format!("{about}: {ran:#?}"));
                }
                let after = processes();
                if !before.iter().all(|process| after.contains(process)) {
                    tally.fail(format!("{about}: {before:?} became {after:?}"));
                    return tally.close("tags");
                }
                if !is_mended || after != before {
                    begin_anew(&sandbox, &target, name, &kept, &before);
                    triad(&["apply", "--yes"]).exits(0);
                    assert_eq!(processes(), before, "{about}, then put back");
                }
            }
        }
    }
    tally.close("tags");
}

/// Ends the programs started because a tag was missing, and restores the state.
fn begin_anew(sandbox: &Sandbox, target: &[&str], name: &str, kept: &str, before: &[String]) {
    for line in sandbox.listed(&["list-panes", "-a", "-F", "#{pane_id} #{pane_pid}"]) {
        if !before.contains(&line) {
            let id = line.split(' ').next().unwrap_or_default();
            sandbox.tmux(&["kill-pane", "-t", id]);
        }
    }
    let words = if kept.is_empty() {
        [target, &["-u", name]].concat()
    } else {
        [target, &[name, kept]].concat()
    };
    sandbox.tmux(&words);
}
