//! Kill it anywhere, run it again: whatever happens to triad or to the server between any two calls
//! of tmux, or within one, the next apply reaches the manifest.

use std::collections::BTreeSet;

use super::{EDITED, LAYOUT};
use crate::support::sandbox::{Sandbox, run};
use crate::support::seen::{assert_same, identity};
use crate::support::standin::Fault;

/// More calls than any apply here makes.
const CALLS_MAX: usize = 20;

#[test]
fn a_creation_survives_every_fault() {
    check_all(None, LAYOUT, &Fault::ALL);
}

#[test]
fn a_change_survives_every_fault() {
    check_all(Some(LAYOUT), EDITED, &Fault::ALL);
}

#[test]
fn a_change_back_survives_every_fault() {
    let faults = [
        Fault::KillBefore,
        Fault::KillWithin,
        Fault::Cut,
        Fault::Fail,
        Fault::Mute,
    ];
    check_all(Some(EDITED), LAYOUT, &faults);
}

/// A late failure must not claim that nothing was changed.
#[test]
fn an_addition_survives_every_fault() {
    let added = LAYOUT.replace(
        "window \"tools\"",
        "window \"new\" { pane \"a\"; pane \"b\" }\n    window \"tools\"",
    );
    let faults = [
        Fault::KillBefore,
        Fault::KillWithin,
        Fault::Cut,
        Fault::Fail,
        Fault::Mute,
    ];
    check_all(Some(LAYOUT), &added, &faults);
}

/// Tries each fault at every call of the apply from one manifest to another.
#[track_caller]
fn check_all(from: Option<&str>, to: &str, faults: &[Fault]) {
    for fault in faults {
        let tried = (1..=CALLS_MAX).find(|at| !check(from, to, *fault, *at));
        let tried = tried.expect("the loop has ended") - 1;
        assert!(
            tried >= 3,
            "{fault:?} met {tried} calls: observe, geometry, a wave at least"
        );
    }
}

/// Runs one apply with a fault and one without; returns false if there was no such call.
#[track_caller]
fn check(from: Option<&str>, to: &str, fault: Fault, at: usize) -> bool {
    let about = format!("{fault:?} at call {at}");
    let sandbox = Sandbox::new();
    sandbox.foreign("foreign");
    if let Some(from) = from {
        sandbox.apply(from);
        sandbox.ended("web/tools/setup");
    }
    sandbox.manifest(to);
    let before = ours(&sandbox);
    let Some(ran) = sandbox.with_fault(fault, at, &["apply", "--yes"]) else {
        return false;
    };
    assert_eq!(
        fault.kills_triad(),
        ran.status == 128 + 9,
        "{about}: {ran:?}"
    );
    if ran.status == 1 && !fault.ends_server() {
        assert_eq!(
            before,
            ours(&sandbox),
            "{about}: exit code 1 means that nothing was changed: {ran:?}"
        );
    }
    if ran.status == 0 && !fault.ends_server() {
        assert_eq!(
            plan(&sandbox).status,
            0,
            "{about}: exit code 0 means that no difference is left"
        );
    }
    let again = sandbox.triad(&["apply", "--yes"]);
    assert_eq!(again.status, 0, "{about}: {ran:#?}\nthen {again:#?}");
    check_result(&sandbox, to, &about);
    let lives = sandbox.sessions().contains(&"foreign".to_owned());
    assert!(
        lives || fault.ends_server(),
        "{about}: the foreign session is gone"
    );
    true
}

/// Returns a plan once the server has noticed the end of the task.
#[track_caller]
fn plan(sandbox: &Sandbox) -> crate::support::sandbox::Ran {
    if sandbox.panes().contains_key("web/tools/setup") {
        sandbox.ended("web/tools/setup");
    }
    sandbox.triad(&["plan", "--check"])
}

/// Checks that everything in the manifest is there, complete, and nothing else.
#[track_caller]
fn check_result(sandbox: &Sandbox, manifest: &str, about: &str) {
    let plan = plan(sandbox);
    assert_eq!(plan.status, 0, "{about}: {plan:#?}");
    let panes = ours(sandbox);
    for pane in &panes {
        let is_whole = pane.contains(" started ") && !pane.contains("[]");
        assert!(is_whole, "{about}: a pane is unfinished: {panes:#?}");
    }
    let wanted: BTreeSet<String> = addresses_of(manifest);
    let seen: BTreeSet<String> = sandbox.panes().into_keys().collect();
    assert_eq!(wanted, seen, "{about}");
    assert_eq!(
        panes.len(),
        wanted.len(),
        "{about}: something is left over: {panes:#?}"
    );
    let sessions: BTreeSet<&str> = wanted
        .iter()
        .filter_map(|pane| pane.split('/').next())
        .collect();
    let left = sandbox.sessions();
    let left: BTreeSet<&str> = left
        .iter()
        .map(String::as_str)
        .filter(|name| *name != "foreign")
        .collect();
    assert_eq!(sessions, left, "{about}");
}

