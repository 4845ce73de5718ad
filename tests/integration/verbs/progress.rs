//! Progress while an apply waits: lines on a terminal, a line now and then elsewhere.

use super::waiting;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{Running, events, words};
use crate::support::terminal::Terminal;

/// `db` is ready when there is a file `go`, and `api` and many others need it.
fn many(count: usize) -> String {
    let more: Vec<String> = (0..count)
        .map(|index| format!("window \"w{index}\" {{ pane \"p{index}\" {{ needs \"db\" }} }}"))
        .collect();
    waiting().replace("window \"tools\" { pane \"shell\" }", &more.join("\n    "))
}

/// Returns the lines of a screen that are not empty.
fn lines(screen: &str) -> Vec<String> {
    let lines = screen.lines().filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[test]
fn each_pane_has_one_line_until_it_is_ready() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let terminal = Terminal::new(&sandbox, (80, 24), "echo before; $triad apply");
    terminal.shows("… api         needs db");
    // Drawn several times by then: the seconds are seen growing.
    terminal.shows("  1.0 s");
    let screen = lines(&terminal.screen());
    assert_eq!(screen[0], "before");
    let count = |text: &str| screen.iter().filter(|line| line.contains(text)).count();
    assert_eq!(count("… db"), 1, "{screen:?}");
    assert_eq!(count("probing: `test -e go`"), 1, "{screen:?}");
    assert_eq!(count("… api"), 1, "{screen:?}");
    sandbox.file("go", "");
    terminal.shows("code 0");
    let screen = lines(&terminal.screen());
    let of = |text: &str| screen.iter().filter(|line| line.contains(text)).count();
    assert_eq!(
        (of("… "), of("✓ db "), of("✓ api ")),
        (0, 1, 1),
        "{screen:?}"
    );
}

#[test]
fn a_low_terminal_counts_the_panes_without_a_line() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&many(12));
    let terminal = Terminal::new(&sandbox, (40, 8), "$triad apply");
    terminal.shows("… and 9 more waiting");
    let screen = lines(&terminal.screen());
    let standing = screen.iter().filter(|line| line.contains("needs db"));
    assert_eq!(standing.count(), 4, "{screen:?}");
    sandbox.file("go", "");
    terminal.shows("code 0");
    let screen = terminal.screen();
    assert!(!screen.contains("more waiting"), "{screen}");
}

#[test]
fn lines_survive_a_resize_of_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&many(3));
    let terminal = Terminal::new(&sandbox, (100, 24), "echo before; $triad apply");
    terminal.shows("needs db");
    for size in [(20, 24), (70, 20), (30, 24), (120, 40)] {
        terminal.resizes(size);
        let is_whole = || {
            let screen = lines(&terminal.screen());
            let of = |text: &str| screen.iter().filter(|line| line.contains(text)).count();
            of("… db") == 1 && of("… p2") == 1
        };
        eventually(&format!("one line a pane at {size:?}"), DEADLINE, is_whole);
        // Earlier lines may have left the screen, as the terminal broke its lines.
        let all = terminal.captured(&["-S", "-"]);
        assert_eq!(all.matches("before").count(), 1, "{size:?}:\n{all}");
        assert_eq!(all.matches("✓ layout").count(), 1, "{size:?}:\n{all}");
    }
    sandbox.file("go", "");
    terminal.shows("code 0");
    let screen = terminal.screen();
    assert!(!screen.contains("needs db"), "{screen}");
}

#[test]
fn the_last_output_line_is_shown_without_secrets() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting().replace(
        r#"run "sleep" "1001""#,
        r##"env { KEY secret=#true }; run #"printf 'key %s at \033[31mstep\033[m 7\n\n' "$KEY"; exec sleep 1001"#"##,
    ));
    let terminal = Terminal::new(&sandbox, (120, 24), "export KEY=opensesame; $triad apply");
    terminal.shows("at step 7");
    let screen = terminal.screen();
    let line = screen.lines().find(|line| line.contains("at step 7"));
    let line = line.unwrap_or_default();
    assert!(line.starts_with("  … db "), "{screen}");
    assert!(line.contains("│ key "), "{screen}");
    assert!(!screen.contains("opensesame"), "{screen}");
    sandbox.file("go", "");
    terminal.shows("code 0");
    assert!(!terminal.screen().contains("at step 7"));
}

/// Waits until a run has printed this on standard error.
#[track_caller]
fn talks(running: &Running, text: &str) {
    eventually(&format!("it talks of `{text}`"), DEADLINE, || {
        words(&running.stderr()).contains(text)
    });
}

#[test]
fn without_a_terminal_a_plain_line_names_the_awaited_panes() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let running = sandbox.start(&["apply"]);
    talks(
        &running,
        "waiting for db (probing: `test -e go` failed with exit status: 1,",
    );
    talks(&running, "api (needs db,");
    sandbox.file("go", "");
    let ran = running.ends();
    assert_eq!(ran.status, 0);
    assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
    assert!(ran.stdout.contains("db          started, waiting until"));
}

#[test]
fn a_terminal_without_a_cursor_gets_plain_lines() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let terminal = Terminal::new(&sandbox, (100, 24), "TERM=dumb $triad apply");
    terminal.shows("waiting for db (probing:");
    let screen = terminal.screen();
    assert!(screen.contains("started, waiting until"), "{screen}");
    sandbox.file("go", "");
    terminal.shows("code 0");
    assert!(
        terminal.screen().contains("waiting for db"),
        "the line stays"
    );
}

#[test]
fn nothing_is_drawn_if_another_program_writes_to_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let terminal = Terminal::new(&sandbox, (100, 24), "$triad apply | cat");
    terminal.shows("waiting for db (probing:");
    sandbox.file("go", "");
    terminal.shows("code 0");
    assert!(
        terminal.screen().contains("waiting for db"),
        "the line stays"
    );
}

