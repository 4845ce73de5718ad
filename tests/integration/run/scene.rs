//! A plan made of a manifest's text, and a run of it whose outputs are answered by hand. Outputs
//! are written as short lines, with panes by their own names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

use triad::event::{Event, StepOutcome};
use triad::execute::run::{
    End, Input, Output, Prepared, Prompt, Recipient, Run, Settings, Sight, Started, Stopped, Wave,
};
use triad::layout::{Address, Layout, Pattern, StepId};
use triad::link::{Failure, Report};
use triad::machine::process_tree::Ended;
use triad::plan::change::Plan;
use triad::plan::{self, Halting, Request};
use triad::readiness::engine::{self, Extent, Found};
use triad::render::{self, Rendered};
use triad::tmux::complaint::Complaint;
use triad::tmux::environment::Environment;
use triad::tmux::script::Line;

use crate::support::resolved::{Given, resolve_text};
use crate::support::snapshot;

pub const MS: Duration = Duration::from_millis(1);

/// A plan and its scripts.
pub struct Planned {
    pub plan: Plan,
    pub rendered: Rendered,
}

/// Returns the layout of a session `s` with a window `w` of these panes.
pub fn layout(panes: &str) -> Layout {
    let text =
        format!("layout \"t\"\nsession \"s\" {{ window \"w\" {{ columns {{\n{panes}\n}} }} }}");
    let resolved = resolve_text(&text, &Given::default());
    resolved
        .layout
        .unwrap_or_else(|| panic!("{:?}\n{text}", resolved.diagnostics))
}

impl Planned {
    fn of(plan: Plan) -> Self {
        Planned::rendered(plan, false)
    }

    fn rendered(plan: Plan, starts_with_panes: bool) -> Self {
        let conditions = render::Conditions {
            environment: &Environment::new(),
            triad: Path::new("/usr/bin/triad"),
            socket: Path::new("/tmp/tmux/default"),
            used: None,
            starts_with_panes,
            nonce: "N",
        };
        let rendered = render::render(&plan, &conditions);
        Planned { plan, rendered }
    }

    /// Plans from nothing, with programs that start with their panes.
    pub fn born(panes: &str) -> Self {
        Planned::rendered(Planned::fresh(panes).plan, true)
    }

    /// Plans from nothing.
    pub fn fresh(panes: &str) -> Self {
        Planned::between(
            &triad::live::Snapshot::default(),
            panes,
            &Request::default(),
        )
    }

    fn between(live: &triad::live::Snapshot, panes: &str, wishes: &Request) -> Self {
        let (layout, conditions) = (layout(panes), conditions());
        let wishes = wishes.among(&layout, live).unwrap();
        let machine = plan::Machine::default();
        let plan = plan::plan_as_asked(&layout, live, &conditions, &wishes, &machine);
        Planned::of(plan.unwrap())
    }

    /// Plans from these applied panes, and changes to them since, to others.
    pub fn changed(before: &str, drift: &str, after: &str, replace: &[&str]) -> Self {
        let mut live = snapshot::applied(&layout(before));
        snapshot::drift(&mut live, drift);
        let wishes = Request {
            replace: patterns(replace),
            ..Request::default()
        };
        Planned::between(&live, after, &wishes)
    }

    /// Plans the end of all panes; `own` is the number of triad's own.
    pub fn down(panes: &str, own: Option<u32>) -> Self {
        let layout = layout(panes);
        let live = snapshot::applied(&layout);
        let own = own.map(triad::tmux::id::PaneId);
        let manifest = Some(layout.manifest.as_str());
        let plan = plan::removal(&layout.name, manifest, Some(&layout), &live, own);
        Planned::of(plan.unwrap())
    }

    /// Plans the stop of some panes.
    pub fn stop(panes: &str, named: &[&str], with_dependents: bool) -> Self {
        let layout = layout(panes);
        let live = snapshot::applied(&layout);
        let patterns = patterns(named);
        let mut asked = Halting {
            layout: &layout.name,
            manifest: Some(&layout.manifest),
            wanted: Some(&layout),
            patterns: &patterns,
            with_dependents,
        };
        let meant = asked.meant(&live).unwrap();
        asked.patterns = &meant;
        Planned::of(plan::halting(&asked, &live, None).unwrap())
    }

