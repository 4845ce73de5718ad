//! Everything that triad did not create is the same before and after every verb, byte for byte.

use super::{EDITED, LAYOUT};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, signal};

/// Sessions whose names begin as triad's do, are a prefix of one, or belong to another layout.
const FOREIGN: [&str; 3] = ["we", "webapp", "other"];

#[test]
fn foreign_sessions_are_the_same_after_every_verb() {
    let sandbox = Sandbox::new();
    foreigners(&sandbox);
    let by_hand = settled(&sandbox, &FOREIGN[..2]);
    let other = sandbox.file(
        "other.kdl",
        "session \"other\" { window \"w\" { columns { pane \"a\" { run \"sleep\" \"3005\" }; \
         pane \"b\" title=\"B\" { run \"sleep\" \"3006\" } } } }",
    );
    sandbox
        .triad(&["apply".as_ref(), other.as_os_str()])
        .exits(0);
    assert_same(
        &by_hand,
        &sandbox.dump(&FOREIGN[..2]),
        "the very first apply",
    );
    let before = settled(&sandbox, &FOREIGN);
    let same = |what: &str| {
        let after = sandbox.dump(&FOREIGN);
        assert_same(&before, &after, what);
    };
    let read = |what: &str| {
        for arguments in [
            "check",
            "plan",
            "plan --check",
            "plan --commands",
            "plan --json",
        ] {
            sandbox.triad(&arguments.split(' ').collect::<Vec<_>>());
            same(&format!("{arguments} {what}"));
        }
    };
    sandbox.manifest(LAYOUT);
    read("of a new layout");
    sandbox.apply(LAYOUT);
    same("the first apply");
    sandbox.apply(LAYOUT);
    same("the second apply");
    sandbox.manifest(EDITED);
    read("of an edited layout");
    sandbox.apply(EDITED);
    same("an apply of changes");
    sandbox.manifest(&LAYOUT.replace("\"sleep\" \"1002\"", "\"no-such-program\""));
    // It starts after another, which could have created the program.
    sandbox.triad(&["apply", "--yes"]).exits(3);
    same("an apply that finds no program");
    sandbox.manifest(
        &LAYOUT
            .replace("exec \"true\"", "exec \"false\"")
            .replace("ready every", "ready deadline=\"50ms\" every"),
    );
    sandbox.triad(&["apply", "--yes"]).exits(4);
    same("an apply that is not ready");
    sandbox.manifest(&LAYOUT.replace("session \"web\"", "session \"webapp\""));
    sandbox.triad(&["apply", "--yes"]).exits(7);
    same("an apply that is refused");
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["down", "--yes"]).exits(0);
    same("down");
    assert_eq!(sandbox.sessions(), ["other", "we", "webapp"]);
    sandbox.triad(&["down", "--yes"]).exits(0);
    same("down of nothing");
    sandbox.apply(LAYOUT);
    sandbox.triad(&["down", "shop", "--yes"]).exits(0);
    same("down by name");
}

/// Creates sessions with everything that a session can have.
fn foreigners(sandbox: &Sandbox) {
    let script = r#"
        new-session -d -s webapp -n one -x 91 -y 31 -- cat
        split-window -d -h -t =webapp:one -- sleep 3001
        split-window -d -v -t =webapp:one -- sleep 3002
        send-keys -t =webapp:one.0 'some text' Enter
        set-option -t =webapp: status-left 'mine'
        set-option -t =webapp: @triad_note 'not yours'
        set-option -w -t =webapp:one main-pane-width 40
        set-option -p -t =webapp:one.1 @mine 'a $value; with #(echo things)'
        set-hook -t =webapp: client-attached 'display-message hello'
        set-hook -w -t =webapp:one pane-died 'display-message died'
        set-environment -t =webapp: MINE value
        new-window -d -t =webapp: -n two -- sleep 3003
        split-window -d -t =webapp:two -- sleep 3004
        resize-pane -Z -t =webapp:two.1
        new-window -d -t =webapp: -n three -- sh -c 'echo bye; exec cat'
        set-option -p -t =webapp:three remain-on-exit on
        new-session -d -s we -n main -x 60 -y 20 -- cat
        set-option -g @global value
        set-hook -g after-save-buffer[70] 'set-option -g @saved yes'
        set-buffer -b mine 'a buffer'
        bind-key -n F5 display-message mine
        copy-mode -t =we:main
        "#;
    let script = sandbox.file("foreign.tmux", script);
    sandbox.tmux(&[
        "start-server",
        ";",
        "source-file",
        &script.display().to_string(),
    ]);
    let ended = sandbox.tmux(&[
        "display-message",
        "-p",
        "-t",
        "=webapp:three",
        "#{pane_pid}",
    ]);
    eventually("the program has started", DEADLINE, || {
        sandbox.screen("=webapp:three").contains("bye")
    });
    signal("TERM", ended.trim());
    let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    eventually("the server knows how it ended", DEADLINE, || {
        signal("CHLD", server.trim());
        let status = "#{pane_dead}#{pane_dead_status}#{pane_dead_signal}";
        let told = sandbox.tmux(&["display-message", "-p", "-t", "=webapp:three", status]);
        // Before 3.3 tmux reports no signals.
        let is_told = |told: &str| told.len() > 1 || !sandbox.is_at_least(3, 3) && told == "1";
        is_told(told.trim())
    });
}

