//! What a case draws: `// triad graph manifest.kdl web --of plan --format dot`.

use triad::layout::Layout;
use triad::live::Snapshot;
use triad::{graph, plan, view};

use crate::cases::LOOK;
use crate::support::snapshot;

/// The graph that these words ask for.
pub fn drawing(words: &[&str], layout: &Layout, live: Option<&Snapshot>) -> String {
    let given = |flag| words.windows(2).find(|pair| pair[0] == flag);
    let given = |flag| given(flag).map(|pair| pair[1]);
    let addresses = words
        .iter()
        .skip(1)
        .take_while(|word| !word.starts_with('-'));
    let addresses: Vec<_> = addresses.map(|word| word.parse().unwrap()).collect();
    let shown = live.filter(|_| words.contains(&"--live"));
    let planned = live.cloned().unwrap_or_default();
    let verb = view::json::action;
    let graph = match given("--of") {
        Some("plan") => {
            let conditions = plan::Conditions {
                width: snapshot::WIDTH,
                height: snapshot::HEIGHT,
                own_pane: None,
                salt: Some(snapshot::SALT),
            };
            let plan = plan::plan(layout, &planned, &conditions).unwrap();
            graph::of_plan(&plan, layout, shown, verb)
        }
        Some("removal") => {
            let manifest = Some(layout.manifest.as_str());
            let plan = plan::removal(&layout.name, manifest, Some(layout), &planned, None);
            graph::of_removal(&plan.unwrap(), shown, verb)
        }
        _ => graph::of_needs(layout, shown),
    };
    let panes: Vec<_> = layout.panes().map(|pane| &pane.address).collect();
    let graph = match graph.part(&addresses, &panes) {
        Ok(graph) => graph,
        Err(errors) => return errors.iter().map(|error| format!("{error}\n")).collect(),
    };
    match given("--format") {
        Some("dot") => view::look::graph::dot(&graph),
        Some("mermaid") => view::look::graph::mermaid(&graph),
        Some("json") => view::json::line(&view::json::graph::graph(&graph)) + "\n",
        _ => view::look::graph::tree(&graph, LOOK),
    }
}
