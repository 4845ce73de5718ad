//! Types texts into shells, each once the prompt is up: whole, once, and into nothing else.
//!
//! How far it came is written on the pane by the same batch that pastes a text, so that a run that
//! goes on from here types none of them twice.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::event::{Event, StepOutcome, Waiting, Waits};
use crate::execute::prompt::{self, LINE_MAX, Prompt};
use crate::execute::run::Execution;
use crate::layout::{Address, Typed};
use crate::plan::change::Action;
use crate::render::typing;
use crate::tmux::script::{Line, Ref};

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
pub(super) struct Typing {
    texts: Vec<Texts>,
    looked: Option<Instant>,
}

/// What is yet to be typed into one pane.
#[derive(Debug)]
struct Texts {
    step: usize,
    address: Address,
    texts: Vec<Typed>,
    /// The first that is not typed.
    next: usize,
    /// None of them was typed in this run: the deadline is that of a shell that starts.
    is_first: bool,
    since: Instant,
    /// What the pane looked like, and since when it has.
    seen: Option<(Seen, Instant)>,
    /// Why nothing is typed yet.
    why: String,
}

/// What tmux tells of a pane, as far as it shows whether a prompt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    pid: i32,
    is_dead: bool,
    tty: PathBuf,
    /// The cursor, and how much has scrolled by.
    place: String,
    foreground: String,
}

impl Typing {
    /// What an earlier run did not get to.
    pub fn new(execution: &Execution) -> Self {
        let mut typing = Typing::default();
        for (step, planned) in execution.plan.steps.iter().enumerate() {
            if let Action::Type(due) = &planned.action {
                let pane = &due.pane;
                typing.add(step, &pane.address, &pane.typed, due.from);
            }
        }
        typing
    }

    /// Texts for a shell, from the one at `from` on.
    pub fn add(&mut self, step: usize, address: &Address, texts: &[Typed], from: usize) {
        if from < texts.len() {
            self.texts.push(Texts {
                step,
                address: address.clone(),
                texts: texts.to_vec(),
                next: from,
                is_first: true,
                since: Instant::now(),
                seen: None,
                why: "tmux has not told of it".to_owned(),
            });
        }
    }

    pub fn waiting(&self) -> impl Iterator<Item = Waiting> {
        self.texts.iter().map(|texts| Waiting {
            address: texts.address.clone(),
            state: Waits::Typing,
            what: format!("its prompt: {}", texts.why),
            since: texts.since.elapsed(),
            line: None,
        })
    }

    /// Looks at the shells, types where the prompt is up, and gives up at the deadlines.
    pub async fn look(&mut self, execution: &mut Execution<'_>) {
        let now = Instant::now();
        let is_due = self.looked.is_none_or(|looked| now >= looked + LOOK);
        if self.texts.is_empty() || !is_due {
            return;
        }
        self.looked = Some(now);
        let panes = panes(execution).await;
        let now = Instant::now();
        let mut lines = Vec::new();
        let mut left = Vec::new();
        for mut texts in std::mem::take(&mut self.texts) {
            let id = execution.bindings.get(&Ref::Pane(texts.address.clone()));
            let seen = id.and_then(|id| panes.iter().find(|(pane, _)| pane == id));
            match seen.map(|(_, seen)| seen) {
                None => give_up(execution, &texts, "its pane is gone"),
                Some(seen) if seen.is_dead => give_up(execution, &texts, "its shell has ended"),
                Some(seen) => match texts.is_ready(seen, now) {
                    Ok(Some(prompt)) if texts.is_too_long(prompt) => {
                        let why = format!(
                            "a line of it is longer than the {LINE_MAX} bytes that a terminal \
                             gives to a shell without a line editor"
                        );
                        give_up(execution, &texts, &why);
                    }
                    Ok(Some(_)) => {
                        lines.push(texts.line(seen.pid, &execution.conditions.nonce));
                        left.push(texts);
                    }
                    Ok(None) | Err(()) if texts.is_late(now) => {
                        let why = texts.why.clone();
                        give_up(execution, &texts, &why);
                    }
                    Ok(None) | Err(()) => left.push(texts),
                },
            }
        }
        self.texts = left;
        if !lines.is_empty() {
            self.send(execution, &lines).await;
        }
    }

