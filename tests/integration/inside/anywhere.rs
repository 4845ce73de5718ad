//! triad in a pane of a layout, in any folder and with whatever environment: it knows its layout and its
//! server.

use std::fs;
use std::path::Path;

use super::{code, type_line};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        pane "here"
        service "db" { run "exec cat >>db.txt" }
        service "cache" { run "sleep" "1001" }
    }
}
"#;

/// Another layout, with a pane of the same name.
const OTHER: &str = r#"
layout "other"
session "else" { window "main" { service "db" { run "sleep" "1002" } } }
"#;

/// Types a call of triad into the shell of the layout, in this folder, and returns its exit status and
/// what it has printed.
#[track_caller]
fn called(sandbox: &Sandbox, before: &str, folder: &Path, verb: &str) -> (String, String) {
    let _ = fs::remove_file(sandbox.path("code"));
    let script = format!(
        "cd {1} && TRIAD_TMUX={2} {3} {verb} >{0}out 2>&1 </dev/null; echo $? >{0}code.new; \
         mv {0}code.new {0}code\n",
        sandbox.path("").display(),
        folder.display(),
        sandbox.tmux_program().display(),
        env!("CARGO_BIN_EXE_triad"),
    );
    sandbox.file("call", &script);
    let script = sandbox.path("call");
    type_line(
        sandbox,
        "web/main/here",
        &format!("{before} sh {}", script.display()),
    );
    let code = code(sandbox);
    (code, sandbox.read("out").unwrap_or_default())
}

#[track_caller]
fn check(sandbox: &Sandbox, (before, folder): (&str, &Path), verb: &str, expected: &str) {
    let (code, out) = called(sandbox, before, folder, verb);
    assert_eq!(code, "0", "{before} in {}: {verb}: {out}", folder.display());
    assert!(out.contains(expected), "{verb}: {out}");
}

#[test]
fn verbs_find_the_layout_around_them() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let other = sandbox.root().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("triad.kdl"), OTHER).unwrap();
    let work = sandbox.path("");
    for place in [
        ("", Path::new("/")),
        ("env -u TMUX -u TMUX_PANE", Path::new("/")),
        // The layout of a manifest that is found counts only if it runs.
        ("env -u TMUX -u TMUX_PANE", &other),
        // Not even the process shows where it comes from.
        ("env -u TMUX -u TMUX_PANE setsid -f", Path::new("/")),
        ("env -u TMUX -u TMUX_PANE", &work),
    ] {
        fs::write(sandbox.path("db.txt"), "").unwrap();
        check(&sandbox, place, "send db hello", "sent");
        assert_eq!(
            sandbox.read("db.txt").as_deref(),
            Some("hello\n"),
            "{place:?}"
        );
        check(&sandbox, place, "capture db", "hello");
        check(
            &sandbox,
            place,
            "exec db -- pwd",
            work.to_str().unwrap().trim_end_matches('/'),
        );
        check(&sandbox, place, "wait db", "ready");
        check(&sandbox, place, "ps cache", "web/main/cache");
        check(&sandbox, place, "explain cache", "web/main/cache");
        let before = sandbox.panes();
        check(&sandbox, place, "restart cache", "1 restarted");
        check(&sandbox, place, "stop cache", "1 stopped");
        check(&sandbox, place, "start cache", "1 started");
        let after = sandbox.panes();
        assert_ne!(before["web/main/cache"].pid, after["web/main/cache"].pid);
        assert_eq!(before["web/main/db"], after["web/main/db"]);
    }
    assert_eq!(sandbox.sessions(), ["web"]);
}

#[test]
fn a_manifest_that_is_found_and_runs_comes_first() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let other = sandbox.root().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("triad.kdl"), OTHER).unwrap();
    sandbox
        .triad(&["apply", other.join("triad.kdl").to_str().unwrap()])
        .exits(0);
    let before = sandbox.panes();
    check(&sandbox, ("", &other), "restart db", "1 restarted");
    let after = sandbox.panes();
    assert_ne!(before["else/main/db"].pid, after["else/main/db"].pid);
    assert_eq!(before["web/main/db"].pid, after["web/main/db"].pid);
    // What only the layout around has is found there.
    check(&sandbox, ("", &other), "capture cache", "");
    eventually("nothing else has changed", DEADLINE, || {
        sandbox.panes()["web/main/cache"].pid == before["web/main/cache"].pid
    });
}
