//! `protect`: no verb ends a protected process on a real tmux, whether the manifest still says so
//! or only the tag of an earlier one.

use crate::support::sandbox::Sandbox;
use crate::support::seen::{assert_same, words};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        pane "db" protect=#true { run "sleep" "1001" }
        pane "api" { run "sleep" "1002" }
    }
}
session "jobs" protect=#true { window "main" { pane "worker" { run "sleep" "1003" } } }
"#;

/// Checks that a refusal names the protected object, and changes nothing.
#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &[&str], expected: &[&str]) {
    let before = sandbox.dump_all();
    let ran = sandbox.triad(arguments).exits(7);
    for expected in expected {
        let told = words(&ran.stderr);
        assert!(told.contains(expected), "`{expected}`: {}", ran.stderr);
    }
    assert_same(&before, &sandbox.dump_all(), &format!("{arguments:?}"));
}

#[test]
fn protected_panes_are_not_ended() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let pids: Vec<u32> = sandbox.panes().values().map(|pane| pane.pid).collect();
    let (db, worker) = (
        "`web/main/db` is protected",
        "`jobs/main/worker` is protected",
    );
    for edited in [
        LAYOUT.replace("1001", "2001"),
        LAYOUT.replace("pane \"db\" protect=#true { run \"sleep\" \"1001\" }", ""),
    ] {
        sandbox.manifest(&edited);
        refused(&sandbox, &["apply", "--yes"], &[db]);
        refused(&sandbox, &["plan"], &[db]);
    }
    sandbox.manifest(&LAYOUT.replace("1003", "2003"));
    refused(
        &sandbox,
        &["apply", "--yes"],
        &[worker, "`protect` is set on `jobs` at triad.kdl:9"],
    );
    let without_session = &LAYOUT[..LAYOUT.find("session \"jobs\"").unwrap()];
    sandbox.manifest(without_session);
    refused(
        &sandbox,
        &["apply", "--yes"],
        &[worker, "`jobs` was applied with `protect`"],
    );
    sandbox.manifest(LAYOUT);
    refused(&sandbox, &["down", "--yes"], &[db, worker]);
    refused(
        &sandbox,
        &["down", "shop", "--yes"],
        &[db, worker, "was applied with"],
    );
    let after: Vec<u32> = sandbox.panes().values().map(|pane| pane.pid).collect();
    assert_eq!(pids, after);
}

#[test]
fn unprotected_panes_may_end() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let released = LAYOUT.replace(" protect=#true", "");
    // In place first: nothing ends.
    let before: Vec<u32> = sandbox.panes().values().map(|pane| pane.pid).collect();
    sandbox.manifest(&released);
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("protect changed"), "{}", ran.stdout);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let after: Vec<u32> = sandbox.panes().values().map(|pane| pane.pid).collect();
    assert_eq!(before, after);
    sandbox.apply(LAYOUT);
    // And with the change that ends it.
    sandbox.apply(&released.replace("1001", "2001"));
    sandbox.apply(&LAYOUT.replace("1001", "2001"));
    sandbox.manifest(&released);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn ended_panes_need_no_protection() {
    let sandbox = Sandbox::new();
    let text = "session \"a\" { window \"w\" { pane \"p\"; task \"t\" protect=#true { run \"exit 3\" } } }";
    sandbox.manifest(text);
    for again in ["started", "start again"] {
        let ran = sandbox.triad(&["-v", "apply"]);
        assert!(ran.stdout.contains(again), "{}{}", ran.stdout, ran.stderr);
        sandbox.ended("a/w/t");
    }
    sandbox.apply("session \"a\" { window \"w\" { pane \"p\" } }");
    assert_eq!(sandbox.panes().len(), 1);
}

/// The layout without the window `extra` of the session `jobs`, which the manifest still has.
const MORE: &str = r#"
layout "shop"
session "web" { window "main" { pane "db" protect=#true { run "sleep" "1001" }; pane "api" } }
session "jobs" protect=#true {
    window "main" { pane "worker" { run "sleep" "1003" } }
    window "extra" { pane "more" { run "sleep" "1004" } }
}
"#;

#[test]
fn panes_moved_by_hand_stay_protected() {
    let sandbox = Sandbox::new();
    sandbox.apply(MORE);
    sandbox.foreign("mine");
    let before = sandbox.identities();
    let id = |address: &str| sandbox.panes()[address].id.clone();
    for (address, at) in [("web/main/db", "=mine:"), ("jobs/extra/more", "=web:main")] {
        sandbox.tmux(&["join-pane", "-d", "-s", &id(address), "-t", at]);
    }
    let without_db = MORE.replace("pane \"db\" protect=#true { run \"sleep\" \"1001\" }; ", "");
    sandbox.manifest(&without_db);
    refused(
        &sandbox,
        &["apply", "--yes"],
        &["`web/main/db` is protected"],
    );
    // The session's protection covers panes created in it.
    let without_more = MORE.replace(
        "window \"extra\" { pane \"more\" { run \"sleep\" \"1004\" } }",
        "",
    );
    sandbox.manifest(&without_more);
    refused(
        &sandbox,
        &["apply", "--yes"],
        &["`jobs/extra/more` is protected"],
    );
    sandbox.manifest(MORE);
    refused(
        &sandbox,
        &["down", "--yes"],
        &[
            "`web/main/db` is protected",
            "`jobs/extra/more` is protected",
        ],
    );
    refused(
        &sandbox,
        &["down", "shop", "--yes"],
        &[
            "`web/main/db` is protected",
            "`jobs/extra/more` is protected",
        ],
    );
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(sandbox.identities(), before, "all panes are back in place");
}

#[test]
fn renamed_and_restarted_panes_stay_protected() {
    let sandbox = Sandbox::new();
    sandbox.apply(MORE);
    sandbox.manifest(MORE);
    refused(
        &sandbox,
        &["apply", "--yes", "--replace", "web/main/db"],
        &["`web/main/db` is protected and would be restarted"],
    );
    let renamed = MORE.replace("pane \"db\"", "pane \"data\" was=\"db\"");
    sandbox.manifest(&renamed);
    sandbox.triad(&["apply"]).exits(0);
    let gone = MORE.replace("pane \"db\" protect=#true { run \"sleep\" \"1001\" }; ", "");
    sandbox.manifest(&gone);
    refused(
        &sandbox,
        &["apply", "--yes"],
        &["`web/main/data` is protected"],
    );
    let session = MORE.replace(
        "session \"jobs\" protect=#true",
        "session \"work\" was=\"jobs\" protect=#true",
    );
    sandbox.manifest(&session);
    sandbox.triad(&["apply"]).exits(0);
    sandbox.manifest(
        &MORE[..MORE
            .find("session \"jobs\"")
            .expect("the layout contains it")],
    );
    refused(
        &sandbox,
        &["apply", "--yes"],
        &[
            "`work/main/worker` is protected",
            "`work` was applied with `protect`",
        ],
    );
}