    /// Plans a zoomed window.
    pub fn zoomed() -> Self {
        let text = "layout \"t\"\nsession \"s\" { window \"w\" zoom=#true { columns { \
                    pane \"a\" focus=#true { run \"a\" }; pane \"b\" { run \"b\" } } } }";
        let resolved = resolve_text(text, &Given::default());
        let layout = resolved.layout.expect("the manifest has no mistakes");
        let live = triad::live::Snapshot::default();
        Planned::of(plan::plan(&layout, &live, &conditions()).unwrap())
    }

    /// Returns the step that starts, types, ends or changes this object.
    pub fn step(&self, name: &str) -> StepId {
        let mut steps = self.plan.numbered();
        let found = steps.find(|(id, step)| {
            let lines = &self.rendered.steps[id.0];
            let is_tag = matches!(
                lines,
                render::StepLines::Tag(_) | render::StepLines::InGeometry
            );
            step.subject.address.name() == name && !is_tag
        });
        found.unwrap_or_else(|| panic!("no step is about {name}")).0
    }
}

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub fn conditions() -> plan::Conditions {
    plan::Conditions {
        width: snapshot::WIDTH,
        height: snapshot::HEIGHT,
        own_pane: None,
        salt: Some(snapshot::SALT),
    }
}

/// A run with a manual clock.
pub struct Scene<'p> {
    pub planned: &'p Planned,
    pub run: Run<'p>,
    pub now: Instant,
    /// The outputs that wait for an answer, in order.
    pub open: VecDeque<Output>,
    /// The running probes.
    pub probes: Vec<(Address, u32)>,
    /// All outputs since the last look.
    log: Vec<String>,
    /// The panes whose programs are watched.
    pub watched: Vec<Address>,
    /// All events.
    pub events: Vec<Event>,
    next_pid: i32,
}

impl<'p> Scene<'p> {
    pub fn new(planned: &'p Planned) -> Self {
        Scene::with(planned, |_| {})
    }

