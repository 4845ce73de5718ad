//! A manifest that was moved or renamed: its sessions have the old path.

use crate::support::sandbox::Sandbox;
use crate::support::seen::{assert_same, pids, renewed, words};

const LAYOUT: &str = r#"
layout "shop"
session "web" { window "main" { pane "a" { run "sleep" "1001" }; pane "b" } }
session "old" { window "main" { pane "c" { run "sleep" "1002" } } }
"#;

/// A layout that was applied from `old.kdl`, and a manifest `triad.kdl`.
fn moved(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let old = sandbox.file("old.kdl", LAYOUT);
    sandbox.triad(&["apply".as_ref(), old.as_os_str()]).exits(0);
    std::fs::remove_file(old).unwrap();
    sandbox.manifest(text);
    sandbox
}

#[test]
fn a_renamed_manifest_is_reported_and_keeps_its_processes() {
    let sandbox = moved(LAYOUT);
    let (before, dump) = (pids(&sandbox), sandbox.dump_all());
    let ran = sandbox.triad(&["apply", "--yes"]).exits(7);
    for expected in [
        "was applied from",
        "old.kdl, which no longer exists",
        "`--adopt`",
    ] {
        assert!(words(&ran.stderr).contains(expected), "{}", ran.stderr);
    }
    assert_same(&dump, &sandbox.dump_all(), "a refusal");
    sandbox.triad(&["apply", "--adopt"]).exits(0);
    assert!(renewed(&before, &sandbox).is_empty());
    let after = sandbox.dump_all();
    let changed: Vec<&str> = after
        .lines()
        .filter(|line| !dump.lines().any(|old| old == *line))
        .collect();
    assert!(
        changed
            .iter()
            .all(|line| line.starts_with("@triad_manifest ") || line.starts_with("@triad_pane ")),
        "{changed:?}"
    );
    assert!(!after.contains("old.kdl"));
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn unwanted_sessions_of_a_moved_manifest_are_removed() {
    let text = LAYOUT
        .lines()
        .filter(|line| !line.contains("\"old\""))
        .collect::<Vec<_>>()
        .join("\n");
    let sandbox = moved(&text);
    let before = pids(&sandbox);
    sandbox.triad(&["apply", "--adopt"]).exits(7);
    assert_eq!(sandbox.sessions(), ["old", "web"]);
    sandbox.triad(&["apply", "--yes", "--adopt"]).exits(0);
    assert_eq!(sandbox.sessions(), ["web"]);
    assert!(renewed(&before, &sandbox).is_empty());
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn another_checkout_is_not_taken_over() {
    let sandbox = moved(LAYOUT);
    sandbox.file("old.kdl", LAYOUT);
    let before = sandbox.dump_all();
    for arguments in [
        ["apply", "--yes"].as_slice(),
        &["apply", "--yes", "--adopt"],
    ] {
        let ran = sandbox.triad(arguments).exits(7);
        assert!(
            words(&ran.stderr).contains("is used by layout `shop`"),
            "{}",
            ran.stderr
        );
        assert!(!words(&ran.stderr).contains("--adopt"), "{}", ran.stderr);
    }
    assert_same(&before, &sandbox.dump_all(), "a refusal");
}

#[test]
fn a_moved_folder_keeps_its_processes() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.path("one/layouts/inner")).unwrap();
    let text = "layout \"shop\"\nroot \"..\"\nsession \"web\" { window \"main\" {\n\
                pane \"a\" { run \"sleep\" \"1001\" }\n\
                service \"b\" cwd=\"layouts/inner\" { run \"sleep 1002\"; restart \"always\" }\n\
                pane \"c\" { run \"sleep\" \"1003\" } } }";
    std::fs::write(sandbox.path("one/layouts/x.kdl"), text).unwrap();
    sandbox.triad(&["apply", "one/layouts/x.kdl"]).exits(0);
    let before = pids(&sandbox);
    std::fs::rename(sandbox.path("one"), sandbox.path("two")).unwrap();
    // One of them has changed, and restarts; nothing else does.
    std::fs::write(
        sandbox.path("two/layouts/x.kdl"),
        text.replace("1003", "2003"),
    )
    .unwrap();
    let moved = ["two/layouts/x.kdl"];
    sandbox.triad(&[&["plan"], &moved[..]].concat()).exits(7);
    sandbox
        .triad(&[&["apply", "--yes", "--adopt"], &moved[..]].concat())
        .exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/c"]);
    let ran = sandbox.triad(&[&["plan", "--check"], &moved[..]].concat());
    assert_eq!(ran.status, 0, "{}", ran.stdout);
}
