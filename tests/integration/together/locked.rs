//! The locks: what they block and what not; the holder is reported, a dead holder holds nothing,
//! and a file of others is neither followed nor written to.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use triad::layout::owner_key;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{Running, events, words};

const LAYOUT: &str = "layout \"shop\"
session \"web\" { window \"main\" {
    service \"db\" { run \"sleep\" \"1001\"; ready every=\"20ms\" { exec \"test -e go\" } }
    service \"api\" { run \"sleep\" \"1002\"; needs \"db\" }
} }
";

/// Returns the folder of the server's socket, and the locks beside it: that of an apply of
/// `LAYOUT`, and that of a change of it.
fn locks_of(sandbox: &Sandbox) -> (PathBuf, [PathBuf; 2]) {
    let folders = fs::read_dir(sandbox.root().join("s")).expect("the folder exists");
    let folder = folders.flatten().next().expect("tmux has made it").path();
    let manifest = sandbox.path("triad.kdl").display().to_string();
    let key = owner_key("shop", &manifest);
    let socket = sandbox.socket_name();
    let locks = ["apply", "change"].map(|of| format!("{socket}.triad-lock-{of}-{key}"));
    let locks = locks.map(|lock| folder.join(lock));
    (folder, locks)
}

/// Starts an apply that waits and holds the lock.
#[track_caller]
fn holder(sandbox: &Sandbox) -> Running {
    sandbox.manifest(LAYOUT);
    let running = sandbox.start(&["apply"]);
    eventually("api waits", DEADLINE, || {
        let panes = sandbox.panes();
        panes
            .get("web/main/api")
            .is_some_and(|pane| pane.phase == "pending")
    });
    running
}

#[test]
fn the_lock_holder_is_reported_with_pid_verb_manifest_and_time() {
    let sandbox = Sandbox::new();
    let running = holder(&sandbox);
    let ran = sandbox.triad(&["apply", "--lock-timeout", "0s"]).exits(5);
    let manifest = sandbox.path("triad.kdl").display().to_string();
    let told = words(&ran.stderr);
    let expected = format!(
        "another triad is applying this layout: pid {}, triad apply of {manifest}, for ",
        running.pid()
    );
    // Long paths are wrapped, too.
    let expected = expected.replace(' ', "");
    assert!(told.replace(' ', "").contains(&expected), "{told}");
    // A killed triad holds nothing.
    running.signal("KILL");
    running.ends();
    sandbox.file("go", "");
    sandbox.triad(&["apply", "--lock-timeout", "0s"]).exits(0);
    let (_, locks) = locks_of(&sandbox);
    assert!(
        locks.iter().all(|lock| !lock.exists()),
        "the holder removes its lock"
    );
}

#[test]
fn a_second_apply_names_the_holder_at_once() {
    let sandbox = Sandbox::new();
    let first = holder(&sandbox);
    let second = sandbox.start(&["apply", "--lock-timeout", "1m"]);
    let json = sandbox.start(&["apply", "--json", "--lock-timeout", "1m"]);
    let waits = format!(
        "waiting for another triad: pid {}, triad apply of ",
        first.pid()
    );
    eventually("both report the holder", DEADLINE, || {
        [&second, &json].map(|running| words(&running.stderr()).contains(&waits)) == [true, true]
    });
    sandbox.file("go", "");
    first.ends().exits(0);
    second.ends().exits(0);
    let events = events(&json.ends().exits(0));
    let locked = events.iter().find(|event| event["event"] == "locked");
    let why = locked.expect("the event occurs")["why"].to_string();
    assert!(why.contains("triad apply of "), "{why}");
    let mut plans = events.iter().filter(|event| event["event"] == "plan");
    let plan = plans.next_back().expect("a plan");
    assert_eq!(
        plan["steps"],
        serde_json::json!([]),
        "planned after the wait"
    );
}

