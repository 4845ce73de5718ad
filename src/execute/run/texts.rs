//! The texts that are yet to be typed: how far each shell is, and what is done about it.

use std::time::{Duration, Instant};

use super::messages::Sight;
use crate::event::{Waiting, Waits};
use crate::execute::prompt::{LINE_MAX, Prompt};
use crate::layout::{Address, StepId, Typed};
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::render::typing;
use crate::tmux::script::Line;

/// How long a shell has until its first prompt.
const PROMPT_DEADLINE: Duration = Duration::from_secs(10);
/// How long what was typed may run until the next text is typed.
const COMMAND_DEADLINE: Duration = Duration::from_secs(60);
/// How long a prompt must have stood still, where the shell's editor shows that it is one.
const STILL: Duration = Duration::from_millis(80);
/// The same where nothing else shows it.
const STILL_LINES: Duration = Duration::from_millis(400);

/// All that is yet to be typed.
#[derive(Debug, Default)]
pub(super) struct Typing {
    pub(super) texts: Vec<Texts>,
    /// When shells are looked at next; `None` while they are, or are typed at.
    pub(super) look: Option<Instant>,
}

/// What is yet to be typed into one pane.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) step: StepId,
    pub(super) address: Address,
    pub(super) texts: Vec<Typed>,
    /// The first that is not typed.
    pub(super) next: usize,
    /// None of them was typed in this run: the deadline is that of a shell that starts.
    is_first: bool,
    pub(super) since: Instant,
    /// What the pane looked like, and since when it has.
    seen: Option<(String, Instant)>,
    /// Why nothing is typed yet.
    why: String,
    /// Its shell was among those that were looked at last.
    pub(super) is_looked_at: bool,
}

impl Typing {
    /// What an earlier run did not get to.
    pub(super) fn new(plan: &Plan, now: Instant) -> Self {
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
    pub(super) fn add(
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
            is_looked_at: false,
        });
    }

    pub(super) fn waiting(&self, now: Instant) -> impl Iterator<Item = Waiting> {
        self.texts.iter().map(move |texts| Waiting {
            address: texts.address.clone(),
            state: Waits::Typing,
            what: format!("its prompt: {}", texts.why),
            since: now.saturating_duration_since(texts.since),
            line: None,
            says: None,
        })
    }

    /// When shells are looked at next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.look.filter(|_| !self.texts.is_empty())
    }
}

/// What is done about one pane's texts.
pub(super) enum Decision {
    Wait,
    Type { pid: i32 },
    GiveUp(String),
}

impl Texts {
    pub(super) fn decided(&mut self, sight: Option<&Sight>, now: Instant) -> Decision {
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

    pub(super) fn is_late(&self, now: Instant) -> bool {
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

    /// So many of them have been typed, as far as that is known. Whether there are more than before.
    pub(super) fn came_to(&mut self, count: Option<usize>, now: Instant) -> bool {
        self.seen = None;
        let more = count.filter(|count| *count > self.next);
        if let Some(count) = more {
            (self.next, self.is_first, self.since) = (count, false, now);
        }
        more.is_some()
    }

    pub(super) fn is_done(&self) -> bool {
        self.next >= self.texts.len()
    }

    pub(super) fn line(&self, pid: i32, nonce: &str) -> Line {
        let typed = &self.texts[self.next];
        typing::paste(self.step, &self.address, typed, self.next, pid, nonce)
    }
}
