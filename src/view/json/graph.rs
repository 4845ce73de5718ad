//! The graph of dependencies, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::graph::{Edge, Graph, Node};
use crate::layout::Until;
use crate::view::look::standing::why;

/// A graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonGraph {
    pub format: u32,
    pub layout: String,
    /// `needs`, `plan` or `removal`.
    pub of: &'static str,
    pub waves: usize,
    pub nodes: Vec<JsonNode>,
    pub edges: Vec<JsonEdge>,
}

/// A pane, or a step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonNode {
    /// The name that edges use for it.
    pub id: String,
    pub address: String,
    pub kind: &'static str,
    /// The wave, counted from 1: everything that it waits for is in earlier ones.
    pub wave: usize,
    /// The number of the step in the plan, and its action; null for needs.
    pub step: Option<usize>,
    pub action: Option<&'static str>,
    /// The state of a pane, with `--live`, as in `ps`.
    pub state: Option<&'static str>,
    /// The reason for the state; null if there is nothing to add.
    pub why: Option<String>,
    /// The exit status of its program.
    pub exit: Option<String>,
}

/// An edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonEdge {
    /// The node that waits.
    pub from: String,
    pub to: String,
    /// The condition of a need: `started`, `ready`, `exited-ok` or `exited`; null between steps.
    pub until: Option<&'static str>,
    pub restart: bool,
    /// Whether the wait ends if the target can no longer reach the condition.
    pub optional: bool,
}

pub fn graph(graph: &Graph) -> JsonGraph {
    let node = |node: &Node| JsonNode {
        id: node.key(),
        address: node.subject.address.to_string(),
        kind: node.subject.noun.as_str(),
        wave: node.wave,
        step: node.step.map(|step| step.number),
        action: node.step.map(|step| step.verb),
        state: node
            .status
            .as_ref()
            .map(|status| status.standing.state.as_str()),
        why: node.status.as_ref().map(why).filter(|why| !why.is_empty()),
        exit: node
            .status
            .as_ref()
            .and_then(|status| status.standing.exit())
            .map(|exit| exit.to_string()),
    };
    let edge = |(from, edge): (&Node, Edge)| JsonEdge {
        from: from.key(),
        to: graph.nodes[edge.to].key(),
        until: edge.until.map(Until::as_str),
        restart: edge.restart,
        optional: edge.optional,
    };
    JsonGraph {
        format: FORMAT,
        layout: graph.layout.clone(),
        of: graph.of.as_str(),
        waves: graph.waves(),
        nodes: graph.nodes.iter().map(node).collect(),
        edges: graph.edges().map(edge).collect(),
    }
}
