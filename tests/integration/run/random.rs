//! Laws of a run under random plans, random answers, in random order, with jumping clocks.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use triad::event::{Event, StepOutcome};
use triad::execute::run::{Asked, Input, Leaving, Output, Prepared, Prompt, Sight};
use triad::layout::{PaneKind, StepId};
use triad::link::{Failure, Report};
use triad::live::Exit;
use triad::machine::process_tree::Ended;
use triad::readiness::engine::{self, Found};
use triad::tmux::complaint::Complaint;
use triad::tmux::script::Line;

use super::scene::{MS, Planned, Scene, failed, sight};

/// The number of random turns; from then on everything succeeds.
const TURNS: usize = 300;
/// The maximum number of turns after that.
const TURNS_MAX: usize = 20_000;

/// The random decisions. At their end everything is the first choice.
struct Chance<'a>(std::slice::Iter<'a, u8>);

impl Chance<'_> {
    fn below(&mut self, count: usize) -> usize {
        self.0
            .next()
            .map_or(0, |byte| usize::from(*byte) * count / 256)
    }

    /// Returns true once in so many times.
    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }
}

/// Returns some panes; `version` distinguishes their programs.
fn panes(chance: &mut Chance, version: usize) -> String {
    let mut text = String::new();
    for at in 0..=1 + chance.below(5) {
        let kind = ["service", "task", "agent", "pane"][chance.below(4)];
        text.push_str(&format!("{kind} \"p{at}\" {{\n"));
        if kind == "pane" && chance.below(2) == 0 {
            text.push_str("type \"one\"\ntype \"two\"\n");
        } else {
            let version = version * usize::from(!chance.once_in(4));
            text.push_str(&format!("run \"x\" \"{version}\"\n"));
            if kind != "task" && chance.below(2) == 1 {
                text.push_str("ready { port 80 }\n");
            }
            if kind == "service" && chance.once_in(3) {
                text.push_str("restart \"on-failure\"\n");
            } else if chance.once_in(4) {
                text.push_str("env { API_KEY secret=#true }\n");
            }
        }
        for target in 0..at {
            if chance.once_in(3) {
                let until = ["", " until=\"started\"", " until=\"exited\""][chance.below(3)];
                let optional = ["", " optional=#true"][chance.below(2)];
                text.push_str(&format!("needs \"p{target}\"{until}{optional}\n"));
            }
        }
        text.push_str("}\n");
    }
    text
}

fn planned(chance: &mut Chance) -> Planned {
    let before = panes(chance, 0);
    let own = (chance.below(3) == 1).then_some(0);
    match chance.below(8) {
        0..3 => Planned::fresh(&before),
        3..6 => Planned::changed(&before, "", &panes(chance, 1), &[]),
        6 => Planned::down(&before, own),
        _ => Planned::stop(&before, &["p0"], true),
    }
}

/// A run and its random answers.
struct Trial<'p, 'c> {
    scene: Scene<'p>,
    chance: Chance<'c>,
    is_signalled: bool,
    /// Processes stuck in the kernel: their panes are reused all the same.
    stuck: BTreeSet<StepId>,
}

impl Trial<'_, '_> {
    fn turn(&mut self) -> Result<(), TestCaseError> {
        match self.chance.below(8) {
            0..3 if !self.scene.open.is_empty() => {
                let at = self.chance.below(self.scene.open.len());
                self.answer(at)
            }
            3 | 4 if !self.scene.probes.is_empty() => {
                let at = self.chance.below(self.scene.probes.len());
                let (address, run) = self.scene.probes.remove(at);
                let answer = match self.chance.below(2) {
                    0 => Ok("open".to_owned()),
                    _ => Err("refused".to_owned()),
                };
                let answer = engine::Input::Answered { run, answer };
                self.take(Input::Pane(address, answer))
            }
            5 => {
                let mut targets = self.scene.planned.plan.targets.iter();
                let at = self.chance.below(targets.len().max(1));
                let Some(target) = targets.nth(at) else {
                    return Ok(());
                };
                let address = target.pane.address.clone();
                self.take(Input::Pane(address, engine::Input::Gone))
            }
            6 if self.chance.once_in(6) => {
                self.is_signalled = true;
                self.take(Input::Signal(2))
            }
            6 if self.chance.once_in(12) => self.take(Input::ServerGone),
            _ => {
                let jumps = [20, 20, 1, 50, 200, 1000, 10_000, 3_600_000];
                self.scene.now += MS * jumps[self.chance.below(jumps.len())];
                self.take(Input::Time)
            }
        }
    }

