//! Which panes are meant among those that are looked at, and what of their needs holds.

use std::collections::BTreeMap;

use super::pane::{LayoutStatus, PaneStatus};
use crate::layout::{Address, PaneKind, Pattern, PatternError};
use crate::plan::change::meaning;

/// Leaves the panes that are asked for; all without a pattern.
///
/// # Errors
/// All patterns that mean nothing here.
pub fn part(
    mut layouts: Vec<LayoutStatus>,
    asked: &[Pattern],
) -> Result<Vec<LayoutStatus>, Vec<PatternError>> {
    if asked.is_empty() {
        return Ok(layouts);
    }
    let panes = layouts.iter().flat_map(|layout| &layout.panes);
    let known: Vec<&Address> = panes.flat_map(PaneStatus::addresses).collect();
    let mut errors = Vec::new();
    let meant = asked.iter().filter_map(|pattern| {
        let meant = pattern.among(&known);
        meant.map_err(|error| errors.push(error)).ok()
    });
    let meant: Vec<Pattern> = meant.collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    for layout in &mut layouts {
        layout.panes.retain(|pane| {
            let mut addresses = pane.addresses();
            addresses.any(|address| meant.iter().any(|pattern| pattern.selects(address)))
        });
    }
    Ok(layouts)
}

/// Leaves of what panes wait for what does not hold yet.
pub(super) fn keep_unmet(panes: &mut [PaneStatus]) {
    let known: BTreeMap<Address, PaneStatus> = panes
        .iter()
        .map(|pane| (pane.address.clone(), pane.clone()))
        .collect();
    for pane in panes {
        let needs = std::mem::take(&mut pane.waits_for).into_iter();
        let needs = needs.map(|(target, until)| {
            let kind = known.get(&target).map_or(PaneKind::Pane, |pane| pane.kind);
            (target, meaning(until, kind))
        });
        pane.waits_for = needs
            .filter(|(target, until)| known.get(target).is_none_or(|pane| !pane.is(*until)))
            .collect();
    }
}
