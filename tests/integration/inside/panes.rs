//! triad in a pane of the layout.

use super::{call, code, is_converged, is_over, type_line};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        pane "here" { stop timeout="300ms" }
        service "db" { run "sleep" "1001" }
    }
    window "other" { service "api" { run "sleep" "1002" } }
}
"#;

const HERE: &str = "pane \"here\" { stop timeout=\"300ms\" }";

/// Applies a layout from outside, and writes the manifest to apply from inside.
#[track_caller]
fn with(edited: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.manifest(edited);
    sandbox
}

#[test]
fn the_own_pane_restarts_last() {
    let edited = LAYOUT
        .replace("{ stop", "{ env { A \"1\" }; stop")
        .replace("1001", "2001");
    let sandbox = with(&edited);
    let before = sandbox.panes();
    let plan = sandbox.triad(&["plan"]).exits(0);
    assert!(!plan.stdout.contains("triad runs in"), "{}", plan.stdout);
    type_line(&sandbox, "web/main/here", &call(&sandbox, "plan"));
    assert_eq!(code(&sandbox), "0");
    let out = sandbox.read("out").unwrap_or_default();
    assert!(
        out.contains("triad runs in `web/main/here`, so it comes last"),
        "{out}"
    );
    // Shell jobs that survive the end of their terminal are ended, too.
    type_line(
        &sandbox,
        "web/main/here",
        "nohup sleep 1003 >nohup.out 2>&1 & clear",
    );
    eventually("the job runs", DEADLINE, || {
        sandbox.is_running("sleep 1003")
    });
    type_line(&sandbox, "web/main/here", &call(&sandbox, "apply --yes"));
    eventually("the pane has a new shell", DEADLINE, || {
        let pane = &sandbox.panes()["web/main/here"];
        pane.pid != before["web/main/here"].pid && pane.phase == "started"
    });
    is_over(&sandbox);
    assert_eq!(
        sandbox.panes()["web/main/here"].id,
        before["web/main/here"].id
    );
    assert!(
        !sandbox.is_running("sleep 1003"),
        "{:?}",
        sandbox.running("sleep 1003")
    );
    let out = sandbox.read("out").unwrap_or_default();
    assert!(
        out.contains("2 restarted"),
        "the whole run was reported: {out}"
    );
    is_converged(&sandbox);
}

#[test]
fn the_own_pane_moves_and_stays_readable() {
    let edited = LAYOUT.replace(HERE, "").replace(
        "window \"other\" {",
        "window \"other\" { pane \"here\" { stop timeout=\"300ms\" };",
    );
    let sandbox = with(&edited);
    let before = sandbox.panes()["web/main/here"].clone();
    type_line(&sandbox, "web/main/here", "echo before-it");
    type_line(&sandbox, "web/main/here", &call(&sandbox, "apply --yes"));
    assert_eq!(code(&sandbox), "0", "{:?}", sandbox.read("err"));
    let after = sandbox.panes()["web/other/here"].clone();
    assert_eq!((&before.id, before.pid), (&after.id, after.pid));
    assert!(sandbox.printed(&after.id).contains("before-it"));
    is_converged(&sandbox);
}

#[test]
fn the_own_pane_is_removed_last() {
    let hooks = "hooks { after-apply \"touch after\" }\n";
    let edited = LAYOUT.replace(HERE, "").replace("1001", "2001").replace(
        "service \"api\"",
        "service \"new\" { run \"sleep\" \"1004\" }; service \"api\"",
    );
    let sandbox = with(&format!("{hooks}{edited}"));
    type_line(&sandbox, "web/main/here", &call(&sandbox, "apply --yes"));
    eventually("the pane is gone", DEADLINE, || {
        !sandbox.panes().contains_key("web/main/here")
    });
    is_over(&sandbox);
    let out = sandbox.read("out").unwrap_or_default();
    for expected in ["triad runs in `web/main/here`", "1 stopped", "1 restarted"] {
        assert!(out.contains(expected), "`{expected}`: {out}");
    }
    assert!(sandbox.read("after").is_some(), "the hook ran, too: {out}");
    is_converged(&sandbox);
}

