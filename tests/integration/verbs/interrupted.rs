//! Two triads at once, and signals: the lock, the final report, the next run.

use std::process::Command;

use super::{LAYOUT, waiting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{Running, assert_same, events, identity, words};

/// Starts an apply that waits for `db`, and has started all but `api`.
#[track_caller]
fn waiting_apply(sandbox: &Sandbox, arguments: &[&str]) -> Running {
    sandbox.manifest(&waiting());
    let running = sandbox.start(arguments);
    eventually("api waits", DEADLINE, || {
        sandbox
            .panes()
            .get("web/main/api")
            .is_some_and(|pane| pane.phase == "pending")
    });
    // From the last line of the wave on it only waits.
    running.says("shell");
    running
}

#[test]
fn a_second_apply_waits_and_then_names_the_lock_holder() {
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
        "the second run sees the result of the first: {}",
        ran.stdout
    );
}

#[test]
fn signals_end_a_wait_and_the_results_are_reported() {
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let sandbox = Sandbox::new();
        let running = waiting_apply(&sandbox, &["apply"]);
        running.signal(signal);
        let ran = running.ends().exits(status);
        let (told, rest) = ran
            .stdout
            .split_once("shell")
            .expect("the step was reported before the signal");
        assert!(
            told.contains("db"),
            "the finished steps are shown: {}",
            ran.stdout
        );
        assert!(
            rest.contains("api"),
            "the skipped panes are named: {}",
            ran.stdout
        );
        check_rerun(&sandbox, signal);
    }
}

/// Checks that started programs keep running, and the next apply does the rest and nothing else.
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
fn json_reports_a_signal_too() {
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
    let told = told.unwrap_or_else(|| panic!("no event of api: {events:#?}"));
    assert_eq!(told["event"], "skipped");
    check_rerun(&sandbox, "TERM");
}

/// Returns a triad whose `at`-th call of tmux waits until the pipe is opened.
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

/// Releases the stand-in.
fn release(sandbox: &Sandbox) {
    std::fs::write(sandbox.path("pipe"), "\n").expect("the call reads the pipe");
}

#[test]
fn the_running_batch_is_finished_and_no_other_is_started() {
    let sandbox = Sandbox::new();
    let running = sandbox.start_command(stuck(&sandbox, 1));
    eventually("the call is stuck", DEADLINE, || {
        sandbox.read("is-stuck").is_some()
    });
    running.signal("INT");
    release(&sandbox);
    running.ends().exits(130);
    assert_eq!(
        sandbox.read("calls").as_deref(),
        Some("call\n"),
        "exactly one batch"
    );
    let phases = sandbox.listed(&["list-panes", "-s", "-t", "=web:", "-F", "#{@triad_phase}"]);
    assert_eq!(phases, ["placeholder"; 3], "the whole batch was done");
    sandbox.apply(LAYOUT);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_second_signal_ends_triad_at_once() {
    let sandbox = Sandbox::new();
    let running = sandbox.start_command(stuck(&sandbox, 2));
    eventually("the call is stuck", DEADLINE, || {
        sandbox.read("is-stuck").is_some()
    });
    running.signal("INT");
    running.signal("TERM");
    let ran = running.ends();
    assert!([130, 143].contains(&ran.status), "{ran:?}");
    assert_eq!(
        sandbox.read("is-through"),
        None,
        "triad does not wait for the batch"
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
fn a_hanging_tmux_is_given_up() {
    let sandbox = Sandbox::new();
    let mut command = stuck(&sandbox, 1);
    command.env("TRIAD_TMUX_TIMEOUT", "1500ms");
    let mut running = sandbox.start_command(command);
    eventually("triad gives up", DEADLINE, || running.has_ended());
    let ran = running.ends().exits(3);
    assert!(
        words(&ran.stdout).contains("timed out after 1.5 s"),
        "{}",
        ran.stdout
    );
    assert!(sandbox.sessions().is_empty(), "the script did not finish");
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
    eventually("the program is up", DEADLINE, || {
        sandbox.read("up").is_some()
    });
    let running = sandbox.start(&["down", "--yes", "--timeout", "10m"]);
    eventually("the program was asked to end", DEADLINE, || {
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

/// Programs of which one ends at once, one ends on demand, and one has ended by itself.
const ENDING: &str = r#"
layout "shop"
session "s" { window "w" {
    agent "quick" { run "sleep" "1001" }
    agent "slow" { run "trap 'touch heard' TERM; touch up; while [ ! -e go ]; do sleep 0.02; done" }
    agent "over" { run "exit 3" }
} }
"#;

#[test]
fn programs_ended_by_an_interrupted_run_start_with_the_next_apply() {
    let ended = "quick stopped, but its pane stays: triad was interrupted";
    let cases: [(&[&str], &str); 2] = [
        (
            &["down", "--yes"],
            "slow not stopped: triad was interrupted before the program ended",
        ),
        (
            &["restart", "quick", "slow"],
            "slow not restarted: triad was interrupted before the program ended",
        ),
    ];
    for (verb, still_runs) in cases {
        let sandbox = Sandbox::new();
        sandbox.manifest(ENDING);
        // Whether it notices the failing one depends on timing.
        sandbox.triad(&["apply", "--no-wait"]);
        sandbox.ended("s/w/over");
        eventually("the program is up", DEADLINE, || {
            sandbox.read("up").is_some()
        });
        let running = sandbox.start(verb);
        sandbox.ended("s/w/quick");
        eventually("the program was asked to end", DEADLINE, || {
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
        // A live one still counts as running, and one that ended by itself stays ended.
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
fn an_interrupted_stop_keeps_ended_programs_stopped() {
    let sandbox = Sandbox::new();
    sandbox.manifest(ENDING);
    // Whether it notices the failing one depends on timing.
    sandbox.triad(&["apply", "--no-wait"]);
    eventually("the program is up", DEADLINE, || {
        sandbox.read("up").is_some()
    });
    let running = sandbox.start(&["stop", "quick", "slow"]);
    sandbox.ended("s/w/quick");
    eventually("the program was asked to end", DEADLINE, || {
        sandbox.read("heard").is_some()
    });
    running.signal("INT");
    let said = words(&running.ends().exits(130).stdout);
    assert!(said.contains("✓ quick stopped"), "{said}");
    assert!(said.contains("slow not stopped"), "{said}");
    let again = words(&sandbox.triad(&["apply"]).exits(0).stdout);
    assert!(!again.contains("quick"), "{again}");
}
