//! Types texts into shells, each once the prompt is up: whole, once, and into nothing else.
//!
//! How far it came is written on the pane by the same batch that pastes a text, so that a run that
//! goes on from here types none of them twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Run;
use super::messages::{Output, Sight};
use crate::event::{Event, Waiting, Waits};
use crate::execute::prompt::{LINE_MAX, Prompt};
use crate::layout::{Address, StepId, Typed};
use crate::link::{Failure, Report};
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::render::record::{self, TYPED};
use crate::render::typing;
use crate::tmux::script::Line;

/// How long a shell has until its first prompt.
const PROMPT_DEADLINE: Duration = Duration::from_secs(10);
/// How long what was typed may run until the next text is typed.
const COMMAND_DEADLINE: Duration = Duration::from_secs(60);
/// How often shells are looked at.
const LOOK: Duration = Duration::from_millis(40);
/// How long a prompt must have stood still, where the shell's editor shows that it is one.
const STILL: Duration = Duration::from_millis(80);
/// The same where nothing else shows it.
const STILL_LINES: Duration = Duration::from_millis(400);

/// All that is yet to be typed.
#[derive(Debug, Default)]
pub struct Typing {
    texts: Vec<Texts>,
    /// When shells are looked at next; `None` while they are, or are typed at.
    look: Option<Instant>,
}

/// What is yet to be typed into one pane.
#[derive(Debug)]
struct Texts {
    step: StepId,
    address: Address,
    texts: Vec<Typed>,
    /// The first that is not typed.
    next: usize,
    /// None of them was typed in this run: the deadline is that of a shell that starts.
    is_first: bool,
    since: Instant,
    /// What the pane looked like, and since when it has.
    seen: Option<(String, Instant)>,
    /// Why nothing is typed yet.
    why: String,
}

impl Typing {
    /// What an earlier run did not get to.
    pub fn new(plan: &Plan, now: Instant) -> Self {
        let mut typing = Typing::default();
        for (step, planned) in plan.numbered() {
            if let Action::Type(due) = &planned.action {
                let pane = &due.pane;
                typing.add(step, &pane.address, &pane.typed, due.from, now);
            }
        }
        typing
    }

    /// Texts for a shell, from the one at `from` on.
    pub fn add(
        &mut self,
        step: StepId,
        address: &Address,
        texts: &[Typed],
        from: usize,
        now: Instant,
    ) {
        if from >= texts.len() {
            return;
        }
        if self.texts.is_empty() {
            self.look = Some(now);
        }
        self.texts.push(Texts {
            step,
            address: address.clone(),
            texts: texts.to_vec(),
            next: from,
            is_first: true,
            since: now,
            seen: None,
            why: "tmux has not told of it".to_owned(),
        });
    }

    pub fn waiting(&self, now: Instant) -> impl Iterator<Item = Waiting> {
        self.texts.iter().map(move |texts| Waiting {
            address: texts.address.clone(),
            state: Waits::Typing,
            what: format!("its prompt: {}", texts.why),
            since: now.saturating_duration_since(texts.since),
            line: None,
        })
    }

    /// When shells are looked at next.
    pub fn next(&self) -> Option<Instant> {
        self.look.filter(|_| !self.texts.is_empty())
    }
}