#[test]
fn the_own_window_and_session_are_removed() {
    for (edited, from) in [
        (
            LAYOUT.replace("\"web\" {", "\"web\" { window \"left\" { pane \"p\" }"),
            "web/main/here",
        ),
        (LAYOUT.replace("\"web\"", "\"elsewhere\""), "web/main/here"),
    ] {
        let begin = edited
            .find("window \"main\"")
            .expect("the layout contains it");
        let end = edited
            .find("window \"other\"")
            .expect("the layout contains it");
        let sandbox = with(&(edited[..begin].to_owned() + &edited[end..]));
        type_line(&sandbox, from, &call(&sandbox, "apply --yes"));
        eventually("the pane is gone", DEADLINE, || {
            !sandbox.panes().contains_key(from)
        });
        is_over(&sandbox);
        is_converged(&sandbox);
    }
}

#[test]
fn down_from_inside_leaves_nothing() {
    let sandbox = with(&format!(
        "{LAYOUT}\nhooks {{ after-down \"touch after\" }}\n"
    ));
    type_line(
        &sandbox,
        "web/main/here",
        "trap '' HUP; sh -c 'trap \"\" HUP; setsid sh -c \"trap : HUP TERM; sleep 1005; sleep 1009\" & wait' & nohup sleep 1006 & clear",
    );
    for text in ["sleep 1005", "sleep 1006"] {
        eventually(text, DEADLINE, || sandbox.is_running(text));
    }
    let verb = call(&sandbox, "down --yes --timeout 300ms");
    type_line(&sandbox, "web/main/here", &verb);
    eventually("the server is gone", DEADLINE, || {
        sandbox.sessions().is_empty()
    });
    is_over(&sandbox);
    let left = sandbox.running("sleep");
    assert!(left.is_empty(), "{left:?}");
    assert!(sandbox.read("after").is_some(), "{:?}", sandbox.read("err"));
    sandbox.triad(&["down", "--lock-timeout", "0s"]).exits(0);
}

#[test]
fn the_own_pane_is_known_without_its_environment() {
    let sandbox = with(LAYOUT);
    let socket = sandbox.tmux(&["display-message", "-p", "#{socket_path}"]);
    let verb = call(&sandbox, &format!("-S {} down --yes", socket.trim()));
    type_line(
        &sandbox,
        "web/main/here",
        &format!("unset TMUX TMUX_PANE; {verb}"),
    );
    eventually("the server is gone", DEADLINE, || {
        sandbox.sessions().is_empty()
    });
    is_over(&sandbox);
    let out = sandbox.read("out").unwrap_or_default();
    assert!(out.contains("3 stopped"), "{out}");
}

#[test]
fn a_program_can_be_replaced_by_the_triad_it_calls() {
    let sandbox = Sandbox::new();
    let line = |number: u32| {
        format!(
            "session \"web\" {{ window \"main\" {{ service \"own\" {{ run \"until test -e go; do \
             sleep 0.02; done; . ./call; sleep {number}\" }}; pane \"p\" }} }}"
        )
    };
    sandbox.file("call", &call(&sandbox, "apply --yes"));
    sandbox.apply(&line(1007));
    sandbox.manifest(&line(1008));
    let before = sandbox.panes()["web/main/own"].pid;
    sandbox.file("go", "");
    eventually("the own pane is replaced", DEADLINE, || {
        sandbox.panes()["web/main/own"].pid != before
    });
    std::fs::remove_file(sandbox.path("go")).expect("the file exists");
    is_over(&sandbox);
    is_converged(&sandbox);
}

#[test]
fn the_own_pane_is_stopped_and_stays() {
    let sandbox = with(LAYOUT);
    let before = sandbox.panes();
    type_line(&sandbox, "web/main/here", &call(&sandbox, "stop here"));
    eventually("the pane is stopped", DEADLINE, || {
        let told = [
            "list-panes",
            "-a",
            "-F",
            "#{s/ .*//:@triad_pane} #{@triad_phase} #{pane_dead}",
        ];
        let told = sandbox.tmux(&told);
        told.contains("web/main/here stopped 1")
    });
    is_over(&sandbox);
    let after = sandbox.panes();
    assert_eq!(before["web/main/here"].id, after["web/main/here"].id);
    assert_eq!(before["web/main/db"], after["web/main/db"]);
    is_converged(&sandbox);
}
