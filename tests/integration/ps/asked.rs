//! The layouts and panes that arguments select, and the exit codes.

use std::fs;

use super::rows;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;

const SHOP: &str = r#"
layout "shop"
session "web" {
    window "main" {
        service "db" { run "sleep" "1001" }
        pane "api" { run "sleep" "1002" }
    }
}
"#;
const OTHER: &str = r#"
layout "other"
session "jobs" { window "main" { pane "worker" { run "sleep" "1003" } } }
"#;

const DB: &str = "web/main/db|running|#s|#|sleep 1001|";
const API: &str = "web/main/api|running|#s|#|sleep 1002|";
const WORKER: &str = "jobs/main/worker|running|#s|#|sleep 1003|";

/// Both layouts; `shop` is the one found from here.
fn both() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("other.kdl", OTHER);
    sandbox.triad(&["apply", "other.kdl"]).exits(0);
    sandbox.apply(SHOP);
    sandbox
}

#[test]
fn arguments_select_layouts_and_panes() {
    let sandbox = both();
    for (words, expected) in [
        (&[][..], &[DB, API][..]),
        (&["triad.kdl"], &[DB, API]),
        (&["shop"], &[DB, API]),
        (&["other"], &[WORKER]),
        (&["other.kdl", "worker"], &[WORKER]),
        (&["other", "jobs/*"], &[WORKER]),
        (&["db"], &[DB]),
        (&["web", "db"], &[DB, API]),
        (&["*/*/a*"], &[API]),
        (&["shop", "api"], &[API]),
    ] {
        let ran = sandbox.triad(&[&["ps"], words].concat()).exits(0);
        assert_eq!(rows(&ran), expected, "{words:?}");
    }
    let ran = sandbox.triad(&["ps", "dbb"]).exits(64);
    assert!(ran.stderr.contains("did you mean `db`?"), "{}", ran.stderr);
    // By its name even if none of it is running.
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = sandbox.triad(&["ps", "shop", "db"]).exits(0);
    assert!(
        rows(&ran)[0].starts_with("web/main/db|absent|"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["apply"]).exits(0);
    // A broken or missing manifest does not prevent a look.
    sandbox.manifest("session {");
    sandbox.triad(&["ps"]).exits(65);
    sandbox.triad(&["ps", "db"]).exits(65);
    assert_eq!(rows(&sandbox.triad(&["ps", "shop", "db"]).exits(0)), [DB]);
    fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    assert_eq!(rows(&sandbox.triad(&["ps", "shop"]).exits(0)), [DB, API]);
    let ran = sandbox.triad(&["ps", "elsewhere"]).exits(0);
    assert!(
        ran.stdout.contains("no pane of `elsewhere` runs"),
        "{}",
        ran.stdout
    );
}

#[test]
fn all_layouts_are_shown_separately() {
    let sandbox = both();
    sandbox.foreign("mine");
    let ran = sandbox.triad(&["ps", "--all"]).exits(0);
    let shown = ran
        .stdout
        .lines()
        .map(|line| line.split("  ").next().unwrap_or_default());
    let shown: Vec<&str> = shown.collect();
    assert_eq!(
        shown,
        [
            "ADDRESS",
            "other",
            "jobs/main/worker",
            "shop",
            "web/main/db",
            "web/main/api"
        ]
    );
    let ran = sandbox.triad(&["ps", "--all", "worker"]).exits(0);
    assert!(!ran.stdout.contains("api"), "{}", ran.stdout);
    sandbox.triad(&["down", "other", "--yes"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = sandbox.triad(&["ps", "--all"]).exits(0);
    assert!(ran.stdout.contains("no layout runs"), "{}", ran.stdout);
}

#[test]
fn without_a_manifest_at_hand_or_with_several_all_layouts_are_shown() {
    let sandbox = both();
    let shows_all = || {
        let ran = sandbox.triad(&["ps"]).exits(0);
        assert_eq!(ran.stdout, sandbox.triad(&["ps", "--all"]).exits(0).stdout);
        assert!(ran.stdout.contains("jobs/main/worker"), "{}", ran.stdout);
        assert!(ran.stdout.contains("web/main/api"), "{}", ran.stdout);
    };
    fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    shows_all();
    sandbox.triad(&["ps", "--check"]).exits(0);
    fs::create_dir(sandbox.path("layouts")).unwrap();
    sandbox.file("layouts/a.kdl", SHOP);
    sandbox.file("layouts/b.kdl", OTHER);
    shows_all();
    // Other verbs need to know which one is meant.
    sandbox.triad(&["wait"]).exits(66);
    sandbox.tmux(&["kill-server"]);
    sandbox.triad(&["ps", "--check"]).exits(9);
}

#[test]
fn two_layouts_of_one_name_are_both_shown() {
    let sandbox = Sandbox::new();
    sandbox.file("a.kdl", &SHOP.replace("web", "one"));
    sandbox.file("b.kdl", &SHOP.replace("web", "two"));
    sandbox.triad(&["apply", "a.kdl"]).exits(0);
    sandbox.triad(&["apply", "b.kdl"]).exits(0);
    let ran = sandbox.triad(&["ps", "shop"]).exits(0);
    assert!(
        ran.stdout.contains("a.kdl") && ran.stdout.contains("b.kdl"),
        "{}",
        ran.stdout
    );
    let ran = sandbox.triad(&["ps", "a.kdl"]).exits(0);
    assert!(!ran.stdout.contains("two/main/db"), "{}", ran.stdout);
}

#[test]
fn check_sets_the_exit_code() {
    let sandbox = Sandbox::new();
    let check = |status| {
        let ran = sandbox.triad(&["ps", "--check"]).exits(status);
        assert_eq!(ran.stderr, "");
    };
    sandbox.manifest(SHOP);
    check(9);
    sandbox.apply(SHOP);
    check(0);
    let quiet = sandbox.triad(&["-q", "ps", "--check"]).exits(0);
    assert_eq!(quiet.stdout, "");
    // A pane stopped on purpose is not dead.
    sandbox.triad(&["stop", "db"]).exits(0);
    check(0);
    sandbox.triad(&["ps", "--check", "db"]).exits(9);
    sandbox.triad(&["start", "db"]).exits(0);
    let api = sandbox.panes()["web/main/api"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &api]);
    check(8);
    sandbox.triad(&["ps", "--check", "db"]).exits(0);
    sandbox.triad(&["ps", "--check", "api"]).exits(8);
    // By name alone the missing panes are unknown.
    sandbox.triad(&["ps", "--check", "shop"]).exits(8);
    fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    sandbox.triad(&["ps", "--check", "shop"]).exits(0);
    sandbox.manifest(SHOP);
    sandbox.triad(&["apply"]).exits(0);
    let db = sandbox.panes()["web/main/db"].pid.to_string();
    crate::support::seen::signal("KILL", &db);
    sandbox.ended("web/main/db");
    check(8);
    sandbox.triad(&["stop", "web"]).exits(7);
    sandbox.triad(&["stop", "--yes", "web"]).exits(0);
    check(9);
    sandbox.triad(&["down", "--yes"]).exits(0);
    check(9);
}

#[test]
fn one_look_is_enough() {
    let mut sandbox = both();
    sandbox.count_tmux();
    for words in [
        &["ps"][..],
        &["ps", "other"],
        &["ps", "--all"],
        &["ps", "--json"],
    ] {
        sandbox.triad(words).exits(0);
        let calls = sandbox.take_calls();
        assert_eq!(calls.len(), 1, "{words:?}: {calls:?}");
        assert!(!calls[0].is_writing(), "{calls:?}");
    }
}

#[test]
fn an_unapplied_edit_is_distinguished_from_what_is_running() {
    let sandbox = Sandbox::new();
    sandbox.apply(SHOP);
    let edited = SHOP.replace("\"api\"", "\"rest\"").replace("1001", "2001");
    sandbox.manifest(&edited);
    let ran = sandbox.triad(&["ps"]).exits(0);
    let renamed = "web/main/api|running|#s|#|sleep 1002|in the manifest at web/main/rest";
    assert_eq!(rows(&ran), [DB, renamed]);
    for name in ["rest", "api"] {
        assert_eq!(rows(&sandbox.triad(&["ps", name]).exits(0)), [renamed]);
    }
    sandbox.manifest(&SHOP.replace("pane \"api\" { run \"sleep\" \"1002\" }", "pane \"new\""));
    let ran = sandbox.triad(&["ps"]).exits(0);
    let expected = [
        DB,
        "web/main/new|absent|||a login shell|`triad apply` creates it",
        "web/main/api|running|#s|#|sleep 1002|not in the manifest",
    ];
    assert_eq!(rows(&ran), expected);
}

#[test]
fn watching_needs_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.manifest(SHOP);
    for words in [
        &["ps", "--watch"][..],
        &["ps", "--watch", "--json"],
        &["ps", "--watch", "--check"],
    ] {
        sandbox.triad(words).exits(64);
    }
}

#[test]
fn watching_redraws_changed_lines() {
    let sandbox = Sandbox::new();
    sandbox.apply(SHOP);
    let terminal = Terminal::new(&sandbox, (100, 20), "$triad ps --watch");
    terminal.shows("web/main/db   running");
    sandbox.triad(&["stop", "db"]).exits(0);
    terminal.shows("web/main/db   stopped");
    assert_eq!(terminal.screen().matches("ADDRESS").count(), 1);
    terminal.types(&["C-c"]);
    terminal.shows("code 130");
}

#[test]
fn watching_shows_failures_first_and_ends_with_a_key() {
    let sandbox = Sandbox::new();
    let panes: Vec<String> = (0..12)
        .map(|at| format!("service \"p{at}\" {{ run \"sleep\" \"100{at}\" }}"))
        .collect();
    let panes = panes.join("\n");
    sandbox.apply(&format!(
        "session \"web\" {{ window \"w\" layout=\"tiled\" {{ {panes} }} }}"
    ));
    let last = sandbox.panes()["web/w/p11"].pid.to_string();
    crate::support::seen::signal("KILL", &last);
    sandbox.ended("web/w/p11");
    let line = "stty -a >before; $triad ps --watch; code=$?; stty -a >after; (exit $code)";
    let terminal = Terminal::new(&sandbox, (100, 8), line);
    terminal.shows("and 7 more panes; q quits");
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().collect();
    let begins = ["ADDRESS", "web/w/p11  failed", "web/w/p0   running"];
    let is_so = |(line, begin): (&&str, &str)| line.starts_with(begin);
    assert!(lines.iter().zip(begins).all(is_so), "{screen}");
    terminal.types(&["x", "q"]);
    terminal.shows("code 0");
    assert_eq!(sandbox.read("before"), sandbox.read("after"));
}

#[test]
fn watching_fits_a_terminal_however_small() {
    let sandbox = Sandbox::new();
    sandbox.apply(SHOP);
    let terminal = Terminal::new(&sandbox, (20, 5), "$triad ps --watch");
    terminal.shows("…/api");
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().take(3).collect();
    let begins = ["ADDRESS", "…/db", "…/api"];
    let is_so = |(line, begin): (&&str, &str)| line.starts_with(begin) && line.ends_with('…');
    assert!(lines.iter().zip(begins).all(is_so), "{screen}");
    terminal.types(&["C-c"]);
}
