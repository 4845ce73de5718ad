//! The laws of triad, each on a real tmux: it never touches what others made, running processes
//! survive, a second apply does nothing, the plan matches the result, reading changes nothing,
//! every wait ends.

mod foreign;
mod kill;
mod lives;
mod prove;
mod steps;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::{assert_same, events, identity, words};

/// Two sessions with splits, needs, a probe that succeeds at once, a task and a shell.
const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" size="40%" title="The database" {
                run "sleep" "1001"
                ready every="20ms" { exec "true" }
            }
            rows {
                pane "api" { run "sleep" "1002"; needs "db" }
                pane "log" { run "exec sleep 1003"; }
            }
        }
    }
    window "tools" {
        pane "shell"
        task "setup" { run "true" }
    }
}
session "jobs" {
    window "main" { pane "worker" { run "sleep" "1004"; needs "setup" } }
}
"#;

/// `LAYOUT` after an afternoon's work: changed, added, removed, moved, reordered.
const EDITED: &str = r#"
layout "shop"
session "web" {
    window "tools" {
        task "setup" { run "true" }
        pane "shell" cwd="/"
    }
    window "main" {
        rows {
            pane "log" title="Log" { run "exec sleep 1003"; }
            columns {
                service "db" size="30%" title="The database" {
                    run "sleep" "2001"
                    ready every="20ms" { exec "true" }
                }
                pane "cache" { run "sleep" "1005"; needs "db" }
            }
        }
    }
    window "extra" { rows { pane "worker" { run "sleep" "1004"; needs "setup" }; pane "more" } }
}
"#;

#[test]
fn the_second_apply_asks_once_and_writes_nothing() {
    for count in [3, 60] {
        let mut sandbox = Sandbox::new();
        sandbox.count_tmux();
        sandbox.apply(&many(count));
        let first = sandbox.take_calls();
        assert!(
            first.len() <= 3,
            "{count} panes took {} tmux processes: {first:?}",
            first.len()
        );
        let before = (sandbox.identities(), sandbox.dump_all());
        assert_eq!(before.0.len(), count);
        for arguments in [
            &["apply"][..],
            &["apply", "--yes"],
            &["plan"],
            &["plan", "--check"],
        ] {
            let ran = sandbox.triad(arguments).exits(0);
            let calls = sandbox.take_calls();
            assert_eq!(calls.len(), 1, "{arguments:?} of {count} panes: {calls:?}");
            assert!(!calls[0].is_writing(), "{arguments:?} wrote: {calls:?}");
            assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
        }
        sandbox.triad(&["check"]).exits(0);
        assert_eq!(sandbox.take_calls(), [], "check needs no tmux");
        assert_eq!(before.0, sandbox.identities());
        assert_same(&before.1, &sandbox.dump_all(), "applying again");
    }
}

/// A layout of that many panes in a chain of needs, in windows of ten.
fn many(count: usize) -> String {
    let mut text = "layout \"many\"\n".to_owned();
    for window in 0..count.div_ceil(10) {
        let panes = window * 10..count.min(window * 10 + 10);
        let pane = |pane: usize| match pane {
            0 => "pane \"p0\" { run \"sleep\" \"1000\" }\n".to_owned(),
            _ => format!(
                "pane \"p{pane}\" {{ run \"sleep\" \"1000\"; needs \"p{}\" }}\n",
                pane - 1
            ),
        };
        let panes: String = panes.map(pane).collect();
        let columns = format!("columns {{ {panes} }}");
        text.push_str(&format!(
            "session \"s{window}\" {{ window \"w\" {{ {columns} }} }}\n"
        ));
    }
    text
}

#[test]
fn an_apply_that_waited_is_idempotent_too() {
    let mut sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/tools/setup");
    let before = sandbox.dump_all();
    sandbox.count_tmux();
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    assert_eq!(sandbox.take_calls().len(), 1);
    assert_same(&before, &sandbox.dump_all(), "applying again");
}

#[test]
fn the_deepest_splits_are_applied_once() {
    let deep = (1..=36)
        .rev()
        .fold("pane \"last\"".to_owned(), |inside, level| {
            let (split, size) = match level % 2 {
                0 => ("rows", 1),
                _ => ("columns", 4),
            };
            format!("{split} {{ pane \"p{level}\" size={size}\n{inside}\n }}")
        });
    let sandbox = Sandbox::new();
    sandbox.apply(&format!(
        "session \"web\" {{ window \"main\" {{ {deep} }} }}"
    ));
    let ran = sandbox
        .triad(&["plan", "--check", "--out", "plan"])
        .exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    let shown = sandbox.triad(&["show", "plan"]).exits(0);
    assert!(ran.stdout.starts_with(shown.stdout.trim_end()));
}

/// Every verb that reads, in its forms, for the layouts of this file. They run in this order.
const READING: &[&[&str]] = &[
    &["check"],
    &["check", "--json"],
    &["plan"],
    &["plan", "--commands"],
    &["plan", "--json"],
    &["-v", "plan"],
    &["plan", "--out", "saved.json"],
    &["show", "saved.json"],
    &["explain", "web"],
    &["explain", "--json", "web/main"],
    &["explain", "db"],
    &["graph"],
    &["graph", "--live"],
    &["graph", "--of", "plan", "--live"],
    &["graph", "--json", "--of", "removal", "--live"],
    &["ps"],
    &["ps", "--json", "web/*/db"],
    &["ps", "--all"],
    &["render"],
    &["fmt", "--diff"],
    &["schema"],
    &["init", "--list"],
];

