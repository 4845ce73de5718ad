//! A running process is the most valuable thing: an unchanged pane keeps its id and its pid,
//! whatever happens around it.

use std::collections::BTreeMap;

use crate::support::sandbox::Sandbox;

/// The expected effect of an edit on panes; all others must stay the same.
#[derive(Default)]
struct Effect {
    /// The same pane, another process.
    restarted: &'static [&'static str],
    new: &'static [&'static str],
    gone: &'static [&'static str],
    /// The same pane and process, at another address.
    moved: &'static [(&'static str, &'static str)],
}

const NOTHING: Effect = Effect {
    restarted: &[],
    new: &[],
    gone: &[],
    moved: &[],
};

/// Applies the manifest and compares the panes with those before.
#[track_caller]
fn check(sandbox: &Sandbox, what: &str, manifest: &str, effect: &Effect) {
    let before = identities(sandbox);
    sandbox.apply(manifest);
    let after = identities(sandbox);
    let mut expected = before.clone();
    for gone in effect.gone {
        expected
            .remove(*gone)
            .unwrap_or_else(|| panic!("{what}: {gone} did not exist"));
    }
    for (from, to) in effect.moved {
        let moved = expected
            .remove(*from)
            .unwrap_or_else(|| panic!("{what}: no {from}"));
        expected.insert((*to).to_owned(), moved);
    }
    for new in effect.new {
        let found = after
            .get(*new)
            .unwrap_or_else(|| panic!("{what}: no {new}"));
        assert!(
            !before.values().any(|old| old.0 == found.0),
            "{what}: {new} is a new pane"
        );
        expected.insert((*new).to_owned(), found.clone());
    }
    for restarted in effect.restarted {
        let (old, new) = (&before[*restarted], &after[*restarted]);
        assert_eq!(old.0, new.0, "{what}: {restarted} restarts in its pane");
        assert_ne!(old.1, new.1, "{what}: {restarted} restarts");
        expected.insert((*restarted).to_owned(), new.clone());
    }
    assert_eq!(expected, after, "{what}");
    let plan = sandbox.triad(&["plan", "--check"]);
    assert_eq!(
        plan.status, 0,
        "{what} was the only change: {}",
        plan.stdout
    );
}

/// Returns the id and pid of each pane by address.
fn identities(sandbox: &Sandbox) -> BTreeMap<String, (String, u32)> {
    let panes = sandbox.panes().into_iter();
    panes
        .map(|(address, pane)| (address, (pane.id, pane.pid)))
        .collect()
}

const BASE: &str = r#"
layout "lives"
session "a" {
    window "one" {
        columns {
            pane "p" { run "sleep" "1001" }
            rows {
                pane "q" { run "sleep" "1002" }
                service "r" { run "exec sleep 1003" }
            }
        }
    }
    window "two" { rows { pane "s"; agent "t" { run "sleep" "1004" } } }
}
session "b" { window "one" { pane "u" { run "sleep" "1005" } } }
"#;

/// `BASE` with one text replaced by another.
#[track_caller]
fn with(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    BASE.replace(from, to)
}

#[test]
fn edits_of_one_pane_leave_the_others_alone() {
    let sandbox = Sandbox::new();
    sandbox.apply(BASE);
    let restarts_q = Effect {
        restarted: &["a/one/q"],
        ..NOTHING
    };
    let q = "pane \"q\" { run \"sleep\" \"1002\"";
    let edits = [
        ("command", with("\"1002\"", "\"2002\"")),
        ("argument", with("\"1002\"", "\"1002\" \"1\"")),
        ("cwd", with("pane \"q\"", "pane \"q\" cwd=\"/\"")),
        ("env", with(q, &format!("{q}; env {{ KEY \"value\" }}"))),
        (
            "shell line",
            with("\"sleep\" \"1002\"", "\"exec sleep 1002\""),
        ),
    ];
    for (what, manifest) in &edits {
        check(&sandbox, what, manifest, &restarts_q);
        check(&sandbox, &format!("{what}, back"), BASE, &restarts_q);
    }
    let in_place = [
        ("title", with("pane \"q\"", "pane \"q\" title=\"Q\"")),
        ("size", with("pane \"q\"", "pane \"q\" size=\"30%\"")),
        ("focus", with("pane \"q\"", "pane \"q\" focus=#true")),
        ("needs", with(q, &format!("{q}; needs \"p\""))),
        (
            "window title",
            with(
                "window \"one\" {\n        columns",
                "window \"one\" title=\"1\" {\n        columns",
            ),
        ),
    ];
    for (what, manifest) in &in_place {
        check(&sandbox, what, manifest, &NOTHING);
        check(&sandbox, &format!("{what}, back"), BASE, &NOTHING);
    }
}

