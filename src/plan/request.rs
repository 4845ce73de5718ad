//! The caller's request beyond the manifest: the flags of `apply` and `plan`, the addresses of
//! `start` and `restart`.

use serde::{Deserialize, Serialize};

use crate::layout::{Address, Layout, Pattern, PatternError};
use crate::live::Snapshot;
use crate::plan::matching;

/// A request; the default asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Panes to restart although nothing about them has changed.
    pub replace: Vec<Pattern>,
    /// Objects to plan, with everything they need; empty: the whole layout.
    pub only: Vec<Pattern>,
    /// Keeps objects that are no longer in the manifest.
    pub keeps_unwanted: bool,
    /// Takes over sessions made by hand, or made from this manifest at another path.
    pub adopts: bool,
    /// Restores sizes that were changed by hand.
    pub relays_out: bool,
    #[serde(default, skip_serializing_if = "Purpose::is_apply")]
    pub purpose: Purpose,
}

/// The purpose of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Makes the layout match the manifest.
    #[default]
    Apply,
    /// Starts panes that are not running, and changes nothing else.
    Start,
    /// Does the same, and restarts the named panes.
    Restart {
        /// Also restarts everything that needs them.
        with_dependents: bool,
    },
}

impl Purpose {
    /// Returns the verb that asks for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Apply => "apply",
            Purpose::Start => "start",
            Purpose::Restart { .. } => "restart",
        }
    }

    /// Whether the plan makes everything match the manifest.
    pub fn is_apply(&self) -> bool {
        *self == Purpose::Apply
    }
}

impl Request {
    /// Resolves every pattern against this layout.
    ///
    /// # Errors
    /// Returns all patterns that match nothing here.
    pub fn among(&self, layout: &Layout, snapshot: &Snapshot) -> Result<Self, Vec<PatternError>> {
        let wanted: Vec<&Address> = layout.panes().map(|pane| &pane.address).collect();
        // A plan may be only about panes that are no longer wanted.
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
            // Only wanted panes can be started.
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

    /// Whether the request names this object.
    pub fn selects(&self, address: &Address) -> bool {
        self.only.iter().any(|pattern| pattern.selects(address))
    }

    /// Whether the pane has to be restarted.
    pub fn replaces(&self, pane: &Address) -> bool {
        self.replace.iter().any(|pattern| pattern.selects(pane))
    }
}
