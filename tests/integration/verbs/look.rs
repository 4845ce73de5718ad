//! The look: nothing is wider than the terminal, colour is only colour, the plan is a tree that is
//! readable at any width.

use unicode_width::UnicodeWidthStr;

use super::LAYOUT;
use crate::support::sandbox::{Ran, Sandbox, run};

/// Names, titles and commands of all lengths and scripts.
const WIDE: &str = r#"
layout "a-layout-with-quite-a-long-name-of-more-than-sixty-characters-1"
session "session-with-a-very-long-name-indeed-that-fills-the-line-alone" {
    window "w" title="ein Fenster mit einem sehr langen Titel, der nicht in achtzig Spalten passt, gar nicht" {
        columns {
            pane "日本語の名前はとても広いので気をつけてくださいね" title="🧠 LOGS · 推論エンジン" {
                run "sleep 1001; echo 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"
            }
            pane "short" { run "sh" "-c" "exec sleep 1002" "a-word-that-is-longer-than-any-line-can-be-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }
            service "dies" {
                run "echo 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十; sleep 0.2; exit 3"
                ready deadline="1h" { exec "false" }
            }
            pane "waits" { run "sleep" "1003"; needs "dies" "short" "日本語の名前はとても広いので気をつけてくださいね" }
        }
    }
}
"#;

/// Runs triad as on a screen of that width.
fn at(sandbox: &Sandbox, width: usize, arguments: &[&str]) -> Ran {
    run(sandbox
        .triad_command(arguments)
        .env("COLUMNS", width.to_string()))
}

#[track_caller]
fn check_width(ran: &Ran, width: usize) {
    for line in ran.stdout.lines().chain(ran.stderr.lines()) {
        let cells = plain(line).width();
        // A path that is longer than a line cannot be avoided.
        let is_one_word = plain(line).split_whitespace().count() <= 1;
        assert!(
            cells <= width || is_one_word,
            "{cells} cells are more than {width}: {line}"
        );
    }
}

/// Returns a text without colours.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part
            .split_once('m')
            .unwrap_or_else(|| panic!("not a colour: {part:?}"));
        let is_colour = |c: char| c.is_ascii_digit() || c == ';';
        assert!(
            code.strip_prefix('[')
                .is_some_and(|code| code.chars().all(is_colour)),
            "{part:?}"
        );
        out.push_str(rest);
    }
    out
}

/// Runs each verb in every state, at one width and with one setting of colour.
fn every_output(width: usize, color: &str) -> Vec<Ran> {
    let sandbox = Sandbox::new();
    let mut all = Vec::new();
    let mut see = |manifest: &str, verbs: &[&[&str]]| {
        sandbox.manifest(manifest);
        for verb in verbs {
            let ran = at(&sandbox, width, &[&["--color", color], *verb].concat());
            check_width(&ran, width);
            all.push(ran);
        }
    };
    let mistakes = WIDE
        .replace("columns", "colums")
        .replace("\"short\" {", "\"short\" {{nonsense}} {")
        .replace(
            "needs \"dies\"",
            "needs \"diez-with-a-name-that-goes-on-and-on-and-on\"",
        );
    see(&mistakes, &[&["check"]]);
    see(
        &WIDE.replace("\"sleep\" \"1002\"", "\"no-such-program\""),
        &[&["apply"]],
    );
    see(WIDE, &[&["plan"], &["apply"], &["apply"], &["plan"]]);
    see(
        &WIDE.replace("100", "200").replace("🧠", "🗄️"),
        &[
            &["plan", "--out", "saved"],
            &["show", "saved"],
            &["explain", "dies"],
            &["explain", "short"],
            &["graph", "--live"],
            &["graph", "--of", "plan"],
            &["graph", "--of", "removal", "--live"],
            &[
                "explain",
                "session-with-a-very-long-name-indeed-that-fills-the-line-alone/w",
            ],
            &["apply"],
            &["-v", "apply", "--yes"],
            &["apply", "saved"],
        ],
    );
    see(LAYOUT, &[&["plan"], &["apply"]]);
    see(WIDE, &[&["down"], &["down", "--yes"], &["down"]]);
    all
}

