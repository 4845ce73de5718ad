//! Rearranges a window: which panes are swapped, inserted and where, or moved aside, and whether
//! triad may set its geometry.

use std::collections::BTreeMap;

use crate::layout::{AppliedWindow, Pane, Shape, Window};
use crate::live::{LivePane, LiveWindow, Phase, Snapshot};
use crate::plan::by_hand;
use crate::plan::change::{Drift, Insertion, Reason, WindowBuild, WindowPlace};
use crate::plan::diff;
use crate::plan::matching::Matching;
use crate::plan::room;
use crate::plan::scene::Scene;
use crate::tmux::id::{PaneId, WindowId};
use crate::tmux::layout_string::Cell;

/// Returns the work to do in a live window, and why; `None`: nothing. `size` is the window's size
/// when it is laid out.
pub(super) fn arrangement(
    window: &Window,
    live: &LiveWindow,
    size: (u32, u32),
    scene: &Scene,
    matching: &Matching,
    snapshot: &Snapshot,
) -> Option<(WindowBuild, Reason)> {
    let here = scene.panes(live.id).iter();
    let here: Vec<&LivePane> = here.filter_map(|id| snapshot.pane(*id)).collect();
    let leaving = |pane: &&&LivePane| {
        let mut unwanted = matching.unwanted.iter();
        unwanted.any(|other| other.id == pane.id)
    };
    let going: Vec<&LivePane> = here.iter().filter(leaving).copied().collect();
    let is_foreign = matching.is_shared(live.id) || here.iter().any(|pane| pane.is_floating);
    let mut build = new_build(window, size.0, size.1);
    build.place = WindowPlace::Live(live.id);
    build.exchange = scene.exchange(&window.address);
    build.is_early = scene.is_early(&window.address);
    build.swaps = swaps(window, matching, &here);
    insert(&mut build, window, Some((live.id, scene)), None, matching);
    for pane in going {
        match pane.phase {
            Some(Phase::Placeholder) => build.discards.push(pane.id),
            // In a shared window, it goes when its process has ended.
            _ if is_foreign => {}
            _ => build.breaks.push(pane.id),
        }
    }
    let names = names(window, live, matching);
    let applied = live.applied.as_ref().map(|applied| AppliedWindow {
        shape: renamed(&applied.shape, &names),
        ..applied.clone()
    });
    let reason = match reason(window, live, applied.as_ref(), &build, &here, is_foreign) {
        Some(reason) => reason,
        None if applied != live.applied => Reason::Changed(vec![diff::new_names(&names)]),
        None => return None,
    };
    let is_exchanged = here.iter().any(|pane| scene.is_exchanged(pane.id));
    let moves_panes = is_exchanged
        || !build.insertions.is_empty()
        || !build.breaks.is_empty()
        || !build.discards.is_empty()
        || !build.swaps.is_empty();
    if is_foreign && !moves_panes {
        return None;
    }
    build.is_laid_out = !is_foreign && (moves_panes || !is_only_tags(&reason));
    if !build.insertions.is_empty() {
        build.room = room::room(&build, live, &here);
    }
    let had_titles = live
        .applied
        .as_ref()
        .is_some_and(|applied| applied.titles.is_some());
    build.untitled = had_titles && window.titles.is_none();
    build.active = active(live, scene, snapshot);
    build.zoomed = live.is_zoomed && (build.is_laid_out || moves_panes);
    Some((build, reason))
}

/// Returns the pane that has the focus in a window, if it stays there: after an exchange, the pane
/// that took its place.
fn active(live: &LiveWindow, scene: &Scene, snapshot: &Snapshot) -> Option<PaneId> {
    let before = snapshot.panes_of(live.id);
    let mut places = std::iter::zip(before, scene.panes(live.id));
    let (_, active) = places.find(|(pane, _)| pane.is_active)?;
    scene.stays(*active, live.id).then_some(*active)
}

/// Adds the manifest's sizes, if a person has changed them.
pub(super) fn relaid(
    arrangement: Option<(WindowBuild, Reason)>,
    window: &Window,
    live: &LiveWindow,
    scene: &Scene,
    matching: &Matching,
    snapshot: &Snapshot,
) -> Option<(WindowBuild, Reason)> {
    let wanted = Cell::of(&window.root, live.width, live.height);
    let is_theirs = |pane: &LivePane| pane.is_floating;
    let is_ours = !matching.is_shared(live.id) && !snapshot.panes_of(live.id).any(is_theirs);
    // A window that is too small for its panes cannot have these sizes.
    let has_room = (wanted.rect.width, wanted.rect.height) == (live.width, live.height);
    let cell = live.cell.as_ref().filter(|cell| **cell != wanted);
    let Some(cell) = cell.filter(|_| is_ours && has_room) else {
        return arrangement;
    };
    let (mut build, reason) = arrangement.unwrap_or_else(|| {
        let mut build = new_build(window, live.width, live.height);
        build.place = WindowPlace::Live(live.id);
        let changes = by_hand::sizes(window, cell, &wanted);
        (build, Reason::Drifted(Drift::Resized(changes)))
    });
    build.is_laid_out = true;
    build.active = active(live, scene, snapshot);
    build.zoomed = live.is_zoomed;
    Some((build, reason))
}