impl Run<'_> {
    /// Has shells looked at that are to be typed at.
    pub(super) fn look_at_prompts(&mut self, now: Instant) {
        if self.typing.next().is_some_and(|look| now >= look) {
            self.typing.look = None;
            let texts = self.typing.texts.iter();
            let addresses = texts.map(|texts| texts.address.clone()).collect();
            self.put(Output::LookAtPrompts(addresses));
        }
    }

    /// Types where the prompt is up, and gives up at the deadlines.
    pub(super) fn prompts(&mut self, sights: &BTreeMap<Address, Sight>, now: Instant) {
        let mut lines = Vec::new();
        let mut left = Vec::new();
        for mut texts in std::mem::take(&mut self.typing.texts) {
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
        if lines.is_empty() || self.is_interrupted() {
            self.typing.look = Some(now + LOOK);
        } else {
            self.put(Output::Type(lines));
        }
    }

    /// Each text that was sent is typed, or its pane is told.
    pub(super) fn typed(&mut self, lines: &[Line], report: &Report, now: Instant) {
        self.ledger.is_touched |= report.may_have_done_something;
        self.typing.look = Some(now + LOOK);
        for (line, result) in std::iter::zip(lines, &report.lines) {
            let mut texts = self.typing.texts.iter();
            let at = texts.position(|texts| Some(texts.step) == line.step);
            if let (Err(failure), Some(at)) = (result, at) {
                let texts = self.typing.texts.remove(at);
                self.give_up_typing(&texts, &why(failure), now);
            }
        }
        for (kind, rest) in &report.records {
            let Some((step, count)) = record::of_step(rest).filter(|_| kind == TYPED) else {
                continue;
            };
            let mut all = self.typing.texts.iter_mut();
            if let Some(texts) = all.find(|texts| texts.step == step) {
                texts.came_to(count, now);
            }
        }
        let done = |texts: &Texts| texts.next >= texts.texts.len();
        for texts in self.typing.texts.iter().filter(|texts| done(texts)) {
            self.ledger.done(texts.step);
        }
        self.typing.texts.retain(|texts| !done(texts));
    }

    /// Says that the rest is not typed. The pane remembers how much of it was.
    fn give_up_typing(&mut self, texts: &Texts, why: &str, now: Instant) {
        let all = texts.texts.len();
        let answer = match texts.next {
            0 => format!("nothing was typed: {why}"),
            done => format!("{done} of {all} texts were typed: {why}"),
        };
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

/// What is done about one pane's texts.
enum Decision {
    Wait,
    Type { pid: i32 },
    GiveUp(String),
}

impl Texts {
    fn decided(&mut self, sight: Option<&Sight>, now: Instant) -> Decision {
        let Some(sight) = sight else {
            return Decision::GiveUp("its pane is gone".to_owned());
        };
        if sight.is_dead {
            return Decision::GiveUp("its shell has ended".to_owned());
        }
        match self.ready(sight, now) {
            Some(prompt) if self.is_too_long(prompt) => Decision::GiveUp(format!(
                "a line of it is longer than the {LINE_MAX} bytes that a terminal gives to a shell \
                 without a line editor"
            )),
            Some(_) => Decision::Type { pid: sight.pid },
            None if self.is_late(now) => Decision::GiveUp(self.why.clone()),
            None => Decision::Wait,
        }
    }

    /// How the shell reads, once its prompt has stood still for long enough.
    fn ready(&mut self, sight: &Sight, now: Instant) -> Option<Prompt> {
        let since = match &self.seen {
            Some((before, since)) if *before == sight.looks => *since,
            _ => now,
        };
        match &sight.prompt {
            Ok(prompt) => {
                self.seen = Some((sight.looks.clone(), since));
                self.why = "its screen still moves".to_owned();
                let still = match prompt {
                    Prompt::Edited => STILL,
                    Prompt::Lines => STILL_LINES,
                };
                (now >= since + still).then_some(*prompt)
            }
            Err(why) => {
                self.seen = None;
                self.why.clone_from(why);
                None
            }
        }
    }

    fn is_late(&self, now: Instant) -> bool {
        let deadline = if self.is_first {
            PROMPT_DEADLINE
        } else {
            COMMAND_DEADLINE
        };
        now >= self.since + deadline
    }

    fn is_too_long(&self, prompt: Prompt) -> bool {
        let mut lines = self.texts[self.next].text.lines();
        prompt == Prompt::Lines && lines.any(|line| line.len() > LINE_MAX)
    }

    /// So many of them have been typed.
    fn came_to(&mut self, count: usize, now: Instant) {
        if count > self.next {
            (self.next, self.is_first) = (count, false);
        }
        (self.since, self.seen) = (now, None);
    }

    fn line(&self, pid: i32, nonce: &str) -> Line {
        let typed = &self.texts[self.next];
        typing::paste(self.step, &self.address, typed, self.next, pid, nonce)
    }
}

fn why(failure: &Failure) -> String {
    match failure {
        Failure::Refused(complaint) => complaint.to_string(),
        Failure::Unknown(why) => why.clone(),
        Failure::Unbound(_) => "its pane is gone".to_owned(),
    }
}
