//! `attach`: to a session, a window or a pane, in a terminal of its own and inside tmux.

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::Running;
use crate::support::terminal::Terminal;

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" { columns { pane "shell"; service "db" { run "sleep" "1001" } } }
    window "other" {
        columns { service "api" { run "sleep" "1002" }; service "cache" { run "sleep" "1003" } }
    }
}
session "jobs" { window "main" { service "worker" { run "sleep" "1004" } } }
"#;

fn applied() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox
}

/// Waits until exactly these panes are shown by clients.
#[track_caller]
fn shows(sandbox: &Sandbox, addresses: &[&str]) {
    let panes = sandbox.panes();
    let mut ids: Vec<&String> = addresses
        .iter()
        .map(|address| &panes[*address].id)
        .collect();
    ids.sort();
    eventually(&format!("clients show {addresses:?}"), DEADLINE, || {
        let mut shown = sandbox.listed(&["list-clients", "-F", "#{pane_id}"]);
        shown.sort();
        shown.iter().eq(ids.iter().copied())
    });
}

/// The clients that cannot write: `1` for each.
const READ_ONLY: [&str; 3] = ["list-clients", "-F", "#{client_readonly}"];

/// Detaches the client of this size. A key would not always do: tmux 3.2 lets a client that is read-only
/// press none, and takes one to end a message.
#[track_caller]
fn detach(sandbox: &Sandbox, size: &str) {
    let format = "#{client_width}x#{client_height} #{client_name}";
    let clients = sandbox.listed(&["list-clients", "-F", format]);
    let mut names = clients.iter().filter_map(|line| line.split_once(' '));
    let (_, name) = names
        .find(|(of, _)| *of == size)
        .expect("a client of this size");
    sandbox.tmux(&["detach-client", "-t", name]);
}

/// Runs a verb in a popup of the only client.
fn popup(sandbox: &Sandbox, verb: &str) -> Running {
    let client = sandbox.tmux(&["list-clients", "-F", "#{client_name}"]);
    let (triad, home) = (env!("CARGO_BIN_EXE_triad"), sandbox.path(""));
    let (tmux, home) = (sandbox.tmux_program().display(), home.display());
    let line = format!("TRIAD_TMUX={tmux} {triad} {verb} >{home}out 2>&1; echo $? >{home}code");
    let mut command = sandbox.command(sandbox.tmux_program());
    command.args(["-L", sandbox.socket_name()]);
    command.args(["display-popup", "-c", client.trim(), "-E", &line]);
    sandbox.start_command(command)
}

#[test]
fn a_client_shows_the_session_the_window_or_the_pane() {
    for (words, pane) in [
        ("jobs", "jobs/main/worker"),
        ("shop", "jobs/main/worker"),
        ("", "web/main/shell"),
        ("web/other", "web/other/api"),
        ("web/other/cache", "web/other/cache"),
        ("cache", "web/other/cache"),
        ("other/cache", "web/other/cache"),
        ("-C / shop worker", "jobs/main/worker"),
        ("-C / web/main/db", "web/main/db"),
    ] {
        let sandbox = applied();
        let _terminal = Terminal::new(&sandbox, (100, 30), &format!("$triad attach {words}"));
        shows(&sandbox, &[pane]);
    }
}

#[test]
fn a_zoomed_pane_gives_way_to_another_one() {
    for (pane, zoomed) in [("cache", "0"), ("api", "1")] {
        let sandbox = applied();
        let api = sandbox.panes()["web/other/api"].id.clone();
        sandbox.tmux(&["resize-pane", "-Z", "-t", &api]);
        let _terminal = Terminal::new(&sandbox, (100, 30), &format!("$triad attach {pane}"));
        shows(&sandbox, &[&format!("web/other/{pane}")]);
        let flag = ["display-message", "-p", "-t", &api, "#{window_zoomed_flag}"];
        assert_eq!(sandbox.tmux(&flag).trim(), zoomed);
    }
}