    pub fn with(planned: &'p Planned, change: impl FnOnce(&mut Settings<'p>)) -> Self {
        let mut settings = Settings {
            nonce: "N",
            waits: Extent::Everything,
            is_hosted: false,
            interrupted: None,
        };
        change(&mut settings);
        let now = Instant::now();
        let mut scene = Scene {
            planned,
            run: Run::new(&planned.plan, &planned.rendered, settings, now),
            now,
            open: VecDeque::new(),
            probes: Vec::new(),
            log: Vec::new(),
            watched: Vec::new(),
            events: Vec::new(),
            next_pid: 7000,
        };
        scene.drain();
        scene
    }

    /// Takes the outputs.
    fn drain(&mut self) {
        while let Some(output) = self.run.next_output() {
            if let Some(line) = self.line(&output) {
                self.log.push(line);
            }
            match output {
                Output::Tell(event) => self.events.push(event),
                Output::Probe { address, run } => self.probes.push((address, run)),
                Output::Watch { address, .. } => self.watched.push(address),
                Output::Deafen => {}
                output => self.open.push_back(output),
            }
        }
    }

    /// Returns the outputs since the last call.
    pub fn log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    pub fn take(&mut self, input: Input) {
        self.run.take(input, self.now);
        self.drain();
    }

    /// Lets time pass until something is due, or for so long if nothing is.
    pub fn pass(&mut self, at_most: Duration) {
        let end = self.now + at_most;
        let due = self.run.next(self.now);
        self.now = due.map_or(end, |due| due.clamp(self.now, end));
        self.take(Input::Time);
    }

    /// Lets so much time pass, with looks whenever something is due.
    pub fn pass_all(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.pass((end - self.now).min(20 * MS));
        }
    }

    pub fn signal(&mut self) {
        self.take(Input::Signal(2));
    }

    pub fn pane(&mut self, name: &str, input: engine::Input) {
        self.take(Input::Pane(address(name), input));
    }

    /// Answers the running probe of a pane.
    pub fn probe(&mut self, name: &str, answer: Result<&str, &str>) {
        let address = address(name);
        let mut probes = self.probes.iter();
        let at = probes.position(|(of, _)| *of == address);
        let at = at.unwrap_or_else(|| panic!("no probe of {name} is running"));
        let (_, run) = self.probes.remove(at);
        let answer = answer.map(str::to_owned).map_err(str::to_owned);
        self.pane(name, engine::Input::Answered { run, answer });
    }

    /// Returns the next output that waits for an answer.
    pub fn next(&mut self) -> Output {
        self.open.pop_front().expect("an open output")
    }

    /// Answers the next output with success.
    pub fn well(&mut self) {
        let output = self.next();
        let input = self.answer(output);
        self.take(input);
    }

    /// Answers all open outputs, and their immediate consequences, without looking at prompts.
    pub fn all_well(&mut self) {
        let is_look = |output: &Output| matches!(output, Output::LookAtPrompts(_));
        while let Some(at) = self.open.iter().position(|output| !is_look(output)) {
            let output = self.open.remove(at).expect("an open output");
            let input = self.answer(output);
            self.take(input);
        }
    }

    /// Answers the next output with the reports of its lines spoiled by `spoil`.
    pub fn badly(&mut self, spoil: impl Fn(&[Line], &mut Report)) {
        let output = self.next();
        let mut input = self.answer(output);
        match &mut input {
            Input::Typed { lines, report }
            | Input::Removed { lines, report, .. }
            | Input::Zoomed { lines, report } => spoil(lines, report),
            Input::Started(started) => spoil(&started.lines, &mut started.report),
            Input::Stopped(stopped) => {
                spoil(&stopped.marks, &mut stopped.report);
                let failed = failed(&stopped.marks, &stopped.report);
                stopped.ended.retain(|(step, ..)| !failed.contains(step));
            }
            Input::LaidOut { report, .. } => {
                spoil(&self.planned.rendered.geometry.lines, report);
            }
            Input::OwnEnded { step, report, .. } => {
                let line = own_line(&self.planned.rendered, *step);
                spoil(std::slice::from_ref(line), report);
            }
            input => panic!("{input:?} has no report"),
        }
        self.take(input);
    }

    pub fn answer(&mut self, output: Output) -> Input {
        match output {
            Output::LayOut(lines) => Input::LaidOut {
                report: self.laid_out(&lines),
                too_old: None,
            },
            Output::Prepare(_) => Input::Prepared(Prepared::default()),
            Output::Start(wave) => Input::Started(self.started(wave)),
            Output::Ask(asked) => {
                let looks = asked.into_iter();
                Input::Looked(
                    looks
                        .map(|address| (address, (ended(0), Vec::new())))
                        .collect(),
                )
            }
            Output::ReadLines(asked) => {
                let lines = asked.into_iter();
                let line = |address| (address, vec!["its last line".to_owned()]);
                Input::Lines(lines.map(line).collect())
            }
            Output::LookAtPrompts(asked) => {
                let prompts = asked.into_iter();
                let sight = |of: Recipient| (of.address, sight("$", Ok(Prompt::Edited)));
                Input::Prompts(prompts.map(sight).collect())
            }
            Output::Type(lines) => {
                let mut report = done(&lines);
                report.records = lines.iter().filter_map(typed).collect();
                Input::Typed { lines, report }
            }
            Output::Note(_) | Output::NoteReady { .. } | Output::NoteGivenUp(_) => Input::Noted,
            Output::Stop(stopping) => Input::Stopped(Stopped {
                report: done(&stopping.marks),
                ended: stopping
                    .leaving
                    .iter()
                    .map(|leaving| (leaving.step, gently(), None))
                    .collect(),
                marks: stopping.marks,
                failed: Vec::new(),
                cut_short: None,
            }),
            Output::Remove { lines, .. } => Input::Removed {
                report: done(&lines),
                lines,
                strays: Vec::new(),
            },
            Output::Zoom(lines) => Input::Zoomed {
                report: done(&lines),
                lines,
            },
            Output::EndOwn(own) => Input::OwnEnded {
                step: own.step,
                report: done(std::slice::from_ref(&own.line)),
                left: None,
                stray: None,
            },
            Output::Probe { .. } | Output::Watch { .. } | Output::Deafen | Output::Tell(_) => {
                unreachable!("these have no answer")
            }
        }
    }

    /// Reports the geometry batch, with the programs that have started with their panes.
    fn laid_out(&mut self, lines: &[Line]) -> Report {
        let mut report = done(lines);
        let steps = self.planned.rendered.steps.iter();
        let starts = steps.filter_map(|lines| lines.starting());
        for start in starts.filter(|start| start.is_born) {
            self.next_pid += 1;
            let record = format!("{}\t{}", start.step, self.next_pid);
            report.records.push(("pid".to_owned(), record));
        }
        report
    }

    fn started(&mut self, wave: Wave) -> Started {
        let mut report = done(&wave.lines);
        for (step, _) in &wave.starts {
            self.next_pid += 1;
            let record = format!("{step}\t{}", self.next_pid);
            report.records.push(("pid".to_owned(), record));
        }
        let noted: Vec<Line> = wave
            .piped
            .into_iter()
            .map(|(_, piped)| piped.started)
            .collect();
        let noted = (!noted.is_empty()).then(|| {
            let report = done(&noted);
            (noted, report)
        });
        Started {
            lines: wave.lines,
            report,
            failed: Vec::new(),
            noted,
        }
    }

    pub fn outcome(&self, name: &str) -> StepOutcome {
        self.run.ledger.outcome(self.planned.step(name)).clone()
    }

    /// Ends the run, once nothing is left to do.
    #[track_caller]
    pub fn end(mut self) -> (End, Vec<String>) {
        assert!(self.run.is_over(), "{:?}", self.open);
        self.run.settle();
        self.drain();
        let log = self.log();
        (self.run.end(), log)
    }

    fn name(&self, step: StepId) -> &str {
        self.planned.plan[step].subject.address.name()
    }

    fn names(&self, lines: &[Line]) -> String {
        let names = lines.iter().map(|line| line.step);
        let names: Vec<&str> = names
            .map(|step| step.map_or("-", |step| self.name(step)))
            .collect();
        names.join(" ")
    }

    /// Writes an output as a line; none for progress and for data that only the driver needs.
    fn line(&self, output: &Output) -> Option<String> {
        let all = |addresses: &[Address]| {
            let names: Vec<&str> = addresses.iter().map(Address::name).collect();
            names.join(" ")
        };
        let steps = |steps: Vec<StepId>| {
            let names: Vec<&str> = steps.into_iter().map(|step| self.name(step)).collect();
            names.join(" ")
        };
        let told = match output {
            Output::LayOut(_) => "lay out".to_owned(),
            Output::Prepare(prepared) => {
                let leaving = prepared.leaving.iter().map(|leaving| leaving.step);
                let mut text = format!("prepare {}", steps(leaving.collect()));
                for (step, _, expected) in &prepared.expected {
                    text.push_str(&format!(", {} {expected:?}", self.name(*step)));
                }
                text
            }
            Output::Start(wave) => {
                let starts = wave.starts.iter().map(|(step, _)| *step).collect();
                format!("start {}", steps(starts))
            }
            Output::Ask(asked) => format!("ask {}", all(asked)),
            Output::ReadLines(asked) => format!("read {}", all(asked)),
            Output::LookAtPrompts(asked) => {
                let names = asked.iter().map(|of| of.address.name());
                format!("look at {}", names.collect::<Vec<_>>().join(" "))
            }
            Output::Type(lines) => format!("type {}", self.names(lines)),
            Output::Note(lines) => format!("note {}", self.names(lines)),
            Output::NoteReady { address, .. } => format!("note ready {}", address.name()),
            Output::NoteGivenUp(panes) => {
                let names = panes.iter().map(|(address, ..)| address.name());
                format!("note given up {}", names.collect::<Vec<_>>().join(" "))
            }
            Output::Stop(stopping) => {
                let leaving = stopping.leaving.iter().map(|leaving| leaving.step);
                let marks = self.names(&stopping.marks);
                format!("end {}, marks {marks}", steps(leaving.collect()))
            }
            Output::Remove { lines, .. } => format!("remove {}", self.names(lines)),
            Output::Zoom(lines) => format!("zoom {}", self.names(lines)),
            Output::EndOwn(own) => format!("end own {}", self.name(own.step)),
            Output::Probe { .. } | Output::Watch { .. } => return None,
            Output::Deafen => "deafen".to_owned(),
            Output::Tell(event) => return self.told(event),
        };
        Some(told.trim_end().to_owned())
    }

    fn told(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::LaidOut { .. }
            | Event::Waiting { .. }
            | Event::Held { .. }
            | Event::Reached { .. }
            | Event::Lost { .. }
            | Event::Late { .. } => return None,
            Event::Started { step } => format!("* {} started", self.name(*step)),
            Event::Done { step } => {
                let is_pane = self.planned.plan[*step]
                    .subject
                    .address
                    .pane_name()
                    .is_some();
                if !is_pane {
                    return None;
                }
                format!("* {} done", self.name(*step))
            }
            Event::Without {
                address,
                target,
                why,
            } => {
                format!("* {} without {}: {why}", address.name(), target.name())
            }
            Event::Ready { address, why, .. } => format!("* {} ready: {why}", address.name()),
            Event::Died { address, exit, .. } => format!("* {} died: {exit:?}", address.name()),
            Event::NotReady {
                address, answer, ..
            } => format!("* {} not ready: {answer}", address.name()),
            Event::Failed { step, why } => format!("* {} failed: {why}", self.name(*step)),
            Event::Skipped { step, why } => format!("* {} skipped: {why}", self.name(*step)),
            Event::Restarted { address } => format!("* {} restarted", address.name()),
            Event::LeftBehind { address, what } => format!("* {} leaves {what}", address.name()),
            Event::Killed { step } => format!("* {} killed", self.name(*step)),
            Event::Ended { step } => format!("* {} ended", self.name(*step)),
            Event::Left { step, what } => format!("* {} left {what}", self.name(*step)),
            Event::Ending { count } => format!("* {count} end"),
        })
    }
}