/// Returns the dump once programs have settled.
fn settled(sandbox: &Sandbox, sessions: &[&str]) -> String {
    let mut last = String::new();
    eventually("nothing changes any more", DEADLINE, || {
        let dump = sandbox.dump(sessions);
        let is_stable = dump == last && dump.contains("some text");
        last = dump;
        is_stable
    });
    last
}

#[test]
fn panes_made_by_hand_in_our_sessions_stay() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let pane = sandbox.tmux(&[
        "split-window",
        "-d",
        "-P",
        "-F",
        "#{pane_id}",
        "-t",
        "=web:main",
        "--",
        "cat",
        "-",
    ]);
    let window = sandbox.tmux(&[
        "new-window",
        "-d",
        "-P",
        "-F",
        "#{window_id}",
        "-t",
        "=web:",
        "-n",
        "hand",
        "--",
        "cat",
        "-",
    ]);
    let (pane, window) = (pane.trim(), window.trim());
    sandbox.tmux(&["split-window", "-d", "-t", window, "--", "sleep", "3001"]);
    sandbox.tmux(&["set-option", "-p", "-t", pane, "@mine", "yes"]);
    sandbox.tmux(&["send-keys", "-t", pane, "typed by hand", "Enter"]);
    eventually("the text is on the screen", DEADLINE, || {
        sandbox.screen(pane).contains("typed by hand")
    });
    let seen = || {
        let of_window = ["#{window_name} #{window_layout} #{window_index}"];
        let of_pane = ["#{pane_id} #{pane_pid} #{pane_dead} #{pane_current_command}"];
        (
            sandbox.tmux(&["display-message", "-p", "-t", window, of_window[0]]),
            sandbox.tmux(&["list-panes", "-t", window, "-F", of_pane[0]]),
            sandbox.tmux(&["show-options", "-w", "-t", window]),
            sandbox.tmux(&["display-message", "-p", "-t", pane, of_pane[0]]),
            sandbox.tmux(&["show-options", "-p", "-t", pane]),
            sandbox.screen(pane).trim_end().to_owned(),
        )
    };
    let before = seen();
    let added = LAYOUT.replace("pane \"shell\"", "pane \"shell\"; pane \"new\"");
    for manifest in [LAYOUT, &added, EDITED, LAYOUT] {
        sandbox.manifest(manifest);
        sandbox.triad(&["plan"]).exits(0);
        assert_eq!(before, seen(), "plan");
        sandbox.triad(&["apply", "--yes"]).exits(0);
        assert_eq!(before, seen(), "apply of {manifest}");
    }
    let said = sandbox.triad(&["down", "--yes"]).exits(0).stdout;
    assert_eq!(before, seen(), "down");
    assert!(sandbox.panes().is_empty(), "triad's panes are gone");
    assert_eq!(
        sandbox.sessions(),
        ["web"],
        "a session with other panes stays"
    );
    assert!(
        said.contains("made by hand"),
        "down reports the rest: {said}"
    );
}

#[test]
fn a_window_with_hand_made_panes_keeps_its_geometry_and_the_plan_says_so() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("web/tools/setup");
    sandbox.tmux(&[
        "split-window",
        "-d",
        "-t",
        "=web:main",
        "--",
        "sleep",
        "3001",
    ]);
    let layout = || {
        sandbox.tmux(&[
            "display-message",
            "-p",
            "-t",
            "=web:main",
            "#{window_layout}",
        ])
    };
    let before = layout();
    let ran = sandbox.triad(&["plan", "--check"]).exits(0);
    assert!(ran.stdout.contains("made by hand"), "{}", ran.stdout);
    sandbox.apply(LAYOUT);
    assert_eq!(before, layout());
    sandbox.apply(&LAYOUT.replace("40%", "70%"));
    assert_eq!(before, layout(), "the person's sizes stay");
}
