//! When programs start, and why some do not.

use triad::event::StepOutcome;
use triad::execute::run::{Expected, Input, Output, Prepared, Started};
use triad::link::Failure;
use triad::live::Exit;
use triad::plan::change::Action;
use triad::readiness::engine;
use triad::tmux::complaint::Complaint;

use super::scene::{MS, Planned, Scene, lose, refuse};

const CHAIN: &str = r#"
    service "db" { run "db"; ready { port 5432 } }
    task "migrate" { run "migrate"; needs "db" }
    service "api" { run "api"; needs "migrate"; ready { port 80 } }
"#;

fn ended(status: i32) -> engine::Input {
    engine::Input::Ended {
        exit: Exit::Status(status),
        is_final: true,
    }
}

/// An input of a scene.
type Deed<'a> = &'a dyn Fn(&mut Scene);

#[test]
fn programs_start_in_waves_as_their_needs_are_met() {
    let planned = Planned::fresh(CHAIN);
    let mut scene = Scene::new(&planned);
    assert_eq!(scene.log(), ["lay out"]);
    scene.well();
    assert_eq!(scene.log(), ["start db"]);
    scene.well();
    assert_eq!(scene.log(), ["* db started"]);
    scene.probe("db", Err("refused"));
    scene.pass(1000 * MS);
    scene.probe("db", Ok("open"));
    let ready = [
        "note ready db",
        "* db ready: open",
        "prepare , migrate Empty",
    ];
    let mut log = scene.log();
    log.sort();
    let mut ready = ready.map(str::to_owned);
    ready.sort();
    assert_eq!(log, ready);
    scene.all_well();
    assert_eq!(scene.log(), ["start migrate", "* migrate started"]);
    scene.pane("migrate", ended(0));
    scene.all_well();
    let log = scene.log();
    assert!(log.contains(&"* api started".to_owned()), "{log:?}");
    scene.probe("api", Ok("open"));
    scene.all_well();
    let (end, _) = scene.end();
    assert!(end.unready.is_empty() && end.is_touched);
    assert!(end.steps.iter().all(|step| *step == StepOutcome::Done));
}

#[test]
fn a_wave_includes_panes_whose_needs_its_own_starts_meet() {
    let planned = Planned::fresh(
        r#"pane "a" { run "a" }
           pane "b" { run "b"; needs "a" until="started" }
           pane "c" { run "c"; needs "b" until="started" }"#,
    );
    let mut scene = Scene::new(&planned);
    scene.all_well();
    let log = scene.log();
    assert_eq!(log[..3], ["lay out", "prepare", "start a b c"]);
}

#[test]
fn the_first_batch_has_tags_and_waiting_messages() {
    let planned = Planned::fresh(CHAIN);
    let mut scene = Scene::new(&planned);
    scene.well();
    let Output::Start(wave) = scene.next() else {
        panic!("a start comes first");
    };
    let what: Vec<&str> = wave.lines.iter().map(|line| line.what).collect();
    let waits = what
        .iter()
        .filter(|what| **what == "show what the pane is waiting for");
    assert_eq!(waits.count(), 2, "{what:?}");
    assert_eq!(what.last(), Some(&"start the program"));
    assert!(what.len() > 3, "the window is tagged, too: {what:?}");
    // No later batch has any of it.
    let input = scene.answer(Output::Start(wave));
    scene.take(input);
    scene.probe("db", Ok("open"));
    while !matches!(scene.open.front(), Some(Output::Start(_))) {
        scene.well();
    }
    let Output::Start(wave) = scene.next() else {
        unreachable!("seen above");
    };
    assert_eq!(wave.lines.len(), 1);
}

