//! What the caller asks of a plan beyond what the manifest says: the flags of `apply` and `plan`.

use crate::layout::{Address, Layout, Pattern, PatternError};

/// Nothing is asked by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Panes that are started again although nothing about them has changed.
    pub replace: Vec<Pattern>,
}

impl Wishes {
    /// The same with every pattern as it is meant in this layout.
    ///
    /// # Errors
    /// All patterns that mean nothing here.
    pub fn among(&self, layout: &Layout) -> Result<Self, Vec<PatternError>> {
        let wanted: Vec<&Address> = layout.panes().map(|pane| &pane.address).collect();
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
        };
        if errors.is_empty() {
            Ok(wishes)
        } else {
            Err(errors)
        }
    }

    /// Whether the pane is to be started again.
    pub fn replaces(&self, pane: &Address) -> bool {
        self.replace.iter().any(|pattern| pattern.selects(pane))
    }
}
