//! Variables that are not UTF-8 and reach programs, and the search for tmux.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};

const LAYOUT: &str = r#"
layout "shop"
hooks { before-apply "printenv ODD >hook" }
session "web" { window "main" {
    service "db" {
        run "printenv ODD >>program; exec sleep 1001"
        ready every="20ms" { exec "printenv ODD >probe" }
    }
    pane "own" { env { ODD "own" }; run "printenv ODD >own; exec sleep 1002" }
    pane "names" { run "sleep" "1003" }
} }
"#;

#[test]
fn variables_that_are_not_utf8_are_passed_on_byte_by_byte() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let odd = OsStr::from_bytes(b"Z\xfcrich \xff\x01\"$~\\");
    // Names that differ only in bytes that are not text.
    let names = [&b"NAME\xfe"[..], b"NAME\xff"].map(OsStr::from_bytes);
    let triad = |arguments: &[&str]| {
        let mut command = sandbox.triad_command(arguments);
        command.env("ODD", odd);
        command.envs(names.map(|name| (name, arguments[0])));
        run(&mut command).exits(0)
    };
    let read = |name: &str| std::fs::read(sandbox.path(name)).unwrap_or_default();
    let line = [odd.as_bytes(), b"\n"].concat();
    triad(&["apply"]);
    assert_eq!(read("hook"), line);
    assert_eq!(read("probe"), line);
    eventually("the program has it", DEADLINE, || read("program") == line);
    // Into an existing session, too.
    triad(&["restart", "db"]);
    triad(&["restart", "names"]);
    let pid = sandbox.panes()["web/main/names"].pid;
    let has = |name: &OsStr| {
        let given = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let wanted = [name.as_bytes(), b"=restart"].concat();
        given.split(|byte| *byte == 0).any(|one| one == wanted)
    };
    eventually("the program has all names", DEADLINE, || {
        names.into_iter().all(has)
    });
    let twice = [&line[..], &line].concat();
    eventually("the restarted program has it", DEADLINE, || {
        read("program") == twice
    });
    eventually("the manifest's value wins", DEADLINE, || {
        read("own") == b"own\n"
    });
    let plan = triad(&["plan", "--commands"]);
    assert!(!plan.stdout.contains("rich"), "{}", plan.stdout);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_relative_tmux_path_starts_at_the_callers_folder() {
    let sandbox = Sandbox::new();
    sandbox.manifest("layout \"shop\"\nsession \"s\" { window \"w\" }\n");
    let tmux = sandbox.tmux_path();
    std::os::unix::fs::symlink(tmux, sandbox.path("mine")).unwrap();
    sandbox.triad(&["apply", "--tmux", "./mine"]).exits(0);
    sandbox
        .triad(&["plan", "--check", "--tmux", "./mine"])
        .exits(0);
    let absent = sandbox.triad(&["plan", "--tmux", "./other"]).exits(69);
    assert!(absent.stderr.contains("./other"), "{}", absent.stderr);
}

#[test]
fn only_calls_that_create_a_session_get_the_callers_environment() {
    let layout = r#"
        layout "shop"
        session "s" { window "w" {
            service "db" { env { TOKEN secret=#true }; run "sleep" "1001" }
            pane "shell"
        } }
    "#;
    let mut sandbox = Sandbox::new();
    sandbox.manifest(layout);
    let log = sandbox.path("environments").display().to_string();
    sandbox.call_through(&format!(
        "printf '%s\\n' \"$*\" >>{log}; env >>{log}; exec \"$real\" \"$@\""
    ));
    let calls = |arguments: &[&str], status: i32| {
        sandbox.file("environments", "");
        let mut command = sandbox.triad_command(arguments);
        command.envs([
            ("TOKEN", "opensesame"),
            ("OTHER", "of-the-caller"),
            ("LC_TIME", "C"),
        ]);
        run(&mut command).exits(status);
        let calls = sandbox.read("environments").unwrap();
        assert!(!calls.contains("opensesame"), "{arguments:?}: {calls}");
        assert!(
            calls.contains("LC_TIME=C") && calls.contains("PATH="),
            "{calls}"
        );
        calls
    };
    let first = calls(&["apply", "--yes"], 0);
    assert_eq!(first.matches("OTHER=of-the-caller").count(), 1, "{first}");
    let verbs: [(&[&str], i32); 13] = [
        (&["apply", "--yes"], 0),
        (&["plan"], 0),
        (&["ps"], 0),
        (&["graph", "--of", "removal"], 0),
        (&["explain", "db"], 0),
        (&["wait", "db"], 0),
        (&["stop", "db"], 0),
        (&["start", "db"], 0),
        (&["restart", "db"], 0),
        (&["attach", "shop"], 1),
        (&["attach"], 1),
        (&["ps", "shop"], 0),
        (&["down", "--yes", "shop"], 0),
    ];
    for (verb, status) in verbs {
        let calls = calls(verb, status);
        assert!(!calls.contains("OTHER"), "{verb:?}: {calls}");
    }
}

#[test]
fn a_command_that_ends_a_program_has_the_environment_of_its_pane() {
    let layout = r#"
        layout "shop"
        session "s" { window "w" {
            pane "q"
            service "db" {
                env { KEY "own"; TOKEN secret=#true }
                run "sleep" "1001"
                stop { run "env >ended-by; kill $TRIAD_PID" }
            }
        } }
    "#;
    let verbs: [&[&str]; 5] = [
        &["stop", "db"],
        &["restart", "db"],
        &["down", "--yes"],
        &["down", "--yes", "shop"],
        &["apply", "--yes"],
    ];
    for verb in verbs {
        let sandbox = Sandbox::new();
        sandbox.manifest(layout);
        let triad = |arguments: &[&str]| {
            let mut command = sandbox.triad_command(arguments);
            command.envs([("TOKEN", "opensesame"), ("CALLER", arguments[0])]);
            run(&mut command).exits(0);
        };
        triad(&["apply"]);
        if verb[0] == "apply" {
            sandbox.manifest("layout \"shop\"\nsession \"s\" { window \"w\" { pane \"q\" } }\n");
        }
        triad(verb);
        let given = sandbox.read("ended-by").unwrap_or_default();
        let has = |line: &str| given.lines().any(|given| given.starts_with(line));
        for line in [
            "PATH=/",
            "HOME=/",
            "KEY=own",
            "TOKEN=opensesame",
            "CALLER=apply",
            "TRIAD_PID=",
        ] {
            assert!(has(line), "{verb:?}: {line} in {given}");
        }
    }
}
