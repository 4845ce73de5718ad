//! Whether what is looked at is as it should be, in one word.

use super::pane::LayoutStatus;
use super::state::State;

/// How all of it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// Something is dead, was not ready in time, or is missing where the rest of its layout is there.
    Unwell,
    /// Nothing of it runs.
    Down,
}

/// The health of what is looked at. What waits, starts, restarts or was stopped on purpose is not
/// unwell.
pub fn health(layouts: &[LayoutStatus]) -> Health {
    let mut all = layouts.iter().flat_map(|layout| &layout.panes);
    let is_unwell = all.any(|pane| pane.standing.is_unwell());
    let is_missing = layouts.iter().any(|layout| {
        let mut panes = layout.panes.iter();
        layout.is_there && panes.any(|pane| pane.standing.state == State::Absent)
    });
    let mut panes = layouts.iter().flat_map(|layout| &layout.panes);
    if is_unwell || is_missing {
        Health::Unwell
    } else if panes.any(|pane| pane.standing.state.is_up() || pane.pid.is_some()) {
        Health::Well
    } else {
        Health::Down
    }
}
