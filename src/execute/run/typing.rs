//! Types texts into panes, each once what it waits for is there: whole, once, and into nothing else.
//!
//! The batch that pastes a text also records it on the pane, so that a later run types none of them
//! twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::messages::{Output, Sight};
use super::state::Run;
use super::texts::{Decision, Texts};
use crate::event::Event;
use crate::layout::{Address, StepId};
use crate::link::{Failure, Report};
use crate::render::record::{self, TYPED};
use crate::tmux::script::Line;

/// The interval between looks at shells.
const LOOK: Duration = Duration::from_millis(40);
/// How often other programs are: all that they show is read each time.
const LOOK_AT_PROGRAMS: Duration = Duration::from_millis(100);

/// The reason if the text never reached the program.
const REPLACED: &str = "another program had replaced it each time";

impl Run<'_> {
    /// Looks at the panes that have texts to type.
    pub(super) fn look_at_prompts(&mut self, now: Instant) {
        if self.typing.next().is_some_and(|look| now >= look) {
            self.typing.look = None;
            let texts = self.typing.texts.iter_mut();
            let recipients = texts.map(|texts| {
                texts.is_looked_at = true;
                texts.recipient()
            });
            let recipients = recipients.collect();
            self.put(Output::LookAtPrompts(recipients));
        }
    }

    /// Types where what is waited for is there, and gives up at the deadlines.
    pub(super) fn prompts(&mut self, sights: &BTreeMap<Address, Sight>, now: Instant) {
        let mut lines = Vec::new();
        let mut left = Vec::new();
        for mut texts in std::mem::take(&mut self.typing.texts) {
            if !texts.is_looked_at {
                // It has started since.
                left.push(texts);
                continue;
            }
            let decision = texts.decided(sights.get(&texts.address), now);
            match decision {
                Decision::Wait => left.push(texts),
                Decision::Type { pid } => {
                    lines.push(texts.line(pid, self.settings.nonce));
                    left.push(texts);
                }
                Decision::GiveUp(why) => self.give_up_typing(&texts, &why, now),
            }
        }
        self.typing.texts = left;
        if lines.is_empty() || self.is_ending() {
            self.look_again(now);
        } else {
            self.put(Output::Type(lines));
        }
    }

    /// Handles the result of typing: each text that was sent is typed, or reported as failed.
    pub(super) fn typed(&mut self, lines: &[Line], report: &Report, now: Instant) {
        self.ledger.is_touched |= report.may_have_done_something;
        let records = report.records.iter().filter(|(kind, _)| kind == TYPED);
        let counts: BTreeMap<StepId, usize> = records
            .filter_map(|(_, rest)| record::of_step(rest))
            .collect();
        for (line, result) in std::iter::zip(lines, &report.lines) {
            let mut all = self.typing.texts.iter();
            let Some(at) = all.position(|texts| Some(texts.step) == line.step) else {
                continue;
            };
            let texts = &mut self.typing.texts[at];
            let is_typed = texts.came_to(counts.get(&texts.step).copied(), now);
            let why = match result {
                _ if texts.is_done() => None,
                Err(failure) => Some(why(failure)),
                // A shell that is replaced again and again is given up at its deadline.
                Ok(()) if !is_typed && texts.is_late(now) => Some(REPLACED.to_owned()),
                Ok(()) => None,
            };
            if let Some(why) = why {
                let texts = self.typing.texts.remove(at);
                self.give_up_typing(&texts, &why, now);
            }
        }
        for texts in self.typing.texts.iter().filter(|texts| texts.is_done()) {
            self.ledger.done(texts.step);
        }
        self.typing.texts.retain(|texts| !texts.is_done());
        self.look_again(now);
    }

    fn look_again(&mut self, now: Instant) {
        let mut texts = self.typing.texts.iter();
        let pause = match texts.any(Texts::is_for_prompt) {
            true => LOOK,
            false => LOOK_AT_PROGRAMS,
        };
        self.typing.look = Some(now + pause);
    }

    /// Reports that the rest is not typed. The pane records how much of it was.
    fn give_up_typing(&mut self, texts: &Texts, why: &str, now: Instant) {
        let answer = texts.given_up(why);
        self.ledger.unready.push(texts.address.clone());
        self.ledger.skip_silently(texts.step, answer.clone());
        self.ledger.tell(Event::NotReady {
            address: texts.address.clone(),
            answer,
            after: now.saturating_duration_since(texts.since),
            lines: Vec::new(),
        });
    }
}

fn why(failure: &Failure) -> String {
    match failure {
        Failure::Refused(complaint) => complaint.to_string(),
        Failure::Unknown(why) => why.clone(),
        Failure::Unbound(_) => "its pane is gone".to_owned(),
    }
}
