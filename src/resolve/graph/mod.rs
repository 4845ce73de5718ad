//! The dependency graph: resolves the names in `needs` to panes and reports cycles.

mod cycles;
mod written;

pub(super) use written::WrittenNeed;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    Address, Need, Node, OnExit, Pane, PaneKind, RestartWhen, Session, Until, nearest,
};
use crate::manifest::source::Span;
use crate::manifest::syntax::ERRORS_MAX;
use crate::resolve::error::{NeedError, Never, ResolveError};

/// Resolves every need, adds it to its pane, and reports the cycles. `left_out` holds the names of
/// panes that a profile leaves out, with that profile.
pub(super) fn connect(
    sessions: &mut [Session],
    written: &[WrittenNeed],
    left_out: &BTreeMap<String, String>,
    errors: &mut Vec<ResolveError>,
) {
    let known: Vec<Address> = panes(sessions).map(|pane| pane.address.clone()).collect();
    let unnamed = panes(sessions).filter(|pane| pane.unnamed);
    let unnamed = unnamed.map(|pane| pane.address.clone()).collect();
    let index = Index::new(&known, unnamed, left_out);
    let mut resolved: Vec<(&WrittenNeed, Address)> = Vec::new();
    for ask in written {
        if errors.len() >= ERRORS_MAX {
            break;
        }
        match index.find(ask) {
            Ok(target) => resolved.push((ask, target)),
            // An optional target that is left out is not waited for.
            Err(NeedError::LeftOut { .. }) if ask.optional => {}
            Err(error) => errors.push(error.into()),
        }
    }
    let never = never_met(sessions, &resolved);
    errors.extend(never.into_iter().map(ResolveError::from));
    errors.extend(
        cycles::cycles(&resolved)
            .into_iter()
            .map(ResolveError::from),
    );
    let needs = of_panes(&resolved, errors);
    for window in sessions.iter_mut().flat_map(|session| &mut session.windows) {
        give(&mut window.root, &needs);
    }
}

/// The needs of each pane. Two different needs for the same target are a mistake.
fn of_panes<'a>(
    resolved: &'a [(&WrittenNeed, Address)],
    errors: &mut Vec<ResolveError>,
) -> BTreeMap<&'a Address, Vec<Need>> {
    let mut needs: BTreeMap<&Address, Vec<Need>> = BTreeMap::new();
    let mut written: BTreeMap<(&Address, &Address), (Need, Span)> = BTreeMap::new();
    for (ask, target) in resolved {
        let need = Need {
            target: target.clone(),
            until: ask.until,
            restart: ask.restart,
            optional: ask.optional,
        };
        match written.entry((&ask.pane, target)) {
            Entry::Vacant(place) => {
                place.insert((need.clone(), ask.span));
                needs.entry(&ask.pane).or_default().push(need);
            }
            Entry::Occupied(place) if place.get().0 == need => {}
            Entry::Occupied(place) => {
                let error = NeedError::InTwoWays {
                    pane: ask.pane.name().to_owned(),
                    target: ask.target.clone(),
                    span: ask.span,
                    first: place.get().1,
                };
                errors.push(error.into());
            }
        }
    }
    needs
}

/// Reports needs for an end that never comes or that leaves no exit status.
fn never_met(sessions: &[Session], resolved: &[(&WrittenNeed, Address)]) -> Vec<NeedError> {
    let panes: BTreeMap<&Address, &Pane> =
        panes(sessions).map(|pane| (&pane.address, pane)).collect();
    let found = resolved.iter().filter_map(|(ask, target)| {
        let never = never(panes.get(target)?, ask.until)?;
        Some(NeedError::NeverMet {
            target: ask.target.clone(),
            until: ask.until.as_str(),
            never,
            span: ask.span,
        })
    });
    found.collect()
}

fn never(target: &Pane, until: Until) -> Option<Never> {
    if target.start_by_hand {
        return Some(Never::StartsByHand);
    }
    // A task is ready when it has exited with 0.
    let is_of_task = target.kind == PaneKind::Task && until == Until::Ready;
    let is_success = until == Until::ExitedOk || is_of_task;
    let restart = target.restart.as_ref();
    if restart.is_some_and(|restart| restart.when == RestartWhen::Always)
        && (is_success || until == Until::Exited)
    {
        return Some(Never::RestartsAlways);
    }
    // A task that closes is reported elsewhere.
    let closes = target.exit() == OnExit::Close && target.kind != PaneKind::Task;
    (is_success && closes).then_some(Never::Closes)
}

