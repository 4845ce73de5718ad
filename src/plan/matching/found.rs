//! The live objects that match wanted ones.

use std::collections::BTreeMap;

use crate::layout::Address;
use crate::live::{LivePane, LiveSession, LiveWindow};
use crate::tmux::id::WindowId;

/// The live objects of a layout, matched.
#[derive(Debug, Default)]
pub(crate) struct Matching<'a> {
    pub sessions: BTreeMap<Address, &'a LiveSession>,
    pub windows: BTreeMap<Address, &'a LiveWindow>,
    pub panes: BTreeMap<Address, &'a LivePane>,
    /// Panes that this layout created and no longer wants, in the order of the listing.
    pub unwanted: Vec<&'a LivePane>,
    /// Panes that this layout created, no longer wants, and leaves alone.
    pub kept: Vec<&'a LivePane>,
    /// Wanted panes outside of the planned part of the layout.
    pub elsewhere: Vec<&'a LivePane>,
    /// The number of panes in each window of this layout's sessions that others created.
    pub foreign: BTreeMap<WindowId, usize>,
}

impl Matching<'_> {
    /// Whether others have a pane in the window: its geometry is then not triad's to set.
    pub(crate) fn is_shared(&self, window: WindowId) -> bool {
        let mut others = self.kept.iter().chain(&self.elsewhere);
        self.foreign.contains_key(&window) || others.any(|pane| pane.window == window)
    }
}

/// Returns the only item of an iterator; `None` if it has none or several.
pub(super) fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
