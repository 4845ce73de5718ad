//! A graph in the language of Mermaid, as Markdown pages of code hosts show it.

use crate::graph::Graph;
use crate::layout::Until;
use crate::status::State;
use crate::view::look::standing::text;
use crate::view::text::printable::visible;

/// Returns the graph; an arrow points at the node that is waited for, and the waves go from left to
/// right.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = "flowchart RL\n".to_owned();
    let nodes = || graph.nodes.iter().enumerate();
    for wave in 1..=graph.waves() {
        out.push_str(&format!("    subgraph wave{wave}[\"wave {wave}\"]\n"));
        for (index, node) in nodes().filter(|(_, node)| node.wave == wave) {
            let label = node.label();
            let label = match &node.status {
                Some(status) => format!("{label}: {}", text(status)),
                None => label,
            };
            out.push_str(&format!("        n{index}[{}]\n", quoted(&label)));
        }
        out.push_str("    end\n");
    }
    for (index, node) in nodes() {
        for edge in &node.after {
            let until = edge.until.map(Until::as_str);
            let restart = edge.restart.then_some("restart");
            let optional = edge.optional.then_some("optional");
            let label: Vec<&str> = until.into_iter().chain(restart).chain(optional).collect();
            let arrow = match (edge.optional, edge.restart) {
                (true, _) => "-.->",
                (false, true) => "==>",
                (false, false) => "-->",
            };
            let label = match label[..] {
                [] => String::new(),
                _ => format!("|{}|", quoted(&label.join(", "))),
            };
            out.push_str(&format!("    n{index} {arrow}{label} n{}\n", edge.to));
        }
    }
    for (class, colors, states) in CLASSES {
        let of_it = nodes().filter(|(_, node)| {
            let status = node.status.as_ref();
            status.is_some_and(|status| states.contains(&status.standing.state))
        });
        let of_it: Vec<String> = of_it.map(|(index, _)| format!("n{index}")).collect();
        if !of_it.is_empty() {
            out.push_str(&format!("    classDef {class} {colors}\n"));
            out.push_str(&format!("    class {} {class}\n", of_it.join(",")));
        }
    }
    out
}

/// A class of nodes: its name, its colours, and its states.
type Class = (&'static str, &'static str, &'static [State]);

const CLASSES: [Class; 5] = [
    (
        "running",
        "fill:#d3f9d8,stroke:#2b8a3e,color:#000",
        &[State::Running, State::Ready],
    ),
    (
        "done",
        "fill:#d0ebff,stroke:#1864ab,color:#000",
        &[State::Done],
    ),
    (
        "failed",
        "fill:#ffe3e3,stroke:#c92a2a,color:#000",
        &[State::Failed],
    ),
    (
        "pending",
        "fill:#fff3bf,stroke:#e67700,color:#000",
        &[State::Pending, State::Starting, State::Restarting],
    ),
    (
        "absent",
        "fill:#f1f3f5,stroke:#868e96,color:#000",
        &[State::Absent, State::Stopped],
    ),
];

/// Quotes a text: each character that Mermaid, Markdown or HTML might interpret is written as its
/// number.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in visible(text).chars() {
        if c.is_alphanumeric() || " /-,:".contains(c) {
            quoted.push(c);
        } else {
            quoted.push_str(&format!("#{};", u32::from(c)));
        }
    }
    quoted.push('"');
    quoted
}
