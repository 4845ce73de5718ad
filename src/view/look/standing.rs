//! How a pane stands, in colours and in words.

use crate::status::{Standing, State};
use crate::view::text::paint::Tone;

/// The tone of a state.
pub fn tone(state: State) -> Tone {
    match state {
        State::Ready | State::Running => Tone::Good,
        State::Pending | State::Starting | State::Restarting => Tone::Change,
        State::Done => Tone::Move,
        State::Stopped => Tone::Faint,
        State::Failed | State::Absent => Tone::Bad,
    }
}

/// The state, and how its program ended.
pub fn text(standing: &Standing) -> String {
    let state = standing.state.as_str();
    match standing.exit() {
        Some(exit) => format!("{state}, {exit}"),
        None => state.to_owned(),
    }
}