    async fn send(&mut self, execution: &mut Execution<'_>, lines: &[Line]) {
        let Some(sent) = execution.send(lines).await else {
            self.texts.clear();
            return;
        };
        let now = Instant::now();
        for (kind, rest) in &sent.records {
            let Some((step, count)) = rest.split_once('\t').filter(|_| kind == typing::TYPED)
            else {
                continue;
            };
            let mut all = self.texts.iter_mut();
            let texts = all.find(|texts| step.parse() == Ok(texts.step));
            if let (Some(texts), Ok(count)) = (texts, count.parse::<usize>()) {
                if count > texts.next {
                    (texts.next, texts.is_first) = (count, false);
                }
                (texts.since, texts.seen) = (now, None);
            }
        }
        let done = |texts: &Texts| texts.next >= texts.texts.len();
        for texts in self.texts.iter().filter(|texts| done(texts)) {
            execution.done(texts.step);
        }
        self.texts.retain(|texts| !done(texts));
    }
}

impl Texts {
    /// How the shell reads, once its prompt has stood still for long enough.
    fn is_ready(&mut self, seen: &Seen, now: Instant) -> Result<Option<Prompt>, ()> {
        let since = match &self.seen {
            Some((before, since)) if before == seen => *since,
            _ => now,
        };
        match prompt::prompt(seen.pid, &seen.tty, &seen.foreground) {
            Ok(prompt) => {
                self.seen = Some((seen.clone(), since));
                self.why = "its screen still moves".to_owned();
                let still = match prompt {
                    Prompt::Edited => STILL,
                    Prompt::Lines => STILL_LINES,
                };
                Ok((now >= since + still).then_some(prompt))
            }
            Err(why) => {
                self.seen = None;
                self.why = why;
                Err(())
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

    fn line(&self, pid: i32, nonce: &str) -> Line {
        let typed = &self.texts[self.next];
        typing::paste(self.step, &self.address, typed, self.next, pid, nonce)
    }
}

/// Says that the rest is not typed. The pane remembers how much of it was.
fn give_up(execution: &mut Execution<'_>, texts: &Texts, why: &str) {
    let all = texts.texts.len();
    let answer = match texts.next {
        0 => format!("nothing was typed: {why}"),
        done => format!("{done} of {all} texts were typed: {why}"),
    };
    execution.unready.push(texts.address.clone());
    if execution.steps[texts.step] == StepOutcome::Pending {
        execution.steps[texts.step] = StepOutcome::Skipped(answer.clone());
    }
    (execution.events)(Event::NotReady {
        address: texts.address.clone(),
        answer,
        after: texts.since.elapsed(),
        lines: Vec::new(),
    });
}

/// All panes of the server, by their ids.
async fn panes(execution: &Execution<'_>) -> Vec<(String, Seen)> {
    let fields = [
        "#{pane_id}",
        "#{pane_pid}",
        "#{pane_dead}",
        "#{pane_tty}",
        "#{cursor_x},#{cursor_y},#{history_size}",
        "#{pane_current_command}",
    ];
    let query = ["list-panes", "-a", "-F", &fields.join("\t")];
    let Ok(output) = execution.server.query(&query).await else {
        return Vec::new();
    };
    let panes = output.stdout.lines().filter_map(|line| {
        let fields: Vec<&str> = line.splitn(6, '\t').collect();
        let [id, pid, dead, tty, place, foreground] = fields[..] else {
            return None;
        };
        let seen = Seen {
            pid: pid.parse().ok()?,
            is_dead: dead == "1",
            tty: PathBuf::from(tty),
            place: place.to_owned(),
            foreground: foreground.to_owned(),
        };
        Some((id.to_owned(), seen))
    });
    panes.collect()
}
