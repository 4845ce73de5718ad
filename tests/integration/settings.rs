//! tmux's own settings on a real server: set, changed, released, restored after changes by hand;
//! and nothing is written if nothing has changed.

use crate::geometry::pids;
use crate::support::sandbox::{Sandbox, run};
use crate::support::seen::words;

const LAYOUT: &str = r##"
options { mouse #true; window-style "bg=black"; "@mine" "a $HOME b"; status-left "[#{session_name}] $USER" }
session "s" {
    options { status-position "top"; display-time 900 }
    tmux-hook "client-attached" "set-option -g @attached 1"
    tmux-hook "session-renamed" "set-option -g @first 1"
    tmux-hook "session-renamed" "set-option -g @second 2"
    tmux-hook "window-renamed" "set-option -g @renamed 1"
    window "w" synchronize=#true {
        options { main-pane-width 30; "@own" "window" }
        columns {
            options { window-style "bg=red" }
            pane "a" { run "cat" "-" }
            pane "b" { run "cat" "-"; options { window-style "bg=blue"; "@own" "pane" } }
        }
    }
    window "v" { pane "c" { run "cat" "-" } }
}
"##;

/// Returns the effective value for an object: a session, a window or a pane.
#[track_caller]
fn value(sandbox: &Sandbox, flag: &str, target: &str, name: &str) -> String {
    let shown = sandbox.tmux(&["show-options", flag, "-t", target, name]);
    shown.trim_end_matches('\n').to_owned()
}

#[track_caller]
fn check(sandbox: &Sandbox, expected: &[(&str, &str, &str, &str)]) {
    for (flag, target, name, wanted) in expected {
        let target = match sandbox.panes().get(*target) {
            Some(pane) => pane.id.clone(),
            None => (*target).to_owned(),
        };
        assert_eq!(
            sandbox.without_escapes(&value(sandbox, flag, &target, name)),
            *wanted,
            "{name} of {target}"
        );
    }
}

/// Checks that the second apply is one process that only reads.
#[track_caller]
fn assert_settled(sandbox: &mut Sandbox) {
    sandbox.count_tmux();
    sandbox.take_calls();
    sandbox.triad(&["apply"]).exits(0);
    let calls = sandbox.take_calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(!calls[0].is_writing(), "{calls:?}");
}

#[test]
fn options_are_set_on_their_objects_and_then_left_alone() {
    let mut sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    check(
        &sandbox,
        &[
            ("-v", "=s:", "mouse", "on"),
            ("-v", "=s:", "@mine", "a $HOME b"),
            ("-v", "=s:", "status-left", "[#{session_name}] $USER"),
            ("-v", "=s:", "status-position", "top"),
            ("-wv", "=s:=w", "window-style", "bg=black"),
            ("-wv", "=s:=v", "window-style", "bg=black"),
            ("-wv", "=s:=w", "main-pane-width", "30"),
            ("-wv", "=s:=w", "synchronize-panes", "on"),
            ("-wv", "=s:=w", "@own", "window"),
            ("-pv", "s/w/a", "window-style", "bg=red"),
            ("-pv", "s/w/b", "window-style", "bg=blue"),
            ("-pv", "s/w/b", "@own", "pane"),
        ],
    );
    sandbox.tmux(&[
        "rename-window",
        "-t",
        "=s:=v",
        "x",
        ";",
        "rename-window",
        "-t",
        "=s:=x",
        "v",
    ]);
    check(&sandbox, &[("-gv", "=s:", "@renamed", "1")]);
    assert_settled(&mut sandbox);
}

