//! What the caller asks of a plan beyond what the manifest says: the flags of `apply` and `plan`.

use serde::{Deserialize, Serialize};

use crate::layout::{Address, Layout, Pattern, PatternError};
use crate::live::Snapshot;
use crate::plan::matching;

/// Nothing is asked by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Panes that are started again although nothing about them has changed.
    pub replace: Vec<Pattern>,
    /// What the plan is about, with all that it needs; empty: all of the layout.
    pub only: Vec<Pattern>,
    /// What is not in the manifest any more stays.
    pub keeps_unwanted: bool,
    /// Sessions of a person, or of this manifest at another path, are taken over.
    pub adopts: bool,
    /// Sizes that were changed by hand are put back.
    pub relays_out: bool,
}

impl Wishes {
    /// The same with every pattern as it is meant in this layout.
    ///
    /// # Errors
    /// All patterns that mean nothing here.
    pub fn among(&self, layout: &Layout, snapshot: &Snapshot) -> Result<Self, Vec<PatternError>> {
        let wanted: Vec<&Address> = layout.panes().map(|pane| &pane.address).collect();
        // What is not wanted any more may be all that a plan is about.
        let mut live = wanted.clone();
        for session in matching::owned_sessions(snapshot, &layout.name, &layout.manifest) {
            let windows = snapshot.windows_of(session.id);
            let panes = windows.flat_map(|window| snapshot.panes_of(window.id));
            live.extend(panes.filter_map(|pane| pane.address.as_ref()));
        }
        let mut errors = Vec::new();
        let mut meant = |patterns: &[Pattern], known: &[&Address]| {
            let patterns = patterns.iter().filter_map(|pattern| {
                let meant = pattern.among(known);
                meant.map_err(|error| errors.push(error)).ok()
            });
            patterns.collect::<Vec<Pattern>>()
        };
        let wishes = Wishes {
            replace: meant(&self.replace, &wanted),
            only: meant(&self.only, &live),
            keeps_unwanted: self.keeps_unwanted,
            adopts: self.adopts,
            relays_out: self.relays_out,
        };
        if errors.is_empty() {
            Ok(wishes)
        } else {
            Err(errors)
        }
    }

    /// Whether a plan is asked for that is about this object.
    pub fn selects(&self, address: &Address) -> bool {
        self.only.iter().any(|pattern| pattern.selects(address))
    }

    /// Whether the pane is to be started again.
    pub fn replaces(&self, pane: &Address) -> bool {
        self.replace.iter().any(|pattern| pattern.selects(pane))
    }
}
