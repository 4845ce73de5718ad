//! Secrets on a real tmux: only the program sees them; a changed one restarts its users, and
//! nothing else.

mod read;

use std::fs;
use std::process::Command;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::{events, words};
use crate::support::standin::Fault;

/// In every part of the value that a line-wise search could find.
const NEEDLE: &str = "sEcr3t";
/// A value that breaks everything that does not quote.
const VALUE: &str = "sEcr3t 'q' \"$HOME\" `id` #{pane_id} \\ %if 1 ünï 🔑\nsEcr3t; second=$line \n";

const LAYOUT: &str = r##"
layout "shop"
env { TOP secret=#true }
hooks { before-apply "test -n \"$TOP\""; after-apply "echo \"hook $TOP\" >hook" }
session "web" {
    env { KEY secret=#true; ABSENT secret=#true optional=#true }
    window "main" {
        columns {
            service "api" {
                run "printf %s \"$KEY\" >got; exec sleep 1001"
                ready every="20ms" { exec "test -e got && test -n \"$KEY\"" }
            }
            pane "argv" { run "sh" "-c" "printf %s \"$KEY\" >argv; exec sleep 1002" }
            pane "shell"
        }
    }
}
session "bare" { window "main" { pane "p" { run "env >bare; exec sleep 1003" } } }
"##;

/// Runs triad with these secrets in the caller's environment.
fn triad(sandbox: &Sandbox, value: &str, arguments: &[&str]) -> Ran {
    let mut command: Command = sandbox.triad_command(arguments);
    run(command.env("KEY", value).env("TOP", value))
}

#[test]
fn only_the_program_sees_a_secret() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    sandbox.manifest(LAYOUT);
    let mut said = String::new();
    let mut say = |arguments: &[&str], status: i32| {
        let ran = triad(&sandbox, VALUE, arguments).exits(status);
        said += &format!("{arguments:?}: {} {}\n", ran.stdout, ran.stderr);
    };
    for flags in [&[][..], &["-v"], &["--json"], &["--json", "-v"]] {
        say(&[flags, &["check"]].concat(), 0);
        say(&[flags, &["plan"]].concat(), 0);
        say(&[flags, &["plan", "--commands"]].concat(), 0);
        say(&[flags, &["plan", "--out", "saved"]].concat(), 0);
        say(&[flags, &["show", "saved"]].concat(), 0);
        say(&[flags, &["explain", "api"]].concat(), 0);
    }
    say(&["-v", "apply"], 0);
    assert_eq!(sandbox.read("got").as_deref(), Some(VALUE));
    eventually("the other program has it too", DEADLINE, || {
        sandbox.read("argv").as_deref() == Some(VALUE)
    });
    let shell = sandbox.panes()["web/main/shell"].pid;
    assert!(environment(shell).contains(NEEDLE), "the shell has it");
    sandbox.attach((100, 30), "web");
    for arguments in [
        &["apply", "-v"][..],
        &["plan", "--json"],
        &["apply", "--json"],
    ] {
        say(arguments, 0);
    }
    let restarted = LAYOUT.replace("1001", "2001");
    sandbox.manifest(&restarted);
    say(&["plan", "--commands"], 0);
    for arguments in [&["explain", "api"][..], &["explain", "--json", "web"]] {
        say(arguments, 0);
    }
    say(&["plan", "--out", "saved"], 0);
    say(&["show", "saved"], 0);
    say(&["show", "--commands", "saved"], 0);
    said += &sandbox.read("saved").unwrap();
    let mut say = |arguments: &[&str], status: i32| {
        let ran = triad(&sandbox, VALUE, arguments).exits(status);
        said += &format!("{arguments:?}: {} {}\n", ran.stdout, ran.stderr);
    };
    say(&["apply"], 7);
    say(&["apply", "--yes", "--json"], 0);
    assert_nowhere(&sandbox, &said);
    let bare = sandbox.panes()["bare/main/p"].pid;
    assert!(
        !environment(bare).contains("KEY="),
        "a pane without the secret does not get it"
    );
    assert_eq!(sandbox.panes()["web/main/api"].phase, "started");
    sandbox.triad(&["down", "shop", "--yes"]).exits(0);
}

/// Searches for it in all output, and in everything that tmux and the machine show.
#[track_caller]
fn assert_nowhere(sandbox: &Sandbox, said: &str) {
    let client = sandbox.listed(&["list-clients", "-F", "#{client_name}"]);
    let pid = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    let mut shown = vec![
        ("what triad says", said.to_owned()),
        ("calls of tmux", format!("{:?}", sandbox.take_calls())),
        (
            "the server's environment",
            environment(pid.trim().parse().unwrap()),
        ),
        (
            "the log of commands",
            sandbox.tmux(&["show-messages", "-t", &client[0]]),
        ),
        (
            "the global environment",
            sandbox.tmux(&["show-environment", "-g"]),
        ),
        (
            "hidden variables",
            sandbox.tmux(&["show-environment", "-gh"]),
        ),
        ("buffers", sandbox.tmux(&["list-buffers"])),
        ("everything on the server", sandbox.dump_all()),
        ("command lines", command_lines()),
    ];
    assert!(
        shown[3].1.contains("respawn-pane"),
        "the log shows the calls: {}",
        shown[3].1
    );
    let formats =
        "#{pane_start_command} #{pane_title} #{window_name} #{session_name} #{@triad_pane}";
    shown.push(("panes", sandbox.tmux(&["list-panes", "-a", "-F", formats])));
    for session in sandbox.sessions() {
        let target = format!("={session}:");
        shown.push((
            "a session's environment",
            sandbox.tmux(&["show-environment", "-t", &target]),
        ));
        shown.push((
            "a session's options",
            sandbox.tmux(&["show-options", "-t", &target]),
        ));
    }
    for applied in sandbox.listed(&["list-panes", "-a", "-F", "#{s/.* //:@triad_pane}"]) {
        let body = data_encoding::BASE64URL_NOPAD
            .decode(applied.as_bytes())
            .unwrap();
        shown.push(("a pane's tag", String::from_utf8(body).unwrap()));
    }
    for (what, text) in shown {
        assert!(!text.contains(NEEDLE), "{what} shows the secret: {text}");
    }
    assert_no_pipes(sandbox);
}

#[track_caller]
fn assert_no_pipes(sandbox: &Sandbox) {
    let left = fs::read_dir(sandbox.root().join("s")).unwrap().flatten();
    let left = left.flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten());
    let pipes: Vec<_> = left.filter(|entry| entry.path().is_dir()).collect();
    assert!(pipes.is_empty(), "pipes are left: {pipes:?}");
}

