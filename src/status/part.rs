//! The selection of panes, and the needs that are not met.

use std::collections::BTreeMap;

use super::pane::{LayoutStatus, PaneStatus, Wanted};
use super::standing::Reason;
use crate::layout::{Address, PaneKind, Pattern, PatternError, Until, meaning};

/// Keeps the panes that are asked for; all without a pattern.
///
/// # Errors All patterns that select nothing here.
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

/// Keeps only the needs that are not met yet.
pub(super) fn keep_unmet(panes: &mut [PaneStatus]) {
    let known: BTreeMap<Address, PaneStatus> = panes
        .iter()
        .map(|pane| (pane.address.clone(), pane.clone()))
        .collect();
    let is_unmet = |target: &Address, until: Until| {
        let pane = known.get(target);
        pane.is_none_or(|pane| !pane.standing.meets(until))
    };
    for pane in panes {
        let Reason::Needs(needs) = &mut pane.standing.reason else {
            continue;
        };
        for (target, until) in needs.iter_mut() {
            let kind = known.get(target).map_or(PaneKind::Pane, |pane| pane.kind);
            *until = meaning(*until, kind);
        }
        needs.retain(|(target, until)| is_unmet(target, *until));
        if needs.is_empty() {
            pane.standing.reason = Reason::NotStarted;
        }
    }
}

impl PaneStatus {
    /// Returns the addresses by which it may be selected.
    fn addresses(&self) -> impl Iterator<Item = &Address> {
        let wanted = match &self.wanted {
            Wanted::At(address) => Some(address),
            Wanted::Unknown | Wanted::AsItIs | Wanted::No => None,
        };
        std::iter::once(&self.address).chain(wanted)
    }
}
