//! Programs get triad's original limit of descriptors, however many processes it waits for.

use std::fs;

use crate::support::sandbox::{Ran, Sandbox, run};

/// Each awaited process takes a descriptor, and there are more of them than half of it.
const LIMIT: usize = 100;
const PANES: usize = 20;

fn layout(seconds: usize) -> String {
    let note = "ulimit -S -n >>limits";
    let sleep = format!("sleep {seconds}");
    let many = [&sleep[..]; 4].join(" & ");
    let panes = (1..PANES).map(|pane| format!("pane \"p{pane}\" {{ run \"{many} & wait\" }}"));
    let panes: Vec<String> = panes.collect();
    format!(
        r#"
        hooks {{ after-apply "{note}" }}
        session "s" {{
            window "w" layout="tiled" {{
                service "noting" {{
                    run "sleep" "{seconds}"
                    ready {{ exec "{note}" }}
                    stop {{ run "{note}; kill $TRIAD_PID" }}
                }}
                {}
            }}
        }}
        "#,
        panes.join("\n")
    )
}

fn triad(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    let limited = format!("ulimit -S -n {LIMIT} && exec \"$0\" \"$@\"");
    let mut command = sandbox.command("/bin/sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_triad")]);
    run(command.args(["-L", sandbox.socket_name()]).args(arguments))
}

#[test]
fn a_raised_limit_of_descriptors_is_inherited_by_nobody() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout(1001));
    triad(&sandbox, &["apply"]).exits(0);
    let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.trim()));
    if let Ok(limits) = limits {
        let files = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        let soft = files.and_then(|files| files.split_whitespace().nth(3));
        assert_eq!(
            soft,
            Some(LIMIT.to_string().as_str()),
            "the limit of the tmux server"
        );
    }
    // All of them end, and restart.
    sandbox.manifest(&layout(1002));
    triad(&sandbox, &["apply", "--yes"]).exits(0);
    triad(&sandbox, &["down", "--yes"]).exits(0);
    let limits = sandbox.read("limits").unwrap_or_default();
    let limits: Vec<&str> = limits.lines().collect();
    assert!(limits.len() >= 6, "{limits:?}");
    assert!(
        limits.iter().all(|limit| *limit == LIMIT.to_string()),
        "{limits:?}"
    );
}