fn environment(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/environ")).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn command_lines() -> String {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .collect()
}

#[test]
fn a_changed_secret_restarts_its_panes() {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    triad(&sandbox, VALUE, &["apply"]).exits(0);
    let before = sandbox.panes();
    let same = triad(&sandbox, VALUE, &["plan", "--check"]).exits(0);
    assert!(same.stdout.contains("nothing to do"), "{}", same.stdout);
    let other = "sEcr3t of today";
    let plan = triad(&sandbox, other, &["plan"]).exits(0);
    let told = words(&plan.stdout);
    assert!(
        told.contains("± env KEY (secret, changed)"),
        "{}",
        plan.stdout
    );
    assert!(!plan.stdout.contains(NEEDLE), "{}", plan.stdout);
    let json = &events(&triad(&sandbox, other, &["plan", "--json"]))[0];
    let changes: Vec<_> = json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["changes"][0])
        .collect();
    assert!(
        changes
            .iter()
            .all(|change| change["secret"] == true && change["to"].is_null())
    );
    triad(&sandbox, other, &["apply"]).exits(7);
    triad(&sandbox, other, &["apply", "--yes"]).exits(0);
    let after = sandbox.panes();
    for (address, pane) in &after {
        assert_eq!(pane.id, before[address].id, "{address}");
        let is_same = pane.pid == before[address].pid;
        // `TOP` is shared.
        assert!(!is_same, "{address} has another environment");
    }
    triad(&sandbox, other, &["plan", "--check"]).exits(0);
}