/// Builds a new window of `width` × `height` cells.
///
/// `is_early`: the window's first pane is created before the session has its wanted history limit.
pub(super) fn creation(
    window: &Window,
    place: WindowPlace,
    (width, height): (u32, u32),
    matching: &Matching,
    is_early: bool,
) -> WindowBuild {
    let mut build = new_build(window, width, height);
    build.place = place;
    // The one pane that tmux creates with a window becomes the first new pane that wants the
    // scrollback which that pane has.
    let panes = window.root.panes();
    let made_with_window = panes.iter().position(|pane| {
        let is_new = !matching.panes.contains_key(&pane.address);
        is_new && pane.history.is_none() && !is_early
    });
    build.holder_goes = made_with_window.is_none();
    insert(&mut build, window, None, made_with_window, matching);
    build
}

fn new_build(window: &Window, width: u32, height: u32) -> WindowBuild {
    WindowBuild {
        window: window.clone(),
        place: WindowPlace::New,
        width,
        height,
        exchange: None,
        is_early: false,
        swaps: Vec::new(),
        insertions: Vec::new(),
        new_panes: Vec::new(),
        breaks: Vec::new(),
        discards: Vec::new(),
        holder_goes: false,
        is_laid_out: true,
        untitled: false,
        active: None,
        zoomed: false,
        room: None,
    }
}

/// Returns the first difference from the wanted state.
fn reason(
    window: &Window,
    live: &LiveWindow,
    applied: Option<&AppliedWindow>,
    build: &WindowBuild,
    here: &[&LivePane],
    is_foreign: bool,
) -> Option<Reason> {
    let wanted = AppliedWindow::from(window);
    let changes = applied.map(|applied| diff::window_changes(&wanted, applied));
    if let Some(changes) = changes.clone().filter(|changes| !changes.is_empty()) {
        return Some(Reason::Changed(changes));
    }
    let is_taken_up = |pane: &&LivePane| {
        pane.phase == Some(Phase::Placeholder) && !build.discards.contains(&pane.id)
    };
    if here.iter().any(is_taken_up) || changes.is_none() {
        return Some(Reason::HalfMade);
    }
    if !build.insertions.is_empty() || build.exchange.is_some() {
        return Some(Reason::Drifted(Drift::PanesMissing));
    }
    if !build.breaks.is_empty() || !build.discards.is_empty() {
        return Some(Reason::Drifted(Drift::PanesLeftOver));
    }
    if !build.swaps.is_empty() {
        return Some(Reason::Drifted(Drift::Reordered));
    }
    let shape = Cell::of(&window.root, live.width, live.height);
    let cell = live.cell.as_ref().filter(|_| !is_foreign)?;
    (!cell.is_shaped_like(&shape)).then(|| {
        let changes = by_hand::splits(window, cell, &shape);
        Reason::Drifted(Drift::Rearranged(changes))
    })
}

/// Whether the sizes stay as they are: a person may have changed them, and the manifest's have not
/// changed.
fn is_only_tags(reason: &Reason) -> bool {
    let Reason::Changed(changes) = reason else {
        return false;
    };
    changes
        .iter()
        .all(|change| ["titles", "ratio", diff::NAMES].contains(&change.field.as_str()))
}

/// Maps the old names of the window's panes to their new ones.
fn names(window: &Window, live: &LiveWindow, matching: &Matching) -> BTreeMap<String, String> {
    let panes = window.root.panes().into_iter().filter_map(|pane| {
        let tagged = matching.panes.get(&pane.address)?.address.as_ref()?;
        let was_here = tagged.enclosing_window() == live.address;
        let is_renamed = was_here && tagged.name() != pane.address.name();
        is_renamed.then(|| (tagged.name().to_owned(), pane.address.name().to_owned()))
    });
    panes.collect()
}

/// Returns the same splits with the present names of panes.
fn renamed(shape: &Shape, names: &BTreeMap<String, String>) -> Shape {
    match shape {
        Shape::Pane(name) => Shape::Pane(names.get(name).unwrap_or(name).clone()),
        Shape::Split(direction, children) => {
            let children = children.iter();
            let children = children.map(|(size, child)| (*size, renamed(child, names)));
            Shape::Split(*direction, children.collect())
        }
    }
}

