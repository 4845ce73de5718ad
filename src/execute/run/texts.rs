//! The texts still to be typed: how far each shell is, and what to do next.

use std::time::{Duration, Instant};

use super::messages::{Recipient, Sight};
use crate::event::{Waiting, Waits};
use crate::execute::prompt::Prompt;
use crate::layout::{Address, Command, Pane, StepId, TypeWhen, Typed, one_line};
use crate::machine::tty::LINE_MAX;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::render::typing;
use crate::tmux::script::Line;

/// The time a shell has until its first prompt.
const PROMPT_DEADLINE: Duration = Duration::from_secs(10);
/// The time a typed command may run before the next text is typed.
const COMMAND_DEADLINE: Duration = Duration::from_secs(60);
/// The time a prompt must be unchanged if the shell's editor shows that it is one.
const STILL: Duration = Duration::from_millis(80);
/// The same if nothing else shows it.
const STILL_LINES: Duration = Duration::from_millis(400);
/// How long a program that nobody knows anything of must have printed nothing.
const STILL_ANY: Duration = Duration::from_secs(1);
/// How long a line must have stood that was waited for: it may be the beginning of a longer one.
const STILL_LINE: Duration = STILL;
/// The time limit for a text that waits for a line, or for the screen to stop changing.
const PROGRAM_DEADLINE: Duration = Duration::from_secs(60);

/// All texts still to be typed.
#[derive(Debug, Default)]
pub(super) struct Typing {
    pub(super) texts: Vec<Texts>,
    /// The time of the next look at shells; `None` while they are looked at or typed at.
    pub(super) look: Option<Instant>,
}

/// The texts still to be typed into one pane.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) step: StepId,
    pub(super) address: Address,
    is_default_shell: bool,
    pub(super) texts: Vec<Typed>,
    /// The index of the first text not typed yet.
    pub(super) next: usize,
    /// None of them was typed in this run: the deadline of a starting shell applies.
    is_first: bool,
    pub(super) since: Instant,
    /// The last look of the pane, and since when it is unchanged.
    seen: Option<(String, Instant)>,
    /// The reason why nothing is typed yet.
    why: String,
    /// Its shell was included in the last look.
    pub(super) is_looked_at: bool,
}

impl Typing {
    /// Collects the texts that an earlier run did not type.
    pub(super) fn new(plan: &Plan, now: Instant) -> Self {
        let mut typing = Typing::default();
        for (step, planned) in plan.numbered() {
            if let Action::Type(due) = &planned.action {
                typing.add(step, &due.pane, due.from, now);
            }
        }
        typing
    }

    /// The texts of a pane, from the one at `from` on.
    pub(super) fn add(&mut self, step: StepId, pane: &Pane, from: usize, now: Instant) {
        if from >= pane.typed.len() {
            return;
        }
        if self.texts.is_empty() {
            self.look = Some(now);
        }
        self.texts.push(Texts {
            step,
            address: pane.address.clone(),
            is_default_shell: pane.command == Command::Shell(None),
            texts: pane.typed.clone(),
            next: from,
            is_first: true,
            since: now,
            seen: None,
            why: "tmux has not reported it yet".to_owned(),
            is_looked_at: false,
        });
    }

    pub(super) fn waiting(&self, now: Instant) -> impl Iterator<Item = Waiting> {
        self.texts.iter().map(move |texts| Waiting {
            address: texts.address.clone(),
            state: Waits::Typing,
            what: texts.awaited(),
            since: now.saturating_duration_since(texts.since),
            line: None,
            says: None,
        })
    }

    /// Returns the time of the next look at shells.
    pub(super) fn next(&self) -> Option<Instant> {
        self.look.filter(|_| !self.texts.is_empty())
    }
}

/// The next action for one pane's texts.
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
            let ended = match self.is_for_prompt() {
                true => "its shell has ended",
                false => "its program has ended",
            };
            return Decision::GiveUp(ended.to_owned());
        }
        match self.ready(sight, now) {
            Some(prompt) if self.is_too_long(prompt) => Decision::GiveUp(format!(
                "a line is longer than {LINE_MAX} bytes, the limit of a terminal for a \
                 program without a line editor"
            )),
            Some(_) => Decision::Type { pid: sight.pid },
            None if self.is_late(now) => Decision::GiveUp(self.why.clone()),
            None => Decision::Wait,
        }
    }

    /// Returns the mode of the prompt, once it has been unchanged for long enough.
    fn ready(&mut self, sight: &Sight, now: Instant) -> Option<Prompt> {
        let since = match &self.seen {
            Some((before, since)) if *before == sight.looks => *since,
            _ => now,
        };
        match &sight.prompt {
            Ok(prompt) => {
                self.seen = Some((sight.looks.clone(), since));
                self.why = "its screen changed less than a second ago".to_owned();
                let still = match prompt {
                    Prompt::Edited => STILL,
                    Prompt::Lines => STILL_LINES,
                    Prompt::Any { .. } => STILL_ANY,
                    Prompt::Line { .. } => STILL_LINE,
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
        let deadline = match self.when() {
            TypeWhen::Still | TypeWhen::Line(_) => PROGRAM_DEADLINE,
            TypeWhen::Prompt if self.is_first => PROMPT_DEADLINE,
            TypeWhen::Prompt => COMMAND_DEADLINE,
        };
        now >= self.since + deadline
    }

    fn is_too_long(&self, prompt: Prompt) -> bool {
        let mut lines = self.texts[self.next].text.lines();
        prompt.is_canonical() && lines.any(|line| line.len() > LINE_MAX)
    }

    /// Records how many have been typed, if known. Returns whether more than before.
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
        typing::paste(self.step, &self.address, &self.texts, self.next, pid, nonce)
    }

    /// When the next one is typed.
    fn when(&self) -> &TypeWhen {
        &self.texts[self.next].when
    }

    pub(super) fn is_for_prompt(&self) -> bool {
        self.when().is_prompt()
    }

    pub(super) fn recipient(&self) -> Recipient {
        let last = self.next.checked_sub(1);
        Recipient {
            address: self.address.clone(),
            when: self.when().clone(),
            is_default_shell: self.is_default_shell,
            typed: self.next,
            last: last.map(|last| self.texts[last].text.clone()),
        }
    }

    /// The condition that the next one waits for, for people.
    fn awaited(&self) -> String {
        match self.when() {
            TypeWhen::Prompt => format!("its prompt: {}", self.why),
            TypeWhen::Still => format!("its screen to stop changing: {}", self.why),
            TypeWhen::Line(regex) => format!("a line that matches `{regex}`"),
        }
    }

    /// The message about those that are not typed.
    pub(super) fn given_up(&self, why: &str) -> String {
        let (done, all) = (self.next, self.texts.len());
        if !self.is_for_prompt() {
            let text = one_line(&self.texts[done].text);
            return match all {
                1 => format!("`{text}` was not typed: {why}"),
                _ => format!("`{text}` was not typed, text {} of {all}: {why}", done + 1),
            };
        }
        match done {
            0 => format!("nothing was typed: {why}"),
            _ => format!("{done} of {all} texts were typed: {why}"),
        }
    }
}
