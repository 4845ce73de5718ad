//! The events of an apply, line by line, and its result.

use std::time::Duration;

use crate::event::{Event, Outcome, StepOutcome, end};
use crate::layout::{Address, Pane, PaneKind, StepId};
use crate::plan::Plan;
use crate::plan::change::{Action, Drift, Noun, Reason, Step};
use crate::view::run::critical_path;
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, fitted, padded, width, wrapped};
use crate::view::text::printable::{Printable, printable, visible};
use crate::view::text::words;

/// The smallest width of the column of names, so that short lists look alike.
const NAME_MIN: usize = 10;
/// The room below which a line is wrapped.
const TEXT_MIN: usize = 24;

/// The message for a program that tmux restarted.
const RESTARTED: &str = "exited, and tmux restarted it";
/// The message for a program that did not exit in time.
const KILLED: &str = "did not exit when asked, and was killed";

/// The message for a program that triad stopped before it was interrupted, so that the program was
/// not started again, or its pane not removed.
const ENDED: &str = "stopped, but its pane stays: triad was interrupted";

/// Turns events into lines.
#[derive(Debug)]
pub struct Lines<'a> {
    plan: &'a Plan,
    look: Look,
    paint: Paint,
    name: usize,
}

impl<'a> Lines<'a> {
    pub fn new(plan: &'a Plan, look: Look) -> Self {
        let names = plan
            .steps
            .iter()
            .map(|step| width(step.subject.address.name()));
        Lines {
            plan,
            look,
            paint: Paint { color: look.color },
            name: names.max().unwrap_or(0).clamp(NAME_MIN, look.width / 3),
        }
    }

    /// Returns the lines of an event; `None` for mere progress.
    pub fn event(&self, event: &Event) -> Option<Printable> {
        match event {
            Event::Held { holder } => Some(self.held(holder)),
            Event::LaidOut {
                panes,
                windows,
                took,
            } => Some(self.laid_out(*panes, *windows, *took)),
            Event::Started { step } => Some(self.started(&self.plan[*step])),
            Event::Done { step } => self.done(&self.plan[*step]),
            Event::Ready { address, why, took } => {
                // A task that is done took no time to become ready.
                let took = Some(*took).filter(|took| !took.is_zero());
                let text = match took {
                    Some(_) => format!("ready: {why}"),
                    None => why.clone(),
                };
                Some(self.line(Mark::Done, address.name(), &text, took))
            }
            Event::Died {
                address,
                exit,
                lines,
            } => Some(self.failure(address, &end(*exit), lines)),
            Event::NotReady {
                address,
                answer,
                after,
                lines,
            } => {
                let text = format!("not ready after {}: {answer}", words::time(*after));
                Some(self.failure(address, &text, lines))
            }
            Event::Failed { step, why } => {
                Some(self.of_step(Mark::Failed, *step, &format!("failed: {why}")))
            }
            Event::Skipped { step, why } => {
                let text = format!("{}: {why}", not_done(&self.plan[*step]));
                Some(self.of_step(Mark::Skipped, *step, &text))
            }
            Event::Without {
                address,
                target,
                why,
            } => {
                let text = format!("started without `{}`: {why}", target.name());
                Some(self.line(Mark::Skipped, address.name(), &text, None))
            }
            Event::Restarted { address } => {
                Some(self.line(Mark::Waits, address.name(), RESTARTED, None))
            }
            Event::LeftBehind { address, what } => {
                let text = words::left_behind(what);
                Some(self.line(Mark::Skipped, address.name(), &text, None))
            }
            Event::Killed { step } => Some(self.of_step(Mark::Skipped, *step, KILLED)),
            Event::Ended { step } => Some(self.of_step(Mark::Skipped, *step, ENDED)),
            Event::Left { step, what } => {
                let text = format!("still running outside its pane: {what}");
                Some(self.of_step(Mark::Failed, *step, &text))
            }
            Event::Waiting { .. }
            | Event::Ending { .. }
            | Event::Reached { .. }
            | Event::Lost { .. }
            | Event::Late { .. } => None,
        }
    }