#[test]
fn order_and_splits_are_changed_without_ending_anything() {
    let sandbox = Sandbox::new();
    sandbox.apply(BASE);
    let mirrored = r#"window "one" {
        rows {
            columns {
                service "r" { run "exec sleep 1003" }
                pane "q" { run "sleep" "1002" }
            }
            pane "p" { run "sleep" "1001" }
        }
    }
    window "two" { columns { agent "t" { run "sleep" "1004" }; pane "s" } }"#;
    let start = BASE
        .find("window \"one\"")
        .expect("the manifest contains it");
    let end = BASE
        .find("}\nsession \"b\"")
        .expect("the manifest contains it");
    let mirrored = format!("{}{mirrored}\n{}", &BASE[..start], &BASE[end..]);
    check(&sandbox, "splits mirrored", &mirrored, &NOTHING);
    check(&sandbox, "splits back", BASE, &NOTHING);
    let two =
        "    window \"two\" { rows { pane \"s\"; agent \"t\" { run \"sleep\" \"1004\" } } }\n";
    let first = with(two, "").replace("session \"a\" {\n", &format!("session \"a\" {{\n{two}"));
    check(&sandbox, "windows in another order", &first, &NOTHING);
    let names = sandbox.listed(&["list-windows", "-t", "=a:", "-F", "#{window_name}"]);
    assert_eq!(names, ["two", "one"]);
    check(&sandbox, "windows back", BASE, &NOTHING);
}

#[test]
fn additions_and_removals_leave_the_others_alone() {
    let sandbox = Sandbox::new();
    sandbox.apply(BASE);
    let added = with(
        "pane \"p\"",
        "pane \"x\" { run \"sleep\" \"1006\" }; pane \"p\"",
    );
    check(
        &sandbox,
        "a pane added",
        &added,
        &Effect {
            new: &["a/one/x"],
            ..NOTHING
        },
    );
    check(
        &sandbox,
        "and removed",
        BASE,
        &Effect {
            gone: &["a/one/x"],
            ..NOTHING
        },
    );
    let added = with(
        "window \"two\"",
        "window \"mid\" { pane \"m\"; pane \"n\" }\n    window \"two\"",
    );
    let new = Effect {
        new: &["a/mid/m", "a/mid/n"],
        ..NOTHING
    };
    check(&sandbox, "a window added", &added, &new);
    check(
        &sandbox,
        "and removed",
        BASE,
        &Effect {
            gone: new.new,
            ..NOTHING
        },
    );
    let b = "session \"b\" { window \"one\" { pane \"u\" { run \"sleep\" \"1005\" } } }\n";
    check(
        &sandbox,
        "a session removed",
        &with(b, ""),
        &Effect {
            gone: &["b/one/u"],
            ..NOTHING
        },
    );
    assert_eq!(sandbox.sessions(), ["a"]);
    check(
        &sandbox,
        "and added",
        BASE,
        &Effect {
            new: &["b/one/u"],
            ..NOTHING
        },
    );
}

#[test]
fn panes_move_between_sessions_with_their_processes() {
    let sandbox = Sandbox::new();
    sandbox.apply(BASE);
    let moved = with("pane \"q\" { run \"sleep\" \"1002\" }\n", "").replace(
        "pane \"u\"",
        "pane \"q\" { run \"sleep\" \"1002\" }; pane \"u\"",
    );
    let effect = Effect {
        moved: &[("a/one/q", "b/one/q")],
        ..NOTHING
    };
    check(&sandbox, "to another session", &moved, &effect);
    let effect = Effect {
        moved: &[("b/one/q", "a/one/q")],
        ..NOTHING
    };
    check(&sandbox, "and back", BASE, &effect);
    let id = sandbox.panes()["a/one/q"].id.clone();
    let far = sandbox.panes()["b/one/u"].id.clone();
    sandbox.tmux(&["join-pane", "-d", "-s", &id, "-t", &far]);
    check(
        &sandbox,
        "joined to another session by hand",
        BASE,
        &NOTHING,
    );
}

