//! What is sent to the program of a pane, and what becomes of it.

use std::time::Duration;

use regex_lite::Regex;

use crate::talk::look::Refusal;
use crate::talk::text::Text;
use crate::tmux::question::Place;
use crate::tmux::styled::Row;

/// What is sent, and under which conditions.
#[derive(Debug, Clone)]
pub struct Request {
    pub input: Input,
    /// Whether it is sent although a person might not want it.
    pub is_forced: bool,
    /// The output to wait for.
    pub awaited: Option<Awaited>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Text {
        text: Text,
        enter: bool,
    },
    /// Names that tmux knows.
    Keys(Vec<String>),
}

/// Output to wait for.
#[derive(Debug, Clone)]
pub struct Awaited {
    pub regex: Regex,
    pub limit: Duration,
}

/// The end of sending to one pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The program has taken it, and printed this line if one was awaited.
    Confirmed { line: Option<String> },
    /// It was delivered, but whether the program has taken it is not known, for this reason.
    Delivered { why: String },
    /// Nothing was sent.
    Refused(Refusal),
    /// It was sent, and the awaited line was not printed in time.
    TimedOut { after: Duration },
    /// It was sent, and the program ended before it printed the awaited line.
    Ended,
    /// tmux did not say whether it was delivered.
    Unknown { why: String, is_late: bool },
}

/// What was sent last: what is printed afterwards answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The place of the cursor before it.
    pub place: Place,
    /// The screen before it, if it was read.
    pub rows: Option<Vec<Row>>,
}

/// Whether the program has taken what was sent; else why that is not known.
pub type Taken = Result<(), String>;
