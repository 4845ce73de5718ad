//! Chains of needs as long as a manifest may be.

use crate::support::sandbox::Sandbox;

/// Returns that many services, each of which needs the one before it.
fn chain(count: usize, first: &str) -> String {
    let mut text = "session \"s\" {\n".to_owned();
    for window in 0..count.div_ceil(40) {
        text += &format!("window \"w{window}\" layout=\"tiled\" {{\n");
        for pane in (window * 40..count).take(40) {
            let need = match pane {
                0 => first.to_owned(),
                _ => format!("needs \"p{}\" restart=#true", pane - 1),
            };
            text += &format!("service \"p{pane}\" {{ run \"true\"; {need} }}\n");
        }
        text += "}\n";
    }
    text + "}\n"
}

#[test]
fn a_chain_of_a_thousand_needs_is_checked_drawn_and_planned() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&chain(1_000, ""));
    sandbox.triad(&["check"]).exits(0);
    let graph = sandbox.triad(&["graph"]).exits(0).stdout;
    assert!(
        graph.contains("1000 panes, 999 needs, 1000 waves"),
        "{graph}"
    );
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(plan.contains("1000 to start"), "{plan}");
    let part = sandbox.triad(&["plan", "--only", "p500"]).exits(0).stdout;
    assert!(part.contains("501 to start"), "{part}");
}

#[test]
fn the_longest_chain_of_needs_is_fast_and_spares_the_stack() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&chain(4_800, ""));
    // The sandbox has a deadline for each call.
    sandbox.triad(&["check"]).exits(0);
    let graph = sandbox.triad(&["graph"]).exits(0).stdout;
    assert!(graph.contains("4800 waves"), "{graph}");
}

#[test]
fn a_cycle_of_a_thousand_is_reported_edge_by_edge() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&chain(1_000, "needs \"p999\""));
    let said = sandbox.triad(&["check"]).exits(65).stderr;
    assert!(said.contains("988 more"), "{said}");
    for edge in [
        "`p0` needs `p999`",
        "`p500` needs `p499`",
        "`p999` needs `p998`",
    ] {
        assert!(said.contains(edge), "{edge}");
    }
}
