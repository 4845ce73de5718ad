//! Sessions that version 0.1 has tagged: nothing in them restarts, and each pane keeps its tags until a
//! step touches it.

use crate::support::sandbox::Sandbox;
use crate::support::seen::{pids, renewed};

const LAYOUT: &str = r#"
layout "old"
session "s" { window "w" {
    pane "a" { run "sleep" "1001" }
    service "b" title="B" { run "sleep" "1002"; needs "a" }
} }
"#;

/// Writes the tags as version 0.1 did: four options a pane, and a plain name on the session.
fn turn_back(sandbox: &Sandbox) {
    for line in sandbox.listed(&["list-panes", "-a", "-F", "#{pane_id} #{@triad_pane}"]) {
        let parts: Vec<&str> = line.split(' ').collect();
        let [pane, address, owner, spec, body] = parts[..] else {
            panic!("a whole tag: {line}");
        };
        let options = [
            ("@triad_pane", address),
            ("@triad_owner", owner),
            ("@triad_spec", spec),
            ("@triad_applied", body),
        ];
        for (name, value) in options {
            sandbox.tmux(&["set-option", "-p", "-t", pane, name, value]);
        }
    }
    sandbox.tmux(&["set-option", "-t", "=s:", "@triad_layout", "old"]);
}

#[test]
fn an_upgrade_changes_nothing_until_a_pane_is_touched() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    turn_back(&sandbox);
    let (before, dump) = (pids(&sandbox), sandbox.dump_all());
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(sandbox.dump_all(), dump);
    sandbox.triad(&["restart", "--yes", "a"]).exits(0);
    assert_eq!(renewed(&before, &sandbox), ["s/w/a"]);
    let tags = "#{s/ .*//:@triad_pane} #{m:* * * *,#{@triad_pane}} #{@triad_layout}";
    let tags = sandbox.listed(&["list-panes", "-a", "-F", tags]);
    assert_eq!(tags, ["s/w/a 1 old=v2", "s/w/b 0 old=v2"]);
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
}