#[test]
fn changed_options_change_and_dropped_ones_stay() {
    let mut sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = pids(&sandbox);
    let hook = [
        "set-hook",
        "-t",
        "=s:",
        "client-attached[3]",
        "display-message mine",
    ];
    sandbox.tmux(&hook);
    let changed = LAYOUT
        .replace("mouse #true", "mouse #false")
        .replace(r#""@mine" "a $HOME b"; "#, "")
        .replace("bg=blue", "bg=green")
        .replace("synchronize=#true", "")
        .replace("@attached 1", "@attached 2")
        .replace(
            "    tmux-hook \"session-renamed\" \"set-option -g @second 2\"\n",
            "",
        );
    sandbox.manifest(&changed);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    for said in [
        "- option mouse on",
        "+ option mouse off",
        "`s` keeps `@mine` as it is",
    ] {
        assert!(plan.contains(said), "`{said}` is missing:\n{plan}");
    }
    sandbox.apply(&changed);
    check(
        &sandbox,
        &[
            ("-v", "=s:", "mouse", "off"),
            ("-v", "=s:", "@mine", "a $HOME b"),
            ("-wv", "=s:=w", "synchronize-panes", "on"),
            ("-pv", "s/w/b", "window-style", "bg=green"),
        ],
    );
    let hooks = sandbox.tmux(&["show-hooks", "-t", "=s:"]);
    let hooks: Vec<&str> = hooks.lines().collect();
    assert_eq!(
        hooks,
        [
            "client-attached[3] display-message mine",
            "client-attached[7400] set-option -g @attached 2",
            "session-renamed[7400] set-option -g @first 1",
        ]
    );
    assert_eq!(pids(&sandbox), before);
    assert_settled(&mut sandbox);
    // All of it dropped: triad's hooks are removed, a person's stays.
    let none = r#"session "s" { window "w" { columns { pane "a" { run "cat" "-" }; pane "b" { run "cat" "-" } } }
        window "v" { pane "c" { run "cat" "-" } } }"#;
    sandbox.apply(none);
    let hooks = sandbox.tmux(&["show-hooks", "-t", "=s:"]);
    let hooks: Vec<&str> = hooks.lines().filter(|line| line.contains('[')).collect();
    assert_eq!(hooks, ["client-attached[3] display-message mine"]);
    check(
        &sandbox,
        &[
            ("-v", "=s:", "mouse", "off"),
            ("-wv", "=s:=v", "window-style", "bg=black"),
        ],
    );
    assert_eq!(pids(&sandbox), before);
    assert_settled(&mut sandbox);
}

#[test]
fn changes_by_hand_are_reverted() {
    let mut sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    let before = pids(&sandbox);
    let pane = sandbox.panes()["s/w/b"].id.clone();
    let only = sandbox.panes()["s/v/c"].id.clone();
    for words in [
        &["-t", "=s:", "mouse", "off"][..],
        &["-t", "=s:", "@mine", "tabs\tand\nlines"],
        &["-u", "-t", "=s:", "status-position"],
        &["-t", "=s:", "display-time", "1"],
        &["-t", "=s:", "status-left", "x"],
        &["-w", "-t", "=s:=w", "main-pane-width", "31"],
        &["-w", "-t", "=s:=w", "synchronize-panes", "off"],
        &["-p", "-t", &pane, "window-style", "bg=yellow"],
        &["-p", "-t", &only, "window-style", "bg=yellow"],
        &["-p", "-t", &pane, "@own", "theirs"],
    ] {
        sandbox.tmux(&[&["set-option"], words].concat());
    }
    sandbox.tmux(&["set-hook", "-u", "-t", "=s:", "session-renamed"]);
    sandbox.tmux(&["set-hook", "-wu", "-t", "=s:=v", "window-renamed[7400]"]);
    let plan = sandbox.triad(&["plan", "--check"]).exits(2).stdout;
    assert!(plan.contains("option mouse"), "{plan}");
    sandbox.triad(&["apply"]).exits(0);
    check(
        &sandbox,
        &[
            ("-v", "=s:", "mouse", "on"),
            ("-v", "=s:", "@mine", "a $HOME b"),
            ("-v", "=s:", "status-position", "top"),
            ("-v", "=s:", "display-time", "900"),
            ("-v", "=s:", "status-left", "[#{session_name}] $USER"),
            ("-wv", "=s:=w", "main-pane-width", "30"),
            ("-wv", "=s:=w", "synchronize-panes", "on"),
            ("-pv", "s/w/b", "window-style", "bg=blue"),
            ("-pv", "s/w/b", "@own", "pane"),
            ("-pAv", "s/v/c", "window-style", "bg=black"),
        ],
    );
    let hooks = sandbox.tmux(&[
        "show-hooks",
        "-t",
        "=s:",
        ";",
        "show-hooks",
        "-w",
        "-t",
        "=s:=v",
    ]);
    for hook in [
        "session-renamed[7400] set-option -g @first 1",
        "session-renamed[7401] set-option -g @second 2",
        "window-renamed[7400] set-option -g @renamed 1",
    ] {
        assert!(hooks.lines().any(|line| line == hook), "{hook}:\n{hooks}");
    }
    assert_eq!(pids(&sandbox), before);
    assert_settled(&mut sandbox);
}