#[test]
fn a_value_that_becomes_secret_or_moves_keeps_the_process() {
    let sandbox = Sandbox::new();
    let text = r#"session "a" { window "w" { pane "p" { run "sleep" "1001"; env { KEY from="env" } }; pane "q" } }
session "b" { window "w" { pane "r" } }"#;
    sandbox.manifest(text);
    triad(&sandbox, VALUE, &["apply"]).exits(0);
    let pid = sandbox.panes()["a/w/p"].pid;
    let secret = text.replace("from=\"env\"", "secret=#true");
    sandbox.manifest(&secret);
    let plan = triad(&sandbox, VALUE, &["plan"]).exits(0);
    assert!(
        words(&plan.stdout).contains("- env KEY (not secret) + env KEY (secret)"),
        "{}",
        plan.stdout
    );
    triad(&sandbox, VALUE, &["apply"]).exits(0);
    triad(&sandbox, VALUE, &["plan", "--check"]).exits(0);
    let moved = r#"session "a" { window "w" { pane "q" } }
session "b" { window "w" { pane "r"; pane "p" { run "sleep" "1001"; env { KEY secret=#true } } } }"#;
    sandbox.manifest(moved);
    triad(&sandbox, VALUE, &["apply"]).exits(0);
    triad(&sandbox, VALUE, &["plan", "--check"]).exits(0);
    assert_eq!(sandbox.panes()["b/w/p"].pid, pid);
    // A lost key is replaced; hashes that cannot be compared are left alone.
    sandbox.tmux(&["set-option", "-u", "-t", "=b:", "@triad_salt"]);
    triad(&sandbox, VALUE, &["plan", "--check"]).exits(2);
    triad(&sandbox, VALUE, &["apply"]).exits(0);
    triad(&sandbox, VALUE, &["plan", "--check"]).exits(0);
    assert_eq!(sandbox.panes()["b/w/p"].pid, pid);
    triad(&sandbox, "sEcr3t other", &["apply"]).exits(7);
}

#[test]
fn secrets_in_output_and_probe_answers_are_hidden() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"env { KEY secret=#true }
session "a" { window "w" {
    service "dies" { run "echo \"$KEY\"; exit 3" }
    service "probed" { run "sleep" "1001"; ready deadline="60ms" every="20ms" { exec "echo \"$KEY\"; false" } }
} }"#,
    );
    let ran = triad(&sandbox, VALUE, &["apply", "--json"]).exits(4);
    let both = format!("{}{}", ran.stdout, ran.stderr);
    assert!(both.contains("${KEY:?}"), "{both}");
    assert!(!both.contains("\"$HOME\\\" `id`"), "{both}");
    assert!(!both.contains(NEEDLE), "{both}");
}

/// A secret that every caller here has.
const KILLED: &str = r#"
layout "shop"
session "web" { window "main" { columns {
    pane "api" { run "printf %s \"$LANG\" >>got; exec sleep 1001"; env { LANG secret=#true } }
    pane "next" { run "sleep" "1002"; needs "api"; env { LANG secret=#true } }
} } }"#;

#[test]
fn after_any_failure_the_next_apply_passes_the_secrets() {
    use Fault::{Cut, KillAfter, KillBefore, KillWithin, Mute};
    for fault in [KillBefore, KillWithin, KillAfter, Cut, Mute] {
        for at in 1..=5 {
            let sandbox = Sandbox::new();
            sandbox.manifest(KILLED);
            if sandbox.with_fault(fault, at, &["apply"]).is_none() {
                break;
            }
            let about = format!("{fault:?} at call {at}");
            sandbox.triad(&["apply", "--yes"]).exits(0);
            for (address, pane) in sandbox.panes() {
                assert_eq!(pane.phase, "started", "{about}: {address}");
                eventually("the environment is complete", DEADLINE, || {
                    environment(pane.pid).contains("LANG=C.UTF-8")
                });
            }
            assert_eq!(sandbox.panes().len(), 2, "{about}");
            assert!(
                sandbox
                    .read("got")
                    .is_some_and(|got| got.ends_with("C.UTF-8")),
                "{about}"
            );
            let plan = sandbox.triad(&["plan", "--check"]);
            assert_eq!(plan.status, 0, "{about}: {}", plan.stdout);
            // Files of a killed triad are removed by the next one with secrets to pass.
            sandbox.apply(&KILLED.replace("1001", "2001"));
            assert_no_pipes(&sandbox);
        }
    }
}

#[test]
fn the_own_pane_cannot_get_secrets() {
    let sandbox = Sandbox::new();
    let text = r#"session "a" { window "w" { pane "own" { env { LANG secret=#true; N 1 } } } }"#;
    sandbox.apply(text);
    let before = sandbox.panes()["a/w/own"].clone();
    sandbox.manifest(&text.replace("N 1", "N 2"));
    let triad = env!("CARGO_BIN_EXE_triad");
    let tmux = sandbox.tmux_program().display();
    let line = format!("{triad} --tmux {tmux} apply --yes >said 2>&1; echo $? >code");
    eventually("its shell is up", DEADLINE, || {
        sandbox.tmux(&["send-keys", "-t", &before.id, "C-u", &line, "Enter"]);
        crate::support::sandbox::soon(std::time::Duration::from_secs(2), || {
            sandbox.read("code").is_some_and(|code| !code.is_empty())
        })
    });
    assert_eq!(
        sandbox.read("code").as_deref(),
        Some("7\n"),
        "{:?}",
        sandbox.read("said")
    );
    let said = sandbox.read("said").unwrap();
    assert!(words(&said).contains("triad is running in it"), "{said}");
    assert_eq!(sandbox.panes()["a/w/own"], before);
}

#[test]
fn down_needs_no_secrets() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        "env { KEY secret=#true; PLACE from=\"env\" }\n\
         session \"s\" { window \"w\" { pane \"p\" { run \"sleep\" \"1000\" } } }",
    );
    let mut apply = sandbox.triad_command(&["apply"]);
    run(apply.env("KEY", VALUE).env("PLACE", "here")).exits(0);
    sandbox.triad(&["apply"]).exits(65);
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.panes().is_empty());
}

/// Two services with a secret each, and a caller with none.
const OWN_EACH: &str = r#"
layout "shop"
session "s" { window "w" {
    service "db" { env { DB_KEY secret=#true; REGION from="env" }; run "sleep" "1001" }
    service "api" { env { API_KEY secret=#true }; run "sleep" "1002"; needs "db" restart=#false }
    service "web" { run "sleep" "1003" }
} }
"#;

#[test]
fn unused_secrets_need_no_value() {
    let sandbox = Sandbox::new();
    sandbox.manifest(OWN_EACH);
    let all = [("DB_KEY", "one"), ("API_KEY", "two"), ("REGION", "eu")];
    let with = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = sandbox.triad_command(arguments);
        command.envs(variables.iter().copied());
        run(&mut command)
    };
    with(&[], &["check"]).exits(0);
    with(&all, &["apply"]).exits(0);
    let before = sandbox.panes();
    let explained = with(&[], &["explain", "db"]).exits(0);
    assert!(
        !explained.stdout.contains("restart"),
        "{}",
        explained.stdout
    );
    with(&[], &["restart", "web"]).exits(0);
    with(&[("API_KEY", "two")], &["restart", "api"]).exits(0);
    let ran = with(&[("REGION", "eu")], &["restart", "db"]).exits(1);
    let said = words(&ran.stderr);
    assert!(
        said.contains("`s/w/db` needs the environment variable `DB_KEY`, which is not set"),
        "{said}"
    );
    assert!(!said.contains("API_KEY"), "{said}");
    let after = sandbox.panes();
    assert_eq!(after["s/w/db"].pid, before["s/w/db"].pid);
    assert_ne!(after["s/w/web"].pid, before["s/w/web"].pid);
    with(&all, &["plan", "--check"]).exits(0);
    // A whole plan compares everything.
    with(&[], &["plan"]).exits(65);
}

#[test]
fn lines_are_not_shown_if_a_secret_is_unknown() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        layout "shop"
        session "s" { window "w" {
            service "db" {
                env { KEY secret=#true }
                run "echo key $KEY; exec sleep 1001"
                ready { exec "false"; deadline "300ms" }
            }
            service "api" { run "sleep" "1002"; needs "db" }
        } }
        "#,
    );
    let with = |value: &str, arguments: &[&str]| {
        let mut command = sandbox.triad_command(arguments);
        command.env("KEY", value);
        run(&mut command)
    };
    let first = with("old-secret", &["apply"]).exits(4);
    assert!(first.stdout.contains("│ key ${KEY:?}"), "{}", first.stdout);
    let runs: [(&[&str], i32); 2] = [
        (&["start", "api"], 4),
        (&["wait", "--timeout", "200ms", "db"], 8),
    ];
    for (verb, status) in runs {
        let ran = with("new-secret", verb).exits(status);
        let said = words(&ran.stdout);
        assert!(said.contains("not ready after"), "{said}");
        let why = "(not shown: secret `KEY` has changed since the program was started)";
        assert!(said.contains(why), "{verb:?}: {said}");
        assert!(!said.contains("old-secret"), "{verb:?}: {said}");
    }
}

#[test]
fn a_pane_gives_up_its_secrets_if_triad_is_killed() {
    let mut sandbox = Sandbox::new();
    // A pane that has its secrets keeps running after its deadline for them.
    let has_them = "session \"t\" { window \"w\" { pane \"p\" { env { LANG secret=#true }; \
                    run \"sleep\" \"1002\" } } }";
    sandbox.file("other.kdl", has_them);
    sandbox.triad(&["apply", "other.kdl"]).exits(0);
    let running = sandbox.identities();
    sandbox.manifest(
        "layout \"shop\"\nsession \"s\" { window \"w\" { service \"db\" { \
         env { KEY secret=#true }; run \"echo $KEY >got; exec sleep 1001\" } } }",
    );
    let input = sandbox.path("input").display().to_string();
    sandbox.call_through(&format!(
        "cat >{input}; \"$real\" \"$@\" <{input}; status=$?; \
         grep -q /bin/cat {input} && kill -9 $PPID; exit $status"
    ));
    let triad = |sandbox: &Sandbox| {
        let mut command = sandbox.triad_command(&["apply"]);
        command.env("KEY", "opensesame");
        run(&mut command)
    };
    triad(&sandbox);
    let id = sandbox.panes()["s/w/db"].id.clone();
    eventually("the pane shows that it waits", DEADLINE, || {
        sandbox
            .printed(&id)
            .contains("triad: waiting for its secrets")
    });
    // Its time limit, and some more.
    eventually("the pane gives up", 3 * DEADLINE, || {
        sandbox
            .printed(&id)
            .contains("the secrets of this pane did not arrive")
    });
    assert!(sandbox.identities().ends_with(&running));
    let is_dead = ["display-message", "-p", "-t", "=t:w", "#{pane_dead}"];
    assert_eq!(sandbox.tmux(&is_dead).trim(), "0");
    sandbox.call_through("exec \"$real\" \"$@\"");
    triad(&sandbox).exits(0);
    eventually("the program has its secret", DEADLINE, || {
        sandbox.read("got").as_deref() == Some("opensesame\n")
    });
    assert!(!sandbox.printed(&id).contains("waiting for"));
}

/// A layout with variables on the layout and the session, and one window.
fn with_environment(env: &str, inner: &str) -> String {
    format!(
        "env {{ {env}; KEY secret=#true; FROM from=\"env\" }}\n\
         session \"web\" {{ env {{ INNER \"of the session\" }}\n \
         window \"w\" {{ {inner} pane \"p\" {{ run \"sleep\" \"1001\" }} }} }}"
    )
}

/// Returns the values of these variables in a pane split by hand.
#[track_caller]
fn seen_by_hand(sandbox: &Sandbox) -> Vec<String> {
    let _ = fs::remove_file(sandbox.path("seen"));
    let seen = sandbox.path("seen").display().to_string();
    let line = format!("env >{seen}.new; mv {seen}.new {seen}; exec sleep 1002");
    let split = [
        "split-window",
        "-d",
        "-P",
        "-F",
        "#{pane_id}",
        "-t",
        "=web:w",
    ];
    let pane = sandbox.tmux(&[&split[..], &["--", "sh", "-c", &line]].concat());
    eventually("the pane has told", DEADLINE, || {
        sandbox.read("seen").is_some()
    });
    sandbox.tmux(&["kill-pane", "-t", pane.trim()]);
    let seen = sandbox.read("seen").unwrap_or_default();
    let names = ["OUTER=", "INNER=", "KEY=", "FROM="];
    let is_ours = |line: &&str| names.iter().any(|name| line.starts_with(name));
    let mut ours: Vec<String> = seen.lines().filter(is_ours).map(str::to_owned).collect();
    ours.sort();
    ours
}

#[test]
fn panes_split_by_hand_get_the_sessions_environment() {
    let sandbox = Sandbox::new();
    let triad = |words: &[&str]| {
        let mut command = sandbox.triad_command(words);
        command
            .env("KEY", "not-to-be-seen")
            .env("FROM", "the caller");
        run(&mut command).exits(0)
    };
    let hostile = "OUTER \"a b;$x #{y}\"";
    sandbox.manifest(&with_environment(hostile, ""));
    triad(&["apply"]);
    let all = [
        "FROM=the caller",
        "INNER=of the session",
        "OUTER=a b;$x #{y}",
    ];
    assert_eq!(seen_by_hand(&sandbox), all);
    triad(&["plan", "--check"]);
    // Inner values are the window's own.
    sandbox.manifest(&with_environment(
        hostile,
        "env { INNER \"of the window\" };",
    ));
    triad(&["apply", "--yes"]);
    assert_eq!(seen_by_hand(&sandbox), all);
    // Changed values change there; values that are dropped or become secret are removed there.
    sandbox.manifest(&with_environment("OUTER \"other\"", ""));
    let plan = triad(&["plan"]).stdout;
    assert!(plan.contains("env OUTER"), "{plan}");
    triad(&["apply", "--yes"]);
    assert_eq!(seen_by_hand(&sandbox)[2], "OUTER=other");
    sandbox.manifest(&with_environment("OUTER secret=#true optional=#true", ""));
    triad(&["apply", "--yes"]);
    assert_eq!(seen_by_hand(&sandbox), all[..2]);
    triad(&["plan", "--check"]);
    // Reading verbs need no variables of the session.
    let explained = sandbox.triad(&["explain", "web"]).exits(0).stdout;
    assert!(explained.contains("nothing to do"), "{explained}");
}
