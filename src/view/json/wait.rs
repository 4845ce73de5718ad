//! What happens while panes are waited for, for programs: a line an event.

use serde::Serialize;

use super::{FORMAT, JsonEvent, empty, of_pane, waiting};
use crate::layout::Address;
use crate::watcher::wait::{Event, Goal, Outcome};

/// The first line: what is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonWait {
    pub format: u32,
    pub event: &'static str,
    /// `ready`, `started`, `done`, `gone`, `stopped`, `failed` or `line`.
    #[serde(rename = "for")]
    pub goal: &'static str,
    pub any: bool,
    pub panes: Vec<String>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonEnd {
    pub event: &'static str,
    pub exit: u8,
    pub reached: Vec<String>,
    pub lost: Vec<String>,
    pub late: Vec<String>,
    pub milliseconds: u128,
}

pub fn wait<'a>(goal: &Goal, any: bool, panes: impl Iterator<Item = &'a Address>) -> JsonWait {
    JsonWait {
        format: FORMAT,
        event: "wait",
        goal: goal.as_str(),
        any,
        panes: panes.map(ToString::to_string).collect(),
    }
}

/// `reached`, `lost`, `late`, `restarted` or `waiting`.
pub fn event(event: &Event) -> JsonEvent {
    match event {
        Event::Reached { address, why, took } => JsonEvent {
            why: Some(why.clone()),
            milliseconds: Some(took.as_millis()),
            ..of_pane("reached", address)
        },
        Event::Lost {
            address,
            why,
            lines,
        } => JsonEvent {
            why: Some(why.clone()),
            lines: lines.clone(),
            ..of_pane("lost", address)
        },
        Event::Late {
            address,
            answer,
            after,
            lines,
        } => JsonEvent {
            why: Some(answer.clone()),
            milliseconds: Some(after.as_millis()),
            lines: lines.clone(),
            ..of_pane("late", address)
        },
        Event::Restarted { address } => of_pane("restarted", address),
        Event::Waiting { on, since } => JsonEvent {
            why: Some(waiting::sentence(on)),
            panes: waiting::panes(on),
            milliseconds: Some(since.as_millis()),
            ..empty("waiting")
        },
    }
}

pub fn end(outcome: &Outcome, exit: u8) -> JsonEnd {
    let shown = |panes: &[Address]| panes.iter().map(ToString::to_string).collect();
    JsonEnd {
        event: "end",
        exit,
        reached: shown(&outcome.reached),
        lost: shown(&outcome.lost),
        late: shown(&outcome.late),
        milliseconds: outcome.took.as_millis(),
    }
}
