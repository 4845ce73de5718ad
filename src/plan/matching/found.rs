//! The live objects that were found for wanted ones.

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
    /// Made by this layout and no longer wanted, in the order of the listing.
    pub unwanted: Vec<&'a LivePane>,
    /// Made by this layout, no longer wanted, and left where they are.
    pub kept: Vec<&'a LivePane>,
    /// Wanted, but outside of the part of the layout that is planned.
    pub elsewhere: Vec<&'a LivePane>,
    /// How many panes in each window of this layout's sessions somebody else made.
    pub foreign: BTreeMap<WindowId, usize>,
}

impl Matching<'_> {
    /// Whether somebody else has a pane in the window: its geometry is then not ours to set.
    pub(crate) fn is_shared(&self, window: WindowId) -> bool {
        let mut others = self.kept.iter().chain(&self.elsewhere);
        self.foreign.contains_key(&window) || others.any(|pane| pane.window == window)
    }
}

/// The one thing that an iterator has; `None` where it has none or several.
pub(super) fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
