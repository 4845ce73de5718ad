//! triad on a terminal, which is a pane of a second tmux server: attaching and switching, questions
//! and answers, progress, colour.

use super::{LAYOUT, waiting};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::assert_same;
use crate::support::terminal::Terminal;

/// Returns the sessions that clients of the sandbox's server show.
#[track_caller]
fn looked_at(sandbox: &Sandbox) -> Vec<String> {
    sandbox.listed(&["list-clients", "-F", "#{client_session}"])
}

#[track_caller]
fn looks_at(sandbox: &Sandbox, session: &str) {
    eventually(&format!("a terminal shows {session}"), DEADLINE, || {
        looked_at(sandbox) == [session]
    });
}

#[test]
fn up_applies_and_attaches() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&LAYOUT.replace(
        "pane \"shell\"",
        "pane \"text\" focus=#true { run \"echo this is it; exec sleep 1003\" }",
    ));
    let terminal = Terminal::new(&sandbox, (120, 40), "$triad up");
    eventually("the session is there", DEADLINE, || {
        sandbox.sessions() == ["web"]
    });
    looks_at(&sandbox, "web");
    let size = "#{window_width}x#{window_height}";
    let seen = sandbox.tmux(&["display-message", "-p", "-t", "=web:main", size]);
    assert_eq!(
        seen.trim(),
        "120x39",
        "the window has the terminal's size, less the status line"
    );
    sandbox.tmux(&["select-window", "-t", "=web:tools"]);
    terminal.shows("this is it");
    sandbox.tmux(&["detach-client", "-s", "=web"]);
    terminal.shows("code 0");
}

#[test]
fn up_attaches_even_after_a_failure() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "web" { window "main" {
            pane "shell"
            task "seed" { run "echo no seeds; exit 3" }
            service "db" { run "sleep" "1001"; ready every="20ms" deadline="50ms" { exec "false" } }
        } }"#,
    );
    let terminal = Terminal::new(&sandbox, (120, 40), "$triad up");
    eventually("the session is there", DEADLINE, || {
        sandbox.sessions() == ["web"]
    });
    looks_at(&sandbox, "web");
    sandbox.tmux(&["detach-client", "-s", "=web"]);
    terminal.shows("code 4");
    let screen = terminal.screen();
    assert!(screen.contains("exited with status 3"), "{screen}");
    // Without a terminal to attach, the output says how.
    let way = format!("Go there: triad -L {} attach web\n", sandbox.socket_name());
    let ran = sandbox.triad(&["up"]).exits(4);
    assert!(ran.stdout.ends_with(&way), "{}", ran.stdout);
}

#[test]
fn every_apply_with_a_session_ends_with_how_to_attach() {
    let sandbox = Sandbox::new();
    let way = format!("Go there: triad -L {} attach web\n", sandbox.socket_name());
    let apply = |words: &[&str], status, is_there: bool| {
        let ran = sandbox.triad(&[&["apply"], words].concat()).exits(status);
        assert_eq!(
            ran.stdout.ends_with(&way),
            is_there,
            "{}{}",
            ran.stdout,
            ran.stderr
        );
    };
    let hooked = |hook: &str| format!("hooks {{ {hook} }}\n{LAYOUT}");
    // Nothing exists yet.
    sandbox.manifest(&hooked("before-apply \"false\""));
    apply(&[], 1, false);
    sandbox.manifest(LAYOUT);
    apply(&[], 0, true);
    // Nothing to do; nothing confirmed; a hook that fails before and after.
    apply(&[], 0, true);
    sandbox.manifest(&LAYOUT.replace("1002", "2002"));
    apply(&[], 7, true);
    let changed = |hook: &str| hooked(hook).replace("\"tools\"", "\"tools\" title=\"T\"");
    sandbox.manifest(&changed("before-apply \"false\""));
    apply(&[], 1, true);
    sandbox.manifest(&changed("after-apply \"false\""));
    apply(&[], 3, true);
    // There is no session to attach to.
    sandbox.tmux(&["kill-server"]);
    sandbox.manifest(&hooked("before-apply \"false\""));
    apply(&[], 1, false);
}

#[test]
fn attach_finds_a_session_by_layout_name_and_manifest() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.identities();
    for target in ["", "web", "shop", "triad.kdl", "--read-only web"] {
        let terminal = Terminal::new(&sandbox, (100, 30), &format!("$triad attach {target}"));
        looks_at(&sandbox, "web");
        let is_read_only = sandbox.tmux(&["list-clients", "-F", "#{client_readonly}"]);
        assert_eq!(is_read_only.trim() == "1", target.starts_with("--"));
        sandbox.tmux(&["detach-client", "-s", "=web"]);
        terminal.shows("code 0");
    }
    assert_eq!(before, sandbox.identities());
    let ran = sandbox.triad(&["attach", "absent"]).exits(1);
    assert!(ran.stderr.contains("`absent`"), "{}", ran.stderr);
}

#[test]
fn inside_tmux_attach_and_up_switch_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.tmux(&["new-session", "-d", "-s", "home", "--", "/bin/sh"]);
    sandbox.apply(LAYOUT);
    let triad = env!("CARGO_BIN_EXE_triad");
    let terminal = Terminal::new(&sandbox, (100, 30), "$tmux attach-session -t =home:");
    looks_at(&sandbox, "home");
    // No flag names the server: it is the one that this is called in.
    for line in ["attach", "attach shop", "up", "apply --attach"] {
        let typed = format!("{triad} {line} && echo switched");
        sandbox.tmux(&["send-keys", "-t", "=home:", &typed, "Enter"]);
        looks_at(&sandbox, "web");
        sandbox.tmux(&["switch-client", "-t", "=home:"]);
        looks_at(&sandbox, "home");
    }
    // In a pane of triad's, too: the plan ends nothing, and triad's own pane stays.
    sandbox.tmux(&["switch-client", "-t", "=web:tools"]);
    let shell = sandbox.panes()["web/tools/shell"].id.clone();
    let typed = format!("{triad} attach home");
    sandbox.tmux(&["send-keys", "-t", &shell, &typed, "Enter"]);
    looks_at(&sandbox, "home");
    terminal.types(&["C-d"]);
}

