//! What the caller asks of a plan beyond what the manifest says: the flags of `apply` and `plan`,
//! the addresses of `start` and `restart`.

use serde::{Deserialize, Serialize};

use crate::layout::{Address, Layout, Pattern, PatternError};
use crate::live::Snapshot;
use crate::plan::matching;

/// Nothing is asked by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
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
    #[serde(default, skip_serializing_if = "Purpose::is_apply")]
    pub purpose: Purpose,
}

/// What a plan of a part is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// It becomes what the manifest says.
    #[default]
    Apply,
    /// What does not run of it starts, and nothing else happens.
    Start,
    /// The same, and what is named itself starts again.
    Restart {
        /// With all that needs it.
        with_dependents: bool,
    },
}

impl Purpose {
    /// The verb that asks for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Apply => "apply",
            Purpose::Start => "start",
            Purpose::Restart { .. } => "restart",
        }
    }

    /// Whether all of it is to become what the manifest says.
    pub fn is_apply(&self) -> bool {
        *self == Purpose::Apply
    }
}

impl Request {
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
        let wishes = Request {
            replace: meant(&self.replace, &wanted),
            // Only what is wanted can be started.
            only: meant(
                &self.only,
                if self.purpose.is_apply() {
                    &live
                } else {
                    &wanted
                },
            ),
            purpose: self.purpose,
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