#[test]
fn unknown_options_are_reported_before_any_change() {
    let sandbox = Sandbox::new();
    sandbox.foreign("other");
    let before = sandbox.dump_all();
    sandbox.manifest(
        r#"session "s" {
            window "w" { options { window-stile "bg=red"; frobnicate 1 }; pane "a" { run "cat" "-" } }
        }"#,
    );
    for verb in ["plan", "apply"] {
        let ran = sandbox.triad(&[verb]).exits(1);
        for said in [
            "window-stile",
            "`window-style`",
            "frobnicate",
            "window `s/w`",
            "triad.kdl:2",
        ] {
            assert!(
                ran.stderr.contains(said),
                "`{said}` is missing:\n{}",
                ran.stderr
            );
        }
    }
    assert_eq!(sandbox.dump_all(), before);
}

#[test]
fn a_hook_that_tmux_cannot_read_fails_alone() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "s" {
            tmux-hook "client-attached" "no-such-command"
            window "w" { pane "a" { run "cat" "-" } }
        }"#,
    );
    let ran = sandbox.triad(&["apply"]).exits(3);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains("unknown command: no-such-command"), "{said}");
    assert_eq!(sandbox.panes()["s/w/a"].phase, "started");
}

#[test]
fn global_hooks_do_not_run_beside_own_ones() {
    let sandbox = Sandbox::new();
    sandbox.config("set-hook -g client-attached 'display-message everybody'\n");
    sandbox.foreign("other");
    sandbox.manifest(LAYOUT);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(
        plan.contains("`s` has its own hooks for `client-attached`"),
        "{plan}"
    );
}

