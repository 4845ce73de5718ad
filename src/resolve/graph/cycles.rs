//! Finds panes that need each other in a circle, before anything waits forever.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::written::WrittenNeed;
use crate::layout::Address;
use crate::resolve::error::{Edge, NeedError};

/// A shortest cycle of each strongly connected component.
pub(super) fn cycles(resolved: &[(&WrittenNeed, Address)]) -> Vec<NeedError> {
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
            // Most panes are a component of their own; a search from each would take quadratic time.
            let is_circle = knot.len() > 1 || graph.contains_edge(first, first);
            is_circle.then(|| shortest_cycle(&graph, first)).flatten()
        })
        .collect();
    found.sort();
    let told = |cycle: &Vec<usize>| {
        let edges: Vec<&(&WrittenNeed, Address)> =
            cycle.iter().map(|index| &resolved[*index]).collect();
        edges_of(&edges)
    };
    found.iter().map(told).collect()
}

/// Shortens addresses to pane names if they are unique.
fn edges_of(cycle: &[&(&WrittenNeed, Address)]) -> NeedError {
    let names: BTreeSet<&str> = cycle.iter().map(|(ask, _)| ask.pane.name()).collect();
    let are_apart = names.len() == cycle.len();
    let name = |pane: &Address| match are_apart {
        true => pane.name().to_owned(),
        false => pane.to_string(),
    };
    let edge = |(ask, target): &&(&WrittenNeed, Address)| Edge {
        from: name(&ask.pane),
        to: name(target),
        span: ask.span,
    };
    NeedError::Cycle {
        edges: cycle.iter().map(edge).collect(),
    }
}

/// The edges of a shortest path from `start` back to itself, breadth first.
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
