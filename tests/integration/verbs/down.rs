//! `down` leaves nothing of triad's and everything of others.

use super::{LAYOUT, waiting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, events};

/// Creates a foreign session beside triad's, and returns its dump.
#[track_caller]
fn with_foreign(sandbox: &Sandbox) -> String {
    sandbox.foreign("webapp");
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=webapp:",
        "--",
        "sleep",
        "3002",
    ]);
    let dump = || sandbox.dump(&["webapp"]);
    let mut last = dump();
    eventually("nothing changes any more", DEADLINE, || {
        let before = std::mem::replace(&mut last, dump());
        before == last && last.matches(" sleep ").count() > 1
    });
    last
}

#[test]
fn by_manifest_by_name_and_of_nothing() {
    let sandbox = Sandbox::new();
    let before = with_foreign(&sandbox);
    let gone = |what: &str| {
        assert_eq!(sandbox.sessions(), ["webapp"], "{what}");
        assert_same(&before, &sandbox.dump(&["webapp"]), what);
        assert!(
            !sandbox.is_running("sleep 100"),
            "{what}: {:?}",
            sandbox.running("sleep 100")
        );
    };
    let down = |arguments: &[&str]| {
        sandbox.apply(LAYOUT);
        eventually("the program runs", DEADLINE, || {
            sandbox.is_running("sleep 1002")
        });
        sandbox.triad(arguments).exits(0);
    };
    down(&["down", "--yes"]);
    gone("down of the manifest that is found");
    down(&["down", "triad.kdl", "--yes"]);
    gone("down of a path");
    down(&["down", "shop", "--yes"]);
    gone("down of a name");
    sandbox.apply(LAYOUT);
    std::fs::remove_file(sandbox.path("triad.kdl")).expect("the file exists");
    sandbox.triad(&["down", "shop", "--yes"]).exits(0);
    gone("down of a name whose manifest is lost");
    sandbox.apply(LAYOUT);
    sandbox.manifest("session \"broken");
    sandbox.triad(&["down", "shop", "--yes"]).exits(0);
    gone("down of a name whose manifest is broken");
    for arguments in [
        &["down", "shop"][..],
        &["down", "no-such-layout"],
        &["down", "webapp"],
    ] {
        let ran = sandbox.triad(arguments).exits(0);
        assert!(ran.stdout.contains("nothing"), "{}", ran.stdout);
        gone("down of a missing layout");
    }
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["down"]).exits(0);
    gone("down of a manifest that is not applied");
}

#[test]
fn without_a_server_there_is_nothing_to_do() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["down"]).exits(0);
    sandbox.triad(&["down", "shop"]).exits(0);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn another_manifests_layout_of_the_same_name_stays() {
    let sandbox = Sandbox::new();
    let other = sandbox.file("other.kdl", &LAYOUT.replace("\"web\"", "\"jobs\""));
    sandbox
        .triad(&["apply".as_ref(), other.as_os_str()])
        .exits(0);
    let before = sandbox.dump(&["jobs"]);
    sandbox.apply(LAYOUT);
    // By name alone it is ambiguous.
    let ran = sandbox.triad(&["down", "shop", "--yes"]).exits(7);
    let other = other.display().to_string();
    assert!(ran.stderr.contains(&other), "{}", ran.stderr);
    assert_eq!(sandbox.sessions(), ["jobs", "web"]);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(sandbox.sessions(), ["jobs"]);
    assert_same(&before, &sandbox.dump(&["jobs"]), "down of a namesake");
}

#[test]
fn no_process_survives_down() {
    let sandbox = Sandbox::new();
    let before = with_foreign(&sandbox);
    sandbox.apply(
        r#"
        layout "shop"
        session "web" {
            window "main" {
                pane "deaf" { run "trap '' TERM HUP INT; touch deaf; sleep 1001 & sleep 1002; sleep 1003" }
                pane "forks" { run "sleep 1004 & (sleep 1005 & sleep 1006) & exec sleep 1007" }
                pane "nohup" { run "nohup sleep 1008 >/dev/null 2>&1 & exec sleep 1009" }
                pane "own-session" { run "setsid sleep 1010 & exec sleep 1011" }
                pane "stopped" { run "sh -c 'kill -STOP $$; sleep 1012' & exec sleep 1013" }
                pane "shell"
                task "done" { run "true" }
            }
        }
        "#,
    );
    let shell = sandbox.panes()["web/main/shell"].id.clone();
    sandbox.tmux(&[
        "send-keys",
        "-t",
        &shell,
        "nohup sleep 1014 & sleep 1015 &",
        "Enter",
    ]);
    for number in [
        1001, 1002, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1013, 1014, 1015,
    ] {
        let text = format!("sleep {number}");
        eventually(&text, DEADLINE, || sandbox.is_running(&text));
    }
    sandbox
        .triad(&["down", "--yes", "--timeout", "1s"])
        .exits(0);
    let left = [sandbox.running("sleep 10"), sandbox.running("trap")].concat();
    assert!(left.is_empty(), "still running after `down`: {left:?}");
    assert_eq!(sandbox.sessions(), ["webapp"]);
    assert_same(&before, &sandbox.dump(&["webapp"]), "down");
}

