//! Under a typical user configuration, everything is where it should be, and the user's own
//! options, hooks, environment and sessions stay unchanged.

use std::collections::BTreeMap;

use crate::geometry::model::{Node, Titles, Window, columns, manifest, pane, rows, share, tiled};
use crate::geometry::{assert_exact, pids};
use crate::support::sandbox::{Call, DEADLINE, Sandbox, eventually, run};
use crate::support::seen::words;

/// Settings that shift indexes, keep or end objects, rename, and start other shells.
const CONFIG: &str = r#"
set -g base-index 1
setw -g pane-base-index 1
setw -g remain-on-exit on
setw -g automatic-rename on
setw -g allow-rename on
set -g renumber-windows on
set -g destroy-unattached on
set -g default-shell "$FISH"
set -g default-command 'exec fish --private'
setw -g mode-keys vi
setw -g pane-border-format 'mine #{pane_index}'
setw -g aggressive-resize on
set -g history-limit 5000
set -g mouse on
set -g @mine 'a value; "of" $my own'
set-hook -g after-new-window 'set -ga @hooked_windows x'
set-hook -g after-new-session 'set -g @hooked_new_session 1'
set-hook -g after-kill-pane 'set -ga @hooked_kill x'
set-hook -g after-rename-window 'set -g @hooked_rename 1'
set-hook -g after-select-layout 'set -ga @hooked_layout x'
set-hook -g session-created 'set -g @hooked_session 1'
set-hook -g session-closed 'set -ga @hooked_closed x'
set-hook -g pane-died 'set -ga @hooked_died x'
set-hook -g pane-exited 'set -ga @hooked_exited x'
if -F '#{>=:#{version},3.3}' { set-hook -g window-resized 'set -ga @hooked_resized x' }
"#;

/// A hook of the user's that only notes splits.
const SPLIT_TOLD: &str = "set-hook -g after-split-window 'set -ga @hooked_split x'\n";
/// A hook of the user's that rearranges the window after each split.
const SPLIT_EVEN: &str = "set-hook -g after-split-window 'select-layout even-horizontal'\n";

#[test]
fn without_a_status_line_everything_works_and_it_stays_off() {
    check_beside_others(&format!("{SPLIT_TOLD}set -g status off\n"), 0);
}

#[test]
fn with_two_status_lines_everything_works_and_both_stay() {
    check_beside_others(&format!("{SPLIT_TOLD}set -g status 2\n"), 2);
}

#[test]
fn a_hook_that_rearranges_windows_does_no_harm() {
    check_beside_others(SPLIT_EVEN, 1);
}

/// Runs apply, apply again, change, down, next to sessions of the user's on the same server.
#[track_caller]
#[test]
fn hooks_that_rename_new_windows_do_no_harm() {
    let sandbox = Sandbox::new();
    sandbox.config(
        "set-hook -g after-new-window \"rename-window theirs\"\n\
         set-hook -g after-new-session \"rename-window theirs\"\n",
    );
    let session = |name: &str, windows: [&str; 2]| {
        let windows = windows.map(|name| format!("window \"{name}\" {{ pane \"{name}\"; }}\n"));
        format!("session \"{name}\" {{\n{}}}\n", windows.concat())
    };
    sandbox.apply(&session("one", ["a", "b"]));
    sandbox.apply(&(session("one", ["a", "c"]) + &session("two", ["b", "d"])));
    sandbox.triad(&["plan", "--check"]).exits(0);
    let windows = ["list-windows", "-a", "-F", "#{session_name}/#{window_name}"];
    let seen = sandbox.listed(&windows);
    assert_eq!(seen, ["one/a", "one/c", "two/b", "two/d"]);
}

fn check_beside_others(more: &str, status_lines: u32) {
    let mut sandbox = Sandbox::new();
    configure(&sandbox, more);
    start_others(&sandbox);
    sandbox.count_tmux();
    let before = everything_of_theirs(&sandbox);

    let size = (80, 30 - status_lines);
    let windows = first_layout();
    sandbox.manifest(&text(&windows));
    sandbox
        .triad_on_terminal((80, 30), &["apply", "--yes"])
        .exits(0);
    check_layout(&sandbox, &windows, size);
    assert_theirs(&sandbox, &before, "apply");

    let live = pids(&sandbox);
    sandbox.take_calls();
    sandbox.triad(&["apply"]).exits(0);
    let writing: Vec<_> = sandbox
        .take_calls()
        .into_iter()
        .filter(Call::is_writing)
        .collect();
    assert_eq!(writing, [], "the second apply writes");
    assert_eq!(pids(&sandbox), live);

    let windows = second_layout();
    sandbox.apply(&text(&windows));
    check_layout(&sandbox, &windows, size);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let mut after = pids(&sandbox);
    after.retain(|address, _| live.contains_key(address));
    let mut kept = live;
    kept.retain(|address, _| address != "s/two/p1");
    assert_eq!(after, kept, "the other panes keep their processes");
    assert_theirs(&sandbox, &before, "change");

    sandbox.triad(&["down", "--yes"]).exits(0);
    let sessions = sandbox.tmux(&["list-sessions", "-F", "#{session_name}"]);
    assert_eq!(sessions, "others\ntheirs\n");
    assert_theirs(&sandbox, &before, "down");
}

