//! Programs start in the order of `needs`, as their needs are met.

mod answers;
mod ends;
mod hardship;
mod long;
mod many;
mod notify;
mod optional;
mod probes;
mod seen;
mod tasks;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{Running, identity};

/// Returns a program that notes its name and stays.
fn noting(name: &str) -> String {
    format!("echo {name} >>log; exec sleep 1000")
}

/// Returns the names that programs noted, in their order.
fn log(sandbox: &Sandbox) -> Vec<String> {
    let text = sandbox.read("log").unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Waits until this pane shows that it is waiting.
#[track_caller]
pub fn waits(sandbox: &Sandbox, address: &str) {
    eventually(&format!("{address} waits"), DEADLINE, || {
        sandbox
            .panes()
            .get(address)
            .is_some_and(|pane| pane.phase == "pending")
    });
}

/// Starts an apply of this manifest in the background.
pub fn apply(sandbox: &Sandbox, manifest: &str) -> Running {
    sandbox.manifest(manifest);
    sandbox.start(&["apply", "--yes"])
}

#[test]
fn waves_follow_needs() {
    let sandbox = Sandbox::new();
    // A diamond across windows and sessions, written from its end to its beginning.
    let running = apply(
        &sandbox,
        &format!(
            r#"
            session "front" {{
                window "w" {{
                    pane "last" {{ run "{last}"; needs "left" "back/two/right" }}
                }}
            }}
            session "back" {{
                window "one" {{
                    service "left" {{ run "{left}"; needs "base"; ready every="20ms" {{ exec "test -e go-left" }} }}
                }}
                window "two" {{
                    service "right" {{ run "{right}"; needs "back/three/base" }}
                }}
                window "three" {{
                    service "base" {{ run "{base}"; ready every="20ms" {{ exec "test -e go-base" }} }}
                    pane "free" {{ run "{free}" }}
                }}
            }}
            "#,
            last = noting("last"),
            left = noting("left"),
            right = noting("right"),
            base = noting("base"),
            free = noting("free"),
        ),
    );
    let sorted = || {
        let mut names = log(&sandbox);
        names.sort_unstable();
        names
    };
    waits(&sandbox, "front/w/last");
    eventually("the panes without needs have started", DEADLINE, || {
        sorted() == ["base", "free"]
    });
    for waiting in ["back/one/left", "back/two/right"] {
        assert_eq!(sandbox.panes()[waiting].phase, "pending");
    }
    sandbox.file("go-base", "");
    eventually("the second wave has started", DEADLINE, || {
        sorted() == ["base", "free", "left", "right"]
    });
    assert_eq!(
        sandbox.panes()["front/w/last"].phase,
        "pending",
        "right is there, left is not ready"
    );
    sandbox.file("go-left", "");
    running.ends().exits(0);
    eventually("all have started", DEADLINE, || log(&sandbox).len() == 5);
    assert_eq!(log(&sandbox).last().map(String::as_str), Some("last"));
}

#[test]
fn a_chain_without_probes_is_one_batch() {
    let mut sandbox = Sandbox::new();
    let mut panes = format!("pane \"p0\" {{ run \"{}\" }}\n", noting("p0"));
    for pane in 1..50 {
        let before = pane - 1;
        let run = noting(&format!("p{pane}"));
        panes.push_str(&format!(
            "pane \"p{pane}\" {{ run \"{run}\"; needs \"p{before}\" }}\n"
        ));
    }
    sandbox.manifest(&format!("session \"s\" {{ window \"w\" {{ {panes} }} }}"));
    sandbox.count_tmux();
    sandbox.triad(&["apply"]).exits(0);
    let calls = sandbox.take_calls();
    assert_eq!(
        calls.len(),
        3,
        "the snapshot, the geometry, one batch of starts: {calls:?}"
    );
    eventually("all have started", DEADLINE, || log(&sandbox).len() == 50);
    let panes = sandbox.panes();
    assert!(panes.len() == 50 && panes.values().all(|pane| pane.phase == "started"));
}

#[test]
fn a_restarted_dependency_leaves_its_dependents_alone() {
    let sandbox = Sandbox::new();
    let manifest = |db: &str, api: &str| {
        format!(
            r#"
            session "s" {{
                window "w" {{
                    service "db" {{ run "{db}"; ready every="20ms" {{ exec "test -e go" }} }}
                    pane "api" {{ run "{api}"; needs "db" }}
                    pane "other" {{ run "{other}"; needs "db" }}
                }}
            }}
            "#,
            other = noting("other"),
        )
    };
    sandbox.file("go", "");
    sandbox.apply(&manifest(&noting("db"), &noting("api")));
    let before = sandbox.panes();
    sandbox.apply(&manifest(&noting("db 2"), &noting("api")));
    let after = sandbox.panes();
    assert_eq!(before["s/w/db"].id, after["s/w/db"].id);
    assert_ne!(before["s/w/db"].pid, after["s/w/db"].pid);
    for same in ["s/w/api", "s/w/other"] {
        assert_eq!(identity(&before[same]), identity(&after[same]));
    }
    // Both change: the new one waits for the new one, and the old one lives until then.
    std::fs::remove_file(sandbox.path("go")).expect("the file exists");
    let running = apply(&sandbox, &manifest(&noting("db 3"), &noting("api 3")));
    eventually("the new db has started", DEADLINE, || {
        log(&sandbox).contains(&"db 3".to_owned())
    });
    assert_eq!(sandbox.panes()["s/w/api"].pid, before["s/w/api"].pid);
    sandbox.file("go", "");
    running.ends().exits(0);
    eventually("the new api has started", DEADLINE, || {
        log(&sandbox).contains(&"api 3".to_owned())
    });
    assert_eq!(
        identity(&sandbox.panes()["s/w/other"]),
        identity(&after["s/w/other"])
    );
}