#[test]
fn nothing_is_wider_than_the_screen() {
    for width in [80, 200] {
        for ran in every_output(width, "never") {
            assert!(!format!("{}{}", ran.stdout, ran.stderr).contains('\u{1b}'));
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for width in [80, 200] {
        let (with, without) = (every_output(width, "always"), every_output(width, "never"));
        assert_eq!(with.len(), without.len());
        let mut painted = 0;
        for (with, without) in std::iter::zip(with, without) {
            assert_eq!(with.status, without.status);
            let lines = |ran: &Ran| {
                let text = plain(&format!("{}{}", ran.stdout, ran.stderr));
                text.lines().map(timeless).collect::<Vec<_>>()
            };
            assert_eq!(lines(&with), lines(&without));
            painted += usize::from(format!("{}{}", with.stdout, with.stderr).contains('\u{1b}'));
        }
        assert!(painted > 8, "only {painted} outputs had a colour");
    }
}

/// Returns a line without varying values: times, pids, names of servers and folders.
fn timeless(line: &str) -> String {
    let is_fixed = |word: &&str| !word.chars().any(|c| c.is_ascii_digit() || c == '/');
    line.split_whitespace()
        .filter(is_fixed)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn without_a_terminal_there_is_no_colour() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    for arguments in [&["plan"][..], &["apply", "absent.kdl"], &["apply"]] {
        let ran = sandbox.triad(arguments);
        assert!(
            !format!("{}{}", ran.stdout, ran.stderr).contains('\u{1b}'),
            "{ran:?}"
        );
    }
    let ran = run(sandbox
        .triad_command(&["plan", "--color", "always"])
        .env("NO_COLOR", "1"));
    assert!(
        ran.stdout.contains('\u{1b}'),
        "what is asked for wins over NO_COLOR"
    );
}

#[test]
fn a_plan_is_a_readable_tree() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let pid = sandbox.panes()["web/main/api"].pid;
    sandbox.manifest(&LAYOUT.replace("\"1002\"", "\"2002\"").replace(
        "pane \"shell\"",
        "pane \"shell\" title=\"Shell\"; task \"new\" { run \"true\" }",
    ));
    for width in [80, 200] {
        let ran = at(&sandbox, width, &["plan"]).exits(0);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        let has = |words: &[&str]| {
            let found = lines
                .iter()
                .position(|line| words.iter().all(|word| line.contains(word)));
            found.unwrap_or_else(|| panic!("no line with {words:?} at {width}:\n{}", ran.stdout))
        };
        let order = [
            has(&["shop", "tmux"]),
            has(&["session", "web"]),
            has(&["window", "main"]),
            has(&["service", "db", "unchanged"]),
            has(&["±", "api", "restart", "run changed"]),
            has(&["- sleep 1002"]),
            has(&["+ sleep 2002"]),
            has(&["window", "tools", "arrange"]),
            has(&["~", "shell", "title changed"]),
            has(&["+", "task", "new", "start"]),
            has(&["1 to start", "1 to restart"]),
        ];
        assert!(order.is_sorted(), "{order:?} at {width}:\n{}", ran.stdout);
        has(&[&format!("ends sleep, pid {pid}")]);
        let column =
            |line: usize, name: &str| lines[line].find(name).expect("the line contains it");
        assert!(
            column(order[1], "session") < column(order[2], "window"),
            "indented below"
        );
        assert!(
            column(order[2], "window") < column(order[3], "service"),
            "indented below"
        );
    }
}

#[test]
fn quiet_says_nothing_and_verbose_shows_the_plan() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let ran = sandbox.triad(&["-q", "apply"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let ran = sandbox.triad(&["-q", "down", "--yes"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let ran = sandbox.triad(&["-v", "apply"]).exits(0);
    assert!(ran.stdout.contains("+ session web"), "{}", ran.stdout);
    let ran = sandbox.triad(&["-q", "apply", "absent.kdl"]).exits(66);
    assert!(!ran.stderr.is_empty(), "an error is printed all the same");
}