fn panes(sessions: &[Session]) -> impl Iterator<Item = &Pane> {
    let windows = sessions.iter().flat_map(|session| &session.windows);
    windows.flat_map(|window| window.root.panes())
}

fn give(node: &mut Node, needs: &BTreeMap<&Address, Vec<Need>>) {
    match node {
        Node::Pane(pane) => {
            if let Some(needs) = needs.get(&pane.address) {
                pane.body.needs.clone_from(needs);
            }
        }
        Node::Split(split) => {
            for child in &mut split.children {
                give(&mut child.node, needs);
            }
        }
    }
}

/// Finds panes by the names that a manifest can use for them.
struct Index<'a> {
    by_address: BTreeMap<String, &'a Address>,
    by_name: BTreeMap<&'a str, Vec<&'a Address>>,
    /// Panes with names derived from their commands, which change with them.
    unnamed: BTreeSet<Address>,
    left_out: &'a BTreeMap<String, String>,
}

impl<'a> Index<'a> {
    fn new(
        panes: &'a [Address],
        unnamed: BTreeSet<Address>,
        left_out: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut index = Index {
            unnamed,
            by_address: BTreeMap::new(),
            by_name: BTreeMap::new(),
            left_out,
        };
        for address in panes {
            index.by_address.insert(address.to_string(), address);
            index
                .by_name
                .entry(address.name())
                .or_default()
                .push(address);
        }
        index
    }

    /// Resolves a whole address, `window/pane` in the same session, or a unique name: first in the same
    /// session, then in the layout.
    fn find(&self, ask: &WrittenNeed) -> Result<Address, NeedError> {
        let session = ask.pane.session_name();
        let within = format!("{session}/{}", ask.target);
        let by_address = self
            .by_address
            .get(&ask.target)
            .or(self.by_address.get(&within));
        if let Some(address) = by_address {
            return self.named(address, ask);
        }
        let of_name = self.by_name.get(ask.target.as_str());
        let of_name = of_name.map_or(&[][..], Vec::as_slice);
        let named = of_name.iter().filter(|pane| !self.unnamed.contains(**pane));
        let named: Vec<&Address> = named.copied().collect();
        let own = named.iter().filter(|pane| pane.session_name() == session);
        let own: Vec<&Address> = own.copied().collect();
        let found = if own.is_empty() { named } else { own };
        match (&found[..], of_name) {
            ([only], _) => Ok((*only).clone()),
            ([], [unnamed, ..]) => self.named(unnamed, ask),
            ([], []) => Err(self.unknown(ask)),
            (several, _) => Err(NeedError::Ambiguous {
                target: ask.target.clone(),
                span: ask.span,
                candidates: several.iter().map(ToString::to_string).collect(),
            }),
        }
    }

    /// Refuses a pane whose name changes with its command.
    fn named(&self, pane: &Address, ask: &WrittenNeed) -> Result<Address, NeedError> {
        if self.unnamed.contains(pane) {
            let (target, span) = (ask.target.clone(), ask.span);
            return Err(NeedError::Unnamed { target, span });
        }
        Ok(pane.clone())
    }

    fn unknown(&self, ask: &WrittenNeed) -> NeedError {
        let name = ask.target.rsplit('/').next().unwrap_or(&ask.target);
        if let Some(profile) = self.left_out.get(name) {
            return NeedError::LeftOut {
                target: ask.target.clone(),
                profile: profile.clone(),
                span: ask.span,
            };
        }
        let left_out = self.left_out.keys().map(String::as_str);
        let names = self.by_name.keys().copied().chain(left_out);
        let near = nearest(&ask.target, names);
        let addresses = self.by_address.keys().map(String::as_str);
        NeedError::Unknown {
            target: ask.target.clone(),
            span: ask.span,
            nearest: near
                .or_else(|| nearest(&ask.target, addresses))
                .map(str::to_owned),
        }
    }
}
