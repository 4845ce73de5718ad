//! Two triads at once, and signals: the lock, what is told at the end, what a rerun does.

use std::process::Command;

use super::{LAYOUT, waiting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{Running, assert_same, events, identity, words};

/// An apply that waits for `db`, and has started all but `api`.
#[track_caller]
fn waiting_apply(sandbox: &Sandbox, arguments: &[&str]) -> Running {
    sandbox.manifest(&waiting());
    let running = sandbox.start(arguments);
    eventually("it waits", DEADLINE, || {
        sandbox
            .panes()
            .get("web/main/api")
            .is_some_and(|pane| pane.phase == "pending")
    });
    // From the last line of the wave on there is nothing left to do but to wait.
    running.says("shell");
    running
}

#[test]
fn a_second_one_waits_and_then_names_who_holds_the_lock() {
    let sandbox = Sandbox::new();
    let holder = waiting_apply(&sandbox, &["apply"]);
    let before = sandbox.dump_all();
    let manifest = sandbox.path("triad.kdl").display().to_string();
    let locked: [&[&str]; 2] = [&["apply"], &["apply", "--yes"]];
    for verb in locked {
        let ran = sandbox
            .triad(&[verb, &["--lock-timeout", "300ms"]].concat())
            .exits(5);
        for expected in [&format!("pid {}", holder.pid()), "apply", &manifest] {
            assert!(
                words(&ran.stderr).contains(expected),
                "`{expected}`: {}",
                ran.stderr
            );
        }
        let json = sandbox
            .triad(&[verb, &["--lock-timeout", "1ms", "--json"]].concat())
            .exits(5);
        assert_eq!(events(&json).last().expect("an error")["exit"], 5);
        assert_same(&before, &sandbox.dump_all(), "a locked triad");
    }
    sandbox.triad(&["plan"]).exits(0);
    let second = sandbox.start(&["apply", "--lock-timeout", "1m"]);
    sandbox.file("go", "");
    holder.ends().exits(0);
    let ran = second.ends().exits(0);
    assert!(
        ran.stdout.contains("nothing to do"),
        "it sees what the first did: {}",
        ran.stdout
    );
}

#[test]
fn signals_end_a_wait_and_say_what_is_done_and_what_is_not() {
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let sandbox = Sandbox::new();
        let running = waiting_apply(&sandbox, &["apply"]);
        running.signal(signal);
        let ran = running.ends().exits(status);
        let (told, rest) = ran
            .stdout
            .split_once("shell")
            .expect("it said so before the signal");
        assert!(told.contains("db"), "what is done: {}", ran.stdout);
        assert!(rest.contains("api"), "what is not, by name: {}", ran.stdout);
        check_rerun(&sandbox, signal);
    }
}

/// What was started goes on, and the next apply does the rest and nothing else.
#[track_caller]
fn check_rerun(sandbox: &Sandbox, what: &str) {
    let before = sandbox.panes();
    assert_eq!(before["web/main/db"].phase, "started", "{what}");
    sandbox.file("go", "");
    sandbox.triad(&["apply", "--lock-timeout", "1ms"]).exits(0);
    let after = sandbox.panes();
    assert!(
        after.values().all(|pane| pane.phase == "started"),
        "{what}: {after:?}"
    );
    for same in ["web/main/db", "web/tools/shell"] {
        assert_eq!(identity(&before[same]), identity(&after[same]), "{what}");
    }
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn scripts_are_told_of_a_signal_too() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let running = sandbox.start(&["apply", "--json"]);
    running.says("\"waiting\"");
    running.signal("TERM");
    let events = events(&running.ends().exits(143));
    let end = events.last().expect("an end");
    assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &143.into()));
    let steps = events[0]["steps"].as_array().expect("a list");
    let api = steps
        .iter()
        .find(|step| step["address"] == "web/main/api")
        .expect("a step");
    let told = events.iter().find(|event| event["step"] == api["step"]);
    let told = told.unwrap_or_else(|| panic!("nothing is said of api: {events:#?}"));
    assert_eq!(told["event"], "skipped");
    check_rerun(&sandbox, "TERM");
}

/// A stand-in whose `at`-th call waits until somebody opens the pipe.
fn stuck(sandbox: &Sandbox, at: usize) -> Command {
    run(sandbox.command("mkfifo").arg(sandbox.path("pipe"))).exits(0);
    let body = format!(
        "cd '{}'\n\
         case \"$*\" in *source-file*) cat >input ;; *) exec \"$real\" \"$@\" </dev/null ;; esac\n\
         echo call >>calls\n\
         [ $(wc -l <calls) -eq {at} ] || exec \"$real\" \"$@\" <input\n\
         touch is-stuck; read line <pipe\n\
         \"$real\" \"$@\" <input; status=$?; touch is-through; exit $status\n",
        sandbox.path("").display()
    );
    let tmux = sandbox.script("tmux-that-gets-stuck", &body);
    sandbox.manifest(LAYOUT);
    let mut command = sandbox.triad_command(&["apply"]);
    command.env("TRIAD_TMUX", tmux);
    command
}

/// Lets the stand-in go on.
fn release(sandbox: &Sandbox) {
    std::fs::write(sandbox.path("pipe"), "\n").expect("somebody reads");
}