#[test]
fn a_resize_hook_of_the_session_runs_beside_ours() {
    let sandbox = Sandbox::new();
    let text = |size: u32| {
        format!(
            r#"session "s" {{
            tmux-hook "window-resized" "set-option -gF @resized '#{{window_width}}'"
            window "w" {{ columns {{ pane "a" size="{size}%" {{ run "cat" "-" }}; pane "b" {{ run "cat" "-" }} }} }}
        }}"#
        )
    };
    sandbox.manifest(&text(30));
    let ran = sandbox.triad(&["apply", "--yes"]);
    if !sandbox.is_at_least(3, 3) {
        // There is no such event: everything else is done, and the error is reported.
        let told = ran.exits(3).stdout;
        assert!(told.contains("window-resized"), "{told}");
        assert_eq!(sandbox.panes().len(), 2);
        return;
    }
    ran.exits(0);
    let resized = |width: &str| {
        sandbox.tmux(&["resize-window", "-t", "=s:=w", "-x", width]);
        crate::support::sandbox::eventually(
            "both hooks have run",
            crate::support::sandbox::DEADLINE,
            || {
                let seen = sandbox.tmux(&["show-options", "-gqv", "@resized"]);
                seen.trim() == width
            },
        );
    };
    resized("101");
    assert_eq!(sandbox.panes()["s/w/a"].size.0, 30);
    // triad's hook is written again with the geometry; the session's stays.
    sandbox.apply(&text(50));
    resized("121");
    assert_eq!(sandbox.panes()["s/w/a"].size.0, 60);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn zoom_follows_the_manifest_and_never_overrides_a_person() {
    let mut sandbox = Sandbox::new();
    let text = |zoom: bool| {
        format!(
            r#"session "s" {{ window "w" zoom=#{zoom} {{ columns {{
            pane "a" {{ run "cat" "-" }}
            pane "b" focus=#true {{ run "cat" "-"; needs "a" }}
            pane "c" {{ run "cat" "-" }}
        }} }} }}"#
        )
    };
    let seen = |sandbox: &Sandbox| {
        let id = sandbox.panes()["s/w/b"].id.clone();
        let format = "#{window_zoomed_flag} #{pane_active} #{pane_width}";
        sandbox
            .tmux(&["display-message", "-p", "-t", &id, format])
            .trim()
            .to_owned()
    };
    sandbox.apply(&text(true));
    assert_eq!(seen(&sandbox), "1 1 200");
    let before = pids(&sandbox);
    assert_settled(&mut sandbox);
    sandbox.tmux(&["resize-pane", "-Z", "-t", "=s:=w"]);
    assert_settled(&mut sandbox);
    assert_eq!(seen(&sandbox), "0 1 66");
    sandbox.apply(&text(false));
    assert_eq!(seen(&sandbox), "0 1 66");
    sandbox.apply(&text(true));
    assert_eq!(seen(&sandbox), "1 1 200");
    // Another size while it is zoomed: it stays zoomed, and the cells below are exact.
    let sized = |zoom| text(zoom).replace("pane \"a\" {", "pane \"a\" size=20 {");
    sandbox.apply(&sized(true));
    assert_eq!(seen(&sandbox), "1 1 200");
    sandbox.apply(&sized(false));
    assert_eq!(seen(&sandbox), "0 1 89");
    assert_eq!(pids(&sandbox), before);
    assert_settled(&mut sandbox);
}

/// Panes of three windows, some with their own scrollback length.
fn with_histories(options: &str, more: &str) -> String {
    format!(
        r#"session "s" {{ {options}
            window "w" {{ columns {{
                pane "a" history=11 {{ run "cat" "-" }}
                pane "b" {{ run "cat" "-" }}
                rows {{ pane "c" history=22 {{ run "cat" "-" }}; pane "d" {{ run "cat" "-" }} }}
                {more}
            }} }}
            window "v" {{ pane "e" {{ run "cat" "-" }} }}
            window "u" {{ pane "f" history=33 {{ run "cat" "-" }} }}
        }}"#
    )
}

/// Returns the limits of panes.
fn limits(sandbox: &Sandbox) -> String {
    let panes = sandbox.panes().into_iter();
    let limits = panes.map(|(address, pane)| {
        let limit = ["display-message", "-p", "-t", &pane.id, "#{history_limit}"];
        let name = address.rsplit('/').next().unwrap().to_owned();
        format!("{name}={}", sandbox.tmux(&limit).trim())
    });
    let mut limits: Vec<String> = limits.collect();
    limits.sort();
    limits.join(" ")
}

