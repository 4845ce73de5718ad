//! The output of `triad graph` in a case.

use triad::layout::{Layout, Pattern};
use triad::live::Snapshot;
use triad::{graph, plan, view};

use crate::cases::{LOOK, outcome};

/// The graph to draw, and its format.
#[derive(Default)]
pub struct Drawing {
    pub addresses: Vec<Pattern>,
    pub of: String,
    pub format: String,
    pub shows_live: bool,
}

impl Drawing {
    /// Returns the graph as it is printed.
    pub fn text(&self, layout: &Layout, live: Option<&Snapshot>) -> String {
        let shown = live.filter(|_| self.shows_live);
        let planned = live.cloned().unwrap_or_default();
        let verb = view::json::action;
        let graph = match self.of.as_str() {
            "plan" => {
                let plan = plan::plan(layout, &planned, &outcome::conditions()).unwrap();
                graph::of_plan(&plan, layout, shown, verb)
            }
            "removal" => {
                let manifest = Some(layout.manifest.as_str());
                let plan = plan::removal(&layout.name, manifest, Some(layout), &planned, None);
                graph::of_removal(&plan.unwrap(), shown, verb)
            }
            "" => graph::of_needs(layout, shown),
            of => panic!("unknown graph `{of}`"),
        };
        let panes: Vec<_> = layout.panes().map(|pane| &pane.address).collect();
        let graph = match graph.part(&self.addresses, &panes) {
            Ok(graph) => graph,
            Err(errors) => return errors.iter().map(|error| format!("{error}\n")).collect(),
        };
        match self.format.as_str() {
            "dot" => view::look::graph::dot(&graph),
            "mermaid" => view::look::graph::mermaid(&graph),
            "json" => view::json::line(&view::json::graph::graph(&graph)) + "\n",
            "tree" | "" => view::look::graph::tree(&graph, LOOK).into(),
            format => panic!("unknown format `{format}`"),
        }
    }
}
