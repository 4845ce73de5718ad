//! The graph of dependencies, for people: as a tree here, as DOT and Mermaid beside it.

mod dot;
mod mermaid;

pub use dot::dot;
pub use mermaid::mermaid;

use std::collections::VecDeque;

use crate::graph::{Edge, Graph, Node, Of};
use crate::status::State;
use crate::view::look::standing::{self, text};
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, fitted, width, wrapped};
use crate::view::text::printable::{Printable, printable};
use crate::view::text::words;

/// The depth below which a node gets a tree of its own, so that everything fits a screen.
const DEPTH_MAX: usize = 10;
/// The width that a line needs beside the branches before it.
const NAME_CELLS: usize = 48;
/// The width of a branch.
const BRANCH: usize = 3;

/// Draws the graph: below each node are the nodes that it waits for. A node that several wait for
/// is drawn once.
pub fn tree(graph: &Graph, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let title = wrapped(&title(graph), look.width, 0);
    let title = paint.paint_start(Tone::Strong, &graph.layout, &title);
    let mut out = printable!("{}\n", title);
    if graph.nodes.is_empty() {
        return out;
    }
    let legend = wrapped(legend(graph.of), look.width, 0);
    out.push(printable!("{}\n", painted(paint, Tone::Faint, &legend)));
    let mut tree = Tree::new(graph, look);
    let (roots, alone) = tree.roots();
    for root in roots {
        tree.out.push(printable!("\n"));
        tree.below(root);
    }
    if !alone.is_empty() {
        tree.out.push(printable!("\n"));
    }
    for node in alone {
        tree.below(node);
    }
    out.push(&tree.out);
    out
}

/// Paints each line on its own, so that no colour continues past its end.
fn painted(paint: Paint, tone: Tone, text: &Printable) -> Printable {
    let lines = text.as_str().lines().map(|line| paint.paint(tone, line));
    Printable::join(lines, &printable!("\n"))
}

fn title(graph: &Graph) -> String {
    let (nodes, waves) = (graph.nodes.len(), words::count(graph.waves(), "wave"));
    let name = &graph.layout;
    match graph.of {
        Of::Needs => {
            let panes = words::count(nodes, "pane");
            let needs = words::count(graph.edges().count(), "need");
            format!("{name}: {panes}, {needs}, {waves}")
        }
        Of::Plan if nodes == 0 => format!("{name}: nothing to do"),
        Of::Removal if nodes == 0 => format!("{name}: nothing to stop"),
        Of::Plan => format!("{name}: {} in {waves}", words::count(nodes, "step")),
        Of::Removal => format!("{name}: {} to stop in {waves}", words::count(nodes, "pane")),
    }
}

fn legend(of: Of) -> &'static str {
    match of {
        Of::Needs => {
            "below a pane: the panes it depends on; the number is the wave it can start in"
        }
        Of::Plan => {
            "below a step: the steps right before it; the number is the wave it can be done in"
        }
        Of::Removal => {
            "below a pane: the panes that stop right before it; the number is the wave it can stop in"
        }
    }
}

/// Returns the tone of a state. Before the first apply every pane is absent, which is no fault.
fn tone(state: State) -> Tone {
    match state {
        State::Absent => Tone::Faint,
        state => standing::tone(state),
    }
}

/// Returns the words for an edge, as in the manifest.
fn edge_text(edge: Edge) -> String {
    let until = edge.until.map(|until| format!("until={}", until.as_str()));
    let restart = edge.restart.then(|| "restart=#true".to_owned());
    let optional = edge.optional.then(|| "optional=#true".to_owned());
    let texts: Vec<String> = until.into_iter().chain(restart).chain(optional).collect();
    texts.join(" ")
}

/// A place in the tree.
struct Place {
    node: usize,
    /// The edge that leads there; `None` for a root.
    edge: Option<Edge>,
    /// The text before its name, and before the names below it.
    prefix: String,
    indent: String,
    depth: usize,
}

/// A tree that is being drawn.
struct Tree<'a> {
    graph: &'a Graph,
    look: Look,
    /// The width of the longest number.
    numbers: usize,
    depth_max: usize,
    /// The edges drawn below each node.
    after: Vec<Vec<Edge>>,
    drawn: Vec<bool>,
    out: Printable,
}

impl<'a> Tree<'a> {
    fn new(graph: &'a Graph, look: Look) -> Self {
        Tree {
            graph,
            look,
            numbers: graph.waves().to_string().len(),
            depth_max: (look.width.saturating_sub(NAME_CELLS) / BRANCH).clamp(3, DEPTH_MAX),
            after: match graph.of {
                // Each need has its own condition.
                Of::Needs => graph.nodes.iter().map(|node| node.after.clone()).collect(),
                Of::Plan | Of::Removal => directly_after(graph),
            },
            drawn: vec![false; graph.nodes.len()],
            out: Printable::default(),
        }
    }