#[test]
fn panes_move_between_windows_with_their_processes() {
    let sandbox = Sandbox::new();
    sandbox.apply(BASE);
    let moved = with("pane \"q\" { run \"sleep\" \"1002\" }\n", "").replace(
        "pane \"s\";",
        "pane \"s\"; pane \"q\" { run \"sleep\" \"1002\" };",
    );
    let effect = Effect {
        moved: &[("a/one/q", "a/two/q")],
        ..NOTHING
    };
    check(&sandbox, "to another window", &moved, &effect);
    let effect = Effect {
        moved: &[("a/two/q", "a/one/q")],
        ..NOTHING
    };
    check(&sandbox, "and back", BASE, &effect);
    // Panes moved by hand come back alive, too.
    let id = sandbox.panes()["a/one/q"].id.clone();
    let two = sandbox.panes()["a/two/s"].id.clone();
    sandbox.tmux(&["join-pane", "-d", "-s", &id, "-t", &two]);
    check(&sandbox, "joined elsewhere by hand", BASE, &NOTHING);
    sandbox.tmux(&["break-pane", "-d", "-s", &id, "-n", "broken"]);
    check(&sandbox, "broken out by hand", BASE, &NOTHING);
    let names = sandbox.listed(&["list-windows", "-t", "=a:", "-F", "#{window_name}"]);
    assert_eq!(names, ["one", "two"]);
    sandbox.tmux(&["swap-pane", "-d", "-s", &id, "-t", &two]);
    check(&sandbox, "swapped by hand", BASE, &NOTHING);
}

#[test]
fn forty_shells_survive_an_edit_of_size_title_and_place() {
    let mut sandbox = Sandbox::new();
    let panes = |window: usize| -> Vec<String> {
        let panes = window * 10..window * 10 + 10;
        panes.map(|pane| format!("pane \"p{pane}\"")).collect()
    };
    let forty = |windows: &[Vec<String>]| {
        let windows = windows.iter().enumerate().map(|(index, panes)| {
            let panes = panes.join("; ");
            format!("window \"w{index}\" {{ columns {{ {panes} }} }}\n")
        });
        let windows: String = windows.collect();
        format!("layout \"forty\"\nsession \"s\" {{\n{windows}}}\n")
    };
    let windows: Vec<Vec<String>> = (0..4).map(panes).collect();
    sandbox.apply(&forty(&windows));
    let pids = |sandbox: &Sandbox| {
        let pids = sandbox.identities().into_iter();
        let mut pids: Vec<_> = pids.map(|(_, id, pid)| (id, pid)).collect();
        pids.sort();
        pids
    };
    let before = pids(&sandbox);
    assert_eq!(before.len(), 40);
    let mut size = windows.clone();
    size[1][3] = "pane \"p13\" size=40".to_owned();
    let mut title = windows.clone();
    title[2][0] = "pane \"p20\" title=\"The twentieth\"".to_owned();
    let mut place = windows.clone();
    let moved = place[0].remove(4);
    place[3].insert(7, moved);
    let mut order = windows.clone();
    order[2].reverse();
    order.swap(0, 3);
    sandbox.count_tmux();
    for (what, windows) in [
        ("size", size),
        ("title", title),
        ("place", place),
        ("order", order),
    ] {
        sandbox.manifest(&forty(&windows));
        let ran = sandbox.triad(&["apply"]).exits(0);
        assert_eq!(pids(&sandbox), before, "{what}: {}", ran.stdout);
        sandbox.take_calls();
        sandbox.triad(&["apply"]).exits(0);
        let calls = sandbox.take_calls();
        assert_eq!(calls.len(), 1, "{what}: {calls:?}");
        assert!(!calls[0].is_writing(), "{what}: {calls:?}");
    }
}
