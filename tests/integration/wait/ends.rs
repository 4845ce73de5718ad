//! An impossible state ends a wait, and so does its timeout.

use std::time::{Duration, Instant};

use super::{LAYOUT, applied, waiting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{events, signal, words};
use crate::support::terminal::Terminal;

/// The time in which a wait must end that has nothing more to wait for.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn a_death_ends_the_wait_at_once_with_the_last_lines() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db", "api"]);
    let begun = Instant::now();
    signal("KILL", &sandbox.panes()["web/main/db"].pid.to_string());
    let ran = wait.ends().exits(8);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    let events = events(&ran);
    let lost = events
        .iter()
        .find(|event| event["event"] == "lost")
        .unwrap();
    assert_eq!(lost["address"], "web/main/db");
    let how = if sandbox.is_at_least(3, 3) {
        "was killed by signal 9"
    } else {
        "exited with"
    };
    assert!(lost["why"].as_str().unwrap().contains(how), "{lost}");
    assert_eq!(lost["lines"], serde_json::json!(["first words"]));
    assert_eq!(
        events.last().unwrap()["lost"],
        serde_json::json!(["web/main/db"])
    );
    // The same for one that comes later, and for people.
    let ran = sandbox.triad(&["wait", "db"]).exits(8);
    assert!(
        words(&ran.stdout).contains(&format!("× db {how}")),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("│ first words"), "{}", ran.stdout);
}

#[test]
fn a_death_after_readiness_counts_too() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db", "api"]);
    wait.says("\"event\":\"reached\",\"address\":\"web/main/api\"");
    signal("KILL", &sandbox.panes()["web/main/api"].pid.to_string());
    wait.ends().exits(8);
}

#[test]
fn a_failed_task_is_lost() {
    let sandbox = applied();
    let ready = waiting(&sandbox, &["seed"]);
    let done = waiting(&sandbox, &["--for", "done", "seed"]);
    sandbox.file("end", "4");
    for wait in [ready, done] {
        let ran = wait.ends().exits(8);
        assert!(
            ran.stdout.contains("exited with status 4"),
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains("last words"), "{}", ran.stdout);
    }
}

#[test]
fn a_stopped_pane_is_lost() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db"]);
    sandbox.triad(&["stop", "db"]).exits(0);
    let ran = wait.ends().exits(8);
    assert!(
        ran.stdout
            .contains("it was stopped; `triad start` starts it"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_wait_ends_at_its_timeout() {
    let sandbox = applied();
    let ran = sandbox
        .triad(&["wait", "--timeout", "300ms", "db"])
        .exits(8);
    let said = words(&ran.stdout);
    assert!(said.contains("× db not ready after 3"), "{}", ran.stdout);
    assert!(
        said.contains("still cold"),
        "the last answer: {}",
        ran.stdout
    );
    assert!(
        said.contains("first words"),
        "the last lines: {}",
        ran.stdout
    );
    assert!(said.contains("0 ready, 1 not ready in"), "{}", ran.stdout);
    let ran = sandbox
        .triad(&["wait", "--timeout", "200ms", "--for", "done", "seed"])
        .exits(8);
    assert!(
        words(&ran.stdout).contains("not done after 2"),
        "{}",
        ran.stdout
    );
    let ran = sandbox
        .triad(&["wait", "--timeout", "200ms", "--line", "x y", "db"])
        .exits(8);
    assert!(
        ran.stdout.contains("no line matches `x y`"),
        "{}",
        ran.stdout
    );
    // Without a timeout, the pane's own deadline applies.
    sandbox.manifest(&LAYOUT.replace("every=\"20ms\"", "every=\"20ms\" deadline=\"400ms\""));
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let ran = sandbox.triad(&["wait", "db"]).exits(8);
    assert!(
        words(&ran.stdout).contains("not ready after 4"),
        "{}",
        ran.stdout
    );
    // A pane with its own deadline waits for it, and `none` waits for ever.
    let endless = waiting(&sandbox, &["--timeout", "none", "db"]);
    sandbox
        .triad(&["wait", "--timeout", "600ms", "db"])
        .exits(8);
    endless.signal("INT");
    endless.ends().exits(130);
}

#[test]
fn people_see_the_awaited_panes() {
    let sandbox = applied();
    let terminal = Terminal::new(&sandbox, (100, 24), "$triad wait db api seed");
    terminal.shows("… db          probing: ");
    terminal.shows("… seed        running until it exits");
    sandbox.file("go", "");
    terminal.shows("✓ db          ready: ");
    sandbox.file("end", "4");
    terminal.shows("× seed        exited with status 4");
    terminal.shows("code 8");
    let screen = terminal.screen();
    assert!(
        !screen.contains("probing"),
        "the progress line is gone: {screen}"
    );
}

#[test]
fn a_signal_ends_the_wait() {
    let sandbox = applied();
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let wait = waiting(&sandbox, &["db"]);
        wait.signal(name);
        let ran = wait.ends().exits(code);
        assert!(ran.stdout.ends_with("}\n"), "{}", ran.stdout);
    }
}

/// Stops the server in the middle of a wait: tmux accepts calls and answers none.
fn silenced(sandbox: &Sandbox) -> String {
    let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    signal("STOP", server.trim());
    server.trim().to_owned()
}

#[test]
fn a_signal_ends_the_wait_although_tmux_does_not_answer() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["db"]);
    let server = silenced(&sandbox);
    eventually("tmux is asked", DEADLINE, || {
        sandbox.is_running("list-panes")
    });
    let begun = Instant::now();
    wait.signal("TERM");
    let ran = wait.ends();
    let took = begun.elapsed();
    signal("CONT", &server);
    ran.exits(143);
    assert!(took < SOON, "{took:?}");
}

