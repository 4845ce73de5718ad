//! `--only`: a part of a layout, with its needs; everything else is unchanged, and a full apply
//! keeps every process of the part.

use crate::support::sandbox::Sandbox;
use crate::support::seen::{assert_same, pids, renewed, words};

const BEFORE: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "api" { run "sleep" "1001" }
            pane "old" { run "sleep" "1002" }
        }
    }
    window "tools" { pane "shell"; pane "gone" { run "sleep" "1005" } }
}
session "data" { window "main" { service "db" { run "sleep" "1003" }; pane "log" { run "sleep" "1004" } } }
"#;

const AFTER: &str = r#"
layout "shop"
session "web" {
    options { status-left "new" }
    window "main" titles="top" {
        columns {
            service "api" size="70%" { run "sleep" "2001"; needs "db" }
            rows {
                pane "new" { run "sleep" "2002" }
                pane "newer" { run "sleep" "2003" }
            }
        }
    }
    window "more" { pane "x" { run "sleep" "2006" } }
    window "tools" title="saws" { pane "shell" title="my shell" }
}
session "data" {
    window "main" {
        pane "log" { run "sleep" "2004" }
        service "db" { run "sleep" "2005" }
    }
}
session "later" { window "main" { pane "y" } }
"#;

/// Checks that a second run does nothing, and a full apply keeps the part's processes.
#[track_caller]
fn converges(sandbox: &Sandbox, arguments: &[&str], started: &[&str]) {
    let again = [&["plan", "--check"], arguments].concat();
    let ran = sandbox.triad(&again);
    // An unwanted pane has no address once it is gone.
    let expected = if arguments == ["--only", "gone"] {
        64
    } else {
        0
    };
    assert_eq!(ran.status, expected, "{arguments:?}: {}", ran.stdout);
    let part = pids(sandbox);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    let renewed = renewed(&part, sandbox);
    for address in started {
        assert!(part.contains_key(*address), "{address} was started");
        assert!(
            !renewed.iter().any(|other| other == address),
            "{address} was started twice"
        );
    }
    let ran = sandbox.triad(&["plan", "--check"]);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert_eq!(sandbox.sessions(), ["data", "later", "web"]);
}

/// Checks the renewed panes of a part of an applied layout, and then the rest.
#[track_caller]
fn check(only: &[&str], expected: &[&str], gone: &[&str]) {
    let sandbox = Sandbox::new();
    sandbox.apply(BEFORE);
    let before = pids(&sandbox);
    sandbox.manifest(AFTER);
    let arguments: Vec<&str> = only
        .iter()
        .flat_map(|address| ["--only", *address])
        .collect();
    let ran = sandbox
        .triad(&[&["apply", "--yes"], &arguments[..]].concat())
        .exits(0);
    assert_eq!(
        renewed(&before, &sandbox),
        expected,
        "{only:?}: {}",
        ran.stdout
    );
    let after = pids(&sandbox);
    let lost: Vec<&String> = before
        .keys()
        .filter(|address| !after.contains_key(*address))
        .collect();
    assert_eq!(lost, gone, "{only:?}");
    converges(&sandbox, &arguments, expected);
}

#[test]
fn a_part_is_applied_with_its_needs_and_nothing_else() {
    check(
        &["web/main"],
        &[
            "data/main/db",
            "web/main/api",
            "web/main/new",
            "web/main/newer",
        ],
        &["web/main/old"],
    );
    check(&["newer"], &["web/main/newer"], &[]);
    check(
        &["newer", "web/main/new"],
        &["web/main/new", "web/main/newer"],
        &[],
    );
    check(&["api"], &["data/main/db", "web/main/api"], &[]);
    check(&["data"], &["data/main/db", "data/main/log"], &[]);
    check(&["x", "y"], &["later/main/y", "web/more/x"], &[]);
    check(&["gone"], &[], &["web/tools/gone"]);
    check(&["*/tools"], &[], &["web/tools/gone"]);
}

#[test]
fn panes_outside_of_the_part_are_not_touched() {
    let sandbox = Sandbox::new();
    sandbox.apply(BEFORE);
    let before = sandbox.dump(&["web"]);
    sandbox.manifest(AFTER);
    let ran = sandbox.triad(&["plan", "--only", "data/main/db"]).exits(0);
    let told = words(&ran.stdout);
    assert!(
        told.contains("9 panes are left alone (--only)"),
        "{}",
        ran.stdout
    );
    assert!(!told.contains("session web"), "{}", ran.stdout);
    sandbox.triad(&["apply", "--only", "data"]).exits(7);
    sandbox
        .triad(&["apply", "--yes", "--only", "data"])
        .exits(0);
    assert_same(
        &before,
        &sandbox.dump(&["web"]),
        "an apply of another session",
    );
    // Panes of a partly selected window keep their place, name and process.
    let shell = sandbox.panes()["web/tools/shell"].clone();
    let name = sandbox.listed(&["list-windows", "-t", "=web:", "-F", "#{window_name}"]);
    sandbox
        .triad(&["apply", "--yes", "--only", "shell"])
        .exits(0);
    assert_eq!(sandbox.panes()["web/tools/shell"], shell);
    assert_eq!(
        sandbox.listed(&["list-windows", "-t", "=web:", "-F", "#{window_name}"]),
        name
    );
    let titles = sandbox.tmux(&["show-options", "-p", "-t", &shell.id, "@triad_title"]);
    assert!(
        titles.contains("my shell"),
        "the tags of the selected pane are written: {titles}"
    );
}

