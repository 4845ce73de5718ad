//! `was`: what is renamed in the manifest goes on running under its new name, in the same pane.

use std::collections::BTreeMap;

use crate::support::sandbox::Sandbox;

const BEFORE: &str = r#"
layout "names"
session "old" {
    window "editor" {
        columns {
            pane "vim" size="30%" { run "sleep" "1001" }
            rows {
                pane "tests" { run "sleep" "1002" }
                service "api" { run "sleep" "1003"; needs "tests" }
            }
        }
    }
    window "tools" { pane "a" { run "sleep" "1004" }; pane "b" }
}
session "other" { window "main" { pane "c" { run "sleep" "1005" }; pane "e" } }
"#;

const AFTER: &str = r#"
layout "names"
session "new" was="old" {
    window "code" was="editor" {
        columns {
            pane "editor" was="vim" size="30%" { run "sleep" "1001" }
            rows {
                pane "tests" { run "sleep" "1002" }
                service "api" { run "sleep" "1003"; needs "tests" }
            }
        }
    }
    window "tools" { pane "here" was="other/main/c" { run "sleep" "1005" }; pane "b" }
}
session "other" { window "main" { pane "d" was="old/tools/a" { run "sleep" "1004" }; pane "e" } }
"#;

/// Every address before, with what it is after.
const RENAMED: [(&str, &str); 7] = [
    ("other/main/e", "other/main/e"),
    ("old/editor/vim", "new/code/editor"),
    ("old/editor/tests", "new/code/tests"),
    ("old/editor/api", "new/code/api"),
    ("old/tools/a", "other/main/d"),
    ("old/tools/b", "new/tools/b"),
    ("other/main/c", "new/tools/here"),
];

fn identities(sandbox: &Sandbox) -> BTreeMap<String, (String, u32)> {
    let panes = sandbox.panes().into_iter();
    panes
        .map(|(address, pane)| (address, (pane.id, pane.pid)))
        .collect()
}

#[track_caller]
fn assert_renamed(before: &BTreeMap<String, (String, u32)>, sandbox: &Sandbox) {
    let expected = RENAMED.map(|(from, to)| (to.to_owned(), before[from].clone()));
    assert_eq!(identities(sandbox), BTreeMap::from(expected));
    assert_eq!(sandbox.sessions(), ["new", "other"]);
    let names = sandbox.listed(&["list-windows", "-t", "=new:", "-F", "#{window_name}"]);
    assert_eq!(names, ["code", "tools"]);
    let plan = sandbox.triad(&["plan", "--check"]);
    assert_eq!(plan.status, 0, "{}", plan.stdout);
}

#[test]
fn what_is_renamed_keeps_its_process() {
    let sandbox = Sandbox::new();
    sandbox.apply(BEFORE);
    let before = identities(&sandbox);
    sandbox.manifest(AFTER);
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(
        ran.stdout.contains("renamed from old/editor/vim"),
        "{}",
        ran.stdout
    );
    assert_renamed(&before, &sandbox);
    // What was said once and is not said any more changes nothing.
    let was = [
        " was=\"old\"",
        " was=\"editor\"",
        " was=\"vim\"",
        " was=\"other/main/c\"",
        " was=\"old/tools/a\"",
    ];
    let plain = was
        .iter()
        .fold(AFTER.to_owned(), |text, was| text.replace(was, ""));
    sandbox.manifest(&plain);
    assert_renamed(&before, &sandbox);
}

#[test]
fn sizes_that_a_person_chose_stay_when_panes_get_other_names() {
    let sandbox = Sandbox::new();
    let text = "session \"s\" { window \"w\" { columns { pane \"a\"; pane \"b\" } } }";
    sandbox.apply(text);
    let pane = sandbox.panes()["s/w/a"].clone();
    sandbox.tmux(&["resize-pane", "-t", &pane.id, "-x", "20"]);
    sandbox.apply(&text.replace("pane \"a\"", "pane \"x\" was=\"a\""));
    let after = &sandbox.panes()["s/w/x"];
    assert_eq!((after.pid, after.size.0), (pane.pid, 20));
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_rename_that_restarts_does_so_in_the_same_pane() {
    let sandbox = Sandbox::new();
    sandbox.apply("session \"s\" { window \"w\" { pane \"a\" { run \"sleep\" \"1001\" } } }");
    let before = sandbox.panes()["s/w/a"].clone();
    sandbox.manifest(
        "session \"s\" { window \"w\" { pane \"b\" was=\"a\" { run \"sleep\" \"1002\" } } }",
    );
    sandbox.triad(&["apply"]).exits(7);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    let after = sandbox.panes()["s/w/b"].clone();
    assert_eq!(before.id, after.id);
    assert_ne!(before.pid, after.pid);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_rename_that_was_cut_short_is_finished_by_the_next_apply() {
    use crate::support::standin::Fault;
    for at in 1..=3 {
        for fault in [Fault::KillAfter, Fault::Cut, Fault::Fail] {
            let sandbox = Sandbox::new();
            sandbox.apply(BEFORE);
            let before = identities(&sandbox);
            sandbox.manifest(AFTER);
            let _ = sandbox.with_fault(fault, at, &["apply", "--yes"]);
            sandbox.triad(&["apply", "--yes"]).exits(0);
            assert_renamed(&before, &sandbox);
        }
    }
}