    fn laid_out(&self, panes: usize, windows: usize, took: Duration) -> Printable {
        let (panes, windows) = (words::count(panes, "pane"), words::count(windows, "window"));
        self.line(
            Mark::Done,
            "layout",
            &format!("{panes} in {windows}"),
            Some(took),
        )
    }

    fn held(&self, holder: &str) -> Printable {
        let text = format!("waiting for another triad: {holder}");
        printable!("  {}", wrapped(&text, self.look.width, 2))
    }

    /// Whether a later line says the same and more: for a pane with probes, the line when they
    /// succeed or fail.
    pub fn is_followed(&self, event: &Event) -> bool {
        let Event::Started { step } = event else {
            return false;
        };
        let step = &self.plan[*step];
        self.is_probed(step) && step.ends.is_none() && step.reason != Reason::Needed
    }

    fn is_probed(&self, step: &Step) -> bool {
        let address = &step.subject.address;
        let mut targets = self.plan.targets.iter();
        targets.any(|target| target.pane.address == *address && target.pane.ready.is_some())
    }

    fn started(&self, step: &Step) -> Printable {
        let address = &step.subject.address;
        let is_probed = self.is_probed(step);
        let verb = if step.ends.is_some() {
            "restarted"
        } else {
            "started"
        };
        let more = if is_probed {
            ", waiting until it is ready"
        } else {
            ""
        };
        let needed = if step.reason == Reason::Needed {
            ", because a requested pane depends on it"
        } else {
            ""
        };
        let mark = if is_probed { Mark::Waits } else { Mark::Done };
        self.line(mark, address.name(), &format!("{verb}{needed}{more}"), None)
    }

    fn of_step(&self, mark: Mark, step: StepId, text: &str) -> Printable {
        let name = self.plan[step].subject.address.name();
        self.line(mark, name, text, None)
    }

    fn done(&self, step: &Step) -> Option<Printable> {
        let name = step.subject.address.name();
        let text = match (&step.action, &step.reason) {
            // The line of the layout, or of their panes, covers these.
            (Action::CreateSession(_) | Action::CreateWindow(_), _) => return None,
            (Action::Retag(_), Reason::Drifted(Drift::Moved { from })) => {
                format!("moved from window {from}, same process")
            }
            (Action::Retag(_), Reason::Renamed { from, .. }) => {
                format!("renamed from {from}, same process")
            }
            (Action::MoveWindow(_), Reason::Drifted(Drift::Moved { from })) => {
                format!("moved from session {from}, same processes")
            }
            (Action::MoveWindow(_), reason) => format!("moved: {}", words::reason(reason)),
            (Action::Readdress(_), reason) => format!("renamed: {}", words::reason(reason)),
            (Action::Retag(_) | Action::FocusWindow { .. } | Action::TagSession(_), reason) => {
                format!("changed in place: {}", words::reason(reason))
            }
            (Action::ArrangeWindow(_), reason) => format!("arranged: {}", words::reason(reason)),
            (Action::OrderWindows(_), Reason::NotThere) => return None,
            (Action::OrderWindows(_), _) => "windows reordered".to_owned(),
            (Action::RenameSession { .. } | Action::RenameWindow { .. }, reason) => {
                format!("renamed: {}", words::reason(reason))
            }
            (Action::Configure(_) | Action::Zoom(_), Reason::NotThere) => return None,
            (Action::Configure(_) | Action::Zoom(_), reason) => {
                format!("changed in place: {}", words::reason(reason))
            }
            (Action::Adopt(_), reason) => format!("adopted: {}", words::reason(reason)),
            (Action::Halt(_), _) if step.ends.is_none() => "marked as stopped".to_owned(),
            (Action::Halt(_), Reason::Named) => "stopped, pane kept".to_owned(),
            (Action::Halt(_), reason) => {
                format!("stopped, pane kept: {}", words::reason(reason))
            }
            (Action::Stop(_), Reason::Query) => "stopped".to_owned(),
            (Action::Stop(_), reason) => format!("stopped: {}", words::reason(reason)),
            (Action::Reserve(_), _) => "not started: `triad start` starts it".to_owned(),
            (Action::Type(_), _) => "typed the remaining text".to_owned(),
            (Action::Start(_), _) => "started".to_owned(),
        };
        Some(self.line(Mark::Done, name, &text, None))
    }

