//! Whether what is looked at is as it should be, in one word.

use super::pane::LayoutStatus;
use super::state::State;

/// How all of it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// Something is dead, or missing where the rest of its layout is there.
    Unwell,
    /// Nothing of it runs.
    Down,
}

/// The health of what is looked at. What waits, starts, restarts or was stopped on purpose is not
/// unwell.
pub fn health(layouts: &[LayoutStatus]) -> Health {
    let has = |state: State| {
        let mut panes = layouts.iter().flat_map(|layout| &layout.panes);
        panes.any(|pane| pane.standing.state == state)
    };
    let is_missing = layouts.iter().any(|layout| {
        let mut panes = layout.panes.iter();
        layout.is_there && panes.any(|pane| pane.standing.state == State::Absent)
    });
    let mut panes = layouts.iter().flat_map(|layout| &layout.panes);
    if has(State::Failed) || is_missing {
        Health::Unwell
    } else if panes.any(|pane| pane.standing.state.is_up() || pane.pid.is_some()) {
        Health::Well
    } else {
        Health::Down
    }
}
