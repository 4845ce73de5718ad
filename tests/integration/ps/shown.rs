//! The look: within the width, with colours that only repeat the text, as JSON.

use super::rows;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;

const LONG: &str = r#"
layout "shop"
session "a-session-with-a-name" {
    window "main" {
        service "db" { run "sleep" "1001"; ready { exec "test -e a-file-that-is-not-there-yet" } }
        service "api" { run "exec sleep 1002 # größe, and more words than any screen has room for" }
    }
}
"#;

fn apply(sandbox: &Sandbox, manifest: &str) {
    sandbox.manifest(manifest);
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
}

#[test]
fn a_narrow_terminal_cuts_the_same_beginning_of_addresses_before_commands() {
    let sandbox = Sandbox::new();
    apply(&sandbox, LONG);
    for (width, db, runs) in [
        (200, "a-session-with-a-name/main/db ", "sleep 1001"),
        (80, "…/db ", "sleep 1001"),
        (60, "…/db ", "sleep "),
        (40, "…/db ", " starting "),
    ] {
        let terminal = Terminal::new(&sandbox, (width, 10), "$triad ps");
        terminal.shows("code 0");
        let screen = terminal.screen();
        let row = screen.lines().find(|line| line.contains("starting"));
        let row = row.unwrap_or_else(|| panic!("{screen}"));
        assert!(
            row.starts_with(db) && row.contains(runs),
            "{width}: {screen}"
        );
        assert_eq!(screen.trim_end().lines().count(), 4, "{screen}");
    }
}

#[test]
fn in_a_pipe_nothing_is_cut() {
    let sandbox = Sandbox::new();
    apply(&sandbox, LONG);
    for width in ["40", "80"] {
        let mut command = sandbox.triad_command(&["ps"]);
        let ran = crate::support::sandbox::run(command.env("COLUMNS", width)).exits(0);
        assert_eq!(
            rows(&ran),
            [
                "a-session-with-a-name/main/db|starting|#s|#|sleep 1001|waiting for exec test -e a-file-that-is-not-there-yet",
                "a-session-with-a-name/main/api|running|#s|#|exec sleep 1002 # größe, and more words than any screen has room for|",
            ]
        );
    }
}

#[test]
fn colours_are_painted_on_states() {
    let sandbox = Sandbox::new();
    apply(&sandbox, LONG);
    let plain = sandbox.triad(&["ps"]).exits(0).stdout;
    let ran = sandbox.triad(&["--color", "always", "ps"]).exits(0);
    assert!(
        ran.stdout.contains("\u{1b}[33mstarting\u{1b}[0m"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("\u{1b}[32mrunning\u{1b}[0m"),
        "{}",
        ran.stdout
    );
    let mut bare = String::new();
    for (index, part) in ran.stdout.split('\u{1b}').enumerate() {
        let from = if index == 0 {
            0
        } else {
            part.find('m').unwrap() + 1
        };
        bare.push_str(&part[from..]);
    }
    assert_eq!(plain.lines().next(), bare.lines().next());
    assert_eq!(plain.lines().count(), bare.lines().count());
}

#[test]
fn scripts_get_one_document() {
    let sandbox = Sandbox::new();
    apply(&sandbox, LONG);
    sandbox.triad(&["stop", "db"]).exits(0);
    let window = "=a-session-with-a-name:main";
    sandbox.tmux(&["split-window", "-d", "-t", window, "sleep 3001"]);
    let ran = sandbox.triad(&["ps", "--json"]).exits(0);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["format"], 1);
    let layout = &told["layouts"][0];
    assert_eq!(layout["layout"], "shop");
    assert_eq!(layout["foreign"], 1);
    assert!(layout["manifest"].as_str().unwrap().ends_with("/triad.kdl"));
    let (db, api) = (&layout["panes"][0], &layout["panes"][1]);
    assert_eq!(db["address"], "a-session-with-a-name/main/db");
    assert_eq!((&db["state"], &db["pid"]), (&"stopped".into(), &().into()));
    assert_eq!(
        (&api["state"], &api["kind"]),
        (&"running".into(), &"service".into())
    );
    let seen = &sandbox.panes()["a-session-with-a-name/main/api"];
    assert_eq!(api["pid"], seen.pid);
    assert_eq!(api["pane"], seen.id.as_str());
    assert!(api["seconds"].as_u64().unwrap() < 100);
    // People see a note about the hand-made pane, too.
    let ran = sandbox.triad(&["ps"]).exits(0);
    assert!(
        ran.stdout
            .ends_with("and 1 pane that triad did not create\n"),
        "{}",
        ran.stdout
    );
    // Errors are JSON as well.
    let ran = sandbox.triad(&["ps", "--json", "nobody"]).exits(64);
    assert!(
        ran.stdout.starts_with("{\"format\":1,\"event\":\"error\""),
        "{}",
        ran.stdout
    );
}

#[test]
fn secrets_are_veiled() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        env { API_KEY secret=#true }
        session "s" { window "w" { pane "p" { run "sleep 1001 # hidden-value" } } }
        "#,
    );
    let with_key = |words: &[&str]| {
        let mut command = sandbox.triad_command(words);
        crate::support::sandbox::run(command.env("API_KEY", "hidden-value")).exits(0)
    };
    with_key(&["apply"]);
    let ran = with_key(&["ps"]);
    assert_eq!(
        rows(&ran),
        ["s/w/p|running|#s|#|sleep 1001 # ${API_KEY:?}|"]
    );
}