pub fn address(name: &str) -> Address {
    format!("s/w/{name}").parse().unwrap()
}

/// Reports that everything was done.
pub fn done(lines: &[Line]) -> Report {
    Report {
        lines: vec![Ok(()); lines.len()],
        has_done_something: !lines.is_empty(),
        may_have_done_something: !lines.is_empty(),
        ..Report::empty()
    }
}

/// Reports that one step's lines were refused, and printed nothing.
pub fn refuse(step: StepId, why: &str) -> impl Fn(&[Line], &mut Report) {
    move |lines, report| {
        for (line, result) in std::iter::zip(lines, &mut report.lines) {
            if line.step == Some(step) {
                *result = Err(Failure::Refused(Complaint::from(why)));
            }
        }
        let own = format!("{step}\t");
        report.records.retain(|(_, rest)| !rest.starts_with(&own));
    }
}

/// Reports that the result of the batch is unknown.
pub fn lose(lines: &[Line], report: &mut Report) {
    *report = Report::locked_out(lines.len(), "tmux did not answer");
    report.may_have_done_something = true;
}

pub fn failed(lines: &[Line], report: &Report) -> BTreeSet<StepId> {
    let failed = std::iter::zip(lines, &report.lines).filter(|(_, result)| result.is_err());
    failed.filter_map(|(line, _)| line.step).collect()
}