    fn failure(&self, address: &Address, text: &str, last: &[String]) -> Printable {
        let mut out = self.line(Mark::Failed, address.name(), text, None);
        let room = self.look.width.saturating_sub(6).max(20);
        for line in last {
            // The last lines of a program are the reason: wrapped, never cut.
            for part in textwrap::wrap(&visible(line), room) {
                let bar = self.paint.paint(Tone::Faint, "│");
                out.push(printable!("\n    {} {}", bar, part));
            }
        }
        out
    }

    fn line(&self, mark: Mark, name: &str, text: &str, took: Option<Duration>) -> Printable {
        let took = took.map(words::time).unwrap_or_default();
        let indent = self.name + 6;
        let room = self.look.width.saturating_sub(indent);
        let one_line = room.saturating_sub(width(&took) + 2);
        // The text says what happened and why: it is wrapped, never cut, if there is little room.
        let (text, took) = match took.is_empty() {
            true => (wrapped(text, self.look.width, indent), took),
            false if one_line >= TEXT_MIN => (printable!("{}", fitted(text, one_line)), took),
            false => {
                let text = format!("{text}, {took}");
                (wrapped(&text, self.look.width, indent), String::new())
            }
        };
        let (sign, tone) = mark.sign();
        let name = padded(&fitted(name, self.name), self.name);
        let sign = self.paint.paint(tone, sign);
        let mut line = printable!("  {} {}  {}", sign, name, text);
        if !took.is_empty() {
            let column = self.name + 48;
            let used = 4 + self.name + 2 + width(text.as_str());
            let gap = column
                .min(self.look.width)
                .saturating_sub(used + width(&took))
                .max(2);
            line.push(" ".repeat(gap));
            line.push(self.paint.paint(Tone::Faint, took));
        }
        line
    }
}

#[derive(Debug, Clone, Copy)]
enum Mark {
    Done,
    Waits,
    Failed,
    Skipped,
}

impl Mark {
    fn sign(self) -> (&'static str, Tone) {
        match self {
            Mark::Done => ("✓", Tone::Good),
            Mark::Waits => ("…", Tone::Faint),
            Mark::Failed => ("×", Tone::Bad),
            Mark::Skipped => ("-", Tone::Change),
        }
    }
}

/// Returns the last line of an apply: the result, and where to go. `attach` is the command for it.
pub fn applied(plan: &Plan, outcome: &Outcome, attach: &str, width: usize) -> Printable {
    let mut text = results(plan, outcome);
    let are_steps_done =
        outcome.interrupted.is_none() && outcome.count(|step| *step != StepOutcome::Done) == 0;
    let is_kept = |address: &Address| {
        let mut targets = plan.targets.iter().map(|target| &target.pane);
        targets.any(|pane| pane.address == *address && is_kept_when_failed(pane))
    };
    if are_steps_done && outcome.unready.is_empty() {
        let took = critical_path::took(outcome);
        text.push_str(&format!("{took}. Go there: {attach}"));
    } else if are_steps_done && outcome.unready.iter().all(is_kept) {
        let failed = outcome.unready.iter().map(ToString::to_string);
        let failed = failed.collect::<Vec<_>>().join(" ");
        text.push_str(&format!(". Restart what failed: triad restart {failed}"));
    } else {
        text.push_str(". Run it again to continue from here");
    }
    wrapped(&text, width, 0)
}

