//! A run of a plan: a state machine without input or output. Events go in, jobs come out; the
//! driver does them.
//!
//! The phases are geometry, programs as their needs are met, removals, zooms, and last the pane
//! that triad itself is running in. A signal, or the end of the server, ends the run as soon as the
//! pending jobs are answered.

mod born;
mod looks;
mod lost;
mod messages;
mod own_pane;
mod starting;
mod state;
mod stopping;
mod texts;
mod typing;

pub use crate::execute::ledger::{Asked, Ledger};
pub use crate::execute::prompt::Prompt;
pub use messages::{
    Expected, Input, Leaving, Output, OwnPane, Preparation, Prepared, Recipient, Sight, Started,
    Stopped, Stopping, Stray, Wave,
};
pub use state::{Run, Settings};

use std::collections::VecDeque;
use std::time::Instant;

use crate::event::{Event, StepOutcome};
use crate::layout::Address;
use crate::link::Report;
use crate::machine::interrupt::CUT;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::readiness::engine::{Engine, Wanted};
use crate::render::{Rendered, StepLines};
use crate::tmux::script::Line;

use self::state::{Phase, Removals, Starting};
use self::texts::Typing;

/// The result of a run.
#[derive(Debug)]
pub struct End {
    pub steps: Vec<StepOutcome>,
    pub unready: Vec<Address>,
    pub strays: usize,
    pub is_touched: bool,
    pub is_locked_out: bool,
    pub interrupted: Option<i32>,
    pub too_old: Option<String>,
    pub is_server_gone: bool,
    /// The server is there, and does not answer.
    pub is_server_silent: bool,
}

impl<'p> Run<'p> {
    /// Begins a run at `now`.
    pub fn new(
        plan: &'p Plan,
        rendered: &'p Rendered,
        settings: Settings<'p>,
        now: Instant,
    ) -> Self {
        let mut run = Run {
            ledger: Ledger::new(plan),
            rendered,
            settings,
            phase: Phase::Geometry,
            panes: Engine::new(plan.targets.iter().map(Wanted::of), now),
            starting: Starting::default(),
            typing: Typing::new(plan, now),
            removals: Removals::of(plan),
            outputs: VecDeque::new(),
            under_way: 0,
            begun: now,
            told: now,
            interrupted: None,
            too_old: None,
            has_server_ended: false,
            is_server_silent: false,
            silences: 0,
            silent_since: None,
            is_server_gone: false,
        };
        if let Some(signal) = settings.interrupted {
            run.interrupted = Some(signal);
            run.phase = Phase::Over;
        } else if rendered.geometry.lines.is_empty() {
            run.laid_out(now);
            run.advance(now);
        } else {
            run.put(Output::LayOut(rendered.geometry.lines.clone()));
        }
        run
    }

    /// Returns the next job.
    pub fn next_output(&mut self) -> Option<Output> {
        let event = self.ledger.next_event();
        event.map(Output::Tell).or_else(|| self.outputs.pop_front())
    }