#[test]
fn a_new_server_reads_the_same_configuration() {
    let mut sandbox = Sandbox::new();
    configure(&sandbox, SPLIT_TOLD);
    sandbox.count_tmux();
    let windows = first_layout();
    sandbox.manifest(&text(&windows));
    sandbox
        .triad_on_terminal((80, 31), &["apply", "--yes"])
        .exits(0);
    check_layout(&sandbox, &windows, (80, 30));
    let live = pids(&sandbox);
    sandbox.take_calls();
    sandbox.triad(&["apply"]).exits(0);
    let calls = sandbox.take_calls();
    assert!(calls.iter().all(|call| !call.is_writing()), "{calls:?}");

    // Attached and left by a client: `destroy-unattached` does not end triad's sessions.
    sandbox.attach((80, 31), "s");
    check_layout(&sandbox, &windows, (80, 30));
    sandbox.terminal(&["kill-server"]);
    eventually("the client is gone", DEADLINE, || {
        sandbox.tmux(&["list-clients"]).is_empty()
    });
    assert_eq!(pids(&sandbox), live);

    sandbox.triad(&["down", "--yes"]).exits(0);
    eventually("the empty server ends", DEADLINE, || {
        sandbox.try_tmux(&["list-sessions"]).status != 0
    });
}