/// The verbs that read panes, which must be there.
const READING_PANES: &[&[&str]] = &[
    &["capture", "web"],
    &["capture", "db", "web/tools/setup", "--history", "--ansi"],
    &["capture", "db", "--json"],
    &["capture", "db", "--html"],
];

/// The other verbs, which write, or run commands.
const WRITING: &[&str] = &[
    "apply", "up", "down", "attach", "start", "stop", "restart", "report", "wait", "watch", "send",
    "exec",
];

/// Returns all verbs in the help.
#[track_caller]
fn verbs() -> Vec<String> {
    let help = Sandbox::new().triad(&["--help"]).exits(0).stdout;
    let verbs = crate::support::verbs(&help).into_iter();
    verbs.map(str::to_owned).collect()
}

#[test]
fn every_verb_is_known_to_read_or_to_write() {
    for verb in verbs() {
        let verb = verb.as_str();
        let mut reading = READING.iter().chain(READING_PANES);
        let reads = reading.any(|words| words.contains(&verb));
        assert_ne!(reads, WRITING.contains(&verb), "`{verb}` reads, or writes");
    }
}

#[test]
fn reading_changes_nothing() {
    let sandbox = Sandbox::new();
    let tmux = sandbox.stand_in_that_only_reads();
    let read = |arguments: &[&str]| -> Ran {
        let mut command = sandbox.triad_command(arguments);
        run(command.env("TRIAD_TMUX", &tmux))
    };
    sandbox.manifest(LAYOUT);
    for verb in READING {
        read(verb).exits(0);
    }
    assert_eq!(sandbox.sessions(), [""; 0], "no server was started");
    sandbox.apply(LAYOUT);
    sandbox.ended("web/tools/setup");
    let before = sandbox.dump_all();
    for manifest in [LAYOUT, EDITED] {
        sandbox.manifest(manifest);
        for verb in READING.iter().chain(READING_PANES) {
            read(verb).exits(0);
            assert_same(&before, &sandbox.dump_all(), &format!("{verb:?}"));
        }
    }
    let wrote = std::fs::read_to_string(sandbox.root().join("wrote"));
    assert!(wrote.is_err(), "a reading verb tried to write: {wrote:?}");
    // A writing verb would fail on this stand-in.
    assert_ne!(read(&["apply", "--yes"]).status, 0);
}

#[test]
fn reading_runs_no_program_of_the_manifest() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "web" {
            window "main" {
                service "db" { run "touch ran"; ready { exec "touch probed" } }
                pane "api" { run "touch" "ran"; needs "db" }
            }
        }
        "#,
    );
    for verb in READING {
        sandbox.triad(verb).exits(0);
    }
    assert_eq!((sandbox.read("ran"), sandbox.read("probed")), (None, None));
}

#[test]
fn a_wait_ends_at_its_deadline_with_its_reason() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "web" {
            window "main" {
                service "db" {
                    run "echo first words; echo last words; exec sleep 1000"
                    ready every="20ms" deadline="1s" { exec "echo still cold; exit 3" }
                }
                pane "api" { run "sleep" "1001"; needs "db" }
                pane "other" { run "sleep" "1002" }
            }
        }
        "#,
    );
    let ran = sandbox.triad(&["apply"]).exits(4);
    for expected in ["db", "not ready after", "still cold", "last words", "api"] {
        assert!(
            words(&ran.stdout).contains(expected),
            "`{expected}` is missing: {}",
            ran.stdout
        );
    }
    let phases = || -> Vec<String> {
        sandbox
            .panes()
            .into_values()
            .map(|pane| pane.phase)
            .collect()
    };
    assert_eq!(
        phases(),
        ["pending", "started", "started"],
        "api, db, other"
    );
    let before = sandbox.panes();
    // Run again, it waits again; the running program does not restart.
    let ran = sandbox.triad(&["apply", "--json"]).exits(4);
    let events = events(&ran);
    let gave_up = events.iter().find(|event| event["event"] == "not-ready");
    let gave_up = gave_up.unwrap_or_else(|| panic!("{events:#?}"));
    assert_eq!(gave_up["address"], "web/main/db");
    assert!(
        gave_up["why"]
            .as_str()
            .expect("a text")
            .contains("still cold")
    );
    let after = sandbox.panes();
    for same in ["web/main/db", "web/main/other"] {
        assert_eq!(identity(&before[same]), identity(&after[same]));
    }
}

#[test]
fn a_hanging_probe_times_out_each_time() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        session "web" {
            window "main" {
                service "db" {
                    run "sleep" "1000"
                    ready every="20ms" timeout="200ms" deadline="1s" { exec "sleep 1111" }
                }
            }
        }
        "#,
    );
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert!(
        words(&ran.stdout).contains("timed out after"),
        "{}",
        ran.stdout
    );
    eventually("the probe's own program is gone", DEADLINE, || {
        !sandbox.is_running("sleep 1111")
    });
}
