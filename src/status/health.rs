//! The health of layouts, in one word.

use super::pane::LayoutStatus;
use super::state::State;

/// The health of layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// A pane is dead, was not ready in time, or is missing while others of its layout exist.
    Unwell,
    /// No pane runs.
    Down,
}

/// Returns the health of layouts. Panes that wait, start, restart or were stopped on purpose are
/// not unwell.
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
