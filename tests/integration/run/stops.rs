//! Removals and their order; triad's own pane, and zooms.

use triad::event::StepOutcome;
use triad::execute::run::{Input, Output, Stray};
use triad::machine::process_tree::Ended;

use super::scene::{MS, Planned, Scene, lose, refuse};

const CHAIN: &str = r#"
    service "db" { run "db" }
    service "api" { run "api"; needs "db" }
    pane "log" { run "log" }
"#;

#[test]
fn dependents_end_first_and_all_panes_go_in_one_batch() {
    let planned = Planned::down(CHAIN, None);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    let (end, log) = scene.end();
    let told = [
        "* 2 end",
        "end log api, marks",
        "* 1 end",
        "end db, marks",
        "remove log api db",
        "* log done",
        "* api done",
        "* db done",
    ];
    assert_eq!(log, told);
    assert!(end.steps.iter().all(|step| *step == StepOutcome::Done));
}

#[test]
fn a_run_that_starts_nothing_does_not_wait() {
    for planned in [
        Planned::down(CHAIN, None),
        Planned::stop(CHAIN, &["db"], true),
    ] {
        let mut scene = Scene::new(&planned);
        let log = scene.log();
        assert!(log[0].ends_with("end"), "{log:?}");
    }
}

#[test]
fn panes_that_stay_are_marked_before_their_programs_end() {
    let planned = Planned::stop(CHAIN, &["db"], true);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    let (end, log) = scene.end();
    assert!(log.contains(&"end api, marks api".to_owned()), "{log:?}");
    assert!(log.contains(&"end db, marks db".to_owned()), "{log:?}");
    assert!(end.steps.iter().all(|step| *step == StepOutcome::Done));
}

#[test]
fn a_pane_that_cannot_be_marked_is_reported_and_not_stopped() {
    let planned = Planned::stop(CHAIN, &["db", "log"], false);
    let log = planned.step("log");
    let mut scene = Scene::new(&planned);
    scene.badly(refuse(log, "can't find pane: %2"));
    scene.all_well();
    let why = "cannot keep the pane open: can't find pane: %2 (it existed when the plan was made)";
    assert_eq!(scene.outcome("log"), StepOutcome::Failed(why.to_owned()));
    assert_eq!(scene.outcome("db"), StepOutcome::Done);
    let mut scene = Scene::new(&planned);
    scene.badly(lose);
    scene.all_well();
    for name in ["db", "log"] {
        let why = "tmux did not answer".to_owned();
        assert_eq!(scene.outcome(name), StepOutcome::Failed(why));
    }
    let (end, _) = scene.end();
    assert!(end.is_touched);
}

#[test]
fn a_forced_end_is_reported() {
    let planned = Planned::down(CHAIN, None);
    let (log, api) = (planned.step("log"), planned.step("api"));
    let mut scene = Scene::new(&planned);
    let output = scene.next();
    let Input::Stopped(mut stopped) = scene.answer(output) else {
        unreachable!("a stop has this answer");
    };
    for (step, ended, left) in &mut stopped.ended {
        let is_stuck = *step == log;
        *left = is_stuck.then(|| "`log` (pid 4002)".to_owned());
        *ended = Ended {
            is_killed: true,
            left: if is_stuck { vec![4002] } else { Vec::new() },
        };
    }
    scene.log();
    scene.take(Input::Stopped(stopped));
    let told = scene.log();
    for line in [
        "* log killed",
        "* api killed",
        "* log failed: `log` (pid 4002) survived SIGKILL",
    ] {
        assert!(told.contains(&line.to_owned()), "{told:?}");
    }
    scene.well();
    let Some(Output::Remove { of, .. }) = scene.open.front() else {
        panic!("{:?}", scene.open);
    };
    assert_eq!(of.len(), 3, "its pane is removed all the same");
    // Strays are reported for removed panes.
    let output = scene.next();
    let Input::Removed { lines, report, .. } = scene.answer(output) else {
        unreachable!("a removal has this answer");
    };
    let stray = |step| Stray {
        step,
        count: 2,
        what: "`x`".to_owned(),
    };
    scene.take(Input::Removed {
        lines,
        report,
        strays: vec![stray(log), stray(api)],
    });
    scene.all_well();
    let (end, told) = scene.end();
    assert!(told.contains(&"* api left `x`".to_owned()), "{told:?}");
    assert_eq!(end.strays, 2);
}