/// Returns every pane of every session except the foreign one, with its tags.
#[track_caller]
pub(super) fn ours(sandbox: &Sandbox) -> Vec<String> {
    let format = "#{session_name} #{window_name} [#{@triad_window}] #{pane_id} #{pane_pid} \
                  [#{@triad_pane}] [#{s/^[^ ]* [^ ]* ?//:@triad_pane}] \
                  #{@triad_phase} [#{@triad_geometry}]";
    let listing = sandbox.try_tmux(&["list-panes", "-a", "-F", format]).stdout;
    let ours = listing.lines().filter(|line| !line.starts_with("foreign "));
    ours.map(str::to_owned).collect()
}

/// Returns the addresses of the panes of a manifest, from a server of its own.
pub(super) fn addresses_of(manifest: &str) -> BTreeSet<String> {
    let (mut session, mut window) = ("", "");
    let mut addresses = BTreeSet::new();
    let mut words = manifest.split('"');
    while let (Some(before), Some(name)) = (words.next(), words.next()) {
        match before
            .rsplit([' ', '\n', ';', '{'])
            .find(|word| !word.is_empty())
        {
            Some("session") => session = name,
            Some("window") => window = name,
            Some("pane" | "service" | "task" | "agent") => {
                addresses.insert(format!("{session}/{window}/{name}"));
            }
            _ => {}
        }
    }
    addresses
}

#[test]
fn a_truncated_script_does_nothing() {
    let sandbox = Sandbox::new();
    sandbox.foreign("foreign");
    for (from, to) in [(None, LAYOUT), (Some(LAYOUT), EDITED)] {
        if let Some(from) = from {
            sandbox.apply(from);
            sandbox.ended("web/tools/setup");
        }
        sandbox.manifest(to);
        let before = sandbox.dump_all();
        for at in [2, 3] {
            if at == 3 {
                // Up to here it is whole: the cut is in the batch that starts programs.
                sandbox.triad(&["down", "--yes"]).exits(0);
            }
            let script = script(&sandbox, at);
            let before = if at == 2 {
                before.clone()
            } else {
                sandbox.dump_all()
            };
            for length in cuts(&script) {
                let part = sandbox.file("cut.tmux", &script[..length]);
                sandbox.try_tmux(&["source-file".as_ref(), part.as_os_str()]);
                assert_same(
                    &before,
                    &sandbox.dump_all(),
                    &format!("the first {length} bytes of\n{script}\n"),
                );
            }
        }
    }
}

/// Returns the script that triad sends with that call of an apply; the server does not get it.
#[track_caller]
fn script(sandbox: &Sandbox, at: usize) -> String {
    sandbox
        .with_fault(Fault::KillBefore, at, &["apply", "--yes"])
        .expect("a call with this number");
    let input = sandbox.root().join("stand-in/input");
    std::fs::read_to_string(input).expect("the stand-in keeps it")
}

/// Returns ends of lines and places within lines, except the end.
fn cuts(script: &str) -> Vec<usize> {
    let whole = script.trim_end().len();
    let ends = script.match_indices('\n').map(|(at, _)| at + 1);
    let within = (1..12).map(|part| whole * part / 12);
    let last = [whole - 1, whole - 3];
    let all = ends.chain(within).chain(last).filter(|at| *at < whole);
    all.filter(|at| script.is_char_boundary(*at)).collect()
}

#[test]
fn a_down_survives_every_fault() {
    for fault in Fault::ALL {
        for at in 1..=CALLS_MAX {
            let about = format!("{fault:?} at call {at}");
            let sandbox = Sandbox::new();
            sandbox.foreign("foreign");
            sandbox.apply(LAYOUT);
            let Some(ran) = sandbox.with_fault(fault, at, &["down", "--yes"]) else {
                assert!(at > 2, "{about}: observe and remove at least");
                break;
            };
            let again = sandbox.triad(&["down", "--yes"]);
            assert_eq!(again.status, 0, "{about}: {ran:#?}\nthen {again:#?}");
            let mut left = sandbox.sessions();
            if fault.ends_server() && left.is_empty() {
                left.push("foreign".to_owned());
            }
            assert_eq!(left, ["foreign"], "{about}");
            assert!(
                !sandbox.is_running("sleep 1001"),
                "{about}: a program is left"
            );
        }
    }
}

#[test]
fn a_kill_during_a_wait_is_survived() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&LAYOUT.replace("exec \"true\"", "exec \"test -e go\""));
    let running = sandbox.start(&["apply"]);
    running.says("waiting until it is ready");
    crate::support::sandbox::eventually(
        "the waiting pane exists",
        crate::support::sandbox::DEADLINE,
        || {
            sandbox
                .panes()
                .get("web/main/api")
                .is_some_and(|pane| pane.phase == "pending")
        },
    );
    let db = sandbox.panes()["web/main/db"].clone();
    running.signal("KILL");
    assert_eq!(running.ends().status, 128 + 9);
    sandbox.file("go", "");
    run(&mut sandbox.triad_command(&["apply"])).exits(0);
    check_result(&sandbox, LAYOUT, "killed while it waited");
    assert_eq!(
        identity(&sandbox.panes()["web/main/db"]),
        identity(&db),
        "running programs keep running"
    );
}