fn own_line(rendered: &Rendered, step: StepId) -> &Line {
    match &rendered.steps[step.0] {
        render::StepLines::Start(starting) => &starting.start,
        render::StepLines::Halt(line) | render::StepLines::Remove(line) => line,
        lines => panic!("{lines:?} are of no own pane"),
    }
}

/// Returns the record of a typed text: its index is in the buffer's name.
fn typed(line: &Line) -> Option<(String, String)> {
    let texts = line.commands.iter().flat_map(|command| &command.words);
    let text = format!("{:?}", texts.collect::<Vec<_>>());
    let step = line.step?;
    let at = text.split(&format!("triad-N-{step}-")).nth(1)?;
    let at: String = at.chars().take_while(char::is_ascii_digit).collect();
    let count = at.parse::<usize>().ok()? + 1;
    Some(("typed".to_owned(), format!("{step}\t{count}")))
}

pub fn gently() -> Ended {
    Ended {
        is_killed: false,
        left: Vec::new(),
    }
}

/// Returns a dead pane whose program ended with this status; below 0: tmux has not collected it.
pub fn ended(status: i32) -> Found {
    Found::There {
        pid: None,
        is_dead: true,
        exit: (status >= 0).then_some(triad::live::Exit::Status(status)),
        left: None,
        is_armed: false,
    }
}

pub fn sight(looks: &str, prompt: Result<Prompt, String>) -> Sight {
    Sight {
        pid: 7001,
        is_dead: false,
        looks: looks.to_owned(),
        prompt,
    }
}

/// Returns the same look at each of these panes.
pub fn sights(names: &[&str], sight: &Sight) -> BTreeMap<Address, Sight> {
    let sights = names.iter().map(|name| (address(name), sight.clone()));
    sights.collect()
}