#[test]
fn impossible_starts_are_given_up_with_their_reason() {
    let cases: [(&str, Deed, &str); 4] = [
        (
            "the probes never hold",
            &|scene| {
                scene.all_well();
                for _ in 0..10_000 {
                    if scene.probes.is_empty() {
                        scene.pass(MS * 5000);
                        scene.all_well();
                    } else {
                        scene.probe("db", Err("refused"));
                    }
                }
            },
            "`s/w/db` is not ready",
        ),
        (
            "it dies",
            &|scene| {
                scene.all_well();
                scene.pane("db", ended(3));
            },
            "`s/w/db` exited with status 3",
        ),
        (
            "its pane closes",
            &|scene| {
                scene.all_well();
                scene.pane("db", engine::Input::Gone);
                scene.pass(MS);
                let asked = scene.next();
                assert!(matches!(asked, Output::Ask(_)), "{asked:?}");
                let closed = (engine::Found::Closed, Vec::new());
                let address = super::scene::address("db");
                scene.take(Input::Looked([(address, closed)].into()));
            },
            "`s/w/db` ended",
        ),
        (
            "its start is refused",
            &|scene| {
                scene.well();
                let db = scene.planned.step("db");
                scene.badly(refuse(db, "create pane failed"));
            },
            "service `s/w/db` failed",
        ),
    ];
    for (what, happens, why) in cases {
        let planned = Planned::fresh(CHAIN);
        let mut scene = Scene::new(&planned);
        happens(&mut scene);
        scene.all_well();
        let log = scene.log();
        let told = format!("* migrate skipped: {why}");
        assert!(log.contains(&told), "{what}: {log:#?}");
        let is_skipped = |name| matches!(scene.outcome(name), StepOutcome::Skipped(_));
        assert!(is_skipped("migrate") && is_skipped("api"), "{what}");
        let (end, _) = scene.end();
        let is_success = end.unready.is_empty()
            && end
                .steps
                .iter()
                .all(|step| !matches!(step, StepOutcome::Failed(_)));
        assert!(!is_success, "{what}");
    }
}

#[test]
fn nothing_starts_if_the_result_of_the_first_batch_is_unknown() {
    let planned = Planned::fresh(CHAIN);
    let mut scene = Scene::new(&planned);
    scene.well();
    scene.badly(lose);
    for name in ["db", "migrate", "api"] {
        let why = "tmux did not answer".to_owned();
        assert_eq!(scene.outcome(name), StepOutcome::Failed(why));
    }
    let (end, _) = scene.end();
    assert!(end.is_touched, "part of it may have been done");
}

