//! Secrets of a saved plan: not in the file, taken from the caller, and unchanged.

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};

const NEEDLE: &str = "sEcr3t";

const LAYOUT: &str = r#"
layout "shop"
env { TOP secret=#true }
session "web" {
    window "main" {
        pane "api" { run "printf %s \"$KEY\" >got; exec sleep 1001"; env { KEY secret=#true } }
    }
}
"#;

fn triad(sandbox: &Sandbox, key: Option<&str>, arguments: &[&str]) -> Ran {
    let mut command = sandbox.triad_command(arguments);
    command.env("TOP", format!("{NEEDLE}-top"));
    run(match key {
        Some(key) => command.env("KEY", key),
        None => command.env_remove("KEY"),
    })
}

#[test]
fn a_saved_plan_contains_no_secret_and_needs_the_same_one() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    let value = format!("{NEEDLE} 'q' $x\n\"");
    let own = Some(value.as_str());
    let save = || triad(&sandbox, own, &["plan", "--out", "plan.json"]).exits(0);
    save();
    let text = sandbox.read("plan.json").unwrap();
    assert!(!text.contains(NEEDLE), "{text}");
    let other = format!("{NEEDLE}-other");
    let ran = triad(&sandbox, Some(&other), &["apply", "plan.json"]).exits(6);
    assert!(
        ran.stderr.contains("secret `KEY` has changed"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains(NEEDLE), "{}", ran.stderr);
    let ran = triad(&sandbox, None, &["apply", "plan.json"]).exits(1);
    assert!(
        ran.stderr.contains("`KEY` is not set in the environment"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.sessions(), [""; 0]);
    triad(&sandbox, own, &["apply", "plan.json"]).exits(0);
    let got = |value: &str| {
        eventually("the program has its secret", DEADLINE, || {
            sandbox.read("got").as_deref() == Some(value)
        });
    };
    got(&value);
    // Showing it needs no secrets, and unchanged ones are shown so.
    save();
    let shown = sandbox.triad(&["show", "plan.json"]).exits(0);
    assert!(
        shown.stdout.contains("nothing to do: 1 pane"),
        "{}",
        shown.stdout
    );
    triad(&sandbox, Some(&other), &["plan", "--out", "plan.json"]).exits(0);
    let shown = sandbox.triad(&["show", "plan.json"]).exits(0);
    assert!(
        shown.stdout.contains("± env KEY (secret, changed)"),
        "{}",
        shown.stdout
    );
    triad(&sandbox, own, &["apply", "plan.json"]).exits(6);
    triad(&sandbox, Some(&other), &["apply", "plan.json"]).exits(0);
    got(&other);
}
