//! Who needs whom: names become panes, and cycles are found before anything waits for ever.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::layout::{Address, Need, Node, Pane, RestartWhen, Session, Until, nearest};
use crate::manifest::source::Span;
use crate::manifest::syntax::ERRORS_MAX;
use crate::resolve::ResolveError;
use crate::resolve::error::Edge;

/// One target of a `needs` node, as written.
#[derive(Debug, Clone)]
pub struct Asked {
    pub pane: Address,
    pub target: String,
    pub until: Until,
    pub restart: bool,
    pub optional: bool,
    pub span: Span,
}

/// Resolves every need, puts it on its pane, and reports the cycles. `left_out` are the names of
/// panes that a profile leaves out, with that profile.
pub fn connect(
    sessions: &mut [Session],
    asked: &[Asked],
    left_out: &BTreeMap<String, String>,
    errors: &mut Vec<ResolveError>,
) {
    let known: Vec<Address> = panes(sessions).map(|pane| pane.address.clone()).collect();
    let restarting: BTreeSet<Address> = panes(sessions)
        .filter(
            |pane| matches!(&pane.restart, Some(restart) if restart.when == RestartWhen::Always),
        )
        .map(|pane| pane.address.clone())
        .collect();
    let index = Index::new(&known, left_out);
    let mut resolved: Vec<(&Asked, Address)> = Vec::new();
    for ask in asked {
        if errors.len() >= ERRORS_MAX {
            break;
        }
        match index.find(ask) {
            Ok(target) if is_never_met(ask.until, restarting.contains(&target)) => {
                errors.push(ResolveError::NeverMet {
                    target: ask.target.clone(),
                    until: ask.until.as_str(),
                    span: ask.span,
                });
            }
            Ok(target) => resolved.push((ask, target)),
            // What is not there in this run is not waited for.
            Err(ResolveError::NeedLeftOut { .. }) if ask.optional => {}
            Err(error) => errors.push(error),
        }
    }
    errors.extend(cycles(&resolved));
    let mut needs: BTreeMap<&Address, Vec<Need>> = BTreeMap::new();
    for (ask, target) in &resolved {
        let of_pane = needs.entry(&ask.pane).or_default();
        let need = Need {
            target: target.clone(),
            until: ask.until,
            restart: ask.restart,
            optional: ask.optional,
        };
        if !of_pane.contains(&need) {
            of_pane.push(need);
        }
    }
    for window in sessions.iter_mut().flat_map(|session| &mut session.windows) {
        give(&mut window.root, &needs);
    }
}

/// What tmux starts again whenever it ends has never ended for good.
fn is_never_met(until: Until, is_restarted_always: bool) -> bool {
    is_restarted_always && matches!(until, Until::ExitedOk | Until::Exited)
}

fn panes(sessions: &[Session]) -> impl Iterator<Item = &Pane> {
    let windows = sessions.iter().flat_map(|session| &session.windows);
    windows.flat_map(|window| window.root.panes())
}

fn give(node: &mut Node, needs: &BTreeMap<&Address, Vec<Need>>) {
    match node {
        Node::Pane(pane) => {
            if let Some(needs) = needs.get(&pane.address) {
                pane.needs.clone_from(needs);
            }
        }
        Node::Split(split) => {
            for child in &mut split.children {
                give(&mut child.node, needs);
            }
        }
    }
}

/// Finds panes by what a manifest may call them.
struct Index<'a> {
    by_address: BTreeMap<String, &'a Address>,
    by_name: BTreeMap<&'a str, Vec<&'a Address>>,
    left_out: &'a BTreeMap<String, String>,
}

impl<'a> Index<'a> {
    fn new(panes: &'a [Address], left_out: &'a BTreeMap<String, String>) -> Self {
        let mut index = Index {
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

    /// A whole address, `window/pane` of the same session, or a name: of the same session first,
    /// where it is unique, else of the layout.
    fn find(&self, ask: &Asked) -> Result<Address, ResolveError> {
        let session = ask.pane.session_name();
        let within = format!("{session}/{}", ask.target);
        let by_address = self
            .by_address
            .get(&ask.target)
            .or(self.by_address.get(&within));
        if let Some(address) = by_address {
            return Ok((*address).clone());
        }
        let named = self
            .by_name
            .get(ask.target.as_str())
            .map_or(&[][..], Vec::as_slice);
        let own = named
            .iter()
            .find(|address| address.session_name() == session);
        match (own, named) {
            (Some(own), _) => Ok((*own).clone()),
            (None, [only]) => Ok((*only).clone()),
            (None, []) => Err(self.unknown(ask)),
            (None, several) => Err(ResolveError::AmbiguousNeed {
                target: ask.target.clone(),
                span: ask.span,
                candidates: several.iter().map(ToString::to_string).collect(),
            }),
        }
    }

    fn unknown(&self, ask: &Asked) -> ResolveError {
        let name = ask.target.rsplit('/').next().unwrap_or(&ask.target);
        if let Some(profile) = self.left_out.get(name) {
            return ResolveError::NeedLeftOut {
                target: ask.target.clone(),
                profile: profile.clone(),
                span: ask.span,
            };
        }
        let names = self.by_name.keys().copied();
        let near = nearest(&ask.target, names);
        let addresses = self.by_address.keys().map(String::as_str);
        ResolveError::UnknownNeed {
            target: ask.target.clone(),
            span: ask.span,
            nearest: near
                .or_else(|| nearest(&ask.target, addresses))
                .map(str::to_owned),
        }
    }
}

/// A shortest cycle of each knot of panes that need each other.
fn cycles(resolved: &[(&Asked, Address)]) -> Vec<ResolveError> {
    let mut graph: DiGraph<&Address, usize> = DiGraph::new();
    let mut nodes: BTreeMap<&Address, NodeIndex> = BTreeMap::new();
    for (index, (ask, target)) in resolved.iter().enumerate() {
        let from = *nodes
            .entry(&ask.pane)
            .or_insert_with(|| graph.add_node(&ask.pane));
        let to = *nodes
            .entry(target)
            .or_insert_with(|| graph.add_node(target));
        graph.add_edge(from, to, index);
    }
    let mut found: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .iter()
        .filter_map(|knot| {
            let first = *knot.iter().min_by_key(|node| graph[**node])?;
            shortest_cycle(&graph, first)
        })
        .collect();
    found.sort();
    let edge = |index: &usize| {
        let (ask, target) = &resolved[*index];
        Edge {
            from: ask.pane.name().to_owned(),
            to: target.name().to_owned(),
            span: ask.span,
        }
    };
    found
        .iter()
        .map(|cycle| ResolveError::Cycle {
            edges: cycle.iter().map(edge).collect(),
        })
        .collect()
}

/// The edges of a shortest way from `start` back to itself, breadth first.
fn shortest_cycle(graph: &DiGraph<&Address, usize>, start: NodeIndex) -> Option<Vec<usize>> {
    let mut came_by: BTreeMap<NodeIndex, (NodeIndex, usize)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for edge in graph.edges(node) {
            let next = edge.target();
            if next == start {
                let mut cycle = vec![*edge.weight()];
                let mut at = node;
                while let Some(&(before, weight)) = came_by.get(&at) {
                    cycle.push(weight);
                    at = before;
                }
                cycle.reverse();
                return Some(cycle);
            }
            if !came_by.contains_key(&next) && next != start {
                came_by.insert(next, (node, *edge.weight()));
                queue.push_back(next);
            }
        }
    }
    None
}
