//! Many awaited panes are probed less often than one.

use crate::support::sandbox::Sandbox;

const SERVICES: usize = 60;

#[test]
fn many_services_together_are_probed_some_hundred_times_and_not_some_thousand() {
    let mut sandbox = Sandbox::new();
    let services = (0..SERVICES).map(|service| {
        // A program answers for the first half, tmux for the others.
        let probe = if service % 2 == 0 {
            format!("exec \"echo x >>asked{service}; false\"")
        } else {
            "log \"never\"".to_owned()
        };
        format!(
            r#"service "s{service}" {{ run "sleep" "1001"; ready deadline="5s" {{ {probe} }} }}"#
        )
    });
    let services: Vec<String> = services.collect();
    let windows = services.chunks(20).enumerate();
    let windows = windows.map(|(window, services)| {
        let services = services.join("\n");
        format!("window \"w{window}\" layout=\"tiled\" {{\n{services}\n}}")
    });
    let windows: Vec<String> = windows.collect();
    sandbox.manifest(&format!("session \"s\" {{\n{}\n}}", windows.join("\n")));
    sandbox.count_tmux();
    sandbox.triad(&["apply"]).exits(4);
    let asked = |service| sandbox.read(format!("asked{service}").as_str());
    for service in (0..SERVICES).step_by(2) {
        let asked = asked(service).unwrap_or_default().lines().count();
        // At 0, 250, 625, 1188, … ms, then every 600 ms, and at the deadline.
        assert!(
            (1..=11).contains(&asked),
            "s{service} was asked {asked} times"
        );
    }
    let calls = sandbox.take_calls();
    let is_read = |words: &Vec<String>, word: &str| words.iter().any(|other| other == word);
    let reads = calls.iter().filter(|call| is_read(&call.0, "capture-pane"));
    // Each pane is read once or twice and for its last lines, and not again: nothing is printed.
    let reads = reads.count();
    assert!(
        reads <= SERVICES / 2 * 4 + SERVICES,
        "{reads} reads of panes"
    );
}
