//! The meaning of an ended program: finished, failed, to be restarted, or left alone.

use super::{log, noting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{events, identity, words};

#[test]
fn a_finished_task_does_not_run_again() {
    let sandbox = Sandbox::new();
    let manifest = |seed: &str, client: &str| {
        format!(
            r#"
            session "s" {{
                window "w" {{
                    task "seed" {{ run "{seed}" }}
                    pane "client" {{ run "{client}"; needs "seed" }}
                }}
            }}
            "#
        )
    };
    let client = noting("client");
    let seed = "echo seed >>log";
    sandbox.apply(&manifest(seed, &client));
    eventually("both have run", DEADLINE, || {
        log(&sandbox) == ["seed", "client"]
    });
    for _ in 0..3 {
        let ran = sandbox.apply(&manifest(seed, &client));
        assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    }
    sandbox.apply(&manifest(seed, &noting("client again")));
    eventually("only the client", DEADLINE, || {
        log(&sandbox) == ["seed", "client", "client again"]
    });
    sandbox.apply(&manifest(
        "echo another seed >>log",
        &noting("client again"),
    ));
    eventually("a changed task is another one", DEADLINE, || {
        log(&sandbox)
            .last()
            .is_some_and(|last| last == "another seed")
    });
    assert_eq!(log(&sandbox).len(), 4, "{:?}", log(&sandbox));
}

#[test]
fn a_failing_task_blocks_its_dependents_until_it_succeeds() {
    let sandbox = Sandbox::new();
    let manifest = format!(
        r#"
        session "s" {{
            window "w" {{
                task "seed" {{ run "echo seed >>log; echo no seeds left; sleep 0.2; test -e seeds || exit 9" }}
                pane "client" {{ run "{client}"; needs "seed" }}
                pane "beyond" {{ run "{beyond}"; needs "client" }}
                pane "anyhow" {{ run "{anyhow}"; needs "seed" until="exited" }}
                pane "early" {{ run "{early}"; needs "seed" until="started" }}
            }}
        }}
        "#,
        client = noting("client"),
        beyond = noting("beyond"),
        anyhow = noting("anyhow"),
        early = noting("early"),
    );
    sandbox.manifest(&manifest);
    let ran = sandbox.triad(&["apply"]).exits(4);
    for expected in ["exited with status 9", "no seeds left", "client", "beyond"] {
        assert!(
            words(&ran.stdout).contains(expected),
            "`{expected}`: {}",
            ran.stdout
        );
    }
    eventually(
        "panes that do not need its success have started",
        DEADLINE,
        || {
            let mut names = log(&sandbox);
            names.sort_unstable();
            names == ["anyhow", "early", "seed"]
        },
    );
    sandbox.file("seeds", "");
    let before = sandbox.panes();
    sandbox.triad(&["apply"]).exits(0);
    eventually("the rest has started", DEADLINE, || {
        log(&sandbox).len() == 6
    });
    let after = sandbox.panes();
    for same in ["s/w/anyhow", "s/w/early"] {
        assert_eq!(identity(&before[same]), identity(&after[same]));
    }
    assert!(after.values().all(|pane| pane.phase == "started"));
    let order = log(&sandbox);
    let place = |name: &str| order.iter().rposition(|other| other == name);
    assert!(place("seed") < place("client"), "{order:?}");
}

#[test]
fn an_ended_service_restarts_before_its_new_dependents() {
    let sandbox = Sandbox::new();
    let service = format!("service \"db\" {{ run \"{}\" }}", noting("db"));
    let session = |panes: &str| format!("session \"s\" {{ window \"w\" {{ {panes} }} }}");
    sandbox.apply(&session(&service));
    let before = sandbox.panes()["s/w/db"].clone();
    crate::support::seen::signal("KILL", &before.pid.to_string());
    sandbox.ended("s/w/db");
    let client = format!(
        "pane \"client\" {{ run \"{}\"; needs \"db\" }}",
        noting("client")
    );
    sandbox.manifest(&session(&format!("{client}; {service}")));
    let plan = events(&sandbox.triad(&["plan", "--json"]).exits(0));
    // Before 3.3 tmux reports no signals.
    let why = if sandbox.is_at_least(3, 3) {
        "signal 9"
    } else {
        "an unknown status"
    };
    let told = plan[0].to_string();
    assert!(told.contains(why), "the reason of the restart: {plan:#?}");
    sandbox.triad(&["apply"]).exits(0);
    eventually("both have started", DEADLINE, || log(&sandbox).len() == 3);
    let after = sandbox.panes();
    assert_eq!(before.id, after["s/w/db"].id, "it starts in its own pane");
    assert_ne!(before.pid, after["s/w/db"].pid);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn an_ended_agent_or_command_is_left_alone() {
    let sandbox = Sandbox::new();
    let manifest = r#"
        session "s" {
            window "w" {
                agent "worker" { run "echo worked; sleep 0.2; exit 5" }
                pane "once" { run "echo once; exit 6" }
                pane "stays" { run "sleep" "1000" }
            }
        }
        "#;
    sandbox.manifest(manifest);
    // Whether it ends before its apply does is a race.
    let ran = sandbox.triad(&["apply"]);
    assert!([0, 4].contains(&ran.status), "{}{}", ran.stdout, ran.stderr);
    for ended in ["s/w/worker", "s/w/once"] {
        sandbox.ended(ended);
    }
    let before = sandbox.identities();
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    assert_eq!(before, sandbox.identities());
    let worker = sandbox.panes()["s/w/worker"].id.clone();
    assert!(
        sandbox.printed(&worker).contains("worked"),
        "its output is still there"
    );
}

#[test]
fn the_end_of_any_program_can_be_needed() {
    let sandbox = Sandbox::new();
    let manifest = |status: u8| {
        format!(
            r#"
            session "s" {{
                window "w" {{
                    agent "first" {{ run "until test -e go; do sleep 0.05; done; echo first >>log; exit {status}" }}
                    pane "then" {{ run "{then}"; needs "first" until="exited-ok" }}
                    pane "anyhow" {{ run "{anyhow}"; needs "first" until="exited" }}
                }}
            }}
            "#,
            then = noting("then"),
            anyhow = noting("anyhow"),
        )
    };
    let running = super::apply(&sandbox, &manifest(0));
    super::waits(&sandbox, "s/w/then");
    sandbox.file("go", "");
    running.ends().exits(0);
    eventually("all have run, the first one first", DEADLINE, || {
        let log = log(&sandbox);
        log.len() == 3 && log[0] == "first"
    });
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = super::apply(&sandbox, &manifest(3)).ends().exits(4);
    assert!(
        ran.stdout.contains("exited with status 3"),
        "{}",
        ran.stdout
    );
    let panes = sandbox.panes();
    assert_eq!(panes["s/w/then"].phase, "pending");
    assert_eq!(panes["s/w/anyhow"].phase, "started");
}

#[test]
fn a_finished_task_stays_finished_whatever_happens_to_its_pane() {
    let sandbox = Sandbox::new();
    let manifest = |task: &str, clients: &str| {
        format!(
            r#"
            session "s" {{
                window "w" {{
                    task {task} {{ run "echo seed >>log" }}
                    {clients}
                }}
            }}
            "#
        )
    };
    let client = |name: &str, target: &str| {
        let run = noting(name);
        format!("pane \"{name}\" {{ run \"{run}\"; needs \"{target}\" }}\n")
    };
    let (first, second) = (client("one", "seed"), client("two", "seed"));
    sandbox.apply(&manifest("\"seed\"", &first));
    eventually("both have run", DEADLINE, || {
        log(&sandbox) == ["seed", "one"]
    });
    // A person uses the pane for something else, which fails.
    let id = sandbox.panes()["s/w/seed"].id.clone();
    sandbox.tmux(&[
        "respawn-pane",
        "-k",
        "-t",
        &id,
        "--",
        "/bin/sh",
        "-c",
        "exit 3",
    ]);
    sandbox.ended("s/w/seed");
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["stop", "seed", "--yes"]).exits(0);
    sandbox.triad(&["start", "seed"]).exits(0);
    sandbox.triad(&["apply", "--only", "seed"]).exits(0);
    sandbox.apply(&manifest("\"seed\"", &format!("{first}{second}")));
    eventually("its dependents have run", DEADLINE, || {
        log(&sandbox) == ["seed", "one", "two"]
    });
    let renamed = client("one", "sow") + &client("two", "sow") + &client("three", "sow");
    sandbox.apply(&manifest("\"sow\" was=\"seed\"", &renamed));
    eventually("the dependents on its new name have run", DEADLINE, || {
        log(&sandbox) == ["seed", "one", "two", "three"]
    });
    sandbox.triad(&["restart", "sow", "--yes"]).exits(0);
    eventually("seed runs again", DEADLINE, || {
        log(&sandbox).last().is_some_and(|last| last == "seed")
    });
    assert_eq!(log(&sandbox).len(), 5);
}

#[test]
fn a_task_is_finished_although_its_shell_is_stopped() {
    let sandbox = Sandbox::new();
    let manifest = |more: &str| {
        format!(
            "session \"s\" {{ window \"w\" {{ pane \"stays\"\n\
             task \"seed\" on-exit=\"shell\" {{ run \"echo seed >>log\" }}\n{more} }} }}"
        )
    };
    sandbox.apply(&manifest(""));
    eventually("a shell is there", DEADLINE, || {
        let panes = sandbox.tmux(&["list-panes", "-a", "-F", "#{@triad_left}"]);
        panes.contains("0:")
    });
    sandbox.triad(&["stop", "seed", "--yes"]).exits(0);
    sandbox.triad(&["start", "seed"]).exits(0);
    let client = format!(
        "pane \"one\" {{ run \"{}\"; needs \"seed\" }}",
        noting("one")
    );
    sandbox.apply(&manifest(&client));
    eventually("its dependents have run", DEADLINE, || {
        log(&sandbox) == ["seed", "one"]
    });
    sandbox.triad(&["plan", "--check"]).exits(0);
}