#[test]
fn inside_tmux_the_client_switches_also_from_a_popup() {
    let sandbox = applied();
    let _terminal = Terminal::new(&sandbox, (100, 30), "$triad attach web");
    shows(&sandbox, &["web/main/shell"]);
    let shell = sandbox.panes()["web/main/shell"].id.clone();
    eventually("the shell has a prompt", DEADLINE, || {
        !sandbox.screen(&shell).trim().is_empty()
    });
    let (tmux, triad) = (
        sandbox.tmux_program().display(),
        env!("CARGO_BIN_EXE_triad"),
    );
    let line = format!("TRIAD_TMUX={tmux} {triad} attach worker");
    sandbox.tmux(&["send-keys", "-t", &shell, "-l", "--", &line]);
    sandbox.tmux(&["send-keys", "-t", &shell, "Enter"]);
    shows(&sandbox, &["jobs/main/worker"]);
    let _first = popup(&sandbox, "attach cache --read-only");
    shows(&sandbox, &["web/other/cache"]);
    eventually("triad has ended", DEADLINE, || {
        sandbox.read("code").is_some_and(|code| !code.is_empty())
    });
    assert_eq!(
        sandbox.read("code").as_deref(),
        Some("0\n"),
        "{:?}",
        sandbox.read("out")
    );
    assert_eq!(sandbox.listed(&READ_ONLY), ["1"]);
    // A second time, it stays read-only.
    let _second = popup(&sandbox, "attach db --read-only");
    shows(&sandbox, &["web/main/db"]);
    assert_eq!(sandbox.listed(&READ_ONLY), ["1"]);
}

#[test]
fn other_clients_are_detached_on_request() {
    let sandbox = applied();
    let first = Terminal::new(&sandbox, (100, 30), "$triad attach web");
    shows(&sandbox, &["web/main/shell"]);
    let line = "$triad attach db --detach-others --read-only";
    let _second = Terminal::new(&sandbox, (90, 25), line);
    first.shows("code 0");
    shows(&sandbox, &["web/main/db"]);
    assert_eq!(sandbox.listed(&READ_ONLY), ["1"]);
}

#[test]
fn a_change_of_size_for_another_client_is_told() {
    let notice = "another client is attached: the window changes from 120x39 to 90x24";
    let sandbox = applied();
    let _first = Terminal::new(&sandbox, (120, 40), "$triad attach web");
    shows(&sandbox, &["web/main/shell"]);
    let size = [
        "list-windows",
        "-t",
        "=web:",
        "-F",
        "#{window_width}x#{window_height}",
    ];
    eventually("the window has the size of the terminal", DEADLINE, || {
        sandbox.listed(&size)[0] == "120x39"
    });
    let second = Terminal::new(&sandbox, (90, 25), "$triad attach web --read-only");
    shows(&sandbox, &["web/main/shell", "web/main/shell"]);
    assert_eq!(sandbox.listed(&size)[0], "120x39");
    detach(&sandbox, "90x25");
    second.shows("code 0");
    let screen = second.screen();
    assert!(!screen.contains("another client"), "{screen}");
    let third = Terminal::new(&sandbox, (90, 25), "$triad attach web");
    // On the status line, and not only before the client began.
    eventually("the status line shows the notice", DEADLINE, || {
        third
            .screen()
            .lines()
            .nth(24)
            .is_some_and(|line| line.starts_with(notice))
    });
    detach(&sandbox, "90x25");
    third.shows("code 0");
    let screen = third.screen();
    let said: Vec<&str> = screen.split_whitespace().collect();
    assert!(
        said.join(" ").contains(&format!("triad: {notice}")),
        "{screen}"
    );
}

#[test]
fn what_is_no_single_place_is_named() {
    let sandbox = applied();
    for (words, code, message) in [
        (
            &["attach", "web/othr/api"][..],
            64,
            "did you mean `web/other/api`?",
        ),
        (
            &["attach", "cahce"],
            1,
            "there is no session or layout `cahce`",
        ),
        (
            &["attach", "*/main"],
            64,
            "matches panes of several sessions",
        ),
        (&["attach", "shop", "worke"], 64, "did you mean `worker`?"),
    ] {
        let ran = sandbox.triad(words).exits(code);
        assert!(ran.stderr.contains(message), "{words:?}: {}", ran.stderr);
    }
    let sandbox = Sandbox::new();
    let ran = sandbox.triad(&["attach", "a/b"]).exits(1);
    assert!(ran.stderr.contains("no layout runs here"), "{}", ran.stderr);
}