/// Whether a pane can only be unready because it failed, and is kept for review then.
fn is_kept_when_failed(pane: &Pane) -> bool {
    matches!(pane.kind, PaneKind::Agent | PaneKind::Pane) && pane.ready.is_none()
}

const NOT_STARTED: &str = "not started";
const NOT_RESTARTED: &str = "not restarted";
const NOT_STOPPED: &str = "not stopped";
const NOT_DONE: &str = "not done";

/// Returns the words for the effect that a skipped step did not have.
fn not_done(step: &Step) -> &'static str {
    match step.action {
        Action::Start(_) if step.ends.is_some() => NOT_RESTARTED,
        Action::Start(_) => NOT_STARTED,
        Action::Stop(_) | Action::Halt(_) => NOT_STOPPED,
        _ => NOT_DONE,
    }
}

/// Returns the last line of a `down`.
pub fn removed(plan: &Plan, outcome: &Outcome) -> Printable {
    let took = words::time(outcome.took);
    printable!("{} in {}", results(plan, outcome), took)
}

/// Counts the results.
fn results(plan: &Plan, outcome: &Outcome) -> String {
    let count = |is_action: &dyn Fn(&Step) -> bool, is_outcome: &dyn Fn(&StepOutcome) -> bool| {
        let steps = std::iter::zip(&plan.steps, &outcome.steps);
        steps
            .filter(|(step, outcome)| is_action(step) && is_outcome(outcome))
            .count()
    };
    let is_start = |step: &Step| matches!(step.action, Action::Start(_));
    let is_restart = |step: &Step| is_start(step) && step.ends.is_some();
    let is_pane = |step: &Step| {
        let is_setting = matches!(step.action, Action::Configure(_));
        matches!(step.subject.noun, Noun::Pane(_)) && !is_setting
    };
    let is_adoption = |step: &Step| matches!(step.action, Action::Adopt(_));
    let is_stop = |step: &Step| matches!(step.action, Action::Stop(_) | Action::Halt(_));
    let is_reserve = |step: &Step| matches!(step.action, Action::Reserve(_));
    let is_other = |step: &Step| {
        !step.is_move() && !step.is_rename() && !step.is_of_creation() && !is_reserve(step)
    };
    let is_done = |outcome: &StepOutcome| *outcome == StepOutcome::Done;
    let is_skipped = |outcome: &StepOutcome| matches!(outcome, StepOutcome::Skipped(_));
    let skipped = |what| count(&|step| is_pane(step) && not_done(step) == what, &is_skipped);
    let parts = [
        (
            count(&|step| is_start(step) && !is_restart(step), &is_done),
            "started",
        ),
        (count(&is_restart, &is_done), "restarted"),
        (count(&is_reserve, &is_done), "to start by hand"),
        (count(&Step::is_move, &is_done), "moved"),
        (count(&Step::is_rename, &is_done), "renamed"),
        (count(&is_adoption, &is_done), "adopted"),
        (count(&is_stop, &is_done), "stopped"),
        (
            count(
                &|step| is_other(step) && !is_start(step) && !is_adoption(step) && !is_stop(step),
                &is_done,
            ),
            "changed in place",
        ),
        (
            count(&|_| true, &|outcome| {
                matches!(outcome, StepOutcome::Failed(_))
            }),
            "failed",
        ),
        (
            count(&|_| true, &|outcome| *outcome == StepOutcome::Ended),
            "ended",
        ),
        (skipped(NOT_STARTED), NOT_STARTED),
        (skipped(NOT_RESTARTED), NOT_RESTARTED),
        (skipped(NOT_STOPPED), NOT_STOPPED),
        (skipped(NOT_DONE), NOT_DONE),
        (
            count(&|_| true, &|outcome| *outcome == StepOutcome::Pending),
            "not reached",
        ),
        (outcome.unready.len(), "not ready"),
        (outcome.strays, "left running"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if shown.is_empty() {
        "nothing done".to_owned()
    } else {
        shown.join(", ")
    }
}