#[test]
fn the_batch_in_flight_is_finished_and_no_other_is_begun() {
    let sandbox = Sandbox::new();
    let running = sandbox.start_command(stuck(&sandbox, 1));
    eventually("it is stuck", DEADLINE, || {
        sandbox.read("is-stuck").is_some()
    });
    running.signal("INT");
    release(&sandbox);
    running.ends().exits(130);
    assert_eq!(
        sandbox.read("calls").as_deref(),
        Some("call\n"),
        "one batch and no more"
    );
    let phases = sandbox.listed(&["list-panes", "-s", "-t", "=web:", "-F", "#{@triad_phase}"]);
    assert_eq!(phases, ["placeholder"; 3], "all of it was done");
    sandbox.apply(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = Sandbox::new();
    let running = sandbox.start_command(stuck(&sandbox, 2));
    eventually("it is stuck", DEADLINE, || {
        sandbox.read("is-stuck").is_some()
    });
    running.signal("INT");
    running.signal("TERM");
    let ran = running.ends();
    assert!([130, 143].contains(&ran.status), "{ran:?}");
    assert_eq!(
        sandbox.read("is-through"),
        None,
        "it did not wait for the batch"
    );
    release(&sandbox);
    eventually("the batch comes through by itself", DEADLINE, || {
        sandbox.read("is-through").is_some()
    });
    sandbox.apply(LAYOUT);
    assert!(sandbox.panes().values().all(|pane| pane.phase == "started"));
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_tmux_that_hangs_is_given_up() {
    let sandbox = Sandbox::new();
    let mut command = stuck(&sandbox, 1);
    command.env("TRIAD_TMUX_TIMEOUT", "1500ms");
    let mut running = sandbox.start_command(command);
    eventually("it gives up", DEADLINE, || running.has_ended());
    let ran = running.ends().exits(3);
    assert!(
        words(&ran.stdout).contains("did not answer within 1.5 s"),
        "{}",
        ran.stdout
    );
    assert!(
        sandbox.sessions().is_empty(),
        "the script did not get through"
    );
    sandbox.apply(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_signal_during_down_is_survived() {
    let sandbox = Sandbox::new();
    sandbox.apply("layout \"shop\"
        session \"web\" { window \"main\" {
            pane \"deaf\" { run \"trap 'touch heard' TERM; touch up; while :; do sleep 0.02; done\" }
        } }");
    eventually("it is up", DEADLINE, || sandbox.read("up").is_some());
    let running = sandbox.start(&["down", "--yes", "--timeout", "10m"]);
    eventually("it was asked to end", DEADLINE, || {
        sandbox.read("heard").is_some()
    });
    running.signal("TERM");
    running.signal("INT");
    let ran = running.ends();
    assert!([130, 143].contains(&ran.status), "{ran:?}");
    sandbox
        .triad(&["down", "--yes", "--timeout", "100ms"])
        .exits(0);
    assert!(sandbox.sessions().is_empty());
}

/// Programs of which one ends at once, one ends when it may, and one has ended by itself.
const ENDING: &str = r#"
layout "shop"
session "s" { window "w" {
    agent "quick" { run "sleep" "1001" }
    agent "slow" { run "trap 'touch heard' TERM; touch up; while [ ! -e go ]; do sleep 0.02; done" }
    agent "over" { run "exit 3" }
} }
"#;

#[test]
fn what_an_interrupted_run_has_ended_is_started_by_the_next_apply() {
    let ended = "quick stopped, but its pane stays: triad was interrupted";
    let cases: [(&[&str], &str); 2] = [
        (
            &["down", "--yes"],
            "slow not stopped: triad was told to stop before the program had ended",
        ),
        (
            &["restart", "quick", "slow"],
            "slow not restarted: triad was told to stop before the program had ended",
        ),
    ];
    for (verb, still_runs) in cases {
        let sandbox = Sandbox::new();
        sandbox.manifest(ENDING);
        sandbox.triad(&["apply", "--no-wait"]).exits(0);
        sandbox.ended("s/w/over");
        eventually("it is up", DEADLINE, || sandbox.read("up").is_some());
        let running = sandbox.start(verb);
        sandbox.ended("s/w/quick");
        eventually("it was asked to end", DEADLINE, || {
            sandbox.read("heard").is_some()
        });
        running.signal("INT");
        let ran = running.ends().exits(130);
        let said = words(&ran.stdout);
        assert!(said.contains(ended) && said.contains(still_runs), "{said}");
        assert!(!said.contains("not started"), "{said}");
        assert!(said.contains("1 ended"), "{said}");
        let ps = words(&sandbox.triad(&["ps"]).exits(0).stdout);
        assert!(ps.contains("stopped by an interrupted run"), "{ps}");
        // One that lives still counts as running, and one that ended by itself stays so.
        let again = words(&sandbox.triad(&["apply"]).exits(0).stdout);
        assert!(again.contains("✓ quick started"), "{again}");
        assert!(
            !again.contains("slow") && !again.contains("over"),
            "{again}"
        );
        sandbox.file("go", "");
        sandbox.ended("s/w/slow");
        let last = words(&sandbox.triad(&["apply"]).exits(0).stdout);
        assert!(
            last.contains("✓ slow started") && !last.contains("quick"),
            "{last}"
        );
        sandbox.triad(&["plan", "--check"]).exits(0);
    }
}

#[test]
fn a_stop_that_is_interrupted_has_stopped_what_has_ended() {
    let sandbox = Sandbox::new();
    sandbox.manifest(ENDING);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    eventually("it is up", DEADLINE, || sandbox.read("up").is_some());
    let running = sandbox.start(&["stop", "quick", "slow"]);
    sandbox.ended("s/w/quick");
    eventually("it was asked to end", DEADLINE, || {
        sandbox.read("heard").is_some()
    });
    running.signal("INT");
    let said = words(&running.ends().exits(130).stdout);
    assert!(said.contains("✓ quick stopped"), "{said}");
    assert!(said.contains("slow not stopped"), "{said}");
    let again = words(&sandbox.triad(&["apply"]).exits(0).stdout);
    assert!(!again.contains("quick"), "{again}");
}
