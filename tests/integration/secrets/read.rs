//! Secrets that a pane reads itself, from environment files and from commands: at each start, also
//! when tmux starts it again with no triad running.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{NEEDLE, assert_nowhere, environment};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::words;

/// Waits until a program has written this.
#[track_caller]
fn written(sandbox: &Sandbox, file: &str, expected: &str) {
    eventually(&format!("{file} is {expected:?}"), DEADLINE, || {
        sandbox.read(file).as_deref() == Some(expected)
    });
}

/// Ends the program of a pane as a crash does, and waits for the next one.
#[track_caller]
fn crash(sandbox: &Sandbox, address: &str) {
    let before = sandbox.panes()[address].pid;
    let kill = ["-9", &before.to_string()];
    run(sandbox.command("kill").args(kill)).exits(0);
    eventually("it is started again", DEADLINE, || {
        let pane = &sandbox.panes()[address];
        pane.pid != before && pane.pid != 0
    });
}

#[test]
fn inner_files_win_over_outer_ones_and_env_over_the_files_of_its_node() {
    let sandbox = Sandbox::new();
    let all = [
        "CALLER", "LAYOUT", "LAST", "SESSION", "WINDOW", "PANE", "ENV",
    ];
    // Each file sets all names from its own on, so that the next level has to win.
    for (at, level) in ["layout", "last", "session", "window", "pane"]
        .iter()
        .enumerate()
    {
        let lines = all[at + 1..].iter().map(|name| format!("{name}={level}\n"));
        sandbox.file(&format!("{level}.env"), &lines.collect::<String>());
    }
    sandbox.manifest(
        r#"layout "shop"
env-file "layout.env"
session "s" {
    env-file "session.env"
    window "w" {
        env-file "window.env"
        env { ENV "env of the window"; CALLER "env of the window" }
        columns {
            service "api" restart="on-failure" {
                env-file "pane.env"
                run "printf '%s,' \"$CALLER\" \"$LAYOUT\" \"$LAST\" \"$SESSION\" \"$WINDOW\" \"$PANE\" \"$ENV\" >got; exec sleep 1001"
            }
            pane "next" { run "printf '%s,' \"$PANE\" \"$ENV\" >next; exec sleep 1002" }
            pane "over" {
                env { PANE "env of the pane" }
                env-file "pane.env"
                run "printf '%s,' \"$PANE\" \"$ENV\" >over; exec sleep 1003"
            }
        }
    }
}"#
        .replace(" restart=\"on-failure\"", "")
        .as_str(),
    );
    let mut apply = sandbox.triad_command(&["apply", "--env-file", "last.env"]);
    run(apply.env("CALLER", "caller").env("LAYOUT", "caller")).exits(0);
    written(
        &sandbox,
        "got",
        "env of the window,layout,last,session,window,pane,pane,",
    );
    written(&sandbox, "next", "window,env of the window,");
    written(&sandbox, "over", "env of the pane,pane,");
    sandbox
        .triad(&["plan", "--check", "--env-file", "last.env"])
        .exits(0);
    // The flag is a part of what is wanted, as `--var` is.
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(words(&plan).contains("env LAST"), "{plan}");
}

