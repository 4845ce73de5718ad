//! `triad explain ADDRESS`: everything known about one object.

use std::process::Command;

use crate::support::sandbox::{Ran, Sandbox, run};
use crate::support::seen::{events, words};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" size="40%" title="The database" {
                run "exec sleep 1001"
                env { A "b"; KEY secret=#true }
                ready every="20ms" { exec "true" }
            }
            pane "api" { run "sleep" "1002"; needs "db" }
        }
    }
    window "tools" { task "setup" { run "false" }; }
}
session "jobs" { window "main" { pane "api" { run "sleep" "1004" } } }
"#;

fn triad(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    let mut command: Command = sandbox.triad_command(arguments);
    run(command.env("KEY", "sEcr3t"))
}

/// Returns the explanation of an address, blanks and line ends as one blank.
#[track_caller]
fn said(sandbox: &Sandbox, address: &str) -> String {
    let ran = triad(sandbox, &["explain", address]).exits(0);
    assert!(!ran.stdout.contains("sEcr3t"), "{}", ran.stdout);
    words(&ran.stdout)
}

#[track_caller]
fn check(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn wanted_objects_are_explained_with_their_line_and_without_a_server() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let pane = said(&sandbox, "db");
    let parts = [
        "service web/main/db wanted triad.kdl:6 run exec sleep 1001 cwd",
        "env A b env KEY (secret) title The database ready exec true",
        "live does not exist apply + service db start",
    ];
    check(&pane, &parts);
    let window = said(&sandbox, "web/main");
    let parts = [
        "wanted triad.kdl:4",
        "split columns(db api)",
        "size of db 40%",
    ];
    check(&window, &parts);
    check(
        &said(&sandbox, "web"),
        &["triad.kdl:3 windows main, tools", "live does not exist"],
    );
    assert_eq!(sandbox.sessions(), [""; 0]);
}

#[test]
fn live_objects_are_explained_with_the_applied_state_and_the_plan() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    triad(&sandbox, &["apply"]).exits(4);
    let (db, setup) = (
        &sandbox.panes()["web/main/db"],
        &sandbox.panes()["web/tools/setup"],
    );
    let parts = [
        &format!(
            "live {} state ready why `true` succeeded runs sleep, pid {}",
            db.id, db.pid
        ),
        "applied service web/main/db, as wanted apply nothing to do",
    ];
    check(&said(&sandbox, "db"), &parts);
    let parts = [
        &format!(
            "live {} state failed why exit status 1 ended with exit status 1, pid {}",
            setup.id, setup.pid
        ),
        "apply + task setup start again: exited with status 1",
    ];
    check(&said(&sandbox, "setup"), &parts);
    let edited = LAYOUT
        .replace("exec sleep 1001", "exec sleep 2001")
        .replace("40%", "30%")
        .replace("A \"b\"", "B \"c\"")
        .replace("window \"tools\" { task \"setup\" { run \"false\" }; }", "");
    sandbox.manifest(&edited);
    let parts = [
        "applied service web/main/db run exec sleep 1001 env A b without env B",
        "restart: run, env A, env B changed",
        "- exec sleep 1001 + exec sleep 2001 - env A b + env B c",
    ];
    check(&said(&sandbox, "web/main/db"), &parts);
    let parts = [
        "applied web/main size of db 40%",
        "arrange: size of db changed",
    ];
    check(&said(&sandbox, "web/main"), &parts);
    // No longer in the manifest.
    let parts = [
        "task web/tools/setup wanted not in the manifest live %",
        "stop: not in the manifest",
    ];
    check(&said(&sandbox, "web/tools/setup"), &parts);
    check(
        &said(&sandbox, "web/tools"),
        &["wanted not in the manifest live @"],
    );
    let json = triad(&sandbox, &["explain", "--json", "triad.kdl", "db"]).exits(0);
    let [about] = &events(&json)[..] else {
        panic!("{}", json.stdout);
    };
    assert_eq!(about["address"], "web/main/db");
    assert_eq!(about["wanted"]["facts"]["env KEY"], "(secret)");
    assert_eq!(about["live"]["place"], db.id);
    assert_eq!(about["applied"]["facts"]["run"], "exec sleep 1001");
    assert_eq!(about["steps"][0]["action"], "restart");
    assert!(!json.stdout.contains("sEcr3t"), "{}", json.stdout);
}

#[test]
fn unknown_names_get_the_nearest_one() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let told = [
        ("web/mian", "did you mean `web/main`?"),
        ("setpu", "did you mean `setup`?"),
        ("api", "write the address: `jobs/main/api`, `web/main/api`"),
        ("web/*", "without `*`"),
        ("a/b/c/d", "is not an address"),
        ("triad.kdl", "is not an address"),
    ];
    for (address, says) in told {
        let ran = triad(&sandbox, &["explain", address]).exits(64);
        assert!(
            words(&ran.stderr).contains(says),
            "{address}: {}",
            ran.stderr
        );
    }
    triad(&sandbox, &["explain"]).exits(64);
    triad(&sandbox, &["explain", "none.kdl", "db"]).exits(66);
}

#[test]
fn refusals_are_explained_in_place_of_steps() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.foreign("web");
    let parts = ["live does not exist", "apply refused: session `web`"];
    check(&said(&sandbox, "db"), &parts);
}
