//! The plan matches the result: apply runs the steps of plan, in their order, and reports each
//! once.

use super::{EDITED, LAYOUT};
use crate::support::sandbox::Sandbox;
use crate::support::seen::events;
use crate::support::standin::Fault;

#[test]
fn the_plan_matches_the_result() {
    let sandbox = Sandbox::new();
    for manifest in [LAYOUT, EDITED, LAYOUT] {
        sandbox.manifest(manifest);
        let planned = events(&sandbox.triad(&["plan", "--json"]).exits(0));
        let applied = events(&sandbox.triad(&["apply", "--yes", "--json"]).exits(0));
        assert_eq!(planned.len(), 1, "a plan is one document: {planned:#?}");
        assert_eq!(
            planned[0], applied[0],
            "apply shows the plan that plan showed"
        );
        let steps = planned[0]["steps"].as_array().expect("a list");
        assert!(!steps.is_empty());
        let done = reported(&applied, &["done", "started"]);
        let all: Vec<usize> = (0..steps.len()).collect();
        assert_eq!(
            sorted(&done),
            all,
            "each step is reported once as done: {applied:#?}"
        );
        let end = applied.last().expect("an end");
        assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &0.into()));
        assert_eq!(end["done"], steps.len());
        sandbox.ended("web/tools/setup");
        sandbox.triad(&["plan", "--check"]).exits(0);
    }
}

#[test]
fn steps_come_after_their_dependencies() {
    let sandbox = Sandbox::new();
    for manifest in [LAYOUT, EDITED] {
        sandbox.manifest(manifest);
        let applied = events(&sandbox.triad(&["apply", "--yes", "--json"]).exits(0));
        let done = reported(&applied, &["done", "started"]);
        let place = |step: usize| done.iter().position(|done| *done == step);
        for step in applied[0]["steps"].as_array().expect("a list") {
            let own = step["step"].as_u64().expect("a number") as usize;
            for before in step["after"].as_array().expect("a list") {
                let before = before.as_u64().expect("a number") as usize;
                assert!(
                    place(before) < place(own),
                    "{before} before {own}: {applied:#?}"
                );
            }
        }
    }
}

#[test]
fn a_failed_step_and_the_steps_it_blocks_are_reported() {
    let sandbox = Sandbox::new();
    sandbox.apply("session \"web\" { window \"old\" { pane \"p\" { run \"sleep\" \"1000\" } } }");
    sandbox.manifest(
        "session \"web\" {
            window \"new\" { rows { pane \"a\" { run \"sleep\" \"1\" }; pane \"b\" { needs \"a\" } } }
            window \"old\" { pane \"p\" { run \"sleep\" \"1000\" } }
        }",
    );
    for at in [2, 3] {
        let arguments = ["apply", "--yes", "--json"];
        let ran = sandbox.with_fault(Fault::Fail, at, &arguments);
        let ran = ran.expect("an apply of this takes three calls");
        let applied = events(&ran);
        let steps = applied[0]["steps"].as_array().expect("a list").len();
        let told = reported(&applied, &["done", "started", "failed", "skipped"]);
        assert_eq!(
            sorted(&told),
            (0..steps).collect::<Vec<_>>(),
            "call {at}: {applied:#?}"
        );
        let end = applied.last().expect("an end");
        let sum = ["done", "failed", "skipped"].map(|what| end[what].as_u64().expect("a number"));
        assert_eq!(sum.iter().sum::<u64>(), steps as u64, "{end}");
        assert_eq!(end["exit"], ran.status);
    }
}

/// Returns the steps of these events, in their order.
fn reported(events: &[serde_json::Value], names: &[&str]) -> Vec<usize> {
    let steps = events.iter().filter(|event| {
        event["event"]
            .as_str()
            .is_some_and(|name| names.contains(&name))
    });
    steps
        .map(|event| event["step"].as_u64().expect("a step") as usize)
        .collect()
}

fn sorted(steps: &[usize]) -> Vec<usize> {
    let mut steps = steps.to_vec();
    steps.sort_unstable();
    steps
}