#[test]
fn programs_start_without_lost_optional_needs() {
    let planned = Planned::fresh(
        r#"service "cache" { run "cache"; ready { port 1 } }
           service "api" { run "api"; needs "cache" optional=#true }"#,
    );
    let mut scene = Scene::new(&planned);
    scene.well();
    let cache = planned.step("cache");
    scene.badly(refuse(cache, "create pane failed"));
    scene.all_well();
    let log = scene.log();
    let start = log.iter().position(|line| line == "start api").unwrap();
    assert_eq!(
        log[start..],
        [
            "start api",
            "* api started",
            "* api without cache: `s/w/cache` was not started"
        ]
    );
}

#[test]
fn the_plan_targets_show_needs_lost_from_the_beginning() {
    let before = r#"service "db" { run "db" }; service "api" { run "api" }"#;
    let after = r#"service "db" { run "db" }; service "api" { run "other"; needs "db" }"#;
    for (drift, why) in [
        ("", None),
        ("exit s/w/db 4", Some("`s/w/db` exited with status 4")),
    ] {
        let planned = Planned::changed(before, drift, after, &[]);
        let is_started_again = planned
            .plan
            .steps
            .iter()
            .any(|step| step.subject.address.name() == "db");
        let mut scene = Scene::new(&planned);
        scene.all_well();
        scene.pass_all(MS * 500);
        let is_lost = matches!(scene.outcome("api"), StepOutcome::Skipped(_));
        match why {
            Some(why) if !is_started_again => {
                assert_eq!(scene.outcome("api"), StepOutcome::Skipped(why.to_owned()));
            }
            _ => assert!(!is_lost, "{drift}"),
        }
    }
}

#[test]
fn a_pane_changed_meanwhile_is_skipped_and_named() {
    let planned = Planned::changed(
        r#"service "db" { run "db" }; service "api" { run "api" }; pane "log" { run "log" }"#,
        "",
        r#"service "db" { run "db" "2"; ready { port 1 } }
           service "api" { run "api" "2"; needs "db" }
           pane "log" { run "log" "2"; needs "db" }"#,
        &[],
    );
    let mut scene = Scene::new(&planned);
    while !matches!(scene.open[0], Output::Prepare(_)) {
        scene.well();
    }
    let Output::Prepare(first) = &scene.open[0] else {
        unreachable!("seen above");
    };
    assert_eq!(first.expected, [], "nothing can have changed yet");
    assert_eq!(first.leaving.len(), 1);
    scene.all_well();
    scene.probe("db", Ok("open"));
    let prepare = scene
        .open
        .iter()
        .position(|output| matches!(output, Output::Prepare(_)));
    let output = scene.open.remove(prepare.unwrap()).unwrap();
    let Output::Prepare(second) = &output else {
        unreachable!("found above");
    };
    let expected: Vec<&Expected> = second.expected.iter().map(|(.., it)| it).collect();
    assert_eq!(
        expected,
        [&Expected::Process(4001), &Expected::Process(4002)]
    );
    scene.log();
    let why = "another program was started in the pane while triad waited; apply again";
    scene.take(Input::Prepared(Prepared {
        changed: vec![(planned.step("api"), why.to_owned())],
        killed: vec![planned.step("log")],
        ..Prepared::default()
    }));
    let skipped = format!("* api skipped: {why}");
    let told = [skipped.as_str(), "* log killed", "start log"];
    let mut log = scene.log();
    log.sort();
    assert_eq!(log, told);
}

#[test]
fn unread_secrets_fail_only_their_pane() {
    let planned = Planned::fresh(
        r#"service "db" { run "db"; env { API_KEY secret=#true }; ready { port 1 } }
           service "other" { run "other"; env { API_KEY secret=#true } }
           service "api" { run "api"; needs "db" }"#,
    );
    let mut scene = Scene::new(&planned);
    scene.well();
    let Output::Prepare(preparation) = scene.next() else {
        panic!("the pipes are made first");
    };
    assert_eq!(preparation.piped.len(), 2);
    scene.take(Input::Prepared(Prepared::default()));
    let output = scene.next();
    let Input::Started(started) = scene.answer(output) else {
        unreachable!("a start has this answer");
    };
    let db = planned.step("db");
    let why = "cannot pass its secrets: it did not read them within 10 s";
    scene.take(Input::Started(Started {
        failed: vec![(db, why.to_owned())],
        ..started
    }));
    scene.all_well();
    assert_eq!(scene.outcome("db"), StepOutcome::Failed(why.to_owned()));
    assert_eq!(scene.outcome("other"), StepOutcome::Done);
    assert!(matches!(scene.outcome("api"), StepOutcome::Skipped(_)));
}

#[test]
fn partly_failed_geometry_blocks_only_its_dependents() {
    let planned = Planned::fresh(r#"pane "a" { run "a" }; pane "b" { run "b" }"#);
    let (plan, lines) = (&planned.plan, &planned.rendered.geometry.lines);
    let of = |at: &usize| lines[*at].step.is_some();
    let broken = (0..lines.len()).rev().find(of).unwrap();
    let mut scene = Scene::new(&planned);
    scene.badly(|_, report| {
        let complaint = Complaint::from("no space for new pane");
        report.lines[broken] = Err(Failure::Refused(complaint));
    });
    scene.all_well();
    scene.pass_all(MS * 500);
    let (end, log) = scene.end();
    let failed = lines[broken].step.unwrap();
    let why = format!("cannot {}: no space for new pane", lines[broken].what);
    assert_eq!(end.steps[failed.0], StepOutcome::Failed(why));
    for (id, step) in plan.numbered() {
        if step.after.contains(&failed) {
            let is_skipped = matches!(end.steps[id.0], StepOutcome::Skipped(_));
            assert!(is_skipped, "{id}: {log:?}");
        }
    }
}

#[test]
fn a_server_that_is_too_old_gets_nothing_else() {
    let planned = Planned::fresh(CHAIN);
    let mut scene = Scene::new(&planned);
    let output = scene.next();
    let Input::LaidOut { report, .. } = scene.answer(output) else {
        unreachable!("geometry has this answer");
    };
    scene.take(Input::LaidOut {
        report,
        too_old: Some("2.9".to_owned()),
    });
    let (end, log) = scene.end();
    assert_eq!(log, ["lay out"]);
    assert_eq!(end.too_old.as_deref(), Some("2.9"));
    assert!(end.steps.iter().all(|step| *step == StepOutcome::Pending));
}

#[test]
fn the_end_of_the_server_ends_all_waits() {
    let planned = Planned::fresh(CHAIN);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.log();
    scene.take(Input::ServerGone);
    let (end, log) = scene.end();
    assert!(end.is_server_gone);
    let skipped = [
        "* migrate skipped: the tmux server is gone",
        "* api skipped: the tmux server is gone",
    ];
    assert_eq!(log, skipped);
    assert_eq!(end.unready, [super::scene::address("db")]);
}

#[test]
fn no_wave_starts_on_an_ended_server() {
    let planned = Planned::changed(
        r#"service "db" { run "db" }"#,
        "",
        r#"service "db" { run "db" "2" }"#,
        &[],
    );
    let mut scene = Scene::new(&planned);
    while !matches!(scene.open[0], Output::Prepare(_)) {
        scene.well();
    }
    scene.log();
    scene.take(Input::ServerGone);
    scene.well();
    let (_, log) = scene.end();
    assert_eq!(log, ["* db skipped: the tmux server is gone"]);
}

#[test]
fn nothing_stays_open_if_the_server_ends_before_the_first_wave() {
    let planned = Planned::changed(
        r#"
        service "db" { run "db" }
        service "old" { run "old" }
        "#,
        "",
        r#"service "db" { run "db" "2" }"#,
        &[],
    );
    let mut scene = Scene::new(&planned);
    while !matches!(scene.open[0], Output::Prepare(_)) {
        scene.well();
    }
    scene.log();
    let output = scene.next();
    let Input::Prepared(mut prepared) = scene.answer(output) else {
        unreachable!("a preparation has this answer");
    };
    let mut starts = planned.plan.numbered();
    let db = starts.find(|(_, step)| matches!(step.action, Action::Start(_)));
    let (db, _) = db.expect("db restarts");
    prepared.changed.push((db, "somebody else".to_owned()));
    scene.take(Input::ServerGone);
    scene.take(Input::Prepared(prepared));
    let (end, _) = scene.end();
    assert!(end.is_server_gone);
    assert!(
        !end.steps.contains(&StepOutcome::Pending),
        "{:?}",
        end.steps
    );
}

#[test]
fn a_program_that_starts_with_its_pane_is_told_after_its_window() {
    let planned =
        Planned::born("pane \"a\" { run \"a\" }\nservice \"b\" { run \"b\"; needs \"a\" }");
    let mut scene = Scene::new(&planned);
    scene.well();
    assert!(scene.watched.is_empty(), "its end would be told first");
    scene.all_well();
    let mut log = scene.log();
    log.retain(|line| line.starts_with('*'));
    assert_eq!(log, ["* a started", "* b started"]);
    assert_eq!(scene.watched.len(), 2);

    let mut scene = Scene::new(&planned);
    scene.well();
    scene.take(Input::Signal(2));
    scene.all_well();
    let (end, _) = scene.end();
    let step = planned.step("a");
    assert_eq!(end.steps[step.0], StepOutcome::Done, "it runs");
}
