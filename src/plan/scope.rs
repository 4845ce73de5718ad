//! The scope of a plan: the whole layout, or the part that `--only` selects with everything it
//! needs. Also decides which unwanted panes stay: those outside of that part, and with `--no-prune`
//! those that are no longer in the manifest.
//!
//! A part is planned as a smaller layout. Other running panes of a partly selected window stay in
//! that layout, for its geometry, and nothing happens to them.

use std::collections::BTreeSet;

use crate::layout::{Address, Child, Layout, Node, Session, Split, Window};
use crate::live::{LivePane, Phase};
use crate::plan::dependents;
use crate::plan::matching::Matching;
use crate::plan::request::{Purpose, Request};

/// The part of a layout to plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Part {
        /// Panes that are selected, or needed by selected ones.
        panes: BTreeSet<Address>,
        /// Sessions and windows that are selected themselves, with everything in them.
        whole: BTreeSet<Address>,
    },
}

impl Scope {
    pub(super) fn of(layout: &Layout, wishes: &Request, matching: &Matching) -> Self {
        if wishes.only.is_empty() {
            return Scope::All;
        }
        let selected = layout.panes().map(|pane| &pane.address);
        let mut selected: Vec<&Address> = selected.filter(|pane| wishes.selects(pane)).collect();
        if let Purpose::Restart { with_dependents } = wishes.purpose {
            dependents::add(&mut selected, layout, matching, with_dependents);
        }
        let panes = needed(layout, selected);
        if !wishes.purpose.is_apply() {
            let whole = BTreeSet::new();
            return Scope::Part { panes, whole };
        }
        let sessions = layout.sessions.iter().map(|session| &session.address);
        let windows = layout.windows().map(|window| &window.address);
        let objects = sessions.chain(windows).cloned();
        let whole = objects.filter(|address| wishes.selects(address)).collect();
        Scope::Part { panes, whole }
    }

    /// Whether something may happen to this pane.
    pub(super) fn has(&self, pane: &Address) -> bool {
        match self {
            Scope::All => true,
            Scope::Part { panes, .. } => panes.contains(pane),
        }
    }

    /// Whether a session or window itself is in scope, and not only panes in it.
    pub(super) fn is_whole(&self, address: &Address) -> bool {
        match self {
            Scope::All => true,
            Scope::Part { whole, .. } => whole.contains(address),
        }
    }

    /// Narrows the layout, and the matching with it, to this part.
    pub(super) fn narrowed(
        &self,
        layout: &Layout,
        matching: &mut Matching,
        wishes: &Request,
    ) -> Layout {
        self.detach(matching);
        let part = self.layout(layout, matching);
        spare(matching, &part, self, wishes);
        part
    }

    /// Moves a window to its wanted session whole or not at all: selected panes of a window that is
    /// not moved go to a new one.
    fn detach(&self, matching: &mut Matching) {
        let sessions = &matching.sessions;
        matching.windows.retain(|address, live| {
            let home = sessions.get(&address.session());
            self.is_whole(address) || home.is_some_and(|home| home.id == live.session)
        });
    }

    /// Returns the smaller layout, which keeps the live panes of each window.
    fn layout(&self, layout: &Layout, matching: &Matching) -> Layout {
        let stays = |address: &Address| self.has(address) || is_at_home(address, matching);
        let window = |window: &Window| {
            let panes = window.root.panes();
            let is_meant = panes.iter().any(|pane| self.has(&pane.address));
            let root = is_meant.then(|| pruned(&window.root, &stays)).flatten()?;
            let window = window.clone();
            Some(Window { root, ..window })
        };
        let session = |session: &Session| {
            let windows: Vec<Window> = session.windows.iter().filter_map(window).collect();
            let session = session.clone();
            (!windows.is_empty()).then_some(Session { windows, ..session })
        };
        let sessions = layout.sessions.iter().filter_map(session).collect();
        let layout = layout.clone();
        Layout { sessions, ..layout }
    }
}

/// Returns the selected panes with everything they need, directly or through others; optional needs
/// do not count.
fn needed(layout: &Layout, selected: Vec<&Address>) -> BTreeSet<Address> {
    let mut panes = BTreeSet::new();
    let mut open = selected;
    while let Some(address) = open.pop() {
        if panes.insert(address.clone()) {
            let needs = layout
                .pane(address)
                .into_iter()
                .flat_map(|pane| &pane.needs);
            let needs = needs.filter(|need| !need.optional);
            open.extend(needs.map(|need| &need.target));
        }
    }
    panes
}

/// Whether a pane is live in its wanted window.
fn is_at_home(address: &Address, matching: &Matching) -> bool {
    let window = address.enclosing_window();
    let home = window.and_then(|window| matching.windows.get(&window));
    let live = matching.panes.get(address);
    home.zip(live)
        .is_some_and(|(home, live)| home.id == live.window)
}

/// Returns a tree without the panes left out, and without splits of a single child.
fn pruned(node: &Node, stays: &dyn Fn(&Address) -> bool) -> Option<Node> {
    let split = match node {
        Node::Pane(pane) => return stays(&pane.address).then(|| node.clone()),
        Node::Split(split) => split,
    };
    let children = split.children.iter().filter_map(|child| {
        let node = pruned(&child.node, stays)?;
        let size = child.size;
        Some(Child { size, node })
    });
    let mut children: Vec<Child> = children.collect();
    if children.len() == 1 && split.children.len() > 1 {
        return children.pop().map(|child| child.node);
    }
    (!children.is_empty()).then_some(Node::Split(Split {
        direction: split.direction,
        children,
    }))
}

/// Takes panes that stay as they are out of the unwanted and the matched ones.
fn spare(matching: &mut Matching, part: &Layout, scope: &Scope, wishes: &Request) {
    let is_in_part = |pane: &LivePane, matching: &Matching| {
        let windows = part.windows().map(|window| &window.address);
        let mut windows = windows.filter_map(|window| matching.windows.get(window));
        windows.any(|window| window.id == pane.window)
    };
    for pane in std::mem::take(&mut matching.unwanted) {
        let is_half_made = pane.address.is_none() && pane.phase == Some(Phase::Placeholder);
        let goes = match &pane.address {
            _ if is_half_made => *scope == Scope::All || is_in_part(pane, matching),
            _ if wishes.keeps_unwanted => false,
            _ if *scope == Scope::All => true,
            address => address.as_ref().is_some_and(|pane| wishes.selects(pane)),
        };
        if goes {
            matching.unwanted.push(pane);
        } else {
            matching.kept.push(pane);
        }
    }
    if *scope == Scope::All {
        return;
    }
    let wanted: BTreeSet<&Address> = part.panes().map(|pane| &pane.address).collect();
    for (address, live) in std::mem::take(&mut matching.panes) {
        if wanted.contains(&address) {
            matching.panes.insert(address, live);
        } else {
            matching.elsewhere.push(live);
        }
    }
    let sessions = part.sessions.iter().map(|session| &session.address);
    let windows = part.windows().map(|window| &window.address);
    let objects: BTreeSet<&Address> = sessions.chain(windows).collect();
    matching
        .sessions
        .retain(|address, _| objects.contains(address));
    matching
        .windows
        .retain(|address, _| objects.contains(address));
}
