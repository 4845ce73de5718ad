//! The probes of the program itself: its output, its files, its age.

use std::time::{Duration, Instant};

use super::{is_up, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

fn service(run: &str, ready: &str) -> String {
    window(&format!(
        "service \"p\" {{ run \"{run}\"; ready every=\"20ms\" {ready} }}\n\
         pane \"after\" {{ run \"echo >>after; sleep 1000\"; needs \"p\" }}"
    ))
}

#[test]
fn log_lines_are_matched_as_shown() {
    let sandbox = Sandbox::new();
    // Coloured, wrapped by the pane, and followed by many others.
    let text = format!("{} listening on :8080", "x".repeat(400));
    let run = format!("printf '\\\\033[31m%s\\\\033[0m\\\\n' '{text}'; seq 500; exec sleep 1000");
    let ran = sandbox.apply(&service(&run, "{ log \"^x+ listening on :[0-9]+$\" }"));
    assert!(
        words(&ran.stdout).contains("it printed `xxx"),
        "{}",
        ran.stdout
    );
    is_up(&sandbox, "after");
}

#[test]
fn lines_from_before_the_start_do_not_count() {
    let sandbox = Sandbox::new();
    let run =
        |more: &str| format!("test -e quiet || {{ seq 200; echo up; }}; {more} exec sleep 1000");
    sandbox.apply(&service(&run(""), "{ log \"^up$\" }"));
    sandbox.file("quiet", "");
    let manifest = service(&run(":;"), "deadline=\"400ms\" { log \"^up$\" }");
    sandbox.manifest(&manifest);
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    assert!(
        words(&ran.stdout).contains("no line matches `^up$`"),
        "{}",
        ran.stdout
    );
    // The old line is still visible.
    let screen = super::screen(&sandbox, "p");
    let mut lines = screen.lines().map(str::trim_end);
    assert!(lines.any(|line| line == "100"), "{screen}");
}

#[test]
fn half_a_line_does_not_count_and_a_prompt_does() {
    let sandbox = Sandbox::new();
    let half = "printf 'port 80'; until test -e go; do sleep 0.01; done; \
                printf '80 is open\\\\n'; exec sleep 1000";
    sandbox.manifest(&service(
        half,
        "deadline=\"10m\" { log \"^port 8080 is open$\" }",
    ));
    let running = sandbox.start(&["apply", "--yes"]);
    eventually("the program has printed half of the line", DEADLINE, || {
        super::screen(&sandbox, "p").contains("port 80")
    });
    assert_eq!(sandbox.read("after"), None);
    sandbox.file("go", "");
    running.ends().exits(0);
    sandbox.apply(&service(
        "printf 'db> '; exec sleep 1000",
        "{ log \"^db>\" }",
    ));
}

#[test]
fn lines_behind_a_full_screen_program_count() {
    let sandbox = Sandbox::new();
    let run = "echo up; printf '\\\\033[?1049h\\\\033[2Jfull'; exec sleep 1000";
    sandbox.apply(&service(run, "{ log \"^up$\" }"));
    sandbox.apply(&service(&format!(":; {run}"), "{ log \"^full\" }"));
}

#[test]
fn a_file_exists_or_not() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&service(
        "exec sleep 1000",
        "deadline=\"10m\" { file \"run/up\" }",
    ));
    let running = sandbox.start(&["apply", "--yes"]);
    eventually("the pane waits", DEADLINE, || {
        told(&sandbox, "after", "#{@triad_phase}") == "pending"
    });
    std::fs::create_dir(sandbox.path("run")).expect("a new directory");
    sandbox.file("run/up", "");
    running.ends().exits(0);
}

#[test]
fn a_delay_counts_from_the_programs_start() {
    let sandbox = Sandbox::new();
    let start = Instant::now();
    let delay = Duration::from_millis(900);
    // The deadline is for the unpredictable part.
    let panes = |more: &str| {
        window(&format!(
            "service \"p\" {{ run \"sleep 1000\"; ready every=\"20ms\" deadline=\"500ms\" \
             {{ delay \"900ms\" }} }}\n{more}"
        ))
    };
    sandbox.apply(&panes(""));
    assert!(start.elapsed() >= delay, "{:?}", start.elapsed());
    // By now it has run long enough, and no apply waits again.
    let ran = sandbox.apply(&panes("pane \"q\" { run \"sleep 1000\"; needs \"p\" }"));
    let said = words(&ran.stdout);
    assert!(said.contains("it has run for 900ms"), "{said}");
    assert!(!said.contains("not ready"), "{said}");
}