/// Up to 3.6, tmux ends with all its sessions when one is created under this setting.
#[test]
fn nothing_is_created_if_that_would_end_the_server() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&["new-session", "-d", "-s", "theirs", "--", "cat"]);
    let one = "session \"s\" { window \"w\" { pane \"p\" } }\n";
    let two = "session \"s\" { window \"w\" { pane \"p\" }; window \"v\" { pane \"q\" } }\n";
    sandbox.apply(one);
    sandbox.tmux(&["set-option", "-g", "window-size", "manual"]);
    // An apply that creates no window works.
    sandbox.apply(&one.replace("\"p\"", "\"p\" title=\"t\""));
    let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    sandbox.manifest(two);
    let ran = sandbox.triad(&["apply"]);
    if sandbox.is_at_least(3, 7) {
        ran.exits(0);
    } else {
        let ran = ran.exits(1);
        for said in ["global `window-size` is `manual`", "window-size latest"] {
            assert!(words(&ran.stderr).contains(said), "{said}: {}", ran.stderr);
        }
        let script = sandbox.triad(&["render"]).exits(0).stdout;
        sandbox.file("build.sh", &script);
        let mut build = sandbox.command("sh");
        build.arg(sandbox.path("build.sh"));
        build.env("TRIAD_SOCKET_NAME", sandbox.socket_name());
        let ran = run(&mut build).exits(1);
        assert!(
            ran.stderr.contains("window-size is manual"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(
        sandbox.tmux(&["display-message", "-p", "#{pid}"]),
        server,
        "the server has ended"
    );
    sandbox.tmux(&["set-option", "-g", "window-size", "latest"]);
    sandbox.triad(&["apply"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Panes in the user's shell, with a program that renames its window, if it may.
fn first_layout() -> [Window; 2] {
    let left = rows([pane("a").titled("OURS a"), share(30, pane("shell"))]);
    let right = rows([pane("renames"), pane("b"), pane("c")]);
    layout(
        columns([share(60, left), right]),
        &["p0", "p1", "p2", "p3", "p4"],
    )
}

/// One pane more and another order in the first window, one pane less in the second.
fn second_layout() -> [Window; 2] {
    let left = rows([pane("a").titled("OURS a"), share(40, pane("shell"))]);
    let right = rows([pane("b"), pane("renames"), pane("new"), pane("c")]);
    layout(columns([share(50, left), right]), &["p0", "p2", "p3", "p4"])
}

fn layout(root: Node, others: &[&str]) -> [Window; 2] {
    let others: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
    let window = |name: &str, titles, root| Window {
        name: name.to_owned(),
        titles,
        root,
    };
    [
        window("one", Titles::Top, root),
        window("two", Titles::None, tiled(&others)),
    ]
}

fn text(windows: &[Window]) -> String {
    let renames = r#"pane "renames" { run (raw)"printf '\\033kTHEIRS\\033\\\\\\033]2;THEIRS\\007'; exec cat" }"#;
    manifest(windows)
        .replace(&pane("renames").text(), &format!("{renames}\n"))
        .replace(
            "pane \"shell\" size=\"30%\" { run \"cat\" \"-\" }",
            "pane \"shell\" size=\"30%\"",
        )
        .replace(
            "pane \"shell\" size=\"40%\" { run \"cat\" \"-\" }",
            "pane \"shell\" size=\"40%\"",
        )
}

/// Checks exact places, the names of the manifest, the user's own shell.
#[track_caller]
fn check_layout(sandbox: &Sandbox, windows: &[Window], size: (u32, u32)) {
    assert_exact(sandbox, windows, size, "under the user's configuration");
    let panes = sandbox.panes();
    let show = |address: &str, format: &str| {
        let id = &panes[address].id;
        sandbox
            .tmux(&["display-message", "-p", "-t", id, format])
            .trim()
            .to_owned()
    };
    eventually("the program has set the title", DEADLINE, || {
        show("s/one/renames", "#{pane_title}") == "THEIRS"
    });
    eventually("the shell is the user's", DEADLINE, || {
        show("s/one/shell", "#{pane_current_command}") == "fish"
    });
    let names = sandbox.tmux(&[
        "list-windows",
        "-t",
        "=s:",
        "-F",
        "#{window_index} #{window_name}",
    ]);
    assert_eq!(names, "1 one\n2 two\n");
    assert_eq!(show("s/one/a", "#{T:pane-border-format}"), "OURS a");
    assert_eq!(show("s/two/p0", "#{T:pane-border-format}"), "mine 1");
    let phases: BTreeMap<_, _> = panes
        .iter()
        .map(|(address, p)| (address, &*p.phase))
        .collect();
    assert!(
        phases.values().all(|phase| *phase == "started"),
        "{phases:?}"
    );
}

#[track_caller]
fn configure(sandbox: &Sandbox, more: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let fish = std::env::split_paths(&path).map(|folder| folder.join("fish"));
    let fish = fish.into_iter().find(|path| path.is_file());
    let fish = fish.expect("fish is installed: `make test` does it");
    sandbox.config(&format!(
        "{}{more}",
        CONFIG.replace("$FISH", &fish.display().to_string())
    ));
}

/// Creates two sessions of the user's, with a gap in the indexes, names, splits and a zoom.
#[track_caller]
fn start_others(sandbox: &Sandbox) {
    let tmux = |line: &str| sandbox.tmux(&line.split(' ').collect::<Vec<_>>());
    for name in ["theirs", "others"] {
        tmux(&format!(
            "new-session -d -s {name} -n first -x 90 -y 28 cat - ; \
             set -t ={name}: destroy-unattached off"
        ));
    }
    tmux("split-window -d -t =theirs: -h -l 20 cat -");
    tmux("split-window -d -t =theirs: -l 7 cat -");
    tmux("new-window -t =theirs:7 -n seven cat -");
    tmux("split-window -d -t =theirs:7 cat -");
    tmux("resize-pane -Z -t =theirs:7");
    tmux("set -t =others: @theirs x ; set -t =others: status off");
    tmux("set-hook -t =others: pane-died display-panes");
    tmux("set-buffer -b kept theirs");
}

/// Returns everything that triad must leave unchanged, as tmux prints it; except what the user's
/// own hooks write.
#[track_caller]
fn everything_of_theirs(sandbox: &Sandbox) -> String {
    const PANE: &str = "#{session_name} #{session_id} #{window_index} #{window_id} #{window_name} \
        #{window_flags} #{window_layout} #{pane_index} #{pane_id} #{pane_pid} #{pane_active} \
        #{pane_title} #{pane_dead} #{pane_current_path} #{pane_marked} #{session_path}";
    let mut dump = String::new();
    let mut add = |words: &[&str]| {
        let shown = sandbox.tmux(words);
        let lines = shown.lines().filter(|line| !line.starts_with("@hooked"));
        dump.push_str(&format!("-- {words:?}\n"));
        dump.extend(lines.flat_map(|line| [line, "\n"]));
    };
    add(&["show-options", "-s"]);
    add(&["show-options", "-g"]);
    add(&["show-options", "-gw"]);
    add(&["show-hooks", "-g"]);
    add(&["show-hooks", "-gw"]);
    add(&["show-environment", "-g"]);
    add(&["list-keys"]);
    add(&["list-buffers"]);
    for session in ["=theirs:", "=others:"] {
        add(&["list-panes", "-s", "-t", session, "-F", PANE]);
        add(&["show-options", "-t", session]);
        add(&["show-hooks", "-t", session]);
        add(&["show-environment", "-t", session]);
        let windows = sandbox.tmux(&["list-panes", "-s", "-t", session, "-F", "#{pane_id}"]);
        for pane in windows.lines() {
            add(&["show-options", "-w", "-t", pane]);
            add(&["show-hooks", "-w", "-t", pane]);
            add(&["show-options", "-p", "-t", pane]);
        }
    }
    dump
}

#[track_caller]
fn assert_theirs(sandbox: &Sandbox, before: &str, when: &str) {
    let now = everything_of_theirs(sandbox);
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = now.lines().collect();
    let gone: Vec<_> = old.iter().filter(|line| !new.contains(line)).collect();
    let come: Vec<_> = new.iter().filter(|line| !old.contains(line)).collect();
    assert!(
        before == now,
        "{when} changed the user's settings\nbefore: {gone:#?}\nafter: {come:#?}"
    );
}
