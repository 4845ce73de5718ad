//! The lines that type into a pane.

use crate::layout::{Address, StepId, TypeWhen, Typed};
use crate::render::ending::{if_lives, leave_mode};
use crate::render::pane::{id, option};
use crate::render::record::TYPED;
use crate::tmux::delivery::alone;
use crate::tmux::script::{Command, Line};
use crate::tmux::tag;

/// Pastes the text at `at` into the pane, if the process `pid` is still running in it, and records
/// that. One group: all of it is done, or nothing.
pub fn paste(
    step: StepId,
    pane: &Address,
    texts: &[Typed],
    at: usize,
    pid: i32,
    nonce: &str,
) -> Line {
    let typed = &texts[at];
    // A buffer name of its own: the user's buffers stay unchanged.
    let buffer = format!("triad-{nonce}-{step}-{at}");
    let mut commands = Vec::new();
    let mut inner = Vec::new();
    let next = texts.get(at + 1);
    if next.is_some_and(|next| matches!(next.when, TypeWhen::Line(_))) {
        let set = Command::new(["set-option", "-p", "-F", "-t"]).word(id(pane));
        let place = format!("{}:{}", at + 1, tag::TYPED_AT_FORMAT);
        inner.push(set.word(tag::TYPED_AT).word(place));
    }
    if !typed.text.is_empty() {
        let set = Command::new(["set-buffer", "-b", &buffer, "--"]);
        commands.push(set.word(typed.text.as_str()));
        let paste = Command::new(["paste-buffer", "-p", "-r", "-d", "-b", &buffer, "-t"]);
        inner.push(paste.word(id(pane)));
    }
    if typed.enter {
        let press = Command::new(["send-keys", "-t"]).word(id(pane));
        inner.push(alone(id(pane), press.word("Enter")));
    }
    inner.push(option(pane, tag::TYPED, &(at + 1).to_string()));
    commands.push(leave_mode(id(pane)));
    let otherwise = match typed.text.is_empty() {
        true => Vec::new(),
        false => vec![Command::new(["delete-buffer", "-b", &buffer])],
    };
    commands.push(if_lives(id(pane), &pid.to_string(), &inner, &otherwise));
    let print = Command::new(["display-message", "-p", "-t"]).word(id(pane));
    commands.push(print.word(format!("{nonce} {TYPED} {step}\t#{{{}}}", tag::TYPED)));
    Line {
        step: Some(step),
        what: "type the text",
        commands,
    }
}
