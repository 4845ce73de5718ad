//! Awaited programs that end, or that tmux restarts.

use triad::execute::run::{Input, Output};
use triad::live::Exit;
use triad::readiness::engine::{self, Found};

use super::scene::{MS, Planned, Scene, address, ended};

fn running(pid: i32) -> Found {
    Found::There {
        pid: Some(pid),
        is_dead: false,
        exit: None,
        left: None,
        is_armed: true,
    }
}

fn dying(status: i32) -> Found {
    match ended(status) {
        Found::There { exit, .. } => Found::There {
            pid: None,
            is_dead: true,
            exit,
            left: None,
            is_armed: true,
        },
        Found::Closed => unreachable!("made as a dead pane"),
    }
}

impl Scene<'_> {
    /// Answers the open question, for all the panes in it.
    fn found(&mut self, found: Found) -> Vec<String> {
        let at = self.asks().expect("a question to tmux is open");
        let Some(Output::Ask(asked)) = self.open.remove(at) else {
            unreachable!("found above");
        };
        let names = asked.iter().map(|address| address.name().to_owned());
        let names = names.collect();
        let looks = asked.into_iter();
        let looks = looks.map(|address| (address, (found, vec!["last".to_owned()])));
        self.take(Input::Looked(looks.collect()));
        names
    }

    fn asks(&self) -> Option<usize> {
        let mut open = self.open.iter();
        open.position(|output| matches!(output, Output::Ask(_)))
    }

    fn news(&mut self) -> Vec<String> {
        let mut log = self.log();
        log.retain(|line| line.starts_with('*'));
        log
    }
}

#[test]
fn an_uncollected_status_is_asked_for_a_limited_time() {
    let planned = Planned::fresh(r#"service "db" { run "db" }"#);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.news();
    scene.pane("db", engine::Input::Gone);
    let begun = scene.now;
    let mut asked = 0;
    while scene.news().is_empty() {
        scene.pass(20 * MS);
        if scene.asks().is_some() {
            scene.found(ended(-1));
            asked += 1;
        }
    }
    assert_eq!(asked, 25);
    assert!(scene.now - begun < 1000 * MS);
    let (end, _) = scene.end();
    assert_eq!(end.unready, [address("db")]);
}

#[test]
fn panes_that_end_together_are_asked_about_together() {
    let services = (0..12).map(|at| format!("service \"s{at}\" {{ run \"x\" }}\n"));
    let planned = Planned::fresh(&services.collect::<String>());
    let mut scene = Scene::new(&planned);
    scene.all_well();
    for at in 0..12 {
        // The driver passes them on one by one, and the answer takes its time.
        scene.pane(&format!("s{at}"), engine::Input::Gone);
    }
    let mut looks = Vec::new();
    for _ in 0..1000 {
        scene.pass(20 * MS);
        if scene.run.is_over() {
            break;
        }
        if scene.asks().is_some() {
            looks.push(scene.found(ended(-1)).len());
        }
    }
    assert!(scene.run.is_over());
    assert!(looks.len() <= 50, "{looks:?}");
    assert!(looks.contains(&11) || looks.contains(&12), "{looks:?}");
    let (end, _) = scene.end();
    assert_eq!(end.unready.len(), 12);
}

#[test]
fn a_signal_ends_the_wait_for_a_status() {
    let planned = Planned::fresh(r#"service "db" { run "db" }"#);
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.pane("db", engine::Input::Gone);
    scene.pass(MS);
    scene.signal();
    assert!(!scene.run.is_over(), "one question is open");
    scene.found(ended(-1));
    let (end, _) = scene.end();
    assert_eq!(end.interrupted, Some(2));
}

#[test]
fn a_pane_that_tmux_restarts_is_awaited_again() {
    let planned = Planned::fresh(
        r#"service "db" { run "db"; restart "always"; ready { port 1 } }
           service "api" { run "api"; needs "db" }"#,
    );
    let mut scene = Scene::new(&planned);
    scene.all_well();
    scene.news();
    scene.pane("db", engine::Input::Gone);
    scene.pass(MS);
    scene.found(dying(3));
    assert_eq!(scene.news(), [] as [&str; 0], "tmux may restart it");
    while scene.asks().is_none() {
        scene.pass(20 * MS);
    }
    scene.found(running(8001));
    assert_eq!(scene.news(), ["* db restarted"]);
    scene.pass(MS);
    // The answer of the earlier run is ignored.
    scene.probes.retain(|(_, run)| *run > 1);
    scene.probe("db", Ok("open"));
    scene.all_well();
    assert_eq!(scene.news(), ["* db ready: open", "* api started"]);
}

#[test]
fn the_exit_of_a_program_decides_the_event() {
    let found = |status| ended(status);
    let left = Found::There {
        pid: Some(9),
        is_dead: false,
        exit: None,
        left: Some(Exit::Status(2)),
        is_armed: false,
    };
    let cases = [
        ("task", found(0), "* x ready: exited with status 0"),
        ("task", found(3), "* x died: Some(Status(3))"),
        ("task", left, "* x died: Some(Status(2))"),
        ("service", found(0), "* x died: Some(Status(0))"),
        ("service", Found::Closed, "* x died: None"),
        ("agent", found(1), "* x died: Some(Status(1))"),
        ("agent", found(0), "* x ready: exited with status 0"),
        ("pane", found(1), "* x died: Some(Status(1))"),
    ];
    for (kind, found, told) in cases {
        let closes = if found == Found::Closed {
            "on-exit=\"close\" "
        } else {
            ""
        };
        // Another waits for its end, so that the run does.
        let planned = Planned::fresh(&format!(
            r#"{kind} "x" {closes}{{ run "x" }}
               pane "after" {{ run "after"; needs "x" until="exited" }}"#
        ));
        let mut scene = Scene::new(&planned);
        scene.all_well();
        scene.news();
        scene.pane("x", engine::Input::Gone);
        scene.pass(MS);
        scene.found(found);
        assert_eq!(scene.news().first().unwrap(), told, "{kind} {found:?}");
    }
}
