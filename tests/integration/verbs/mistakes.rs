//! Mistakes found before anything is touched: each with its exit code, its message, and its help.

use std::ffi::OsStr;

use super::LAYOUT;
use crate::support::sandbox::{Ran, Sandbox, run};
use crate::support::seen::{assert_same, events};

/// A sandbox whose server has a foreign session, which a mistake must leave unchanged.
struct Untouched {
    sandbox: Sandbox,
    before: String,
}

impl Untouched {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.foreign("foreign");
        let before = sandbox.dump_all();
        Untouched { sandbox, before }
    }

    /// Runs triad, which must end with that code, print all of `said` and change nothing.
    #[track_caller]
    fn check<S: AsRef<OsStr>>(&self, arguments: &[S], status: i32, said: &[&str]) -> Ran {
        let ran = self.sandbox.triad(arguments);
        self.check_ran(ran, status, said)
    }

    #[track_caller]
    fn check_ran(&self, ran: Ran, status: i32, said: &[&str]) -> Ran {
        let ran = ran.exits(status);
        for said in said {
            let shown = ran.stderr.replace("\n  │", "");
            assert!(
                shown.contains(said),
                "`{said}` is missing:\n{}{}",
                ran.stdout,
                ran.stderr
            );
        }
        assert_same(&self.before, &self.sandbox.dump_all(), "a mistake");
        ran
    }
}

const FIVE_MISTAKES: &str = r#"
layout "shop"
vars { port "1" }
session "web" {
    window "main" {
        columns {
            pain "one" { run "true" }
            pane "two" colour="red" { run "true" }
            pane "three" { run "echo {{prot}}" }
            pane "four" { run "true"; needs "threee" }
            pane "five" size="many" { run "true" }
        }
    }
}
"#;

#[test]
fn five_mistakes_are_five_diagnostics() {
    let untouched = Untouched::new();
    untouched.sandbox.manifest(FIVE_MISTAKES);
    let lines = [
        "triad.kdl:7:",
        "triad.kdl:8:",
        "triad.kdl:9:",
        "triad.kdl:10:",
        "triad.kdl:11:",
    ];
    for verb in ["check", "plan", "apply", "up", "down"] {
        let ran = untouched.check(&[verb], 65, &lines);
        assert_eq!(
            ran.stderr.matches("  × ").count(),
            5,
            "{verb}: {}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "", "errors are not printed as data");
    }
    let said = untouched.check(
        &["check"],
        65,
        &["`pane`", "`colour`", "`port`", "`three`", "`many`"],
    );
    assert!(said.stderr.contains("did you mean"), "{}", said.stderr);
    let ran = untouched.check(&["apply", "--json"], 65, &[]);
    let events = events(&ran);
    assert_eq!(events.len(), 1, "{events:#?}");
    let diagnostics = events[0]["diagnostics"].as_array().expect("a list");
    let places: Vec<u64> = diagnostics
        .iter()
        .filter_map(|one| one["line"].as_u64())
        .collect();
    assert_eq!(places, [7, 8, 9, 10, 11]);
    let mut codes: Vec<&str> = diagnostics
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 5, "five kinds of mistakes: {codes:?}");
}

#[test]
fn a_missing_manifest() {
    let untouched = Untouched::new();
    for verb in ["check", "plan", "apply", "up", "down"] {
        untouched.check(&[verb, "layouts/absent.kdl"], 66, &["layouts/absent.kdl"]);
        untouched.check(&[verb], 66, &["no manifest"]);
    }
    untouched.check(&["apply", "absent"], 66, &["absent", "layouts/absent.kdl"]);
    let ran = untouched.check(&["apply", "absent", "--json"], 66, &["absent"]);
    assert_eq!(events(&ran)[0]["exit"], 66);
    std::fs::create_dir(untouched.sandbox.path("layouts")).expect("a new folder");
    untouched.sandbox.file("layouts/one.kdl", LAYOUT);
    untouched.sandbox.file("layouts/two.kdl", LAYOUT);
    untouched.check(&["apply"], 66, &["one.kdl", "two.kdl"]);
}