#[test]
fn changes_during_the_wait_are_shown_again() {
    let sandbox = Sandbox::new();
    let first = holder(&sandbox);
    sandbox.triad(&["plan", "--out", "saved"]).exits(0);
    sandbox.manifest(&LAYOUT.replace("1001", "2001"));
    let second = sandbox.start(&["apply", "--yes", "--lock-timeout", "1m"]);
    let saved = sandbox.start(&["apply", "saved", "--lock-timeout", "1m"]);
    eventually("both wait", DEADLINE, || {
        [&second, &saved].map(|running| running.stderr().contains("waiting for")) == [true, true]
    });
    sandbox.file("go", "");
    first.ends().exits(0);
    // A given plan is applied unchanged, or not at all.
    saved.ends().exits(6);
    let ran = second.ends().exits(0);
    let told = words(&ran.stderr);
    assert!(told.contains("something has changed since"), "{told}");
    assert_eq!(
        ran.stdout.matches("shop on tmux").count(),
        2,
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("1 restarted"), "{}", ran.stdout);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn another_layout_on_the_same_server_does_not_wait() {
    let sandbox = Sandbox::new();
    let running = holder(&sandbox);
    let other = "layout \"other\"; session \"o\" { window \"w\" { pane \"p\" } }";
    sandbox.file("other.kdl", other);
    for verb in ["apply", "down"] {
        sandbox
            .triad(&[verb, "other.kdl", "--yes", "--lock-timeout", "0s"])
            .exits(0);
    }
    // Nor does the same layout of another manifest.
    let copy = LAYOUT.replace("\"web\"", "\"copy\"");
    sandbox.file(
        "copy.kdl",
        &copy.replace("exec \"test -e go\"", "exec \"true\""),
    );
    sandbox
        .triad(&["apply", "copy.kdl", "--lock-timeout", "0s"])
        .exits(0);
    sandbox.file("go", "");
    running.ends().exits(0);
}

#[test]
fn many_layouts_at_once_start_one_server() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..8).map(|number| format!("s{number}")).collect();
    for name in &names {
        let text = format!(
            "layout \"{name}\"; session \"{name}\" {{ window \"w\" {{ pane \"p\" {{ run \"sleep\" \"1001\" }} }} }}"
        );
        sandbox.file(&format!("{name}.kdl"), &text);
    }
    let running: Vec<Running> = names
        .iter()
        .map(|name| sandbox.start(&["apply", &format!("{name}.kdl")]))
        .collect();
    for running in running {
        running.ends().exits(0);
    }
    assert_eq!(sandbox.sessions(), names);
    for name in &names {
        let file = format!("{name}.kdl");
        sandbox.triad(&["plan", "--check", &file]).exits(0);
    }
}

#[test]
fn panes_are_stopped_and_started_while_an_apply_waits() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(
        &LAYOUT
            .replace("\"db\"", "\"cache\"")
            .replace("1001", "1003"),
    );
    fs::remove_file(sandbox.path("go")).expect("the file exists");
    let both = LAYOUT.replace(
        "service \"api\"",
        "service \"cache\" { run \"sleep\" \"1003\" }; service \"api\"",
    );
    sandbox.manifest(&both);
    let running = sandbox.start(&["apply", "--yes"]);
    running.says("waiting until it is ready");
    let now = |verb: &[&str]| {
        sandbox
            .triad(&[verb, &["--lock-timeout", "0s"]].concat())
            .exits(0)
    };
    now(&["stop", "cache"]);
    now(&["start", "cache"]);
    now(&["restart", "cache"]);
    sandbox.file("go", "");
    running.ends().exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn down_ends_the_wait_of_an_apply() {
    let sandbox = Sandbox::new();
    let apply = holder(&sandbox);
    let down = sandbox.start(&["down", "--yes", "--lock-timeout", "0s"]);
    let ran = down.ends().exits(0);
    assert!(ran.stdout.contains("2 stopped"), "{}", ran.stdout);
    apply.ends().exits(4);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn simultaneous_applies_have_one_result() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.manifest(LAYOUT);
    let running: Vec<Running> = (0..8)
        .map(|_| sandbox.start(&["apply", "--yes", "--lock-timeout", "1m"]))
        .collect();
    for running in running {
        running.ends().exits(0);
    }
    assert_eq!(sandbox.panes().len(), 2);
    sandbox.triad(&["plan", "--check"]).exits(0);
    let running: Vec<Running> = (0..4)
        .map(|_| sandbox.start(&["down", "--yes", "--lock-timeout", "1m"]))
        .collect();
    for running in running {
        running.ends().exits(0);
    }
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn every_path_to_a_socket_leads_to_one_lock() {
    let sandbox = Sandbox::new();
    let running = holder(&sandbox);
    let (folder, _) = locks_of(&sandbox);
    let socket = folder.join(sandbox.socket_name());
    let (linked_folder, linked) = (sandbox.path("folder"), sandbox.path("linked"));
    symlink(&folder, &linked_folder).expect("a link");
    symlink(&socket, &linked).expect("a link");
    for path in [
        &socket,
        &linked,
        &linked_folder.join(sandbox.socket_name()),
        &folder
            .join("../")
            .join(folder.file_name().expect("a name"))
            .join(sandbox.socket_name()),
    ] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_triad"));
        command.arg("-S").arg(path);
        command.args(["apply", "--lock-timeout", "0s"]);
        let ran = run(&mut command).exits(5);
        assert!(ran.stderr.contains(&running.pid()), "{}", ran.stderr);
    }
    sandbox.file("go", "");
    running.ends().exits(0);
}

