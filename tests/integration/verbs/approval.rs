//! Output and questions of apply and plan: exit codes of changes, confirmation before a process
//! ends, JSON that scripts can read, a dependency that dies.

use super::{LAYOUT, waiting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, events, identity, words};

#[test]
fn plan_check_reports_changes_by_its_exit_code() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(2);
    sandbox.triad(&["plan", "--check", "--json"]).exits(2);
    sandbox.triad(&["plan"]).exits(0);
    sandbox.apply(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.manifest(&LAYOUT.replace("\"shell\"", "\"shell\" title=\"Shell\""));
    sandbox.triad(&["plan", "--check"]).exits(2);
}

#[test]
fn ending_a_process_needs_confirmation() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.dump_all();
    let api = sandbox.panes()["web/main/api"].clone();
    for edited in [
        LAYOUT.replace("1002", "2002"),
        LAYOUT.replace("pane \"api\" { run \"sleep\" \"1002\"; needs \"db\" }", ""),
    ] {
        sandbox.manifest(&edited);
        let ran = sandbox.triad(&["apply"]).exits(7);
        for expected in ["--yes", "1 live process", "there is no terminal to ask on"] {
            assert!(
                words(&ran.stderr).contains(expected),
                "`{expected}`: {}",
                ran.stderr
            );
        }
        let ends = format!("ends sleep, pid {}", api.pid);
        assert!(
            words(&ran.stdout).contains(&ends),
            "the plan shows the cost: {}",
            ran.stdout
        );
        let events = events(&sandbox.triad(&["apply", "--json"]).exits(7));
        assert_eq!(events[0]["event"], "plan");
        assert_eq!(events.last().expect("an error")["exit"], 7);
        assert_same(&before, &sandbox.dump_all(), "a refused apply");
    }
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["down"]).exits(7);
    assert_same(&before, &sandbox.dump_all(), "a refused down");
    // Without an ending process there is no question.
    sandbox.manifest(&LAYOUT.replace("\"shell\"", "\"shell\" title=\"Shell\""));
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn json_is_all_there_is_on_standard_output() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let all: [(&[&str], i32); 9] = [
        (&["check"], 0),
        (&["plan"], 0),
        (&["plan", "--commands"], 0),
        (&["apply"], 0),
        (&["-v", "apply"], 0),
        (&["apply", "absent.kdl"], 66),
        (&["apply", "--tmux", "/absent"], 69),
        (&["-v", "down", "--yes"], 0),
        (&["down", "--yes"], 0),
    ];
    for (arguments, status) in all {
        let ran = sandbox
            .triad(&[arguments, &["--json"]].concat())
            .exits(status);
        let events = events(&ran);
        let first = events
            .first()
            .unwrap_or_else(|| panic!("{arguments:?} prints nothing"));
        assert_eq!(
            first["format"], 1,
            "{arguments:?} names the format's version: {first}"
        );
        let named = |event: &serde_json::Value| event["event"].is_string();
        assert!(
            arguments[0] == "check" || events.iter().all(named),
            "{events:#?}"
        );
    }
    let pending = sandbox.manifest(&waiting().replace("every", "deadline=\"50ms\" every"));
    assert!(pending.exists());
    let events = events(&sandbox.triad(&["apply", "--json"]).exits(4));
    let end = events.last().expect("an end");
    assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &4.into()));
    assert_eq!(end["unready"], serde_json::json!(["web/main/db"]));
    let names: Vec<&str> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    let place = |name: &str| names.iter().position(|other| *other == name);
    assert!(
        place("not-ready") < place("skipped") && place("skipped").is_some(),
        "{names:?}"
    );
}

