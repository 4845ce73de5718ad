//! `triad graph`: needs, the steps of a plan in order, and the panes that `down` ends.

mod drawn;
use serde_json::Value;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, words};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            service "db" { run "sleep" "1001"; ready every="20ms" { exec "true" } }
            service "api" { run "sh" "-c" "read line; exit 9"; needs "db" restart=#true }
            pane "log"
        }
    }
    window "tools" {
        task "setup" { run "false" }
        task "fine" { run "true" }
        pane "late" { run "sleep" "1003"; needs "setup" "api" }
    }
}
"#;

/// Returns the one document that is printed.
#[track_caller]
fn graph(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let ran = sandbox
        .triad(&[&["graph", "--json"], arguments].concat())
        .exits(0);
    let [graph] = &events(&ran)[..] else {
        panic!("{}", ran.stdout);
    };
    graph.clone()
}

/// Returns the state of each node, by address.
fn states(graph: &Value) -> Vec<String> {
    let nodes = graph["nodes"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let state = nodes.map(|node| {
        let address = text(&node["address"]);
        format!("{address} {} {}", text(&node["state"]), text(&node["exit"]))
    });
    state.collect()
}

#[test]
fn needs_are_drawn_without_tmux() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    // Variables from the environment need not be set.
    sandbox.manifest(&LAYOUT.replace("pane \"log\"", "pane \"log\" { env { KEY secret=#true } }"));
    for format in ["tree", "dot", "mermaid"] {
        let ran = sandbox.triad(&["graph", "--format", format]).exits(0);
        assert!(ran.stdout.contains("web/main/api"), "{}", ran.stdout);
        assert_eq!(ran.stderr, "");
    }
    let graph = graph(&sandbox, &["triad.kdl", "late"]);
    assert_eq!(graph["waves"], 3);
    assert_eq!(
        states(&graph),
        [
            "web/main/db - -",
            "web/main/api - -",
            "web/tools/setup - -",
            "web/tools/late - -"
        ]
    );
    let edge = &graph["edges"][0];
    assert_eq!(
        (&edge["from"], &edge["to"], &edge["until"], &edge["restart"]),
        (
            &"web/main/api".into(),
            &"web/main/db".into(),
            &"ready".into(),
            &true.into()
        )
    );
    assert_eq!(
        sandbox.take_calls(),
        [],
        "needs come only from the manifest"
    );
}

#[test]
fn live_states_cost_one_look() {
    let mut sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let gone = graph(&sandbox, &["--live"]);
    assert!(
        states(&gone)
            .iter()
            .all(|state| state.ends_with(" absent -"))
    );
    sandbox.triad(&["apply"]).exits(4);
    sandbox.ended("web/tools/fine");
    let api = &sandbox.panes()["web/main/api"].id;
    sandbox.tmux(&["send-keys", "-t", api, "Enter"]);
    sandbox.ended("web/main/api");
    sandbox.count_tmux();
    let expected = [
        "web/main/db ready -",
        "web/main/api failed exit status 9",
        "web/main/log running -",
        "web/tools/setup failed exit status 1",
        "web/tools/fine done exit status 0",
        "web/tools/late pending -",
    ];
    assert_eq!(states(&graph(&sandbox, &["--live"])), expected);
    let calls = sandbox.take_calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    let tree = sandbox
        .triad(&["graph", "--live", "--color", "always"])
        .exits(0);
    let red = tree.stdout.contains("\u{1b}[31mfailed, exit status 9");
    assert!(red, "{:?}", tree.stdout);
}

#[test]
fn graph_shows_the_steps_of_plan() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let drawn = graph(&sandbox, &["--of", "plan", "--live"]);
    let planned = sandbox.triad(&["plan", "--json"]).exits(0);
    let [plan] = &events(&planned)[..] else {
        panic!("{}", planned.stdout);
    };
    let steps = plan["steps"].as_array().unwrap();
    let nodes = drawn["nodes"].as_array().unwrap();
    assert_eq!(steps.len(), nodes.len());
    let mut edges = drawn["edges"].as_array().unwrap().iter();
    for (step, node) in std::iter::zip(steps, nodes) {
        assert_eq!(
            (&step["step"], &step["address"], &step["action"]),
            (&node["step"], &node["address"], &node["action"])
        );
        for after in step["after"].as_array().unwrap() {
            let edge = edges.next().unwrap();
            assert_eq!(edge["from"], node["id"]);
            assert_eq!(
                edge["to"],
                nodes[usize::try_from(after.as_u64().unwrap()).unwrap()]["id"]
            );
        }
    }
    assert_eq!(edges.next(), None);
    sandbox.triad(&["apply"]).exits(4);
    let ran = sandbox
        .triad(&["graph", "triad.kdl", "db", "--of", "plan"])
        .exits(0);
    assert_eq!(ran.stdout, "shop: nothing to do\n");
}

#[test]
fn the_graph_of_down_shows_live_panes() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let ran = sandbox.triad(&["graph", "--of", "removal"]).exits(0);
    assert_eq!(ran.stdout, "shop: nothing to stop\n");
    sandbox.triad(&["apply"]).exits(4);
    // The applied needs count.
    sandbox.manifest(&LAYOUT.replace("; needs \"db\" restart=#true", "; needs \"log\""));
    let tree = sandbox.triad(&["graph", "--of", "removal"]).exits(0).stdout;
    assert!(tree.starts_with("shop: 6 panes to stop in "), "{tree}");
    let below = "stop service web/main/db └─ stop service web/main/api";
    let drawn: Vec<&str> = tree.split_whitespace().collect();
    let drawn: Vec<&str> = drawn
        .into_iter()
        .filter(|word| word.parse::<u8>().is_err())
        .collect();
    assert!(drawn.join(" ").contains(below), "{tree}");
    let by_manifest = graph(&sandbox, &["--of", "removal"]);
    std::fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    let by_name = graph(&sandbox, &["shop", "--of", "removal"]);
    assert_eq!(by_name, by_manifest);
    let ended = sandbox.triad(&["down", "shop", "--yes", "--json"]).exits(0);
    let plan = events(&ended)
        .into_iter()
        .find(|event| event["event"] == "plan");
    let steps = plan.unwrap()["steps"].as_array().unwrap().clone();
    let addresses = |values: &[Value]| -> Vec<Value> {
        values
            .iter()
            .map(|value| value["address"].clone())
            .collect()
    };
    assert_eq!(
        addresses(&steps),
        addresses(by_name["nodes"].as_array().unwrap())
    );
    eventually("all panes are gone", DEADLINE, || {
        sandbox.panes().is_empty()
    });
}

#[test]
fn graphs_that_cannot_be_drawn_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.triad(&["graph"]).exits(66);
    sandbox.manifest(LAYOUT);
    let told = [
        (
            &["triad.kdl", "lat", "x/y/z/a"][..],
            64,
            "is not an address",
        ),
        (&["triad.kdl", "lat"], 64, "did you mean `late`?"),
        (
            &["--format", "png"],
            64,
            "possible values: tree, dot, mermaid",
        ),
        (&["--of", "x"], 64, "possible values: needs, plan, removal"),
        (&["none.kdl"], 66, "none.kdl"),
    ];
    for (arguments, exit, says) in told {
        let ran = sandbox.triad(&[&["graph"], arguments].concat()).exits(exit);
        assert!(words(&ran.stderr).contains(says), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    sandbox.manifest(&LAYOUT.replace("ready every", "needs \"late\"; ready every"));
    let ran = sandbox.triad(&["graph"]).exits(65);
    assert!(words(&ran.stderr).contains("cycle"), "{}", ran.stderr);
}