#[test]
fn a_pane_that_is_already_gone_is_a_success() {
    let planned = Planned::down(CHAIN, None);
    let mut scene = Scene::new(&planned);
    scene.well();
    scene.well();
    scene.badly(refuse(planned.step("log"), "can't find pane: %2"));
    scene.all_well();
    assert_eq!(scene.outcome("log"), StepOutcome::Done);
    let mut scene = Scene::new(&planned);
    scene.well();
    scene.well();
    scene.badly(refuse(planned.step("log"), "size missing"));
    let why = "cannot remove the pane: size missing".to_owned();
    assert_eq!(scene.outcome("log"), StepOutcome::Failed(why));
}

#[test]
fn inside_the_server_panes_stay_until_the_end_and_hangups_are_ignored() {
    let planned = Planned::down(CHAIN, None);
    let mut scene = Scene::with(&planned, |settings| settings.is_hosted = true);
    scene.all_well();
    let (_, log) = scene.end();
    let steps: Vec<&str> = log
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .filter(|word| *word != "*")
        .collect();
    assert_eq!(steps, ["note", "end", "end", "deafen", "remove"]);
}

#[test]
fn a_removal_after_a_failed_step_ends_nothing() {
    // The replacement of the whole window comes first, and fails.
    let planned = Planned::changed(
        r#"service "db" { run "db" }; pane "old" { run "old" }"#,
        "",
        r#"service "db" { run "db" }; pane "new" { run "new" }"#,
        &[],
    );
    let mut plan = planned.plan.clone();
    let old = planned.step("old");
    let geometry: Vec<_> = planned
        .rendered
        .geometry
        .lines
        .iter()
        .filter_map(|line| line.step)
        .collect();
    plan.steps[old.0].after.push(geometry[0]);
    let planned = Planned {
        plan,
        rendered: planned.rendered,
    };
    let mut scene = Scene::new(&planned);
    scene.badly(refuse(geometry[0], "no space for new pane"));
    scene.all_well();
    scene.pass_all(500 * MS);
    assert!(matches!(scene.outcome("old"), StepOutcome::Skipped(_)));
    let (_, log) = scene.end();
    assert!(!log.iter().any(|line| line.starts_with("end")), "{log:?}");
}

#[test]
fn the_own_pane_comes_last() {
    for own in 0..3 {
        let planned = Planned::down(CHAIN, Some(own));
        let mut scene = Scene::new(&planned);
        scene.all_well();
        let (end, log) = scene.end();
        let name = ["db", "api", "log"][own as usize];
        let last = [
            "deafen".to_owned(),
            format!("end own {name}"),
            format!("* {name} done"),
        ];
        assert_eq!(log[log.len() - 3..], last);
        assert!(end.steps.iter().all(|step| *step == StepOutcome::Done));
    }
}

#[test]
fn failures_of_the_own_pane_are_reported() {
    let planned = Planned::down(CHAIN, Some(2));
    let step = planned.step("log");
    let to_own = || {
        let mut scene = Scene::new(&planned);
        while !matches!(scene.open[0], Output::EndOwn(_)) {
            scene.well();
        }
        scene
    };
    let mut scene = to_own();
    scene.badly(refuse(step, "can't find pane: %2"));
    assert_eq!(
        scene.outcome("log"),
        StepOutcome::Done,
        "a missing pane counts as removed"
    );
    let mut scene = to_own();
    scene.badly(refuse(step, "size missing"));
    assert!(matches!(scene.outcome("log"), StepOutcome::Failed(_)));
    let mut scene = to_own();
    let output = scene.next();
    let Input::OwnEnded { report, .. } = scene.answer(output) else {
        unreachable!("an own pane has this answer");
    };
    scene.take(Input::OwnEnded {
        step,
        report,
        left: Some("pid 9".to_owned()),
        stray: None,
    });
    let why = "pid 9 survived SIGKILL".to_owned();
    assert_eq!(scene.outcome("log"), StepOutcome::Failed(why));
}

#[test]
fn a_window_is_zoomed_when_its_programs_are_running() {
    let layout = |fails: bool| {
        let planned = Planned::zoomed();
        let mut scene = Scene::new(&planned);
        scene.well();
        if fails {
            scene.badly(lose);
        }
        scene.all_well();
        scene.pass_all(500 * MS);
        scene.all_well();
        let (end, log) = scene.end();
        let zooms = log.iter().filter(|line| line.starts_with("zoom")).count();
        let is_done = end.steps.iter().all(|step| *step == StepOutcome::Done);
        (zooms, is_done)
    };
    assert_eq!(layout(false), (1, true));
    assert!(!layout(true).1);
    let planned = Planned::zoomed();
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.pass_all(500 * MS);
    if matches!(scene.open.front(), Some(Output::Zoom(_))) {
        scene.badly(lose);
        let (end, _) = scene.end();
        let failed = end
            .steps
            .iter()
            .filter(|step| matches!(step, StepOutcome::Failed(_)));
        assert_eq!(failed.count(), 1);
    }
}
