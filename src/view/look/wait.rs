//! The events of a wait, line by line, and its result.

use std::time::Duration;

use crate::event::Event;
use crate::layout::Address;
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, fitted, padded, width, wrapped};
use crate::view::text::printable::{Printable, printable, visible};
use crate::view::text::words;
use crate::watcher::wait::{Goal, WaitOutcome};

/// The smallest width of the column of names, as in the lines of an apply.
const NAME_MIN: usize = 10;

/// Turns events into lines.
#[derive(Debug)]
pub struct Lines<'a> {
    goal: &'a Goal,
    look: Look,
    name: usize,
}

impl<'a> Lines<'a> {
    pub fn new<'p>(goal: &'a Goal, panes: impl Iterator<Item = &'p Address>, look: Look) -> Self {
        let names = panes.map(|address| width(address.name()));
        Lines {
            goal,
            look,
            name: names.max().unwrap_or(0).clamp(NAME_MIN, look.width / 3),
        }
    }

    /// Returns the lines of an event; `None` for mere progress.
    pub fn event(&self, event: &Event) -> Option<Printable> {
        match event {
            Event::Reached { address, why, took } => {
                Some(self.line(Tone::Good, "✓", address, &self.reached(why, *took)))
            }
            Event::Lost {
                address,
                why,
                lines,
            } => Some(self.failure(address, why, lines)),
            Event::Late {
                address,
                answer,
                after,
                lines,
            } => {
                let text = format!("{} after {}: {answer}", self.not(), words::time(*after));
                Some(self.failure(address, &text, lines))
            }
            Event::Restarted { address } => {
                let text = "exited, and tmux restarted it";
                Some(self.line(Tone::Faint, "…", address, text))
            }
            Event::LeftBehind { address, what } => {
                let text = words::left_behind(what);
                Some(self.line(Tone::Change, "-", address, &text))
            }
            // A wait has no other events.
            _ => None,
        }
    }

    fn reached(&self, why: &str, took: Duration) -> String {
        let took = words::time(took);
        match self.goal {
            Goal::Line(_) => format!("{why}  {took}"),
            goal if why.is_empty() => format!("{}  {took}", goal.as_str()),
            goal => format!("{}: {why}  {took}", goal.as_str()),
        }
    }

    fn not(&self) -> String {
        match self.goal {
            Goal::Line(_) => "no matching line".to_owned(),
            goal => format!("not {}", goal.as_str()),
        }
    }

    fn failure(&self, address: &Address, text: &str, last: &[String]) -> Printable {
        let paint = Paint {
            color: self.look.color,
        };
        let mut out = self.line(Tone::Bad, "×", address, text);
        let room = self.look.width.saturating_sub(6).max(20);
        for line in last {
            // The last lines of a program are the reason: wrapped, never cut.
            for part in textwrap::wrap(&visible(line), room) {
                out.push(printable!(
                    "\n    {} {}",
                    paint.paint(Tone::Faint, "│"),
                    part
                ));
            }
        }
        out
    }

    fn line(&self, tone: Tone, sign: &str, address: &Address, text: &str) -> Printable {
        let paint = Paint {
            color: self.look.color,
        };
        let text = wrapped(text, self.look.width, self.name + 6);
        let name = padded(&fitted(address.name(), self.name), self.name);
        printable!("  {} {}  {}", paint.paint(tone, sign), name, text)
    }
}

/// Returns the last line.
pub fn ended(goal: &Goal, outcome: &WaitOutcome, width: usize) -> Printable {
    let what = match goal {
        Goal::Line(_) => "matched",
        goal => goal.as_str(),
    };
    let open = outcome.lost.len() + outcome.late.len();
    let mut text = format!("{} {what}", outcome.reached.len());
    if open > 0 && !outcome.is_met {
        text.push_str(&format!(", {open} not {what}"));
    }
    wrapped(
        &format!("{text} in {}", words::time(outcome.took)),
        width,
        0,
    )
}