#[test]
fn a_dead_dependency_is_reported_at_once_and_the_rest_starts() {
    let sandbox = Sandbox::new();
    // Output right before the end may be lost, hence the pause. The deadline is beyond anything
    // that a test waits for: only its death can end the wait.
    let manifest = r#"
        session "web" {
            window "main" {
                service "db" {
                    run "echo starting; test -e fixed && exec sleep 1001; echo no licence >&2; sleep 0.2; exit 42"
                    ready every="20ms" deadline="1h" { exec "test -e fixed" }
                }
                pane "api" { run "sleep" "1002"; needs "db" }
                pane "front" { run "sleep" "1003"; needs "api" }
                pane "other" { run "sleep" "1004" }
            }
        }
        "#;
    sandbox.manifest(manifest);
    let ran = sandbox.triad(&["apply"]).exits(4);
    for expected in ["status 42", "starting", "no licence", "api", "front"] {
        assert!(
            words(&ran.stdout).contains(expected),
            "`{expected}`: {}",
            ran.stdout
        );
    }
    let before = sandbox.panes();
    assert_eq!(before["web/main/other"].phase, "started");
    assert_eq!(before["web/main/api"].phase, "pending");
    let again = events(&sandbox.triad(&["apply", "--json"]).exits(4));
    let place = |name: &str| again.iter().position(|event| event["event"] == name);
    let died = place("died").unwrap_or_else(|| panic!("{again:#?}"));
    assert!(
        place("started") < Some(died) && Some(died) < place("skipped"),
        "{again:#?}"
    );
    assert!(
        place("not-ready").is_none(),
        "the run does not wait for the deadline: {again:#?}"
    );
    assert_eq!(again[died]["address"], "web/main/db");
    assert!(
        again[died]["lines"].to_string().contains("no licence"),
        "{again:#?}"
    );
    sandbox.file("fixed", "");
    let plan = events(&sandbox.triad(&["plan", "--json"]).exits(0));
    let steps = plan[0]["steps"].as_array().expect("a list");
    let wanted: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["address"].as_str())
        .collect();
    assert_eq!(
        wanted,
        ["web/main/db", "web/main/api", "web/main/front"],
        "only the missing panes"
    );
    sandbox.triad(&["apply"]).exits(0);
    let after = sandbox.panes();
    assert_eq!(
        identity(&before["web/main/other"]),
        identity(&after["web/main/other"])
    );
    assert!(after.values().all(|pane| pane.phase == "started"));
    assert_eq!(before["web/main/api"].id, after["web/main/api"].id);
}

#[test]
fn a_waiting_pane_shows_its_needs_and_later_its_program() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting().replace(
        "pane \"api\" { run \"sleep\" \"1002\"",
        "pane \"api\" { run \"echo the api itself; exec sleep 1002\"",
    ));
    let running = sandbox.start(&["apply"]);
    let shows = |text: &str| {
        eventually(&format!("the pane shows {text}"), DEADLINE, || {
            let panes = sandbox.panes();
            panes
                .get("web/main/api")
                .is_some_and(|pane| sandbox.screen(&pane.id).contains(text))
        });
    };
    shows("is waiting for");
    shows("web/main/db");
    shows("triad apply");
    let id = sandbox.panes()["web/main/api"].id.clone();
    // Text typed into it meanwhile is not run, not shown, and not kept for the program.
    sandbox.tmux(&["send-keys", "-t", &id, "touch typed", "Enter"]);
    sandbox.file("go", "");
    running.ends().exits(0);
    shows("the api itself");
    let screen = sandbox.screen(&id);
    assert!(
        !screen.contains("waiting for") && !screen.contains("typed"),
        "{screen}"
    );
    assert_eq!(sandbox.panes()["web/main/api"].id, id);
    assert_eq!(sandbox.read("typed"), None);
}

#[test]
fn no_wait_only_waits_for_needs() {
    let sandbox = Sandbox::new();
    let slow =
        "service \"slow\" { run \"sleep\" \"1003\"; ready deadline=\"1h\" { exec \"false\" } }";
    sandbox.manifest(&LAYOUT.replace("pane \"shell\"", slow));
    let ran = sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let panes = sandbox.panes();
    assert!(
        panes.values().all(|pane| pane.phase == "started"),
        "{}",
        ran.stdout
    );
}