#[test]
fn a_variable_without_a_value() {
    let untouched = Untouched::new();
    let sandbox = &untouched.sandbox;
    sandbox.manifest(
        "vars { port; host \"localhost\" }
         session \"web\" { window \"w\" { pane \"p\" { run \"sleep\" \"{{port}}\" } } }",
    );
    for verb in ["check", "plan", "apply"] {
        untouched.check(&[verb], 65, &["`port`", "--var port="]);
    }
    untouched.check(
        &["apply", "--var", "prot=1"],
        65,
        &["`--var prot`", "`port`"],
    );
    untouched.check(&["check", "--var", "port=1"], 0, &[]);
    run(sandbox.triad_command(&["check"]).env("TRIAD_VAR_PORT", "1")).exits(0);
    run(sandbox.triad_command(&["check"]).env("TRIAD_VAR_PROT", "1")).exits(65);
    sandbox.triad(&["apply", "--var", "port=1234"]).exits(0);
    let start = "#{pane_start_command}";
    assert!(
        sandbox
            .tmux(&["list-panes", "-t", "=web:", "-F", start])
            .contains("1234")
    );
}

#[test]
fn a_missing_directory_or_program() {
    let untouched = Untouched::new();
    let sandbox = &untouched.sandbox;
    sandbox.file("not-executable", "#!/bin/sh\n");
    sandbox.manifest(
        r#"
        session "web" {
            window "w" {
                pane "one" cwd="absent/folder" { run "sleep" "1" }
                pane "two" { run "absent-program" "--flag" }
                pane "three" { run "absent-command --flag" }
                pane "four" { run "./not-executable" "x" }
                pane "five" { run "/absent/program" "x" }
                pane "fine" { run "sleep" "1000" }
            }
        }
        "#,
    );
    let said = [
        "absent/folder",
        "web/w/one",
        "triad.kdl:4",
        "`absent-program`",
        "web/w/two",
        "triad.kdl:5",
        "`absent-command`",
        "web/w/three",
        "triad.kdl:6",
        "`./not-executable`",
        "web/w/four",
        "triad.kdl:7",
        "`/absent/program`",
        "web/w/five",
        "triad.kdl:8",
    ];
    for verb in ["plan", "apply"] {
        let ran = untouched.check(&[verb], 1, &said);
        assert!(!ran.stderr.contains("fine"), "{}", ran.stderr);
        let ran = untouched.check(&[verb, "--json"], 1, &said);
        let events = events(&ran);
        assert!(
            events
                .iter()
                .all(|event| event["event"] == "error" && event["exit"] == 1)
        );
        assert_eq!(events.len(), 5, "{events:#?}");
    }
    untouched.check(&["check"], 0, &[]);
    // Programs are found on a PATH that the manifest itself sets.
    std::fs::create_dir(sandbox.path("bin")).expect("a new folder");
    sandbox.script("work/bin/absent-program", "exec sleep 1000\n");
    sandbox.manifest(&format!(
        "session \"web\" {{ window \"w\" {{ pane \"p\" {{ env {{ PATH \"{}:/usr/bin:/bin\" }}; \
         run \"absent-program\" \"x\" }} }} }}",
        sandbox.path("bin").display()
    ));
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn a_session_name_that_is_in_use() {
    let sandbox = Sandbox::new();
    sandbox.foreign("web");
    let other = sandbox.file("other.kdl", &LAYOUT.replace("\"web\"", "\"jobs\""));
    sandbox
        .triad(&["apply".as_ref(), other.as_os_str()])
        .exits(0);
    let untouched = Untouched {
        before: sandbox.dump_all(),
        sandbox,
    };
    let sandbox = &untouched.sandbox;
    let ours = sandbox.manifest(LAYOUT);
    for verb in [&["plan"][..], &["apply", "--yes"], &["plan", "--json"]] {
        untouched.check(verb, 7, &["`web`", "did not create"]);
    }
    // The same layout name from another manifest is another layout, and so is another name.
    for text in [LAYOUT, &LAYOUT.replace("\"shop\"", "\"store\"")] {
        sandbox.manifest(&text.replace("\"web\"", "\"jobs\""));
        let (other, ours) = (other.display().to_string(), ours.display().to_string());
        untouched.check(&["apply", "--yes"], 7, &["`jobs`", "`shop`", &other, &ours]);
    }
    sandbox.manifest(&format!("{LAYOUT}session \"jobs\"").replace("\"shop\"", "\"store\""));
    untouched.check(&["apply", "--yes"], 7, &["`jobs`", "`web`"]);
    // Neither does `down` end a layout that only has the name.
    untouched.check(&["down", "--yes"], 0, &[]);
}

#[test]
fn no_tmux() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    for verb in ["plan", "apply", "down"] {
        let ran = sandbox.triad(&[verb, "--tmux", "/absent/tmux"]).exits(69);
        assert!(ran.stderr.contains("/absent/tmux"), "{}", ran.stderr);
        let mut command = sandbox.triad_command(&[verb]);
        let ran = run(command.env("PATH", "/absent").env_remove("TRIAD_TMUX")).exits(69);
        assert!(ran.stderr.contains("install tmux"), "{}", ran.stderr);
        let ran = sandbox
            .triad(&[verb, "--json", "--tmux", "/absent/tmux"])
            .exits(69);
        assert_eq!(events(&ran)[0]["exit"], 69);
        // Another program in place of tmux.
        sandbox.triad(&[verb, "--tmux", "true"]).exits(69);
        sandbox.triad(&[verb, "--tmux", "echo"]).exits(69);
    }
    sandbox.triad(&["check", "--tmux", "/absent/tmux"]).exits(0);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn an_old_tmux() {
    let untouched = Untouched::new();
    untouched.sandbox.manifest(LAYOUT);
    for version in ["2.9a", "3.0a", "3.1c"] {
        let tmux = untouched.sandbox.stand_in_of_version(version);
        for verb in ["plan", "apply"] {
            let mut command = untouched.sandbox.triad_command(&[verb]);
            let ran = run(command.env("TRIAD_TMUX", &tmux));
            untouched.check_ran(ran, 69, &[version, "3.2"]);
        }
    }
    // Without a server the version is only known once there is one.
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    for version in ["2.9a", "3.0a", "3.1c"] {
        let tmux = sandbox.stand_in_of_version(version);
        let ran = run(sandbox.triad_command(&["apply"]).env("TRIAD_TMUX", &tmux)).exits(69);
        assert!(ran.stderr.contains(version), "{}", ran.stderr);
        assert!(sandbox.sessions().is_empty(), "{version}");
    }
}

#[test]
fn a_server_without_a_session_is_no_obstacle() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&["start-server", ";", "set-option", "-s", "exit-empty", "off"]);
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(2);
    sandbox.triad(&["down"]).exits(0);
    sandbox.triad(&["apply"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.sessions().is_empty());
    sandbox.triad(&["plan", "--check"]).exits(2);
}

#[test]
fn a_wrong_command_line() {
    let untouched = Untouched::new();
    untouched.sandbox.manifest(LAYOUT);
    let wrong: [&[&str]; 8] = [
        &["aply"],
        &["apply", "--no-such-flag"],
        &["apply", "one", "two"],
        &["apply", "--var", "no-equals-sign"],
        &["apply", "--var"],
        &["apply", "--lock-timeout", "soon"],
        &["down", "--timeout", "-1s"],
        &["plan", "--color", "sometimes"],
    ];
    for arguments in wrong {
        let ran = untouched.check(arguments, 64, &[]);
        assert!(!ran.stderr.is_empty(), "{arguments:?} reports the mistake");
    }
    for arguments in [&["-L", "a/b", "plan"][..], &["-C", "/absent", "plan"]] {
        run(untouched
            .sandbox
            .command(env!("CARGO_BIN_EXE_triad"))
            .args(arguments))
        .exits(64);
    }
    untouched.check(&["--help"], 0, &[]);
    untouched.check(&["apply", "--help"], 0, &[]);
    untouched.check(&["--version"], 0, &[]);
}
