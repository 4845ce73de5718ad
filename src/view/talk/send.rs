//! What became of a text that was sent.

use std::time::Duration;

use crate::layout::Address;
use crate::talk::request::Outcome;
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone};
use crate::view::text::printable::{Printable, printable};
use crate::view::text::words;

/// Returns the line for a pane whose program has taken it, and printed a line if one was awaited.
pub fn confirmed(address: &Address, line: Option<&str>, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let sign = paint.paint(Tone::Good, "✓");
    printable!("  {} {}  {}", sign, address, line.unwrap_or("sent"))
}

/// Returns the message for any other end.
pub fn not_confirmed(address: &Address, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Confirmed { .. } => format!("`{address}`: sent"),
        Outcome::Delivered { why } => format!("`{address}`: delivered, but not confirmed: {why}"),
        Outcome::Refused(refusal) => format!("`{address}`: nothing was sent: {refusal}"),
        Outcome::TimedOut { after } => {
            let after = words::time(*after);
            format!("`{address}`: sent, but no line of output matched within {after}")
        }
        Outcome::Ended => {
            format!("`{address}`: sent, but its program exited before a line matched")
        }
        Outcome::Unknown { why, .. } => {
            format!("`{address}`: it is not known whether the text was delivered: {why}")
        }
    }
}

/// Returns the line about what is waited for.
pub fn waiting(regex: &str, limit: Duration) -> String {
    let limit = words::time(limit);
    format!("waiting up to {limit} for a line that matches `{regex}`")
}

/// Returns the warning about control characters that were taken out.
pub fn removed(count: usize) -> String {
    let characters = if count == 1 {
        "character was"
    } else {
        "characters were"
    };
    format!("{count} control {characters} removed from the text")
}