#[test]
fn the_timeout_ends_the_wait_although_tmux_does_not_answer() {
    let sandbox = applied();
    let wait = waiting(&sandbox, &["--timeout", "1s", "db"]);
    let server = silenced(&sandbox);
    let begun = Instant::now();
    let ran = wait.ends();
    let took = begun.elapsed();
    signal("CONT", &server);
    let ran = ran.exits(8);
    assert!(took < SOON * 3, "{took:?}");
    assert!(ran.stdout.contains("\"event\":\"late\""), "{}", ran.stdout);
}

#[test]
fn ended_panes_are_asked_about_together() {
    let mut sandbox = Sandbox::new();
    // tmux loses output that is printed right before a program's end.
    let task = |task: u32| {
        format!(
            "task \"t{task}\" {{ run \"echo said {task}; until test -e go; do sleep 0.01; done; exit 3\" }}"
        )
    };
    let tasks: Vec<String> = (0..12).map(task).collect();
    sandbox.manifest(&format!(
        "layout \"shop\"\nsession \"s\" {{ window \"w\" {{\n{}\n}} }}",
        tasks.join("\n")
    ));
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let panes = sandbox.panes();
    eventually("all have printed something", DEADLINE, || {
        let mut panes = panes.values();
        panes.all(|pane| sandbox.printed(&pane.id).contains("said"))
    });
    sandbox.file("go", "");
    panes.keys().for_each(|address| sandbox.ended(address));
    sandbox.count_tmux();
    let ran = sandbox.triad(&["wait", "--for", "done"]).exits(8);
    for task in 0..12 {
        let line = format!("│ said {task}");
        assert!(ran.stdout.contains(&line), "{line}: {}", ran.stdout);
    }
    // Their owners, their states, and their output: on the screen, which has one row, and above it.
    let calls = sandbox.take_calls();
    assert_eq!(calls.len(), 4, "{calls:?}");
}

#[test]
fn contradictory_arguments_are_refused() {
    let sandbox = applied();
    for words in [
        &["wait", "--for", "idle"][..],
        &["wait", "--for", "waiting"],
        &["wait", "--for", "done", "--line", "x"],
        &["wait", "--line", "("],
        &["wait", "--timeout", "soon"],
        &["wait", "nobody"],
    ] {
        sandbox.triad(words).exits(64);
    }
    sandbox.triad(&["down", "--yes"]).exits(0);
    std::fs::remove_file(sandbox.path("triad.kdl")).unwrap();
    sandbox.triad(&["wait"]).exits(66);
    let ran = sandbox.triad(&["wait", "shop"]).exits(8);
    assert!(ran.stderr.contains("name its manifest"), "{}", ran.stderr);
}

#[test]
fn a_wait_changes_nothing_and_holds_no_lock() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let wait = waiting(&sandbox, &["--for", "stopped", "db"]);
    sandbox
        .triad(&["stop", "--lock-timeout", "0s", "db"])
        .exits(0);
    wait.ends().exits(0);
}

#[test]
fn output_is_not_shown_if_its_secrets_cannot_be_hidden() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        "layout \"shop\"\nsession \"s\" { window \"w\" {\n\
         service \"a\" { env { API_KEY secret=#true }; run \"echo key $API_KEY; exit 3\" }\n\
         } }\n",
    );
    let shown = run(sandbox.triad_command(&["apply"]).env("API_KEY", "hushhush")).exits(4);
    assert!(
        shown.stdout.contains("key ${API_KEY:?}"),
        "{}",
        shown.stdout
    );
    for words in [&["wait", "a"][..], &["wait", "shop"]] {
        let ran = sandbox.triad(words).exits(8);
        assert!(!ran.stdout.contains("hushhush"), "{}", ran.stdout);
        assert!(
            ran.stdout
                .contains("(not shown: secret `API_KEY` is not set"),
            "{}",
            ran.stdout
        );
    }
}
