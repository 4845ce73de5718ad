//! `needs … restart=#true`: which panes restart with others.

use std::collections::BTreeMap;

use super::window;
use crate::support::sandbox::Sandbox;
use crate::support::seen::words;

fn pids(sandbox: &Sandbox) -> BTreeMap<String, u32> {
    let panes = sandbox.panes().into_iter();
    panes.map(|(address, pane)| (address, pane.pid)).collect()
}

/// A chain of four: `c` follows `b`, which follows `a`; `d` needs `a` and stays.
fn chain(a: &str) -> String {
    window(&format!(
        "service \"a\" {{ run \"{a}\"; ready every=\"20ms\" {{ exec \"test -e up\" }} }}\n\
         service \"b\" {{ run \"sleep 1000\"; needs \"a\" restart=#true }}\n\
         agent \"c\" {{ run \"sleep 1000\"; needs \"b\" restart=#true }}\n\
         service \"d\" {{ run \"sleep 1000\"; needs \"a\" }}"
    ))
}

#[test]
fn followers_restart_with_it_and_after_it() {
    let sandbox = Sandbox::new();
    sandbox.apply(&chain(": >up; exec sleep 1000"));
    let before = pids(&sandbox);
    sandbox.manifest(&chain("rm -f up; : >up; exec sleep 2000"));
    let plan = words(&sandbox.triad(&["plan"]).exits(0).stdout);
    assert!(
        plan.contains("restart: depends on a, which restarts"),
        "{plan}"
    );
    assert!(
        plan.contains("restart: depends on b, which restarts"),
        "{plan}"
    );
    assert!(plan.contains("3 to restart; 1 unchanged"), "{plan}");
    // It ends processes, and so needs confirmation.
    sandbox.triad(&["apply"]).exits(7);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    let after = pids(&sandbox);
    for (pane, is_same) in [("a", false), ("b", false), ("c", false), ("d", true)] {
        let pane = format!("s/w/{pane}");
        assert_eq!(before[&pane] == after[&pane], is_same, "{pane}");
    }
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_new_pane_restarts_no_follower() {
    let sandbox = Sandbox::new();
    sandbox.apply(&window("service \"b\" { run \"sleep 1000\" }"));
    let before = pids(&sandbox)["s/w/b"];
    sandbox.apply(&window(
        "service \"b\" { run \"sleep 1000\"; needs \"a\" restart=#true }\n\
         service \"a\" { run \"sleep 1000\" }",
    ));
    assert_eq!(pids(&sandbox)["s/w/b"], before);
}

#[test]
fn an_interrupted_restart_of_followers_is_completed() {
    let sandbox = Sandbox::new();
    sandbox.apply(&chain(": >up; exec sleep 1000"));
    let before = pids(&sandbox);
    sandbox.manifest(&chain("rm -f up; exec sleep 2000"));
    let running = sandbox.start(&["apply", "--yes"]);
    crate::support::sandbox::eventually("a runs anew", crate::support::sandbox::DEADLINE, || {
        pids(&sandbox)["s/w/a"] != before["s/w/a"]
    });
    drop(running);
    sandbox.file("up", "");
    assert_eq!(pids(&sandbox)["s/w/b"], before["s/w/b"]);
    sandbox.triad(&["apply", "--yes"]).exits(0);
    let after = pids(&sandbox);
    assert_ne!(after["s/w/b"], before["s/w/b"]);
    assert_ne!(after["s/w/c"], before["s/w/c"]);
    sandbox.triad(&["plan", "--check"]).exits(0);
}
