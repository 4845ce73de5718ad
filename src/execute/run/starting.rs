//! Starts programs, wave by wave, as their needs are met.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::born::reported;
use super::messages::{Expected, Leaving, Output, Preparation, Prepared, Started, Wave};
use super::state::{Phase, Run};
use crate::event::{Event, StepOutcome, Waiting, Waits};
use crate::layout::{Address, Command, Need, Pane, StepId, Until};
use crate::plan::change::{Action, Start};
use crate::readiness::engine::{self, News, Verdict};
use crate::readiness::watch;
use crate::render::{self, Piped, StepLines};
use crate::tmux::script::Line;

/// The interval of progress events.
pub(super) const TELL: Duration = Duration::from_millis(200);

impl Run<'_> {
    pub(super) fn advance_starting(&mut self, now: Instant) {
        if self.is_interrupted() {
            if self.under_way == 0 {
                self.phase = Phase::Over;
            }
            return;
        }
        if self.has_server_ended {
            self.end_with_server(now);
            return;
        }
        self.attend(now);
        self.look_at_prompts(now);
        // A cause is told before its consequences.
        if !self.starting.unread.is_empty() {
            return;
        }
        self.give_up_lost(now);
        if self.starting.wave.is_some() {
            return;
        }
        let wave = self.wave();
        if !wave.is_empty() || !self.starting.are_tags_sent {
            self.begin(wave);
        }
        // A first wave without lines to send leaves nothing to wait for.
        if self.starting.wave.is_some() {
            return;
        }
        self.born(now);
        if self.waiting(now).next().is_some() {
            self.starting.has_waited = true;
            self.tell_waiting(now);
        } else if self.under_way == 0 {
            self.give_up_rest();
            let given_up = std::mem::take(&mut self.starting.given_up);
            self.note(given_up);
            self.phase = Phase::Stopping;
        }
    }

    fn note(&mut self, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.put(Output::Note(lines));
        }
    }

    /// Returns what is still waited for.
    pub(super) fn waiting(&self, now: Instant) -> impl Iterator<Item = Waiting> {
        let panes = watch::waiting(&self.panes, self.settings.waits, now);
        panes.chain(self.typing.waiting(now))
    }

    fn tell_waiting(&mut self, now: Instant) {
        if now < self.told + TELL {
            return;
        }
        self.told = now;
        let since = now.saturating_duration_since(self.begun);
        let mut on: Vec<Waiting> = self.waiting(now).collect();
        on.extend(self.in_turn(since));
        self.ledger.tell(Event::Waiting { on, since });
    }

    /// Does whatever is due for awaited panes.
    fn attend(&mut self, now: Instant) {
        let read = self.starting.unread.len();
        for action in self.panes.due(now) {
            match action {
                engine::Output::Probe { address, run } => self.put(Output::Probe { address, run }),
                engine::Output::Inquire { address } => {
                    self.starting.asked.insert(address);
                }
                engine::Output::Tell(news) => self.news(news),
            }
        }
        if !self.starting.asked.is_empty() && !self.starting.is_asking {
            self.starting.is_asking = true;
            let asked = std::mem::take(&mut self.starting.asked);
            self.put(Output::Ask(asked.into_iter().collect()));
        }
        let unread = &self.starting.unread[read..];
        if !unread.is_empty() {
            let addresses = unread.iter().map(|(address, _, _)| address.clone());
            let addresses = addresses.collect();
            self.put(Output::ReadLines(addresses));
            self.note_given_up(read);
        }
    }

    /// Handles an event of a pane.
    pub(super) fn pane(&mut self, address: &Address, input: engine::Input, now: Instant) {
        let news = self.panes.take(address, input, now);
        news.into_iter().for_each(|news| self.news(news));
    }

    fn news(&mut self, news: News) {
        match news {
            News::Ready { address, why, took } => {
                self.note_ready(&address, &why);
                self.ledger.tell(Event::Ready { address, why, took });
            }
            News::Restarted { address } => self.ledger.tell(Event::Restarted { address }),
            News::LeftBehind { address, what } => {
                self.ledger.tell(Event::LeftBehind { address, what });
            }
            News::Ended { address, exit } => self.ledger.tell(Event::Ready {
                address,
                why: crate::event::ended(exit),
                took: Duration::ZERO,
            }),
            News::Died { address, exit } => {
                self.ledger.unready.push(address.clone());
                let lines = self.starting.last_lines.remove(&address);
                let lines = self.shown(&address, lines.unwrap_or_default());
                self.ledger.tell(Event::Died {
                    address,
                    exit,
                    lines,
                });
            }
            News::NotReady {
                address,
                answer,
                after,
            } => {
                self.ledger.unready.push(address.clone());
                self.starting.unread.push((address, answer, after));
            }
        }
    }

    /// Returns the lines, unless secrets in them cannot be hidden.
    fn shown(&self, address: &Address, lines: Vec<String>) -> Vec<String> {
        match self.ledger.plan.unhidden(address) {
            Some(why) if !lines.is_empty() => vec![format!("({why})")],
            _ => lines,
        }
    }

    /// Reports panes that are not ready in time, with their last lines.
    pub(super) fn read(&mut self, mut lines: BTreeMap<Address, Vec<String>>) {
        let unread = std::mem::take(&mut self.starting.unread);
        for (address, answer, after) in unread {
            let Some(lines) = lines.remove(&address) else {
                self.starting.unread.push((address, answer, after));
                continue;
            };
            self.ledger.tell(Event::NotReady {
                lines: self.shown(&address, lines),
                address,
                answer,
                after,
            });
        }
    }

    /// Marks a pane as ready, unless it is marked already.
    fn note_ready(&mut self, address: &Address, why: &str) {
        let mut targets = self.ledger.plan.targets.iter();
        let is_known =
            targets.any(|target| target.is_known_ready && target.pane.address == *address);
        let is_written = !is_known && !self.is_ending();
        if let Some(pid) = self.panes.last_pid(address).filter(|_| is_written) {
            let (address, why) = (address.clone(), why.to_owned());
            self.put(Output::NoteReady { address, pid, why });
        }
    }

    /// Marks the unread panes from index `read` on as not ready in time.
    fn note_given_up(&mut self, read: usize) {
        let unread = self.starting.unread[read..].iter();
        let panes = unread.filter_map(|(address, answer, after)| {
            let pid = self.panes.last_pid(address)?;
            let why = format!("after {:.1} s: {answer}", after.as_secs_f64());
            Some((address.clone(), pid, why))
        });
        let panes: Vec<_> = panes.collect();
        if !panes.is_empty() && !self.is_ending() {
            self.put(Output::NoteGivenUp(panes));
        }
    }

    /// Returns the steps that start programs, with their actions.
    pub(super) fn starts(&self) -> impl Iterator<Item = (StepId, &Start)> {
        let steps = self.ledger.plan.numbered();
        steps.filter_map(|(id, step)| match &step.action {
            Action::Start(start) => Some((id, &**start)),
            _ => None,
        })
    }

    /// Returns the starts whose needs are met, or will be by starts before them.
    fn wave(&self) -> Vec<StepId> {
        let mut wave = Vec::new();
        let mut starting: BTreeSet<&Address> = BTreeSet::new();
        for (step, start) in self.starts() {
            if self.is_born(step) && self.ledger.is_open(step) {
                // It runs, and is told with this wave.
                starting.insert(&start.pane.address);
                continue;
            }
            let is_free = self.ledger.is_open(step) && !start.is_own;
            let is_met = |need: &Need| match self.panes.verdict(&need.target, need.until) {
                Verdict::Met => true,
                Verdict::MetByStart => starting.contains(&need.target),
                Verdict::NotYet => false,
                Verdict::Lost => need.optional,
            };
            if is_free && start.pane.needs.iter().all(is_met) {
                starting.insert(&start.pane.address);
                wave.push(step);
            }
        }
        wave
    }

    /// Returns the panes that are not due yet, and their unmet needs.
    fn in_turn(&self, since: Duration) -> Vec<Waiting> {
        let pending = self
            .starts()
            .filter(|(step, _)| self.ledger.is_pending(*step));
        let waiting = pending.filter_map(|(_, start)| {
            let is_open = |target: &Address, until: Until| {
                let verdict = self.panes.verdict(target, until);
                matches!(verdict, Verdict::NotYet | Verdict::MetByStart)
            };
            let needs = start.pane.needs.iter();
            let needs = needs.filter(|need| is_open(&need.target, need.until));
            let names: Vec<&str> = needs.map(|need| need.target.name()).collect();
            (!names.is_empty()).then(|| Waiting {
                address: start.pane.address.clone(),
                state: Waits::Needs,
                what: names.join(", "),
                since,
                line: None,
                says: None,
            })
        });
        waiting.collect()
    }

    /// Prepares a wave, or starts it at once if there is nothing to prepare.
    fn begin(&mut self, wave: Vec<StepId>) {
        let preparation = Preparation {
            expected: self.expected(&wave),
            unseen: wave
                .iter()
                .filter_map(|step| Some((*step, self.unseen(*step)?)))
                .collect(),
            leaving: self.leaving(&wave),
            piped: self.piped(&wave),
        };
        self.starting.wave = Some(wave);
        if preparation.leaving.is_empty()
            && preparation.piped.is_empty()
            && preparation.unseen.is_empty()
            && preparation.expected.is_empty()
        {
            self.start_wave();
            return;
        }
        if !preparation.leaving.is_empty() {
            let count = preparation.leaving.len();
            self.ledger.tell(Event::Ending { count });
        }
        self.put(Output::Prepare(preparation));
    }

    /// Returns the expected state of a wave's panes, if others had time to change them.
    fn expected(&self, wave: &[StepId]) -> Vec<(StepId, Address, Expected)> {
        if !self.starting.has_waited {
            return Vec::new();
        }
        let expected = wave.iter().map(|step| {
            let start = self.start(*step);
            let expected = match (start.replaces, start.clears) {
                (Some(pid), _) => Expected::Process(pid),
                (None, Some(_)) => Expected::Ended,
                (None, None) => Expected::Empty,
            };
            (*step, start.pane.address.clone(), expected)
        });
        expected.collect()
    }

    /// Returns the pane of a step whose requirements are still unchecked: it starts after others,
    /// or its shell comes from tmux.
    pub(super) fn unseen(&self, step: StepId) -> Option<Pane> {
        let plan = self.ledger.plan;
        let Action::Start(start) = &plan[step].action else {
            return None;
        };
        let pane = &start.pane;
        let is_unseen = pane.command == Command::Shell(None) || plan.is_later(pane);
        is_unseen.then(|| pane.clone())
    }

    /// Returns the processes that a wave replaces.
    fn leaving(&self, wave: &[StepId]) -> Vec<Leaving> {
        let leaving = wave.iter().filter_map(|step| {
            let start = self.start(*step);
            Some(Leaving {
                step: *step,
                pid: start.replaces.or(start.clears)?,
                has_ended: start.replaces.is_none(),
                stop_method: start.stop_method.clone()?,
            })
        });
        leaving.collect()
    }

    /// Returns the panes of a wave that wait for secrets.
    fn piped(&self, wave: &[StepId]) -> Vec<(StepId, Piped)> {
        let piped = wave.iter().filter_map(|step| {
            let piped = self.starting_lines(*step).piped.clone()?;
            Some((*step, piped))
        });
        piped.collect()
    }

    pub(super) fn prepared(&mut self, prepared: Prepared, now: Instant) {
        self.ledger.is_locked_out |= prepared.is_locked_out;
        // Processes were asked to end, or may have been.
        self.ledger.is_touched |= !prepared.is_locked_out;
        for (step, why) in prepared.changed {
            self.ledger.skip(step, why);
        }
        for (step, why) in prepared.failed {
            self.ledger.fail(step, why);
        }
        for step in prepared.killed {
            self.ledger.tell(Event::Killed { step });
        }
        let is_cut_short = prepared.cut_short.is_some();
        self.ledger
            .cut_short(&prepared.cut_short.unwrap_or_default());
        self.give_up_lost(now);
        if is_cut_short || self.is_ending() {
            // They have been asked, and the next run starts the wanted programs.
            self.starting.wave = None;
        } else {
            self.start_wave();
        }
    }

    /// Starts the rest of the wave, in one batch.
    fn start_wave(&mut self) {
        let mut wave = self.starting.wave.take().unwrap_or_default();
        wave.retain(|step| self.ledger.is_open(*step));
        let mut lines = Vec::new();
        if !std::mem::replace(&mut self.starting.are_tags_sent, true) {
            lines.extend(self.first_lines(&wave));
        }
        for step in &wave {
            let starting = self.starting_lines(*step);
            let piped = starting.piped.as_ref().map(|piped| &piped.line);
            lines.push(piped.unwrap_or(&starting.start).clone());
        }
        if lines.is_empty() {
            return;
        }
        let starts = wave.iter();
        let starts = starts.map(|step| (*step, self.start(*step).pane.address.clone()));
        let wave_of = Wave {
            starts: starts.collect(),
            piped: self.piped(&wave),
            lines,
        };
        self.starting.wave = Some(wave);
        self.put(Output::Start(wave_of));
    }

    /// Returns the lines of the first wave: tags, and the messages of waiting panes.
    fn first_lines(&self, wave: &[StepId]) -> Vec<Line> {
        let open = || self.lines().filter(|(step, _)| self.ledger.is_open(*step));
        let tags = open().filter_map(|(_, lines)| match lines {
            StepLines::Tag(line) => Some(line.clone()),
            _ => None,
        });
        let waits = open().filter_map(|(step, lines)| {
            let starting = lines.starting().filter(|starting| !starting.is_born)?;
            let wait = &starting.wait;
            (!wave.contains(&step) && !wait.commands.is_empty()).then(|| wait.clone())
        });
        tags.chain(waits).collect()
    }

    pub(super) fn started(&mut self, started: &Started, now: Instant) {
        self.ledger.note(&started.lines, &started.report);
        for (step, why) in &started.failed {
            self.ledger.fail(*step, why.clone());
        }
        if let Some((lines, report)) = &started.noted {
            self.ledger.note(lines, report);
        }
        for (step, pid) in reported(&started.report) {
            self.runs(step, pid, now);
        }
        let tags = self.lines();
        for (step, _) in tags.filter(|(_, lines)| matches!(lines, StepLines::Tag(_))) {
            self.ledger.done(step);
        }
        self.born(now);
        for step in self.starting.wave.take().unwrap_or_default() {
            self.ledger.done(step);
            self.tell_without(step);
        }
    }

    /// Handles the start of a step's program.
    pub(super) fn runs(&mut self, step: StepId, pid: i32, now: Instant) {
        let plan = self.ledger.plan;
        let Action::Start(start) = &plan[step].action else {
            return;
        };
        let pane = &start.pane;
        self.pane(&pane.address, engine::Input::Started { pid }, now);
        let address = pane.address.clone();
        self.put(Output::Watch { address, pid });
        if self.ledger.is_pending(step) {
            self.typing.add(step, pane, 0, now);
        }
    }

    /// Reports the lost optional needs of a program that has started.
    fn tell_without(&mut self, step: StepId) {
        if *self.ledger.outcome(step) != StepOutcome::Done {
            return;
        }
        let plan = self.ledger.plan;
        let Action::Start(start) = &plan[step].action else {
            return;
        };
        for need in start.pane.needs.iter().filter(|need| need.optional) {
            if self.is_lost(need) {
                self.ledger.tell(Event::Without {
                    address: start.pane.address.clone(),
                    target: need.target.clone(),
                    why: self.why_lost(need),
                });
            }
        }
    }

    fn start(&self, step: StepId) -> &Start {
        match &self.ledger.plan[step].action {
            Action::Start(start) => start,
            _ => unreachable!("only starts are in a wave"),
        }
    }

    pub(super) fn starting_lines(&self, step: StepId) -> &render::Starting {
        let lines = self.rendered.steps[step.0].starting();
        lines.expect("a start step has starting lines")
    }
}