    /// Returns when something is due, if nothing happens before; `None`: not before an answer.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        if self.phase != Phase::Starting {
            return None;
        }
        let due = [
            self.panes.next(now),
            self.typing.next(),
            Some(self.told + starting::TELL),
        ];
        due.into_iter().flatten().min()
    }

    /// Whether nothing is left to do or to wait for.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over && self.under_way == 0 && self.outputs.is_empty()
    }

    /// Handles an event at `now`.
    pub fn take(&mut self, input: Input, now: Instant) {
        match input {
            Input::Signal(signal) => self.interrupted = self.interrupted.or(Some(signal)),
            Input::ServerGone => self.server_gone(),
            Input::Pane(address, input) => self.pane(&address, input, now),
            Input::Time => {}
            answer => {
                self.under_way -= 1;
                self.answered(answer, now);
            }
        }
        self.advance(now);
    }

    fn answered(&mut self, answer: Input, now: Instant) {
        match answer {
            Input::LaidOut { report, too_old } => self.geometry_sent(&report, too_old, now),
            Input::Prepared(prepared) => self.prepared(prepared, now),
            Input::Started(started) => self.started(&started, now),
            Input::Looked(looks) => self.looked(looks, now),
            Input::Unanswered(addresses) => self.unanswered(&addresses, now),
            Input::Lines(lines) => self.read(lines),
            Input::Prompts(sights) => self.prompts(&sights, now),
            Input::Typed { lines, report } => self.typed(&lines, &report, now),
            Input::Stopped(stopped) => self.stopped(&stopped),
            Input::Removed {
                lines,
                report,
                strays,
            } => self.removed(&lines, &report, strays),
            Input::Zoomed { lines, report } => self.zoomed(&lines, &report),
            Input::OwnEnded {
                step,
                report,
                left,
                stray,
            } => self.own_ended(step, &report, left, stray),
            Input::Noted | Input::Pane(..) | Input::ServerGone | Input::Signal(_) | Input::Time => {
            }
        }
    }

    /// Advances as far as possible without another answer.
    fn advance(&mut self, now: Instant) {
        loop {
            let before = self.phase;
            match self.phase {
                Phase::Geometry => self.cut_geometry(),
                Phase::Starting => self.advance_starting(now),
                Phase::Stopping => self.advance_stopping(),
                Phase::Zooming => self.advance_zooming(),
                Phase::Own => self.advance_own(),
                Phase::Over => {}
            }
            if self.phase == before {
                return;
            }
        }
    }

    fn cut_geometry(&mut self) {
        // Until the first batch is answered there is nothing else to give up.
        if self.is_interrupted() && self.under_way == 0 {
            self.phase = Phase::Over;
        }
    }

    fn geometry_sent(&mut self, report: &Report, too_old: Option<String>, now: Instant) {
        self.too_old = too_old;
        if self.too_old.is_some() {
            self.phase = Phase::Over;
            return;
        }
        self.ledger.note(&self.rendered.geometry.lines, report);
        self.starting.born = born::reported(report).collect();
        self.laid_out(now);
    }

    /// Continues after the geometry batch.
    fn laid_out(&mut self, now: Instant) {
        for (step, lines) in self.lines() {
            if *lines == StepLines::InGeometry {
                self.ledger.done(step);
            }
        }
        self.ledger.skip_blocked();
        let builds = self.ledger.plan.numbered();
        let panes = builds.filter_map(|(id, step)| match &step.action {
            Action::CreateWindow(build) if self.ledger.is_pending(id) => {
                Some(build.new_panes.len())
            }
            _ => None,
        });
        let panes: Vec<usize> = panes.filter(|panes| *panes > 0).collect();
        if !panes.is_empty() {
            self.ledger.tell(Event::LaidOut {
                windows: panes.len(),
                panes: panes.iter().sum(),
                took: now.saturating_duration_since(self.begun),
            });
        }
        self.phase = Phase::Starting;
    }

    /// Zooms the windows without failures.
    fn advance_zooming(&mut self) {
        if self.under_way > 0 {
            return;
        }
        if self.is_interrupted() {
            self.phase = Phase::Over;
            return;
        }
        self.ledger.skip_blocked();
        let zooms = self.lines().filter_map(|(step, lines)| match lines {
            StepLines::Zoom(line) if self.ledger.is_pending(step) => Some(line.clone()),
            _ => None,
        });
        let zooms: Vec<Line> = zooms.collect();
        if zooms.is_empty() {
            self.phase = Phase::Own;
        } else {
            self.put(Output::Zoom(zooms));
        }
    }

    fn zoomed(&mut self, lines: &[Line], report: &Report) {
        self.ledger.note(lines, report);
        for step in lines.iter().filter_map(|line| line.step) {
            self.ledger.done(step);
        }
        self.phase = Phase::Own;
    }

    /// Handles the end of the server. At the end of a run it may end, with its last session.
    fn server_gone(&mut self) {
        self.has_server_ended |= self.phase == Phase::Starting;
    }

    /// Skips the steps that were not reached, once the run is over, which adds events.
    pub fn settle(&mut self) {
        for step in std::mem::take(&mut self.starting.born).into_keys() {
            self.ledger.done(step);
        }
        self.ledger.skip_blocked();
        if self.is_server_gone {
            self.ledger.skip_all(match self.is_server_silent {
                false => "the tmux server is gone",
                true => "the tmux server does not answer",
            });
        }
        if let Some(signal) = self.interrupted {
            self.ledger.skip_all(match signal {
                CUT => "the manifest has changed",
                _ => "triad was interrupted",
            });
        }
    }

    /// Returns the result of the run.
    pub fn end(mut self) -> End {
        End {
            unready: std::mem::take(&mut self.ledger.unready),
            strays: self.ledger.strays,
            is_touched: self.ledger.is_touched,
            is_locked_out: self.ledger.is_locked_out,
            interrupted: self.interrupted,
            too_old: self.too_old,
            is_server_gone: self.is_server_gone,
            is_server_silent: self.is_server_silent,
            steps: self.ledger.into_outcomes(),
        }
    }
}