/// Reads from everywhere.
const LAYOUT: &str = r#"
layout "shop"
env-file "shop.env"
hooks { before-apply "printf %s \"$KEY\" >hook" }
session "web" {
    window "main" {
        columns {
            service "api" {
                run "printf '%s|%s' \"$KEY\" \"$PRINTED\" >got; exec sleep 1001"
                env {
                    PRINTED secret=#true exec="env >seen; tr '\\0' '\\n' </proc/$PPID/environ >reader; cat printed"
                    SECOND secret=#true exec="env >second; cat second-printed"
                }
                ready every="20ms" { exec "test -e got && test -n \"$KEY\"" }
                restart "always" delay="10ms"
            }
            pane "shell" on-exit="shell"
            pane "argv" {
                env { HANDED secret=#true }
                run "sh" "-c" "printf '%s|%s' \"$KEY\" \"$HANDED\" >argv; exec sleep 1002"
            }
        }
    }
}
session "bare" { window "main" { pane "p" { env { KEY "plain" }; run "env >bare; exec sleep 1003" } } }
"#;

#[test]
fn nobody_but_the_program_sees_what_its_pane_reads() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    sandbox.file("shop.env", "KEY='sEcr3t \"$HOME\" `id` #{pane_id} %if'\n");
    sandbox.file("printed", "sEcr3t printed\n\n");
    sandbox.file("second-printed", "sEcr3t second");
    sandbox.manifest(LAYOUT);
    let mut said = String::new();
    let mut say = |arguments: &[&str], status: i32| {
        let mut command = sandbox.triad_command(arguments);
        // The caller may well have the same value.
        let command = command
            .env("KEY", "sEcr3t \"$HOME\" `id` #{pane_id} %if")
            .env("HANDED", "sEcr3t handed");
        let ran = run(command).exits(status);
        said += &format!("{arguments:?}: {} {}\n", ran.stdout, ran.stderr);
    };
    for arguments in [
        &["check"][..],
        &["plan", "-v"],
        &["plan", "--json"],
        &["plan", "--commands"],
        &["plan", "--out", "saved"],
        &["show", "--commands", "saved"],
        &["explain", "api"],
        &["explain", "--json", "api"],
        &["render"],
    ] {
        let status = if arguments == ["render"] { 65 } else { 0 };
        say(arguments, status);
    }
    assert_eq!(sandbox.read("seen"), None, "a plan runs nothing");
    say(&["apply", "saved", "-v"], 0);
    let key = "sEcr3t \"$HOME\" `id` #{pane_id} %if";
    written(&sandbox, "got", &format!("{key}|sEcr3t printed"));
    written(&sandbox, "argv", &format!("{key}|sEcr3t handed"));
    written(&sandbox, "hook", key);
    sandbox.attach((100, 30), "web");
    crash(&sandbox, "web/main/api");
    eventually("it has read again", DEADLINE, || {
        environment(sandbox.panes()["web/main/api"].pid).contains(NEEDLE)
    });
    for arguments in [
        &["apply", "-v"][..],
        &["ps", "--json"],
        &["plan", "--json"],
        &["restart", "api"],
    ] {
        say(arguments, 0);
    }
    for file in ["seen", "reader", "second", "bare"] {
        let seen = sandbox.read(file).unwrap();
        assert!(!seen.contains(NEEDLE), "{file} has it: {seen}");
    }
    assert!(sandbox.read("bare").unwrap().contains("KEY=plain"));
    said += &sandbox.read("saved").unwrap();
    assert_nowhere(&sandbox, &said);
    let panes = sandbox.panes();
    let mut owners: Vec<u32> = panes.values().map(|pane| pane.pid).collect();
    owners.sort_unstable();
    // The program that was restarted may still be ending.
    eventually("no other process has it", DEADLINE, || {
        let mut processes = fs::read_dir("/proc").unwrap().flatten();
        processes.all(|entry| {
            let pid = entry.file_name().to_string_lossy().parse().unwrap_or(0);
            let seen = fs::read(entry.path().join("environ")).unwrap_or_default();
            let has_it = String::from_utf8_lossy(&seen).contains(NEEDLE);
            !has_it || owners.contains(&pid) || pid == 0
        })
    });
}