#[test]
fn panes_have_their_configured_scrollback_and_the_session_keeps_its_own() {
    let mut sandbox = Sandbox::new();
    let text = with_histories;
    let own = |sandbox: &Sandbox| {
        let shown = sandbox.tmux(&["show-options", "-qv", "-t", "=s:", "history-limit"]);
        let saved = sandbox.tmux(&["show-options", "-qv", "-t", "=s:", "@triad_history"]);
        format!("{}{}", shown.trim(), saved.trim())
    };
    sandbox.config("set-option -g history-limit 4000\n");
    sandbox.apply(&text("", ""));
    // From tmux 3.7 on, all panes of a session have one limit, and none is cut short.
    let is_shared = sandbox.is_at_least(3, 7);
    let check = |sandbox: &Sandbox, own_each: &str, shared: &str| {
        let seen = limits(sandbox);
        if is_shared {
            let mut seen = seen.split(' ').map(|pane| &pane[2..]);
            assert!(seen.all(|limit| limit == shared), "{}", limits(sandbox));
        } else {
            assert_eq!(seen, own_each);
        }
    };
    check(&sandbox, "a=11 b=4000 c=22 d=4000 e=4000 f=33", "4000");
    assert_eq!(own(&sandbox), "");
    assert_settled(&mut sandbox);
    // A person's own value of the session is used, and stays.
    sandbox.tmux(&["set-option", "-t", "=s:", "history-limit", "777"]);
    let before = pids(&sandbox);
    let more = r#"pane "g" { run "cat" "-" }; pane "h" history=44 { run "cat" "-" }"#;
    sandbox.apply(&text("", more));
    check(
        &sandbox,
        "a=11 b=4000 c=22 d=4000 e=4000 f=33 g=777 h=44",
        "777",
    );
    assert_eq!(own(&sandbox), "777");
    let mut after = pids(&sandbox);
    after.retain(|address, _| before.contains_key(address));
    assert_eq!(after, before);
    // A live pane keeps its own, and the plan says so.
    let changed = text("", more).replace("history=44", "history=45");
    sandbox.manifest(&changed);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(
        plan.contains("`history` of `s/w/h` takes effect when"),
        "{plan}"
    );
    sandbox.apply(&changed);
    assert_settled(&mut sandbox);
    sandbox.triad(&["down", "--yes"]).exits(0);
    // The session's limit applies to all its panes, including its first one.
    sandbox.apply(&text("options { history-limit 555 }", ""));
    check(&sandbox, "a=11 b=555 c=22 d=555 e=555 f=33", "555");
    assert_eq!(own(&sandbox), "555");
    assert_settled(&mut sandbox);
    // A pane's own limit, different from the session's: a new pane gets it.
    let longer = r#"pane "g" history=900 { run "cat" "-" }"#;
    sandbox.apply(&text("options { history-limit 555 }", longer));
    check(&sandbox, "a=11 b=555 c=22 d=555 e=555 f=33 g=900", "900");
    assert_settled(&mut sandbox);
    sandbox.apply(&text("options { history-limit 600 }", longer));
    check(&sandbox, "a=11 b=555 c=22 d=555 e=555 f=33 g=900", "900");
    assert_settled(&mut sandbox);
}

#[test]
fn an_option_newer_than_the_server_is_reported_with_its_release() {
    let sandbox = Sandbox::new();
    let text = "session \"s\" { options { theme \"dark\" }\n window \"w\" { pane \"p\" } }\n";
    sandbox.apply("session \"s\" { window \"w\" { pane \"p\" } }\n");
    sandbox.manifest(text);
    let known = sandbox.is_at_least(3, 8);
    let ran = sandbox.triad(&["apply"]);
    if known {
        ran.exits(0);
        return;
    }
    let ran = ran.exits(1);
    for said in [
        "has no option `theme`",
        "it was added in tmux 3.8",
        "triad.kdl:1",
    ] {
        assert!(words(&ran.stderr).contains(said), "{said}: {}", ran.stderr);
    }
    // If the server is not running yet, only tmux itself can tell.
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ran = sandbox.triad(&["apply"]).exits(3);
    let said = "invalid option: theme, which requires tmux 3.8";
    assert!(words(&ran.stdout).contains(said), "{}", ran.stdout);
}

#[test]
fn escaped_dollar_signs_are_no_drift() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        r#"session "s" {
            options { status-left "a $HOME ${x} \\$y $1"; "@own" "$_b" }
            window "w" { options { "@own" "\\$c" }; pane "p" { options { "@own" "$d" } } }
        }"#,
    );
    sandbox.triad(&["plan", "--check"]).exits(0);
    let standin = sandbox.stand_in_of_version("3.4");
    let mut plan = sandbox.triad_command(&["plan", "--check"]);
    run(plan.env("TRIAD_TMUX", standin)).exits(0);
}
