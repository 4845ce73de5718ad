//! `was`: a pane renamed in the manifest keeps running under its new name, in the same pane.

use std::collections::BTreeMap;

use crate::support::sandbox::{Sandbox, eventually};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);

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

/// Every address before, with the one after.
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
fn a_renamed_pane_keeps_its_process() {
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
    // A former name that is no longer declared changes nothing.
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
fn sizes_chosen_by_hand_survive_a_rename() {
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
fn a_rename_with_a_restart_stays_in_the_same_pane() {
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
fn an_interrupted_rename_is_finished_by_the_next_apply() {
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

#[test]
fn a_renamed_layout_takes_over_its_former_sessions() {
    let sandbox = Sandbox::new();
    let again = "service \"api\" { run \"sleep\" \"1003\"; restart \"on-failure\" }";
    let old = BEFORE.replace(
        "service \"api\" { run \"sleep\" \"1003\"; needs \"tests\" }",
        again,
    );
    sandbox.apply(&old);
    let before = identities(&sandbox);
    // A pane moved by hand still belongs to the layout.
    let strayed = sandbox.panes()["other/main/c"].id.clone();
    sandbox.tmux(&["new-session", "-d", "-s", "mine"]);
    sandbox.tmux(&["join-pane", "-s", &strayed, "-t", "=mine:"]);
    // Without `was` the name in the manifest is another layout, whose sessions are taken.
    let new = old.replace("layout \"names\"", "layout \"shop\"");
    sandbox.manifest(&new);
    let refused = sandbox.triad(&["plan"]).exits(7);
    let way = "`layout \"shop\" was=\"names\"` in the manifest";
    assert!(refused.stderr.contains(way), "{}", refused.stderr);
    let new = new.replace("layout \"shop\"", "layout \"shop\" was=\"names\"");
    sandbox.manifest(&new);
    // Until that is done, both names select it.
    let ps = sandbox.triad(&["ps"]).exits(0).stdout;
    assert!(ps.contains("old/tools/a") && ps.contains("running"), "{ps}");
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(plan.contains("its layout was named `names`"), "{plan}");
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(identities(&sandbox), before);
    // A former name that is no longer declared changes nothing, and selects nothing.
    sandbox.manifest(&new.replace(" was=\"names\"", ""));
    let plan = sandbox.triad(&["plan", "--check"]).exits(0).stdout;
    assert!(!plan.contains("names"), "{plan}");
    let down = sandbox.triad(&["down", "names"]).exits(0).stdout;
    assert!(down.contains("nothing to do"), "{down}");
    // Restarts by tmux use the new name.
    let api = sandbox.panes()["old/editor/api"].pid;
    let kill = |pid: u32| {
        std::process::Command::new("kill")
            .args(["-9", &pid.to_string()])
            .status()
    };
    assert!(kill(api).is_ok_and(|status| status.success()));
    let named = || {
        let pid = sandbox.panes()["old/editor/api"].pid;
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        pid != api && String::from_utf8_lossy(&environment).contains("TRIAD_LAYOUT=shop\0")
    };
    eventually("the command runs again under the new name", DEADLINE, named);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(sandbox.sessions(), ["mine"]);
}

#[test]
fn a_former_layout_that_is_still_running_is_reported() {
    let sandbox = Sandbox::new();
    let text =
        "layout \"a\"\nsession \"s\" { window \"w\" { pane \"p\" { run \"sleep\" \"1001\" } } }";
    sandbox.apply(text);
    let other = text.replace("\"a\"", "\"b\"").replace("\"s\"", "\"t\"");
    sandbox.manifest(&other);
    let said = "note: layout `a` was applied from this manifest, too, and still runs";
    for words in [&["plan"][..], &["apply"]] {
        let ran = sandbox.triad(words).exits(0);
        assert!(ran.stdout.contains(said), "{words:?}: {}", ran.stdout);
    }
    // Another file of that folder is another layout, not a former one.
    sandbox.file("other.kdl", &text.replace("\"s\"", "\"u\""));
    let ran = sandbox.triad(&["plan", "other.kdl"]).exits(0);
    assert!(!ran.stdout.contains("note: layout"), "{}", ran.stdout);
}
