//! What became of a text that was sent, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::layout::Address;
use crate::talk::request::Outcome;
use crate::tmux::id::PaneId;
use crate::view::talk::send::not_confirmed;

/// The end of sending to one pane, as one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonSent {
    pub format: u32,
    pub event: &'static str,
    pub address: String,
    /// tmux's id of the pane.
    pub pane: String,
    /// `confirmed`, `delivered`, `refused`, `timed-out`, `ended` or `unknown`.
    pub result: &'static str,
    /// Null if it was confirmed.
    pub why: Option<String>,
    /// The line that was waited for.
    pub line: Option<String>,
}

pub fn sent(address: &Address, pane: PaneId, outcome: &Outcome) -> JsonSent {
    let (result, line) = match outcome {
        Outcome::Confirmed { line } => ("confirmed", line.clone()),
        Outcome::Delivered { .. } => ("delivered", None),
        Outcome::Refused(_) => ("refused", None),
        Outcome::TimedOut { .. } => ("timed-out", None),
        Outcome::Ended => ("ended", None),
        Outcome::Unknown { .. } => ("unknown", None),
    };
    let is_confirmed = matches!(outcome, Outcome::Confirmed { .. });
    JsonSent {
        format: FORMAT,
        event: "sent",
        address: address.to_string(),
        pane: pane.to_string(),
        result,
        why: (!is_confirmed).then(|| not_confirmed(address, outcome)),
        line,
    }
}
