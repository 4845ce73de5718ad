//! What happens while panes are waited for, for programs: a line an event.

use serde::Serialize;

use super::{FORMAT, waiting};
use crate::execute::wait::{Event, Goal, Outcome};
use crate::layout::Address;

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

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonTold {
    /// `reached`, `lost`, `late`, `restarted` or `waiting`.
    pub event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u128>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
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

pub fn event(event: &Event) -> JsonTold {
    let told = |event, address: Option<&Address>| JsonTold {
        event,
        address: address.map(ToString::to_string),
        why: None,
        milliseconds: None,
        lines: Vec::new(),
    };
    match event {
        Event::Reached { address, why, took } => JsonTold {
            why: Some(why.clone()),
            milliseconds: Some(took.as_millis()),
            ..told("reached", Some(address))
        },
        Event::Lost {
            address,
            why,
            lines,
        } => JsonTold {
            why: Some(why.clone()),
            lines: lines.clone(),
            ..told("lost", Some(address))
        },
        Event::Late {
            address,
            answer,
            after,
            lines,
        } => JsonTold {
            why: Some(answer.clone()),
            milliseconds: Some(after.as_millis()),
            lines: lines.clone(),
            ..told("late", Some(address))
        },
        Event::Restarted { address } => told("restarted", Some(address)),
        Event::Waiting { on, since } => JsonTold {
            why: Some(waiting::sentence(on)),
            milliseconds: Some(since.as_millis()),
            ..told("waiting", None)
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