#[test]
fn programs_are_asked_first_and_in_reverse_order_of_needs() {
    let sandbox = Sandbox::new();
    // The first to go takes longest to end: one that does not wait for it is faster.
    let service = |name: &str, pause: &str, needs: &str| {
        let trap = format!("trap 'sleep {pause}; echo {name} >>log; exit 0' TERM");
        format!(
            "service \"{name}\" {{
                run \"{trap}; touch up-{name}; while :; do sleep 0.02; done\"
                ready every=\"20ms\" {{ exec \"test -e up-{name}\" }}
                {needs}
            }}"
        )
    };
    sandbox.apply(&format!(
        "session \"web\" {{ window \"main\" {{ {}; {}; {} }} }}",
        service("db", "0", ""),
        service("api", "0.2", "needs \"db\""),
        service("front", "0.4", "needs \"api\"")
    ));
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(sandbox.read("log").as_deref(), Some("front\napi\ndb\n"));
}

#[test]
fn panes_added_by_hand_are_kept_and_reported() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=web:main",
        "--",
        "sleep",
        "3003",
    ]);
    sandbox.tmux(&[
        "new-window",
        "-d",
        "-t",
        "=web:",
        "-n",
        "hand",
        "--",
        "sleep",
        "3004",
    ]);
    let format = "#{window_name} #{pane_id} #{pane_pid} #{s/ .*//:@triad_pane}";
    let foreign = || -> Vec<String> {
        let panes = sandbox.listed(&["list-panes", "-s", "-t", "=web:", "-F", format]);
        panes
            .into_iter()
            .filter(|pane| pane.ends_with(' '))
            .collect()
    };
    let before = foreign();
    assert_eq!(before.len(), 2, "{before:?}");
    let ran = sandbox.triad(&["down", "--yes"]).exits(0);
    assert_eq!(before, foreign());
    assert!(sandbox.panes().is_empty());
    assert!(ran.stdout.contains("made by hand"), "{}", ran.stdout);
    // The rest is no obstacle for another apply.
    sandbox.apply(LAYOUT);
    assert_eq!(before, foreign());
    sandbox.triad(&["plan", "--check"]).exits(0);
    let told = events(&sandbox.triad(&["down", "--yes", "--json"]).exits(0));
    let told = serde_json::Value::from(told).to_string();
    assert!(
        told.contains("by hand"),
        "the JSON events report it, too: {told}"
    );
}

#[test]
fn a_half_made_layout_goes_too() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let running = sandbox.start(&["apply"]);
    eventually("api waits", DEADLINE, || {
        sandbox
            .panes()
            .get("web/main/api")
            .is_some_and(|pane| pane.phase == "pending")
    });
    running.signal("KILL");
    running.ends();
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn a_name_selects_only_that_layout() {
    let sandbox = Sandbox::new();
    let one = |name: &str| {
        let manifest = format!("layout \"{name}\"\nsession \"{name}\" {{ window \"w\"; }}");
        let path = sandbox.file(&format!("{name}.kdl"), &manifest);
        sandbox
            .triad(&["apply", &path.display().to_string()])
            .exits(0);
    };
    one("shop");
    one("bank");
    // Additions to the other one do not keep this one.
    sandbox.tmux(&["split-window", "-d", "-t", "=bank:", "--", "sleep", "3002"]);
    let bank = sandbox.dump(&["bank"]);
    let ran = sandbox.triad(&["down", "shop", "--yes"]).exits(0);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("bank"), "{said}");
    assert_eq!(sandbox.sessions(), ["bank"]);
    assert_same(&bank, &sandbox.dump(&["bank"]), "another layout's end");
}
