//! The commands for one pane that all lines are made of: its tags, its options, a condition.

use crate::layout::{Address, AppliedPane, Pane, encode_tag};
use crate::live::Phase;
use crate::tmux::script::{Command, Ref, Word};
use crate::tmux::tag::{self, PaneTag};

/// Sets the address and the owner of a pane, and what is applied to it with its program.
pub fn tagged(pane: &Pane, owner: &str, applied: Option<&AppliedPane>) -> Command {
    let (spec, body) = match applied {
        Some(applied) => (applied.spec(), encode_tag(applied)),
        None => Default::default(),
    };
    let tag = PaneTag {
        address: &tag::encode(&pane.address.to_string()),
        owner,
        spec: &spec,
        body: &body,
    };
    option(&pane.address, tag::PANE, &tag.join())
}

/// Keeps version 0.1 away from a session that it has made, before a pane gets a tag that it cannot
/// read. A pane may be in a session of somebody else's.
pub fn since_0_2(pane: &Address, layout: &str) -> Command {
    let is_former = format!(
        "#{{==:#{{{}}},{}}}",
        tag::LAYOUT,
        tag::former_layout(layout)
    );
    let set = Command::new(["set-option", "-t"]).word(id(pane));
    let set = set.word(tag::LAYOUT).word(tag::layout(layout));
    on(pane, &is_former, &[set], &[])
}

/// Sets the title on the pane's border, or removes one that it no longer has.
pub fn title(pane: &Pane, is_new: bool) -> Option<Command> {
    match &pane.title {
        Some(title) => Some(option(&pane.address, tag::TITLE, title)),
        None if is_new => None,
        None => Some(unset(&pane.address, tag::TITLE)),
    }
}

pub fn phase(pane: &Address, phase: Phase) -> Command {
    option(pane, tag::PHASE, phase.as_str())
}

pub fn unset(pane: &Address, name: &str) -> Command {
    let unset = Command::new(["set-option", "-pu", "-t"]).word(id(pane));
    unset.word(name)
}

pub fn option(pane: &Address, name: &str, value: &str) -> Command {
    let set = Command::new(["set-option", "-p", "-t"]).word(id(pane));
    set.word(name).word(value)
}

pub fn id(pane: &Address) -> Ref {
    Ref::Pane(pane.clone())
}

/// Runs `yes` if the format `condition` is true for the pane, else `no`.
pub fn on(pane: &Address, condition: &str, yes: &[Command], no: &[Command]) -> Command {
    let test = Command::new(["if-shell", "-F", "-t"]).word(id(pane));
    let test = test.word(condition).word(Word::sequence(yes));
    if no.is_empty() {
        return test;
    }
    test.word(Word::sequence(no))
}

/// The format of a command's end, as tmux reports it.
pub const ENDED: &str =
    "#{?#{pane_dead_signal},signal #{pane_dead_signal},status #{pane_dead_status}}";