/// A service that crashes, and tells what it was started with.
const SERVICE: &str = r#"
layout "shop"
session "s" { window "w" {
    service "api" {
        run "printf '%s %s' \"$KEY\" \"$TOKEN\" >got; exec sleep 1001"
        env-file ".env"
        env { TOKEN secret=#true exec="cat token # #{pane_id} #(id); 'x'" }
        restart "on-failure" delay="10ms"
    }
} }"#;

#[test]
fn a_restart_reads_new_values_and_a_plan_says_what_changed() {
    let sandbox = Sandbox::new();
    sandbox.file(".env", "KEY=one\n");
    sandbox.file("token", "first");
    sandbox.apply(SERVICE);
    written(&sandbox, "got", "one first");
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.file(".env", "KEY=two-hidden\n");
    sandbox.file("token", "second");
    crash(&sandbox, "s/w/api");
    written(&sandbox, "got", "two-hidden second");
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(
        words(&plan).contains("± env KEY (secret, changed)"),
        "{plan}"
    );
    assert!(
        !plan.contains("hidden") && !plan.contains("TOKEN"),
        "{plan}"
    );
    sandbox.triad(&["apply", "--yes"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
    // Another line is another program, another path with the same values is not.
    let pid = sandbox.panes()["s/w/api"].pid;
    sandbox.file("other.env", "KEY=\"two-hidden\" # the same\n");
    let other = SERVICE.replace(".env", "other.env");
    sandbox.manifest(&other);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(words(&plan).contains("env-file"), "{plan}");
    sandbox.triad(&["apply"]).exits(0);
    assert_eq!(sandbox.panes()["s/w/api"].pid, pid);
    sandbox.file("other.env", "KEY=three\n");
    crash(&sandbox, "s/w/api");
    written(&sandbox, "got", "three second");
    sandbox.file("other.env", "KEY=two-hidden\n");
    sandbox.manifest(&other.replace("cat token", "echo third"));
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    let told = words(&plan);
    assert!(told.contains("exec TOKEN cat token"), "{plan}");
    sandbox.triad(&["apply", "--yes"]).exits(0);
    written(&sandbox, "got", "two-hidden third");
}

#[test]
fn an_unreadable_source_fails_only_its_pane() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"layout "shop"
session "s" { window "w" {
    service "locked" { run "touch" "started"; env { KEY secret=#true exec="echo no key here >&2; exit 3" } }
    service "empty" { run "touch" "started"; env { KEY secret=#true exec="true" } }
    service "gone" { run "touch" "started"; env-file ".env"; needs "first" }
    task "first" { run "sleep 0.3; rm .env" }
} }"#,
    );
    sandbox.file(".env", "KEY=one\n");
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&format!("{}{}", ran.stdout, ran.stderr));
    assert!(said.contains("no key here"), "{said}");
    assert!(said.contains("exited with status 3"), "{said}");
    assert!(said.contains("printed nothing"), "{said}");
    assert!(said.contains("was not found"), "{said}");
    assert!(!sandbox.path("started").exists());
    // The file is missed by who plans, with its place, and not by who takes it down.
    let said = words(&sandbox.triad(&["plan"]).exits(65).stderr);
    assert!(said.contains("was not found"), "{said}");
    sandbox.triad(&["down", "--yes"]).exits(0);
}

#[test]
fn verbs_that_need_no_file_do_not_ask_for_it() {
    let sandbox = Sandbox::new();
    let text = r#"layout "shop"
session "s" { window "w" {
    service "api" { run "sleep" "1001"; env-file ".env" }
    service "web" { run "sleep" "1002" }
} }"#;
    sandbox.file(".env", "KEY=one\n");
    sandbox.apply(text);
    let before = sandbox.panes();
    fs::remove_file(sandbox.path(".env")).unwrap();
    sandbox.triad(&["check"]).exits(0);
    sandbox.triad(&["restart", "web"]).exits(0);
    let said = words(&sandbox.triad(&["restart", "api"]).exits(1).stderr);
    assert!(said.contains("of `s/w/api` was not found"), "{said}");
    let after = sandbox.panes();
    assert_eq!(after["s/w/api"].pid, before["s/w/api"].pid);
    assert_ne!(after["s/w/web"].pid, before["s/w/web"].pid);
    sandbox.file(".env", "KEY=one\nwrong line\n");
    let said = words(&sandbox.triad(&["check"]).exits(65).stderr);
    assert!(said.contains("/.env:2`: a line is `NAME=value`"), "{said}");
}

#[test]
fn a_saved_plan_is_stale_if_a_file_changed() {
    let sandbox = Sandbox::new();
    sandbox.file(".env", "KEY=one\n");
    sandbox.file("token", "first");
    sandbox.manifest(SERVICE);
    sandbox.triad(&["plan", "--out", "saved"]).exits(0);
    sandbox.file(".env", "KEY=two-hidden\n");
    let said = sandbox.triad(&["apply", "saved"]).exits(6).stderr;
    assert!(said.contains("`KEY`") && !said.contains("hidden"), "{said}");
    sandbox.file(".env", "KEY=one\nMORE=two-hidden\n");
    let said = sandbox.triad(&["apply", "saved"]).exits(6).stderr;
    assert!(said.contains("`MORE`"), "{said}");
    fs::remove_file(sandbox.path(".env")).unwrap();
    let said = words(&sandbox.triad(&["apply", "saved"]).exits(6).stderr);
    assert!(said.contains("was not found"), "{said}");
    sandbox.file(".env", "KEY=one\n");
    sandbox.triad(&["apply", "saved"]).exits(0);
    written(&sandbox, "got", "one first");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_triad_that_is_gone_is_missed_in_the_pane() {
    let sandbox = Sandbox::new();
    let moved: PathBuf = sandbox.path("moved-triad");
    fs::copy(env!("CARGO_BIN_EXE_triad"), &moved).unwrap();
    sandbox.file(".env", "KEY=one\n");
    sandbox.file("token", "first");
    sandbox.manifest(SERVICE);
    let tmux = sandbox.tmux_program().to_owned();
    let mut apply = sandbox.command(&moved);
    apply
        .arg("--tmux")
        .arg(tmux)
        .arg("-L")
        .arg(sandbox.socket_name());
    run(apply.arg("apply")).exits(0);
    written(&sandbox, "got", "one first");
    fs::remove_file(&moved).unwrap();
    let before = sandbox.panes()["s/w/api"].clone();
    run(sandbox
        .command("kill")
        .args(["-9", &before.pid.to_string()]))
    .exits(0);
    eventually("its pane says so", DEADLINE, || {
        let printed = sandbox.tmux(&["capture-pane", "-p", "-J", "-S", "-", "-t", &before.id]);
        words(&printed).contains("moved-triad` is gone, which reads the secrets of this pane")
    });
    eventually("it is given up", DEADLINE, || {
        sandbox.panes()["s/w/api"].phase == "failed"
    });
    fs::remove_file(sandbox.path("got")).unwrap();
    sandbox.triad(&["apply", "--yes"]).exits(0);
    written(&sandbox, "got", "one first");
}

#[test]
fn a_file_of_a_manifest_that_was_found_is_the_users_own() {
    let sandbox = Sandbox::new();
    let file = sandbox.file(".env", "KEY=one\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    sandbox.manifest("env-file \".env\"\nsession \"s\"");
    let said = words(&sandbox.triad(&["check"]).exits(65).stderr);
    assert!(said.contains("anyone can write to it"), "{said}");
    sandbox.triad(&["check", "triad.kdl"]).exits(0);
    sandbox.manifest("session \"s\"");
    sandbox.triad(&["check", "--env-file", ".env"]).exits(0);
    sandbox.triad(&["check", "--env-file", "none"]).exits(0);
    let said = words(
        &sandbox
            .triad(&["plan", "--env-file", "none"])
            .exits(65)
            .stderr,
    );
    assert!(said.contains("check the path after `--env-file`"), "{said}");
}