/// Returns the swaps that bring the panes already here into the manifest's order.
fn swaps(window: &Window, matching: &Matching, here: &[&LivePane]) -> Vec<(PaneId, PaneId)> {
    let wanted: Vec<PaneId> = window
        .root
        .panes()
        .iter()
        .filter_map(|pane| matching.panes.get(&pane.address))
        .filter(|pane| here.iter().any(|other| other.id == pane.id))
        .map(|pane| pane.id)
        .collect();
    let current = here.iter().map(|pane| pane.id);
    let current = current.filter(|id| wanted.contains(id)).collect();
    swaps_into_order(current, &wanted)
}

/// Returns the swaps that turn `current` into `wanted`, a permutation of it.
pub(super) fn swaps_into_order<T: Copy + PartialEq>(
    mut current: Vec<T>,
    wanted: &[T],
) -> Vec<(T, T)> {
    let mut swaps = Vec::new();
    for (index, &item) in wanted.iter().enumerate() {
        if current[index] == item {
            continue;
        }
        let from = current.iter().position(|&other| other == item);
        let from = from.expect("both hold the same items");
        swaps.push((item, current[index]));
        current.swap(index, from);
    }
    swaps
}

/// Plans an insertion for every wanted pane that is not in the window.
///
/// A new pane has no id yet, so all insertions go next to existing panes: a run after a pane is
/// inserted last first, the run before the first pane in order.
fn insert(
    build: &mut WindowBuild,
    window: &Window,
    live: Option<(WindowId, &Scene)>,
    made_with_window: Option<usize>,
    matching: &Matching,
) {
    let panes = window.root.panes();
    let there = |pane: &Pane| matching.panes.get(&pane.address).copied();
    let here = live.map_or(&[][..], |(id, scene)| scene.panes(id));
    let is_here = |pane: &LivePane| here.contains(&pane.id);
    let mut anchor: Option<Option<PaneId>> = None;
    let mut run: Vec<Inserted> = Vec::new();
    for (index, pane) in panes.iter().enumerate() {
        let found = there(pane);
        if found.is_none() {
            build.new_panes.push(pane.address.clone());
        }
        let stands = match found {
            Some(found) if is_here(found) => Some(Some(found.id)),
            _ if made_with_window == Some(index) => Some(None),
            _ => None,
        };
        let Some(id) = stands else {
            run.push(Inserted {
                moved: found.map(|found| found.id),
                history: pane.history,
            });
            continue;
        };
        let beside = anchor.map_or(Beside::Before(id), Beside::After);
        finish_run(build, std::mem::take(&mut run), beside);
        anchor = Some(id);
    }
    // None of the wanted panes is here. In a new window they go next to its first pane, which goes;
    // in another, next to a pane that stays for now, foreign or leaving.
    let other = || {
        let (id, scene) = live?;
        let staying = here.iter().rfind(|pane| scene.stays(**pane, id));
        staying.or(here.last()).copied()
    };
    finish_run(build, run, Beside::After(anchor.unwrap_or_else(other)));
}

/// A pane of a run that is inserted.
struct Inserted {
    moved: Option<PaneId>,
    history: Option<u32>,
}

impl Inserted {
    fn at(self, beside: Option<PaneId>, is_before: bool) -> Insertion {
        Insertion {
            moved: self.moved,
            beside,
            is_before,
            history: self.history,
        }
    }
}

/// The pane next to which a run of insertions goes: `None` is the one pane of a new window.
#[derive(Debug, Clone, Copy)]
enum Beside {
    After(Option<PaneId>),
    Before(Option<PaneId>),
}

fn finish_run(build: &mut WindowBuild, run: Vec<Inserted>, beside: Beside) {
    match beside {
        Beside::After(id) => {
            let reversed = run.into_iter().rev();
            let insertions = reversed.map(|inserted| inserted.at(id, false));
            build.insertions.extend(insertions);
        }
        Beside::Before(id) => {
            let insertions = run.into_iter().map(|inserted| inserted.at(id, true));
            build.insertions.extend(insertions);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(current: &[u8], wanted: &[u8]) {
        let mut order = current.to_vec();
        for (a, b) in swaps_into_order(current.to_vec(), wanted) {
            let at = |item| order.iter().position(|&other| other == item).unwrap();
            let (a, b) = (at(a), at(b));
            order.swap(a, b);
        }
        assert_eq!(order, wanted);
    }

    #[test]
    fn swaps_reach_any_order() {
        check(&[], &[]);
        check(&[1, 2, 3], &[1, 2, 3]);
        check(&[1, 2, 3], &[3, 1, 2]);
        check(&[4, 3, 2, 1], &[1, 2, 3, 4]);
    }
}
