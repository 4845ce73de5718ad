//! The lines that prepare a pane: its tags, its options, its program.

use std::collections::BTreeSet;

use crate::layout::{Address, AppliedPane, Pane, ReadyTag, StepId};
use crate::live::Phase;
use crate::plan::change::{Retag, Start};
use crate::render::conditions::Conditions;
use crate::render::pane::{id, option, phase, since_0_2, tagged, title, unset};
use crate::render::program::{PaneOwner, Program, secrets, words};
use crate::render::record::STARTED;
use crate::render::{ending, held};
use crate::tmux::script::{Command, Line, Word};
use crate::tmux::tag;

/// Starts a program in its placeholder pane, or in place of another.
///
/// `remain-on-exit` comes first, so that not even a program that ends at once is lost; the phase
/// becomes `started` only afterwards. As little as possible follows the start: tmux can lose the
/// output of a program that ends while it is still executing the batch.
pub fn start(step: StepId, start: &Start, whose: PaneOwner, conditions: &Conditions) -> Line {
    let program = Program::of(start, whose, conditions);
    let pane = &start.pane;
    let mut environment = program.environment();
    environment.extend(secrets(pane));
    let mut starting = held::clock(pane);
    starting.push(program.in_place(Some("-k"), environment, words(pane, conditions)));
    starting.push(ending::pid(&pane.address));
    starting.extend(before(start));
    starting.push(phase(&pane.address, Phase::Started));
    // Until then a new pane is a placeholder.
    let first = (!start.is_new).then_some(Phase::Pending);
    line(step, start, &program, first, starting)
}

/// Starts a program in the command that creates its pane, `split`, or else in the empty pane that is
/// selected. Its window has the time of its start.
pub(super) fn born(
    step: StepId,
    start: &Start,
    split: Option<Command>,
    whose: PaneOwner,
    conditions: &Conditions,
) -> Line {
    let program = Program::of(start, whose, conditions);
    let pane = &start.pane;
    let (environment, words) = (program.environment(), words(pane, conditions));
    let create = match split {
        Some(split) => program.by(split, environment, words),
        None => program.in_place(Some("-k"), environment, words),
    };
    let mut commands = vec![create, tagged(pane, whose.owner, Some(&start.applied))];
    commands.extend(ending::arm(&program));
    commands.extend(title(pane, true));
    commands.push(phase(&pane.address, Phase::Started));
    commands.push(ending::pid(&pane.address));
    commands.extend(before(start));
    commands.push(pid(step, &pane.address));
    Line {
        step: Some(step),
        what: START,
        commands,
    }
}

/// Starts a program by `words` that read its secrets; until then the pane is `pending`. `deadline`
/// ends its wait.
pub fn without_secrets(
    step: StepId,
    start: &Start,
    words: Vec<Word>,
    deadline: Vec<Command>,
    (whose, conditions): (PaneOwner, &Conditions),
) -> Line {
    let program = Program::of(start, whose, conditions);
    let mut starting = held::clock(&start.pane);
    starting.push(program.in_place(Some("-k"), program.environment(), words));
    starting.push(ending::pid(&start.pane.address));
    starting.extend(before(start));
    starting.extend(deadline);
    line(step, start, &program, Some(Phase::Pending), starting)
}

/// Records the scrollback of the pane; in a new pane it is empty, so only if it is needed soon.
fn before(start: &Start) -> Option<Command> {
    let pane = &start.pane;
    let is_needed = !start.is_new || ending::is_read(pane);
    is_needed.then(|| ending::before(&pane.address))
}

/// `first` is the phase before the start, if it is not the present one.
fn line(
    step: StepId,
    start: &Start,
    program: &Program,
    first: Option<Phase>,
    starting: Vec<Command>,
) -> Line {
    let pane = &start.pane;
    let applied = &start.applied;
    let whose = program.whose;
    let mut commands = tags(pane, whose, applied, start.is_in_new_session);
    commands.extend(first.map(|first| phase(&pane.address, first)));
    commands.extend(title(pane, start.is_new));
    let before = start.stop_method.as_ref();
    if before.is_some_and(|before| before.is_armed) {
        commands.extend(ending::disarm(&pane.address));
        commands.push(unset(&pane.address, tag::LEFT));
    }
    if before.is_some() {
        commands.push(unset(&pane.address, tag::DONE));
        commands.push(unset(&pane.address, tag::ENDING));
    }
    if !start.is_new {
        commands.extend(held::of_window_of(pane));
    }
    commands.extend(ending::arm(program));
    if start.follows.is_some() {
        commands.push(unset(&pane.address, tag::FOLLOWS));
    }
    if !pane.typed.is_empty() {
        commands.push(option(&pane.address, tag::TYPED, "0"));
    }
    commands.extend(starting);
    if start.takes_focus {
        commands.push(focus(&pane.address));
    }
    commands.push(pid(step, &pane.address));
    Line {
        step: Some(step),
        what: START,
        commands,
    }
}

/// Sets the tags of a pane with its program.
fn tags(pane: &Pane, whose: PaneOwner, applied: &AppliedPane, is_new: bool) -> Vec<Command> {
    let former = (!is_new).then(|| since_0_2(&pane.address, whose.layout));
    let tag = tagged(pane, whose.owner, Some(applied));
    former.into_iter().chain([tag]).collect()
}

const START: &str = "start the program";

/// Updates the tags of a pane whose process stays.
pub fn retag(step: StepId, retag: &Retag, whose: PaneOwner, conditions: &Conditions) -> Line {
    let pane = &retag.pane;
    let applied = &retag.applied;
    let mut commands = tags(pane, whose, applied, false);
    commands.push(phase(&pane.address, retag.phase));
    commands.extend(title(pane, false));
    if retag.rearms {
        let program = Program {
            pane,
            is_in_new_session: false,
            whose,
            conditions,
        };
        commands.extend(ending::disarm(&pane.address));
        commands.extend(held::of_window_of(pane));
        commands.extend(ending::arm(&program));
    }
    if retag.was_typed {
        // New texts are for a shell that starts; a person may be using this one.
        let all = pane.typed.len().to_string();
        commands.push(option(&pane.address, tag::TYPED, &all));
    }
    if retag.takes_focus {
        commands.push(focus(&pane.address));
    }
    Line {
        step: Some(step),
        what: "tag the pane",
        commands,
    }
}

/// Records the sockets of others that listened on the pane's ports before its program could.
pub fn strangers(pane: &Address, sockets: &BTreeSet<u64>) -> Command {
    let inodes: Vec<String> = sockets.iter().map(u64::to_string).collect();
    option(pane, tag::STRANGERS, &inodes.join(":"))
}

/// Marks the run of a pane's program as ready, with the reason.
pub fn ready(pane: &Address, tag: &ReadyTag) -> Command {
    option(pane, tag::READY, &tag.encode())
}

/// Marks the run of a pane's program as not ready in time, with the reason.
pub fn given_up(pane: &Address, tag: &ReadyTag) -> Command {
    option(pane, tag::READY, &tag.encode_given_up())
}

pub(super) fn focus(pane: &Address) -> Command {
    Command::new(["select-pane", "-t"]).word(id(pane))
}

/// Prints the pid of the program, for its watchers.
fn pid(step: StepId, pane: &Address) -> Command {
    Command::record(id(pane), &format!("{STARTED} {step}\t#{{pane_pid}}"))
}