#[test]
fn the_first_apply_may_be_of_a_part() {
    for (only, expected) in [
        (
            "web/main",
            vec![
                "data/main/db",
                "web/main/api",
                "web/main/new",
                "web/main/newer",
            ],
        ),
        ("web/main/newer", vec!["web/main/newer"]),
        ("*/*/x", vec!["web/more/x"]),
    ] {
        let sandbox = Sandbox::new();
        sandbox.manifest(AFTER);
        sandbox.triad(&["apply", "--only", only]).exits(0);
        assert_eq!(pids(&sandbox).into_keys().collect::<Vec<_>>(), expected);
        converges(&sandbox, &["--only", only], &expected);
    }
}

#[test]
fn a_foreign_session_outside_of_the_part_does_not_matter() {
    let sandbox = Sandbox::new();
    sandbox.foreign("data");
    let before = sandbox.dump(&["data"]);
    sandbox.manifest(AFTER);
    sandbox.triad(&["apply"]).exits(7);
    sandbox.triad(&["apply", "--only", "x"]).exits(0);
    // Its needs are in a session of others.
    sandbox.triad(&["apply", "--only", "api"]).exits(7);
    let ran = sandbox.triad(&["apply", "--only", "datta"]).exits(64);
    assert!(
        words(&ran.stderr).contains("did you mean `data`?"),
        "{}",
        ran.stderr
    );
    assert_same(&before, &sandbox.dump(&["data"]), "a refusal");
}

#[test]
fn a_pane_of_a_moving_window_may_move_first() {
    let pair = "window \"w\" { columns { pane \"a\" { run \"sleep\" \"1001\" }; pane \"b\" { run \"sleep\" \"1002\" } } }";
    let sandbox = Sandbox::new();
    sandbox.apply(&format!("session \"s\" {{ {pair}; window \"k\" }}"));
    let before: Vec<u32> = pids(&sandbox).into_values().collect();
    let after = format!("session \"s\" {{ window \"k\" }}\nsession \"t\" {{ {pair} }}");
    sandbox.manifest(&after);
    sandbox.triad(&["apply", "--only", "t/w/a"]).exits(0);
    let seen: Vec<String> = pids(&sandbox).into_keys().collect();
    assert_eq!(seen, ["s/k/shell", "s/w/b", "t/w/a"]);
    sandbox
        .triad(&["plan", "--check", "--only", "t/w/a"])
        .exits(0);
    sandbox.triad(&["apply"]).exits(0);
    let seen = pids(&sandbox);
    assert_eq!(
        seen.keys().collect::<Vec<_>>(),
        ["s/k/shell", "t/w/a", "t/w/b"]
    );
    let mut seen: Vec<u32> = seen.into_values().collect();
    let mut before = before;
    seen.sort_unstable();
    before.sort_unstable();
    assert_eq!(seen, before);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn removals_by_hand_outside_of_the_part_do_not_matter() {
    let sandbox = Sandbox::new();
    sandbox.apply(BEFORE);
    let gone = sandbox.panes()["web/tools/gone"].clone();
    sandbox.tmux(&["new-session", "-d", "-s", "hand", "--", "cat", "-"]);
    sandbox.tmux(&["join-pane", "-d", "-s", &gone.id, "-t", "=hand:"]);
    sandbox.tmux(&["kill-pane", "-a", "-t", &gone.id]);
    // Taking it back would empty that session.
    sandbox.triad(&["apply", "--yes"]).exits(7);
    sandbox
        .triad(&["apply", "--yes", "--only", "gone"])
        .exits(7);
    sandbox
        .triad(&["plan", "--check", "--only", "data"])
        .exits(0);
    // It is no longer wanted, and stays where it is.
    sandbox.manifest(&BEFORE.replace("; pane \"gone\" { run \"sleep\" \"1005\" }", ""));
    sandbox.triad(&["apply", "--yes"]).exits(7);
    sandbox.triad(&["apply", "--no-prune"]).exits(0);
    assert_eq!(sandbox.panes()["web/tools/gone"].pid, gone.pid);
}
