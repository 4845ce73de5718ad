//! Computes the room that a window needs while panes are inserted.

use crate::live::{LivePane, LiveWindow};
use crate::plan::change::WindowBuild;
use crate::tmux::id::PaneId;
use crate::tmux::layout_string::Cell;

/// tmux windows have at most 10,000 rows.
const HEIGHT_MAX: u32 = 9_999;

/// Returns the temporary height of a window that is too small for its insertions. Each insertion
/// takes one row and a border from the pane it goes next to, and tmux spreads added rows over all
/// cells: that pane gets its part only if there is enough for all of them.
pub(super) fn room(build: &WindowBuild, live: &LiveWindow, here: &[&LivePane]) -> Option<u32> {
    let cells = live.cell.as_ref().map(Cell::leaves).unwrap_or_default();
    let shares = live.cell.as_ref().map(Cell::shares).unwrap_or_default();
    // Swapped panes have each other's cells by then.
    let mut places: Vec<PaneId> = here.iter().map(|pane| pane.id).collect();
    for (a, b) in &build.swaps {
        let at = |id: &PaneId| places.iter().position(|other| other == id);
        if let (Some(a), Some(b)) = (at(a), at(b)) {
            places.swap(a, b);
        }
    }
    let mut needed = 0;
    for insertion in &build.insertions {
        let beside = insertion.beside;
        let same = build
            .insertions
            .iter()
            .filter(|other| other.beside == beside);
        let count = u32::try_from(same.count()).unwrap_or(u32::MAX / 4);
        let index = places.iter().position(|pane| Some(*pane) == beside);
        let height = index.and_then(|index| cells.get(index));
        let height = height.map_or(0, |cell| cell.height);
        let share = index.and_then(|index| shares.get(index).copied());
        // If the splits are unknown, assume the deepest nesting of that many panes.
        let share = share.unwrap_or_else(|| u32::try_from(here.len()).unwrap_or(1));
        let missing = (2 * count + 2).saturating_sub(height);
        needed = needed.max(missing.saturating_mul(share));
    }
    (needed > 0).then(|| live.height.saturating_add(needed).min(HEIGHT_MAX))
}