#[test]
fn quiet_is_quiet() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting().replace("exec \"test -e go\"", "delay \"1200ms\""));
    let ran = sandbox.triad(&["-q", "apply"]).exits(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""));
    sandbox.triad(&["down", "--yes"]).exits(0);
    let terminal = Terminal::new(&sandbox, (100, 24), "$triad -q apply");
    terminal.shows("code 0");
    assert_eq!(lines(&terminal.screen()), ["code 0"]);
}

#[test]
fn json_reports_each_wait_once() {
    let sandbox = Sandbox::new();
    // A shell would be another wait, for its first moments.
    let manifest = waiting().replace(
        "pane \"shell\"",
        "pane \"shell\" { run \"sleep\" \"1003\" }",
    );
    sandbox.manifest(&manifest.replace("exec \"test -e go\"", "delay \"1200ms\""));
    let ran = sandbox.triad(&["--json", "apply"]).exits(0);
    assert_eq!(ran.stderr, "");
    let events = events(&ran).into_iter();
    let events: Vec<_> = events.collect();
    let first = events.iter().find(|event| event["event"] == "waiting");
    let panes = &first.expect("a wait")["panes"];
    assert_eq!(panes[0]["state"], "probing", "{panes}");
    assert_eq!(
        (&panes[1]["state"], &panes[1]["what"]),
        (&"needs".into(), &"db".into())
    );
    let waits: Vec<String> = events
        .iter()
        .filter(|event| event["event"] == "waiting")
        .map(|event| event["why"].as_str().unwrap_or_default().to_owned())
        .collect();
    let is_of_both = |why: &String| why.contains("web/main/db: ") && why.contains("api: needs db");
    assert_eq!(
        waits.iter().filter(|why| is_of_both(why)).count(),
        1,
        "{waits:?}"
    );
    assert!(waits.len() <= 2, "{waits:?}");
}

/// `db`, `migrate` and `api` in sequence, and `cache`, which is faster.
const CHAIN: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" { run "sleep" "1001"; ready { delay "700ms" } }
            service "cache" { run "sleep" "1002"; ready { delay "20ms" } }
            task "migrate" { run "sleep" "0.3"; needs "db" }
            service "api" { run "sleep" "1003"; needs "cache" "migrate"; ready { delay "50ms" } }
        }
    }
}
"#;

#[test]
fn the_last_line_names_the_slowest_path() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let ran = sandbox.triad(&["-v", "apply"]).exits(0);
    let said = words(&ran.stdout);
    let way = "longest: db → migrate → api. Go there: triad";
    assert!(said.contains(way), "{said}");
    assert!(said.contains(" 4 started, ready in 1."), "{said}");
    assert!(said.contains("longest: db started at "), "{said}");
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = sandbox.triad(&["--json", "apply"]).exits(0);
    let end = events(&ran).pop().expect("an end");
    let path = end["critical_path"].as_array().expect("a list");
    let names: Vec<&str> = path
        .iter()
        .filter_map(|link| link["address"].as_str())
        .collect();
    assert_eq!(names, ["web/main/db", "web/main/migrate", "web/main/api"]);
    let time = |link: usize, key: &str| path[link][key].as_u64().expect("a time");
    assert!(time(0, "ready_ms") >= time(0, "started_ms") + 650, "{end}");
    assert!(time(1, "started_ms") >= time(0, "ready_ms"), "{end}");
    assert!(time(2, "ready_ms") <= end["milliseconds"].as_u64().expect("a time"));
}

#[test]
fn a_fast_path_is_not_shown() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&CHAIN.replace("700ms", "1ms"));
    let ran = sandbox.triad(&["apply"]).exits(0);
    let said = words(&ran.stdout);
    assert!(!said.contains("longest"), "{said}");
    assert!(said.contains(" 4 started in "), "{said}");
}

#[test]
fn failures_and_their_dependents_are_shown_in_place() {
    let sandbox = Sandbox::new();
    let dies = r##"run #"printf 'line %s\n' 1 2 3 4 5 6 7 8 9 10 11; echo "the last one"; sleep 0.6; exit 3"#"##;
    sandbox.manifest(&CHAIN.replace("run \"sleep\" \"1001\"", dies));
    let terminal = Terminal::new(&sandbox, (80, 40), "$triad apply");
    terminal.shows("code 4");
    let screen = lines(&terminal.screen());
    let at = |text: &str| {
        let mut lines = screen.iter();
        let at = lines.position(|line| line.contains(text));
        at.unwrap_or_else(|| panic!("no {text}: {screen:#?}"))
    };
    let died = at("  × db          exited with status 3");
    let expected: Vec<String> = (3..=11)
        .map(|line| format!("    │ line {line}"))
        .chain(["    │ the last one".to_owned()])
        .collect();
    assert_eq!(screen[died + 1..died + 11], expected);
    at("  - migrate     not started: `web/main/db` exited with status 3");
    at("  - api         not started: `web/main/migrate` was not started");
    let waits = screen.iter().filter(|line| line.contains("… "));
    assert_eq!(waits.count(), 0, "{screen:#?}");
}

#[test]
fn waits_for_ending_programs_are_shown() {
    let sandbox = Sandbox::new();
    let deaf = "run \"trap '' TERM; echo deaf; while :; do sleep 0.05; done\"; stop timeout=\"1s\"";
    sandbox.manifest(&CHAIN.replace("run \"sleep\" \"1002\"", deaf));
    sandbox.triad(&["apply"]).exits(0);
    let terminal = Terminal::new(&sandbox, (80, 24), "$triad down --yes");
    terminal.shows("… asking ");
    terminal.shows("code 0");
    assert!(!terminal.screen().contains("asking"));
}
