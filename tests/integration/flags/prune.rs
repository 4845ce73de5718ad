//! `--no-prune`: panes that are no longer in the manifest stay, until an apply without it.

use crate::support::sandbox::{Sandbox, run};
use crate::support::seen::{events, pids, renewed, words};

const BEFORE: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns { pane "api" { run "sleep" "1001" }; pane "old" { run "sleep" "1002" } }
    }
    window "gone" { pane "a" { run "sleep" "1003" } }
}
session "jobs" { window "main" { pane "worker" { run "sleep" "1004" } } }
"#;

const AFTER: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns { pane "new" { run "sleep" "2002" }; pane "api" size="70%" { run "sleep" "1001" } }
    }
}
"#;

#[test]
fn nothing_is_stopped_and_the_plan_names_what_stays() {
    let sandbox = Sandbox::new();
    sandbox.apply(BEFORE);
    let before = pids(&sandbox);
    sandbox.manifest(AFTER);
    let mut plan = sandbox.triad_command(&["plan", "--no-prune"]);
    let ran = run(plan.env("COLUMNS", "1000")).exits(0);
    let told = words(&ran.stdout);
    for expected in [
        "`web/main/old` is not in the manifest, and is kept (--no-prune); the geometry of `web/main` is left alone",
        "`web/gone/a` is not in the manifest, and is kept (--no-prune)",
        "`jobs/main/worker` is not in the manifest, and is kept",
        "; 3 kept",
    ] {
        assert!(told.contains(expected), "`{expected}`: {}", ran.stdout);
    }
    let ran = sandbox.triad(&["plan", "--json", "--no-prune"]).exits(0);
    assert_eq!(events(&ran)[0]["notes"].as_array().unwrap().len(), 3);
    // No confirmation: nothing ends.
    sandbox.triad(&["apply", "--no-prune"]).exits(0);
    assert_eq!(renewed(&before, &sandbox), ["web/main/new"]);
    assert_eq!(pids(&sandbox).len(), before.len() + 1);
    let ran = sandbox.triad(&["plan", "--check", "--no-prune"]).exits(0);
    assert!(ran.stdout.contains("3 kept"), "{}", ran.stdout);
    let part = pids(&sandbox);
    sandbox.triad(&["apply"]).exits(7);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    assert!(renewed(&part, &sandbox).is_empty());
    let left: Vec<String> = pids(&sandbox).into_keys().collect();
    assert_eq!(left, ["web/main/api", "web/main/new"]);
    let panes = sandbox.panes();
    let (api, new) = (&panes["web/main/api"], &panes["web/main/new"]);
    assert!(new.at.0 < api.at.0 && api.size.0 > new.size.0, "{panes:?}");
    sandbox.triad(&["plan", "--check"]).exits(0);
}