#[test]
fn a_change_blocked_for_too_long_is_refused_as_a_whole() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    let (_, locks) = locks_of(&sandbox);
    let held = fs::File::create(&locks[1]).expect("the folder of the socket");
    held.lock().expect("no thread has panicked");
    let before = pids(&sandbox);
    let verbs: [&[&str]; 3] = [
        &["stop", "db"],
        &["down", "--yes"],
        &["restart", "db", "--yes"],
    ];
    for verb in verbs {
        let verb = [verb, &["--lock-timeout", "0s"]].concat();
        let ran = sandbox.triad(&verb).exits(5);
        let told = words(&ran.stdout);
        assert!(
            told.contains("another triad is changing this layout"),
            "{told}"
        );
    }
    assert_eq!(pids(&sandbox), before);
    drop(held);
    sandbox.triad(&["stop", "db"]).exits(0);
}

fn pids(sandbox: &Sandbox) -> Vec<u32> {
    sandbox.panes().values().map(|pane| pane.pid).collect()
}

#[test]
fn a_link_is_not_followed() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    let (_, locks) = locks_of(&sandbox);
    let precious = sandbox.file("precious", "do not touch");
    let dangling = sandbox.path("not-there");
    let verbs: [&[&str]; 2] = [&["apply"], &["down", "--yes"]];
    for (lock, verb) in std::iter::zip(&locks, verbs) {
        for target in [&precious, &dangling] {
            symlink(target, lock).expect("a link");
            let ran = sandbox.triad(verb).exits(1);
            let told = words(&ran.stderr);
            assert!(
                told.contains("is a symbolic link") && told.contains("rm "),
                "{told}"
            );
            fs::remove_file(lock).expect("the file exists");
        }
        fs::hard_link(&precious, lock).expect("a link");
        let ran = sandbox.triad(verb).exits(1);
        assert!(
            words(&ran.stderr).contains("it has other hard links"),
            "{}",
            ran.stderr
        );
        assert_eq!(sandbox.read("precious").as_deref(), Some("do not touch"));
        assert!(!dangling.exists());
        fs::remove_file(lock).expect("the file exists");
        fs::create_dir(lock).expect("a folder");
        sandbox.triad(verb).exits(1);
        fs::remove_dir(lock).expect("the folder exists");
        run(sandbox.command("mkfifo").arg(lock)).exits(0);
        sandbox.triad(verb).exits(1);
        fs::remove_file(lock).expect("the file exists");
        sandbox.triad(verb).exits(0);
    }
}

#[test]
fn a_lock_file_of_another_user_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    let (folder, [lock, _]) = locks_of(&sandbox);
    fs::write(&lock, "").expect("the folder is ours");
    // Only a privileged user can give a file away; for others the folder is closed instead.
    let is_given = std::os::unix::fs::chown(&lock, Some(65_534), None).is_ok();
    if is_given {
        let ran = sandbox.triad(&["apply"]).exits(1);
        assert!(
            words(&ran.stderr).contains("it belongs to another user, uid 65534"),
            "{}",
            ran.stderr
        );
        sandbox.triad(&["plan", "--check"]).exits(0);
    } else {
        fs::remove_file(&lock).expect("the file exists");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).expect("the test owns it");
        let ran = sandbox.triad(&["apply"]).exits(1);
        assert!(
            words(&ran.stderr).contains("make sure that you own"),
            "{}",
            ran.stderr
        );
        sandbox.triad(&["plan", "--check"]).exits(0);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("the test owns it");
    }
}

#[test]
fn the_lock_holder_works_despite_a_full_disk() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    sandbox.manifest(&LAYOUT.replace("1002", "2002"));
    // No file may grow by a byte: writes fail as on a full disk.
    let mut command = sandbox.command("/bin/sh");
    command.args(["-c", "trap '' XFSZ; (ulimit -f 0; exec \"$@\") | cat", "sh"]);
    command.args([
        env!("CARGO_BIN_EXE_triad"),
        "-L",
        sandbox.socket_name(),
        "apply",
        "--yes",
    ]);
    let ran = run(&mut command).exits(0);
    assert!(
        ran.stdout.contains("1 restarted"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    sandbox.triad(&["plan", "--check"]).exits(0);
}
