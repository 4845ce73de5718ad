//! A signal ends a run in every phase: nothing new is sent after it except the removal of ended
//! panes, and pending jobs are recorded.

use triad::event::StepOutcome;
use triad::execute::run::{Input, Output};
use triad::readiness::engine;

use super::scene::{MS, Planned, Scene, sight, sights};

/// Runs until `at` answers were given, then sends the signal.
fn interrupted(planned: &Planned, at: usize) -> Option<Vec<String>> {
    let mut scene = Scene::new(planned);
    for _ in 0..at {
        while scene.open.is_empty() && !scene.run.is_over() {
            let probes: Vec<_> = scene.probes.clone();
            for (address, _) in probes {
                scene.probe(address.name(), Ok("open"));
            }
            if scene.open.is_empty() {
                scene.pass(50 * MS);
            }
        }
        if scene.run.is_over() {
            return None;
        }
        scene.well();
    }
    let under_way = scene.open.len();
    scene.log();
    scene.signal();
    let probes: Vec<_> = scene.probes.clone();
    for (address, _) in probes {
        scene.probe(address.name(), Ok("open"));
    }
    for _ in 0..under_way {
        scene.well();
    }
    let log = scene.log();
    while !scene.run.is_over() {
        let is_removal = matches!(scene.open.front(), Some(Output::Remove { .. }));
        assert!(is_removal, "after {at}: {log:?} {:?}", scene.open);
        scene.well();
    }
    let (end, _) = scene.end();
    assert_eq!(end.interrupted, Some(2));
    assert!(!end.steps.contains(&StepOutcome::Pending), "after {at}");
    let mut sent = log;
    sent.retain(|line| !line.starts_with('*') && line != "deafen");
    Some(sent)
}

#[test]
fn a_signal_ends_the_run_in_every_phase() {
    let panes = r#"
        service "db" { run "db"; ready { port 1 } }
        service "api" { run "api"; needs "db"; env { API_KEY secret=#true } }
        pane "shell" { type "one" }
    "#;
    let later = r#"
        service "db" { run "db" "2"; ready { port 1 } }
        service "api" { run "api" "2"; needs "db" }
        pane "other" { type "one" }
    "#;
    let plans = [
        Planned::fresh(panes),
        Planned::changed(panes, "", later, &[]),
        Planned::down(panes, None),
        Planned::down(panes, Some(0)),
        Planned::stop(panes, &["db"], true),
        Planned::zoomed(),
    ];
    for planned in &plans {
        let mut phases = 0;
        while let Some(sent) = interrupted(planned, phases) {
            let is_allowed = |line: &String| line.starts_with("remove");
            assert!(sent.iter().all(is_allowed), "after {phases}: {sent:?}");
            phases += 1;
        }
        assert!(phases > 1);
    }
}

#[test]
fn a_signal_before_the_run_changes_nothing() {
    let planned = Planned::fresh(r#"service "db" { run "db" }"#);
    let scene = Scene::with(&planned, |settings| settings.interrupted = Some(15));
    let (end, log) = scene.end();
    assert!(log.iter().all(|line| line.starts_with('*')), "{log:?}");
    assert!(!end.is_touched && end.interrupted == Some(15));
    let skipped = StepOutcome::Skipped("triad was interrupted".to_owned());
    assert!(end.steps.iter().all(|step| *step == skipped));
}

#[test]
fn pending_jobs_at_a_signal_are_recorded() {
    let planned = Planned::fresh(
        r#"service "db" { run "db" }; service "api" { run "api"; needs "db" until="exited" }"#,
    );
    let mut scene = Scene::new(&planned);
    scene.well();
    scene.signal();
    assert!(!scene.run.is_over(), "a start is pending");
    scene.well();
    assert_eq!(scene.outcome("db"), StepOutcome::Done);
    let (end, _) = scene.end();
    assert!(end.is_touched);
    let skipped = StepOutcome::Skipped("triad was interrupted".to_owned());
    assert!(end.steps.contains(&skipped));
}

#[test]
fn the_first_signal_counts() {
    let planned = Planned::fresh(r#"service "db" { run "db" }"#);
    let mut scene = Scene::new(&planned);
    scene.signal();
    scene.take(Input::Signal(15));
    scene.well();
    let (end, _) = scene.end();
    assert_eq!(end.interrupted, Some(2));
}

#[test]
fn nothing_is_typed_after_a_signal() {
    let planned = Planned::fresh(r#"pane "a" { type "one" }"#);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    let up = sight("$", Ok(triad::execute::run::Prompt::Edited));
    scene.next();
    scene.take(Input::Prompts(sights(&["a"], &up)));
    scene.pass_all(200 * MS);
    scene.signal();
    scene.next();
    scene.take(Input::Prompts(sights(&["a"], &up)));
    let (_, log) = scene.end();
    assert!(!log.iter().any(|line| line.starts_with("type")), "{log:?}");
}

#[test]
fn readiness_after_a_signal_is_reported_and_not_tagged() {
    let planned = Planned::fresh(r#"service "db" { run "db"; ready { port 1 } }"#);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.pane("db", engine::Input::Hurry);
    // A job is pending, so that the run continues.
    scene.pane("db", engine::Input::Gone);
    scene.pass(MS);
    scene.signal();
    scene.well();
    let (_, log) = scene.end();
    assert!(!log.iter().any(|line| line.starts_with("note")), "{log:?}");
}