    /// Returns the nodes that no other waits for; and apart, those of them that wait for nothing.
    fn roots(&self) -> (Vec<usize>, Vec<usize>) {
        let mut is_waited_for = vec![false; self.graph.nodes.len()];
        for (_, edge) in self.graph.edges() {
            is_waited_for[edge.to] = true;
        }
        let roots = (0..is_waited_for.len()).filter(|&node| !is_waited_for[node]);
        roots.partition(|&node| !self.graph.nodes[node].after.is_empty())
    }

    /// Draws a root and everything below it. Without recursion, because a chain of needs may be as
    /// long as the manifest.
    fn below(&mut self, root: usize) {
        let place = |node| Place {
            node,
            edge: None,
            prefix: String::new(),
            indent: String::new(),
            depth: 0,
        };
        let mut later = VecDeque::from([root]);
        while let Some(root) = later.pop_front() {
            if self.drawn[root] {
                continue;
            }
            let mut stack = vec![place(root)];
            while let Some(place) = stack.pop() {
                let has_more = !self.graph.nodes[place.node].after.is_empty();
                let remark = if self.drawn[place.node] {
                    "(above)"
                } else if place.depth == self.depth_max && has_more {
                    later.push_back(place.node);
                    "(below)"
                } else {
                    ""
                };
                self.line(&place, remark);
                if remark.is_empty() {
                    self.drawn[place.node] = true;
                    stack.extend(self.children(&place));
                }
            }
            if later.iter().any(|&node| !self.drawn[node]) {
                self.out.push(printable!("\n"));
            }
        }
    }

    /// Returns the places right below a place, the last one first.
    fn children(&self, place: &Place) -> Vec<Place> {
        let edges = self.after[place.node].iter().rev().enumerate();
        let child = |(index, &edge): (usize, &Edge)| {
            let (branch, below) = match index {
                0 => ("└─ ", "   "),
                _ => ("├─ ", "│  "),
            };
            Place {
                node: edge.to,
                edge: Some(edge),
                prefix: format!("{}{branch}", place.indent),
                indent: format!("{}{below}", place.indent),
                depth: place.depth + 1,
            }
        };
        edges.map(child).collect()
    }

    fn line(&mut self, place: &Place, remark: &str) {
        let node: &Node = &self.graph.nodes[place.node];
        let paint = Paint {
            color: self.look.color,
        };
        let number = format!("{:>1$}", node.wave, self.numbers);
        let number = paint.paint(Tone::Faint, number);
        let before = self.numbers + 2 + width(&place.prefix);
        let room = self.look.width.saturating_sub(before);
        let name = fitted(&node.label(), room.max(10));
        let mut used = before + width(&name);
        self.out
            .push(printable!("{}  {}{}", number, place.prefix, name));
        let goes_on = remark.is_empty() && !self.after[place.node].is_empty();
        let line = if goes_on { "│" } else { " " };
        let indent = format!("{}{}{line}", " ".repeat(self.numbers + 2), place.indent);
        for (tone, text) in parts(node, place.edge, remark) {
            // Text that does not fit beside a long name goes below it.
            if used + 2 + width(&text) > self.look.width {
                self.out.push(printable!("\n{}", indent));
                used = width(&indent);
            }
            let room = self.look.width.saturating_sub(used + 2);
            let text = fitted(&text, room.max(10));
            used += 2 + width(&text);
            self.out.push(printable!("  {}", paint.paint(tone, text)));
        }
        self.out.push(printable!("\n"));
    }
}

/// Returns the edges without redundant ones: to nodes that another awaited node waits for.
fn directly_after(graph: &Graph) -> Vec<Vec<Edge>> {
    let direct = |node: &Node| {
        let mut is_before = vec![false; graph.nodes.len()];
        let next = |index: usize| graph.nodes[index].after.iter().map(|edge| edge.to);
        let mut waiting: Vec<usize> = node.after.iter().flat_map(|edge| next(edge.to)).collect();
        while let Some(index) = waiting.pop() {
            if !std::mem::replace(&mut is_before[index], true) {
                waiting.extend(next(index));
            }
        }
        let edges = node.after.iter().filter(|edge| !is_before[edge.to]);
        edges.copied().collect()
    };
    graph.nodes.iter().map(direct).collect()
}

/// Returns the texts after a name.
fn parts(node: &Node, edge: Option<Edge>, remark: &str) -> Vec<(Tone, String)> {
    let edge = edge.map(|edge| (Tone::Faint, edge_text(edge)));
    let status = node.status.as_ref();
    let state = status.map(|status| (tone(status.standing.state), text(status)));
    let remark = (Tone::Faint, remark.to_owned());
    let parts = edge.into_iter().chain(state).chain([remark]);
    parts.filter(|(_, text)| !text.is_empty()).collect()
}
