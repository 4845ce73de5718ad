//! What goes wrong while panes are waited for is told at once, and holds nobody else up.

use crate::sandbox::Sandbox;

#[test]
fn what_does_not_get_ready_is_asked_once_for_its_last_lines() {
    let mut sandbox = Sandbox::new();
    let services = (1..=4).map(|number| {
        format!(
            r#"service "s{number}" {{ run "echo bye; exec sleep 1000"; ready deadline="100ms" {{ file "never" }} }}"#
        )
    });
    let services: Vec<String> = services.collect();
    sandbox.manifest(&format!(
        r#"session "s" {{ window "w" {{ {} }} }}"#,
        services.join("; ")
    ));
    sandbox.count_tmux();
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert_eq!(ran.stdout.matches("│ bye").count(), 4, "{}", ran.stdout);
    let calls = sandbox.take_calls();
    let is_capture = |word: &String| word == "capture-pane";
    let captures = calls.iter().filter(|call| call.0.iter().any(is_capture));
    assert_eq!(captures.count(), 4, "{calls:#?}");
}