    /// Makes a turn in which everything succeeds.
    fn good_turn(&mut self) -> Result<(), TestCaseError> {
        if !self.scene.open.is_empty() {
            return self.answer(0);
        }
        if let Some((address, run)) = self.scene.probes.pop() {
            let answer = Ok("open".to_owned());
            let answer = engine::Input::Answered { run, answer };
            return self.take(Input::Pane(address, answer));
        }
        let due = self.scene.run.next(self.scene.now);
        self.scene.now = due.map_or(self.scene.now, |due| due.max(self.scene.now)) + MS;
        self.take(Input::Time)?;
        // A program whose end is awaited ends.
        for target in &self.scene.planned.plan.targets {
            let is_end_awaited = target.is_end_needed || target.pane.kind == PaneKind::Task;
            if is_end_awaited && self.scene.open.is_empty() {
                let gone = engine::Input::Gone;
                self.scene
                    .take(Input::Pane(target.pane.address.clone(), gone));
            }
        }
        Ok(())
    }

    fn answer(&mut self, at: usize) -> Result<(), TestCaseError> {
        let output = self.scene.open.remove(at).expect("an open output");
        let asked = output.clone();
        let mut input = self.scene.answer(output);
        self.spoil(&asked, &mut input);
        self.take(input)
    }

    fn spoil(&mut self, output: &Output, input: &mut Input) {
        match input {
            Input::LaidOut { report, .. } => {
                let lines = self.scene.planned.rendered.geometry.lines.clone();
                self.spoil_report(&lines, report);
            }
            Input::Typed { lines, report }
            | Input::Removed { lines, report, .. }
            | Input::Zoomed { lines, report } => {
                let lines = lines.clone();
                self.spoil_report(&lines, report);
            }
            Input::Started(started) => {
                let lines = started.lines.clone();
                self.spoil_report(&lines, &mut started.report);
                if let Output::Start(wave) = output {
                    for (step, _) in &wave.piped {
                        if self.chance.once_in(3) {
                            started.failed.push((*step, "not read".to_owned()));
                        }
                    }
                }
            }
            Input::Stopped(stopped) => {
                let marks = stopped.marks.clone();
                self.spoil_report(&marks, &mut stopped.report);
                let failed = failed(&marks, &stopped.report);
                stopped.ended.retain(|(step, ..)| !failed.contains(step));
                for (step, ended, left) in &mut stopped.ended {
                    if self.chance.once_in(4) {
                        let is_killed = true;
                        *ended = Ended {
                            is_killed,
                            left: vec![9],
                        };
                        *left = Some("pid 9".to_owned());
                        self.stuck.insert(*step);
                    }
                }
                let Output::Stop(stopping) = output else {
                    unreachable!("the output is of this kind");
                };
                stopped.cut_short = self.cut_short(&stopping.leaving);
            }
            Input::Prepared(prepared) => self.spoil_preparation(output, prepared),
            Input::Looked(looks) => {
                for (found, _) in looks.values_mut() {
                    *found = self.found();
                }
            }
            Input::Prompts(sights) => {
                let kept = std::mem::take(sights).into_iter();
                let seen = kept.filter_map(|(address, _)| Some((address, self.sight()?)));
                *sights = seen.collect::<BTreeMap<_, _>>();
            }
            Input::OwnEnded { left, .. } => {
                *left = self.chance.once_in(3).then(|| "pid 9".to_owned());
            }
            _ => {}
        }
    }

    fn spoil_preparation(&mut self, output: &Output, prepared: &mut Prepared) {
        let Output::Prepare(preparation) = output else {
            unreachable!("the output is of this kind");
        };
        let steps = preparation.expected.iter().map(|(step, ..)| *step);
        let leaving = preparation.leaving.iter().map(|leaving| leaving.step);
        let piped = preparation.piped.iter().map(|(step, _)| *step);
        for step in steps.chain(leaving).chain(piped) {
            match self.chance.below(8) {
                6 => prepared.changed.push((step, "changed".to_owned())),
                7 => prepared.failed.push((step, "no pipe".to_owned())),
                _ => {}
            }
        }
        prepared.cut_short = self.cut_short(&preparation.leaving);
    }

    /// Returns the states of processes at the time of a signal, if one came.
    fn cut_short(&mut self, leaving: &[Leaving]) -> Option<Vec<Asked>> {
        let is_cut_short = self.is_signalled && self.chance.below(2) == 0;
        let running = leaving.iter().filter(|leaving| !leaving.has_ended);
        let asked = running.map(|leaving| Asked {
            step: leaving.step,
            has_ended: self.chance.below(2) == 0,
        });
        is_cut_short.then(|| asked.collect())
    }

    fn spoil_report(&mut self, lines: &[Line], report: &mut Report) {
        if self.chance.once_in(12) {
            *report = Report::locked_out(lines.len(), "tmux did not answer");
            report.may_have_done_something = true;
            return;
        }
        for (line, result) in std::iter::zip(lines, &mut report.lines) {
            let Some(step) = line.step.filter(|_| self.chance.once_in(12)) else {
                continue;
            };
            *result = Err(Failure::Refused(Complaint::from("refused")));
            let own = format!("{step}\t");
            report.records.retain(|(_, rest)| !rest.starts_with(&own));
        }
        if self.chance.once_in(20) {
            report.records.clear();
        }
    }

