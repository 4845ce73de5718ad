//! Saved plans: their content, their permissions, how they are shown, when they are stale, and that
//! only the very bytes that were written count as a plan.

mod damaged;
mod secret;
mod stale;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::sandbox::{Ran, Sandbox};
use crate::support::seen::events;

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" { run "sleep" "1001"; ready every="20ms" { exec "true" } }
            pane "api" { run "sleep" "1002"; needs "db" }
        }
    }
    window "tools" { pane "shell" }
}
"#;

/// `LAYOUT` with another database, another title, one pane more and one less.
fn edited() -> String {
    LAYOUT
        .replace("1001", "2001")
        .replace("pane \"api\"", "pane \"api\" title=\"The API\"")
        .replace("pane \"shell\"", "rows { pane \"more\"; pane \"other\" }")
}

/// Saves the plan from the live state to a manifest in `plan.json`.
#[track_caller]
fn save(sandbox: &Sandbox, manifest: &str) -> Ran {
    sandbox.manifest(manifest);
    sandbox.triad(&["plan", "--out", "plan.json"]).exits(0)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_saved_plan_is_shown_and_applied() {
    let sandbox = Sandbox::new();
    for manifest in [LAYOUT.to_owned(), edited()] {
        let planned = save(&sandbox, &manifest);
        assert_eq!(mode(&sandbox.path("plan.json")), 0o600);
        let (plan, saved) = planned.stdout.trim_end().rsplit_once("\n\n").unwrap();
        assert_eq!(saved, "saved; carry it out with: triad apply plan.json");
        let json = sandbox.triad(&["plan", "--json"]).exits(0);
        // From the file alone: neither the manifest nor the server is read.
        fs::remove_file(sandbox.path("triad.kdl")).unwrap();
        let mut shown = sandbox.command(env!("CARGO_BIN_EXE_triad"));
        shown.env("TRIAD_TMUX", "/nowhere/tmux");
        let shown = crate::support::sandbox::run(shown.args(["show", "plan.json"])).exits(0);
        assert_eq!(shown.stdout.trim_end(), plan);
        let shown = sandbox.triad(&["show", "--json", "plan.json"]).exits(0);
        assert_eq!(shown.stdout, json.stdout);
        let shown = sandbox.triad(&["show", "--commands", "plan.json"]).exits(0);
        assert!(shown.stdout.contains("respawn-pane"), "{}", shown.stdout);
        // The server is in the file too, and no question is asked.
        let mut apply = sandbox.command(env!("CARGO_BIN_EXE_triad"));
        crate::support::sandbox::run(apply.args(["apply", "plan.json"])).exits(0);
        sandbox.manifest(&manifest);
        let ran = sandbox.triad(&["plan", "--check"]).exits(0);
        assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    }
    let panes = sandbox.panes();
    let panes: Vec<&str> = panes.keys().map(String::as_str).collect();
    let wanted = [
        "web/main/api",
        "web/main/db",
        "web/tools/more",
        "web/tools/other",
    ];
    assert_eq!(panes, wanted);
}

#[test]
fn a_plan_without_a_step_can_be_saved_and_applied() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.dump_all();
    save(&sandbox, LAYOUT);
    let ran = sandbox.triad(&["apply", "plan.json"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    crate::support::seen::assert_same(&before, &sandbox.dump_all(), "an empty plan");
}

#[test]
fn out_works_with_the_other_flags_of_plan() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let checked = sandbox.triad(&["plan", "--check", "--out", "a"]).exits(2);
    assert!(
        checked
            .stdout
            .ends_with("saved; carry it out with: triad apply a\n"),
        "{}",
        checked.stdout
    );
    let json = sandbox.triad(&["plan", "--json", "--out", "b"]).exits(0);
    assert_eq!(events(&json).len(), 1, "{}", json.stdout);
    sandbox
        .triad(&["plan", "--commands", "--out", "c"])
        .exits(0);
    sandbox.triad(&["apply", "--json", "b"]).exits(0);
    // It has been applied, and must not be applied twice.
    let again = sandbox.triad(&["apply", "c"]).exits(6);
    assert!(
        again.stderr.contains("started since then"),
        "{}",
        again.stderr
    );
}

#[test]
fn a_plan_only_replaces_a_plan_of_the_same_user() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let save = |name: &str| sandbox.triad(&["plan", "--out", name]);
    sandbox.file("notes", "mine\n");
    sandbox.file("package.json", "{\"name\":\"mine\"}\n");
    symlink("target", sandbox.path("link")).unwrap();
    fs::create_dir(sandbox.path("folder")).unwrap();
    for name in ["notes", "package.json", "link", "folder", "triad.kdl"] {
        let ran = save(name).exits(1);
        assert!(ran.stderr.contains("cannot write"), "{}", ran.stderr);
    }
    assert_eq!(sandbox.read("notes").as_deref(), Some("mine\n"));
    assert_eq!(sandbox.read("triad.kdl").as_deref(), Some(LAYOUT));
    assert_eq!(sandbox.read("target"), None);
    save("none/plan").exits(1);
    sandbox.file("plan.json", "");
    fs::set_permissions(sandbox.path("plan.json"), fs::Permissions::from_mode(0o666)).unwrap();
    for _ in 0..2 {
        save("plan.json").exits(0);
        assert_eq!(mode(&sandbox.path("plan.json")), 0o600);
    }
}

#[test]
fn other_verbs_refuse_a_plan_in_place_of_a_manifest() {
    let sandbox = Sandbox::new();
    save(&sandbox, LAYOUT);
    for verb in [
        &["check"][..],
        &["plan"],
        &["render"],
        &["down"],
        &["attach"],
        &["fmt"],
    ] {
        let ran = sandbox.triad(&[verb, &["plan.json"]].concat());
        assert!(
            ran.stderr.contains("a saved plan"),
            "{verb:?}: {}",
            ran.stderr
        );
        assert_eq!(ran.status, 64, "{verb:?}");
    }
    for flags in [&["--var", "a=b"][..], &["--replace", "db"], &["--no-prune"]] {
        let ran = sandbox.triad(&[&["apply"], flags, &["plan.json"]].concat());
        assert_eq!(ran.status, 64, "{flags:?}: {}", ran.stderr);
    }
}

#[test]
fn flags_and_variables_are_saved_too() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.panes();
    let plan = ["plan", "--replace", "web/main/api", "--out", "plan.json"];
    let planned = sandbox.triad(&plan).exits(0);
    let shown = sandbox.triad(&["show", "plan.json"]).exits(0);
    assert!(planned.stdout.starts_with(shown.stdout.trim_end()));
    sandbox.triad(&["apply", "plan.json"]).exits(0);
    let panes = sandbox.panes();
    let is_same = |pane: &str| panes[pane].pid == before[pane].pid;
    assert!(is_same("web/main/db") && !is_same("web/main/api"));
}
