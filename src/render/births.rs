//! Which programs start in the commands that create their panes.
//!
//! This is for the plain case: a window of a session that this plan creates. A pane that waits, or
//! needs its own id before it starts, stays empty until its turn.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    Address, Command as Wanted, Node, OnExit, Pane, PaneKind, Probe, Rect, StepId,
};
use crate::plan::Plan;
use crate::plan::change::{Action, Start, WindowBuild, WindowPlace};
use crate::tmux::layout_string::Cell;

/// The smallest cell that is split off: below it, tmux may refuse, because a border takes a row.
const LEAST: u32 = 3;

/// The programs that start with their panes.
#[derive(Debug)]
pub(super) struct Births<'p> {
    starts: BTreeMap<&'p Address, (StepId, &'p Start)>,
    windows: BTreeSet<StepId>,
}

impl<'p> Births<'p> {
    /// Returns none, for scripts that a shell sends.
    pub(super) fn none() -> Self {
        Births {
            starts: BTreeMap::new(),
            windows: BTreeSet::new(),
        }
    }

    pub(super) fn of(plan: &'p Plan) -> Self {
        let starts = plan.numbered().filter_map(|(id, step)| match &step.action {
            Action::Start(start) if is_plain(start) => Some((&start.pane.address, (id, &**start))),
            _ => None,
        });
        let starts: BTreeMap<_, _> = starts.collect();
        // Options of a window and its panes are set before its programs start.
        let with_options = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Configure(_) => step.subject.address.enclosing_window(),
            _ => None,
        });
        let with_options: BTreeSet<Address> = with_options.collect();
        let mut births = Births::none();
        for (id, step) in plan.numbered() {
            let Action::CreateWindow(build) = &step.action else {
                continue;
            };
            let panes = build.window.root.panes();
            let born: Vec<&Address> = panes
                .iter()
                .filter_map(|pane| starts.get_key_value(&pane.address).map(|(key, _)| *key))
                .collect();
            let has_options = with_options.contains(&build.window.address);
            if !born.is_empty() && !has_options && is_simple(build) {
                births.windows.insert(id);
                let born = born.into_iter().map(|pane| (pane, starts[pane]));
                births.starts.extend(born);
            }
        }
        births
    }

    /// Whether a window is made this way.
    pub(super) fn makes(&self, window: StepId) -> bool {
        self.windows.contains(&window)
    }

    /// Returns the start of a pane's program, if it starts with the pane.
    pub(super) fn start(&self, pane: &Address) -> Option<(StepId, &'p Start)> {
        self.starts.get(pane).copied()
    }

    /// Whether the program of a pane starts with it.
    pub(super) fn has(&self, pane: &Address) -> bool {
        self.starts.contains_key(pane)
    }

    /// Returns the pane to select in a window that is made this way, where tmux would leave the last
    /// one selected.
    pub(super) fn selected(&self, step: StepId, build: &WindowBuild) -> Option<Address> {
        if !self.makes(step) {
            return None;
        }
        let panes = build.window.root.panes();
        let is_wanted = |pane: &&&Pane| {
            self.starts
                .get(&pane.address)
                .is_some_and(|(_, start)| start.takes_focus)
        };
        let pane = panes.iter().find(is_wanted).or(panes.first())?;
        Some(pane.address.clone())
    }
}

/// Whether a program needs nothing but its own line to start.
fn is_plain(start: &Start) -> bool {
    let pane = &start.pane;
    let probes = pane.ready.as_ref().map_or(&[][..], |ready| &ready.probes);
    let looks_first = |probe: &Probe| {
        matches!(
            probe,
            Probe::Port(_) | Probe::Tcp { .. } | Probe::Http(_) | Probe::Notify
        )
    };
    start.is_new
        && !start.is_own
        && start.is_in_new_session
        && start.follows.is_none()
        && pane.needs.is_empty()
        && pane.command != Wanted::Shell(None)
        // tmux can lose the last output of a program that ends during a batch, and that of these kinds
        // is shown: they start at the end of one.
        && matches!(pane.kind, PaneKind::Pane | PaneKind::Agent)
        && pane.restart.is_none()
        && pane.exit() == OnExit::Hold
        && pane.typed.is_empty()
        && !pane.has_secrets()
        && pane.secret_sources.is_empty()
        && !probes.iter().any(looks_first)
}

/// Whether a window can be made by splits alone, at the size that it has.
fn is_simple(build: &WindowBuild) -> bool {
    let root = &build.window.root;
    let cell = Cell::of(root, build.width, build.height);
    let is_large = |rect: &Rect| rect.width >= LEAST && rect.height >= LEAST;
    let is_bare = build
        .insertions
        .iter()
        .all(|insertion| insertion.moved.is_none() && insertion.history.is_none());
    !matches!(build.place, WindowPlace::Live(_))
        && build.exchange.is_none()
        && build.swaps.is_empty()
        && !build.holder_goes
        && is_bare
        && build.new_panes.len() == root.panes().len()
        && (cell.rect.width, cell.rect.height) == (build.width, build.height)
        && cell.leaves().iter().all(is_large)
        && !repeats(root)
}

/// Whether a split is in one of the same direction, which tmux would make one.
fn repeats(node: &Node) -> bool {
    let Node::Split(split) = node else {
        return false;
    };
    split.children.iter().any(|child| {
        let is_same =
            matches!(&child.node, Node::Split(inner) if inner.direction == split.direction);
        is_same || repeats(&child.node)
    })
}