    fn found(&mut self) -> Found {
        let exit = [
            Some(Exit::Status(0)),
            Some(Exit::Status(3)),
            Some(Exit::Signal(9)),
            None,
        ];
        match self.chance.below(8) {
            6 => Found::Closed,
            kind => Found::There {
                pid: (kind == 5).then_some(8000),
                is_dead: kind != 5,
                exit: exit[self.chance.below(4)],
                left: (kind == 7).then_some(Exit::Status(2)),
                is_armed: kind % 2 == 1,
            },
        }
    }

    fn sight(&mut self) -> Option<Sight> {
        let edited = sight("$", Ok(Prompt::Edited));
        match self.chance.below(18) {
            11 => None,
            12 => Some(Sight {
                is_dead: true,
                ..edited
            }),
            13 => Some(sight("vi", Err("`vi` is running in it".to_owned()))),
            14 => Some(sight("$ moves", Ok(Prompt::Edited))),
            15 => Some(sight("$", Ok(Prompt::Lines))),
            16 => Some(sight("$", Ok(Prompt::Any { is_canonical: true }))),
            17 => Some(sight(
                "$",
                Ok(Prompt::Line {
                    is_canonical: false,
                }),
            )),
            _ => Some(edited),
        }
    }

    /// Passes an input on, and checks the outputs.
    fn take(&mut self, input: Input) -> Result<(), TestCaseError> {
        let before = self.scene.open.len();
        self.scene.take(input);
        for output in self.scene.open.range(before..) {
            let steps = steps(output);
            if self.is_signalled {
                let is_removal = matches!(output, Output::Remove { .. });
                prop_assert!(is_removal, "after a signal: {output:?}");
            }
            for step in steps.iter().filter(|step| !self.stuck.contains(step)) {
                let is_lost = self.scene.run.ledger.is_lost(*step);
                prop_assert!(!is_lost, "about a lost step: {output:?}");
            }
        }
        let is_answered = self.scene.open.is_empty();
        prop_assert!(is_answered || !self.scene.run.is_over());
        Ok(())
    }
}

/// Returns the steps that an output is about.
fn steps(output: &Output) -> Vec<StepId> {
    let of = |lines: &[Line]| lines.iter().filter_map(|line| line.step).collect();
    match output {
        Output::Prepare(preparation) => {
            let leaving = preparation.leaving.iter().map(|leaving| leaving.step);
            let piped = preparation.piped.iter().map(|(step, _)| *step);
            leaving.chain(piped).collect()
        }
        Output::Start(wave) => of(&wave.lines),
        Output::Type(lines) | Output::Zoom(lines) | Output::Remove { lines, .. } => of(lines),
        Output::Stop(stopping) => {
            let leaving = stopping.leaving.iter().map(|leaving| leaving.step);
            leaving.chain(of(&stopping.marks)).collect()
        }
        Output::EndOwn(own) => vec![own.step],
        _ => Vec::new(),
    }
}

/// Returns the number of events about each step's outcome.
fn told(events: &[Event]) -> BTreeMap<StepId, usize> {
    let mut told = BTreeMap::new();
    for event in events {
        let (Event::Started { step }
        | Event::Done { step }
        | Event::Failed { step, .. }
        | Event::Skipped { step, .. }) = event
        else {
            continue;
        };
        *told.entry(*step).or_default() += 1;
    }
    told
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut chance = Chance(bytes.iter());
    let planned = planned(&mut chance);
    let is_hosted = chance.once_in(4);
    let mut trial = Trial {
        scene: Scene::with(&planned, |settings| settings.is_hosted = is_hosted),
        chance,
        is_signalled: false,
        stuck: BTreeSet::new(),
    };
    for _ in 0..TURNS {
        if !trial.scene.run.is_over() {
            trial.turn()?;
        }
    }
    let rest: [u8; 0] = [];
    let mut trial = Trial {
        chance: Chance(rest.iter()),
        ..trial
    };
    let mut turns = 0;
    while !trial.scene.run.is_over() {
        trial.good_turn()?;
        turns += 1;
        prop_assert!(turns < TURNS_MAX, "it never ends: {:?}", trial.scene.open);
    }
    trial.scene.run.settle();
    let Scene {
        mut run,
        mut events,
        ..
    } = trial.scene;
    while let Some(output) = run.next_output() {
        match output {
            Output::Tell(event) => events.push(event),
            output => prop_assert!(false, "after the end: {output:?}"),
        }
    }
    let told = told(&events);
    prop_assert!(told.values().all(|times| *times == 1), "{told:?}");
    let end = run.end();
    prop_assert!(
        !end.steps.contains(&StepOutcome::Pending),
        "{:?}",
        end.steps
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_run_ends_with_an_outcome_of_each_step(bytes in vec(any::<u8>(), 200..2000)) {
        check(&bytes)?;
    }
}
