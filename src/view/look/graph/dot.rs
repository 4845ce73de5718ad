//! A graph in DOT, the language of Graphviz.

use crate::graph::Graph;
use crate::layout::Until;
use crate::status::State;
use crate::view::look::standing::text;
use crate::view::text::printable::visible;

/// Returns the graph; an arrow points at the node that is waited for, and the waves go from left to
/// right.
pub fn dot(graph: &Graph) -> String {
    let mut out = format!("digraph {} {{\n", quoted(&graph.layout));
    out.push_str("    rankdir=RL\n    node [shape=box, style=rounded]\n");
    for wave in 1..=graph.waves() {
        let nodes = graph.nodes.iter().filter(|node| node.wave == wave);
        out.push_str(&format!("    {{ // wave {wave}\n        rank=same\n"));
        for node in nodes {
            let key = quoted(&node.key());
            let label = node.label();
            let (label, color) = match &node.status {
                Some(status) => (
                    format!("{label}: {}", text(status)),
                    color(status.standing.state),
                ),
                None => (label, ""),
            };
            let label = quoted(&label);
            out.push_str(&format!("        {key} [label={label}{color}]\n"));
        }
        out.push_str("    }\n");
    }
    for (from, edge) in graph.edges() {
        let (from, to) = (quoted(&from.key()), quoted(&graph.nodes[edge.to].key()));
        let until = edge.until.map(Until::as_str);
        let restart = edge.restart.then_some("restart");
        let optional = edge.optional.then_some("optional");
        let label: Vec<&str> = until.into_iter().chain(restart).chain(optional).collect();
        let style = match (edge.restart, edge.optional) {
            (true, false) => ", style=bold",
            (false, true) => ", style=dashed",
            (true, true) => ", style=\"bold,dashed\"",
            (false, false) => "",
        };
        let attributes = match label[..] {
            [] => String::new(),
            _ => format!(" [label={}{style}]", quoted(&label.join(", "))),
        };
        out.push_str(&format!("    {from} -> {to}{attributes}\n"));
    }
    out.push_str("}\n");
    out
}

fn color(state: State) -> &'static str {
    match state {
        State::Running | State::Ready => ", color=green4, fontcolor=green4",
        State::Done => ", color=deepskyblue4, fontcolor=deepskyblue4",
        State::Failed => ", color=red3, fontcolor=red3",
        State::Pending | State::Starting | State::Restarting => {
            ", color=darkorange3, fontcolor=darkorange3"
        }
        State::Absent | State::Stopped => ", color=gray50, fontcolor=gray50",
    }
}

/// Quotes a string so that a label shows exactly that text: without escapes such as `\n`, and
/// without `&lt;` and its like.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in visible(text).chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '&' => quoted.push_str("&amp;"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
