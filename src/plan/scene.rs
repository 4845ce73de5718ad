//! Tracks where panes are once the first of them have been exchanged. A window that loses all its
//! panes before its new ones arrive is gone for tmux, and its place with it.
//!
//! Such a window first gets one of its wanted panes by `swap-pane` in exchange for one that leaves;
//! if all its wanted panes are new, they are created before anything moves.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, Layout, Window};
use crate::live::{LiveWindow, Snapshot};
use crate::plan::matching::Matching;
use crate::tmux::id::{PaneId, WindowId};

/// The panes of each live window in the order of their indexes, after the exchanges.
#[derive(Debug, Default)]
pub(super) struct Scene {
    places: BTreeMap<WindowId, Vec<PaneId>>,
    /// The live window that each wanted pane belongs in; `None`: a window that is yet to be
    /// created.
    homes: BTreeMap<PaneId, Option<WindowId>>,
    exchanges: BTreeMap<Address, (PaneId, PaneId)>,
    early: BTreeSet<Address>,
}

impl Scene {
    pub(super) fn of(layout: &Layout, matching: &Matching, snapshot: &Snapshot) -> Self {
        let mut scene = Scene::default();
        for pane in &snapshot.panes {
            let places = scene.places.entry(pane.window).or_default();
            places.push(pane.id);
        }
        for window in layout.windows() {
            let home = matching.windows.get(&window.address).map(|live| live.id);
            for pane in window.root.panes() {
                if let Some(live) = matching.panes.get(&pane.address) {
                    scene.homes.insert(live.id, home);
                }
            }
        }
        for window in layout.windows() {
            if let Some(live) = matching.windows.get(&window.address) {
                scene.hold(window, live, matching);
            }
        }
        scene
    }

    /// Makes sure that at least one pane stays in a window while others come and go.
    fn hold(&mut self, window: &Window, live: &LiveWindow, matching: &Matching) {
        let here = self.panes(live.id).to_vec();
        if here.iter().any(|pane| self.stays(*pane, live.id)) {
            return;
        }
        let wanted = window.root.panes();
        let coming = wanted
            .iter()
            .filter_map(|pane| matching.panes.get(&pane.address));
        let coming: Vec<(PaneId, WindowId)> = coming
            .filter_map(|pane| Some((pane.id, self.window_of(pane.id)?)))
            .collect();
        // Prefer a pane from a window that one of these is moving to.
        let pairs = coming.iter().flat_map(|&(arriving, from)| {
            let leaving = here.iter();
            leaving.map(move |&leaving| (arriving, from, leaving))
        });
        let fits = |&(_, from, leaving): &(PaneId, WindowId, PaneId)| {
            self.homes.get(&leaving) == Some(&Some(from))
        };
        let pair = pairs.clone().find(fits).or_else(|| pairs.clone().next());
        let Some((arriving, from, leaving)) = pair else {
            self.early.insert(window.address.clone());
            return;
        };
        self.put(live.id, leaving, arriving);
        self.put(from, arriving, leaving);
        let exchange = (arriving, leaving);
        self.exchanges.insert(window.address.clone(), exchange);
    }

    fn put(&mut self, window: WindowId, before: PaneId, after: PaneId) {
        let places = self.places.entry(window).or_default();
        if let Some(place) = places.iter_mut().find(|pane| **pane == before) {
            *place = after;
        }
    }

    fn window_of(&self, pane: PaneId) -> Option<WindowId> {
        let mut places = self.places.iter();
        let (window, _) = places.find(|(_, panes)| panes.contains(&pane))?;
        Some(*window)
    }

    /// Returns the panes in a window.
    pub(super) fn panes(&self, window: WindowId) -> &[PaneId] {
        self.places.get(&window).map_or(&[], Vec::as_slice)
    }

    /// Whether only the window's own step moves the pane: it is wanted there, or nowhere.
    pub(super) fn stays(&self, pane: PaneId, window: WindowId) -> bool {
        self.homes
            .get(&pane)
            .is_none_or(|home| *home == Some(window))
    }

    /// Returns the pane that comes into a window in exchange, and the one that leaves for it.
    pub(super) fn exchange(&self, window: &Address) -> Option<(PaneId, PaneId)> {
        self.exchanges.get(window).copied()
    }

    /// Whether a pane is exchanged.
    pub(super) fn is_exchanged(&self, pane: PaneId) -> bool {
        let mut exchanges = self.exchanges.values();
        exchanges.any(|(a, b)| *a == pane || *b == pane)
    }

    /// Whether a window's panes are created before any other moves.
    pub(super) fn is_early(&self, window: &Address) -> bool {
        self.early.contains(window)
    }
}