#[test]
fn on_another_server_it_attaches_from_within_tmux() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    // The terminal itself is a pane of another server, whose `TMUX` is set there.
    let terminal = Terminal::new(&sandbox, (100, 30), "test -n \"$TMUX\" && $triad attach");
    looks_at(&sandbox, "web");
    sandbox.tmux(&["detach-client", "-s", "=web"]);
    terminal.shows("code 0");
}

#[test]
fn a_question_is_asked_and_only_yes_is_yes() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = sandbox.dump_all();
    let pid = sandbox.panes()["web/main/api"].pid;
    sandbox.manifest(&LAYOUT.replace("\"1002\"", "\"2002\""));
    for keys in [&["n", "Enter"][..], &["Enter"], &["C-d"]] {
        let terminal = Terminal::new(&sandbox, (100, 30), "$triad apply");
        terminal.shows("[y/N]");
        let screen = terminal.screen();
        assert!(
            screen.contains(&format!("pid {pid}")),
            "the cost is shown:\n{screen}"
        );
        terminal.types(keys);
        terminal.shows("code 7");
        assert_same(&before, &sandbox.dump_all(), "a no");
    }
    let terminal = Terminal::new(&sandbox, (100, 30), "$triad apply");
    terminal.shows("[y/N]");
    terminal.types(&["y", "Enter"]);
    terminal.shows("code 0");
    assert_ne!(sandbox.panes()["web/main/api"].pid, pid);
}

#[test]
fn nothing_is_locked_while_a_question_is_open_and_a_new_plan_is_asked_about_again() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let api = || sandbox.panes()["web/main/api"].pid;
    let before = api();
    let edited = LAYOUT.replace("\"1002\"", "\"2002\"");
    sandbox.manifest(&edited);
    let terminal = Terminal::new(&sandbox, (100, 50), "$triad apply");
    terminal.shows("Continue? [y/N]");
    sandbox.manifest(LAYOUT);
    for verb in [&["apply"][..], &["restart", "api"]] {
        sandbox
            .triad(&[verb, &["--lock-timeout", "0s"]].concat())
            .exits(0);
    }
    let between = api();
    assert_ne!(between, before);
    terminal.types(&["y", "Enter"]);
    terminal.shows("something has changed since");
    terminal.shows(&format!("pid {between}"));
    eventually("triad asks again", DEADLINE, || {
        terminal.screen().matches("Continue? [y/N]").count() == 2
    });
    assert_eq!(api(), between, "this change was not confirmed");
    terminal.types(&["y", "Enter"]);
    terminal.shows("code 0");
    assert_ne!(api(), between);
}

#[test]
fn a_wait_shows_progress_and_ends_on_control_c() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&waiting());
    let terminal = Terminal::new(&sandbox, (80, 24), "$triad apply");
    terminal.shows("… api         needs db");
    terminal.types(&["C-c"]);
    terminal.shows("code 130");
    let screen = terminal.screen();
    assert!(
        !screen.contains("needs db") && !screen.contains("probing"),
        "the lines of progress are gone:\n{screen}"
    );
    assert!(
        screen.contains("… db          started, waiting until it is ready"),
        "the pending start is shown:\n{screen}"
    );
    sandbox.file("go", "");
    let terminal = Terminal::new(&sandbox, (80, 24), "$triad apply");
    terminal.shows("code 0");
}

#[test]
fn nothing_wraps_on_a_terminal_and_colour_can_be_had_or_not() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    for width in [80, 200] {
        for (variable, is_painted) in [("TRIAD_COLOR=auto", true), ("NO_COLOR=1", false)] {
            for line in ["plan", "-v apply", "down --yes"] {
                let line = format!("{variable} $triad {line}").replacen(
                    variable,
                    &format!("export {variable};"),
                    1,
                );
                let terminal = Terminal::new(&sandbox, (width, 50), &line);
                terminal.shows("code 0");
                let joined = terminal.captured(&["-J"]);
                let count =
                    |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
                assert_eq!(
                    count(&joined),
                    count(&terminal.screen()),
                    "{width}:\n{joined}"
                );
                let painted = terminal.captured(&["-e"]);
                assert_eq!(
                    painted.contains('\u{1b}'),
                    is_painted,
                    "{variable}:\n{painted}"
                );
            }
        }
    }
}

#[test]
fn attach_works_despite_a_mistake_in_the_manifest() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.manifest(&LAYOUT.replace("service", "servixe"));
    for target in ["", "triad.kdl"] {
        let terminal = Terminal::new(&sandbox, (100, 30), &format!("$triad attach {target}"));
        looks_at(&sandbox, "web");
        sandbox.tmux(&["detach-client", "-s", "=web"]);
        terminal.shows("code 0");
    }
    // If nothing is running, the mistake is reported.
    sandbox.triad(&["down", "--yes", "shop"]).exits(0);
    let ran = sandbox.triad(&["attach"]).exits(65);
    assert!(ran.stderr.contains("servixe"), "{}", ran.stderr);
}
