//! The lock: who holds it is told, a holder that is gone holds nothing, and a file that is not ours is
//! neither followed nor written to.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{Running, words};

const LAYOUT: &str = "layout \"shop\"
session \"web\" { window \"main\" {
    service \"db\" { run \"sleep\" \"1001\"; ready every=\"20ms\" { exec \"test -e go\" } }
    service \"api\" { run \"sleep\" \"1002\"; needs \"db\" }
} }
";

/// The folder of the server's socket, and the lock beside it.
fn lock_of(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    let folders = fs::read_dir(sandbox.root().join("s")).expect("it is there");
    let folder = folders.flatten().next().expect("tmux has made it").path();
    let lock = folder.join(format!("{}.triad-lock", sandbox.socket_name()));
    (folder, lock)
}

/// An apply that waits and holds the lock.
#[track_caller]
fn holder(sandbox: &Sandbox) -> Running {
    sandbox.manifest(LAYOUT);
    let running = sandbox.start(&["apply"]);
    eventually("it waits", DEADLINE, || {
        let panes = sandbox.panes();
        panes
            .get("web/main/api")
            .is_some_and(|pane| pane.phase == "pending")
    });
    running
}

#[test]
fn who_holds_it_is_told_with_pid_verb_manifest_and_time() {
    let sandbox = Sandbox::new();
    let running = holder(&sandbox);
    let ran = sandbox
        .triad(&["down", "--yes", "--lock-timeout", "0s"])
        .exits(5);
    let manifest = sandbox.path("triad.kdl").display().to_string();
    let told = words(&ran.stderr);
    let expected = format!("pid {}, triad apply of {manifest}, for ", running.pid());
    assert!(told.contains(&expected), "{told}");
    // What has been killed holds nothing.
    running.signal("KILL");
    running.ends();
    sandbox
        .triad(&["down", "--yes", "--lock-timeout", "0s"])
        .exits(0);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn down_waits_for_apply_and_then_finds_what_it_made() {
    let sandbox = Sandbox::new();
    let apply = holder(&sandbox);
    let down = sandbox.start(&["down", "--yes", "--lock-timeout", "1m"]);
    sandbox.file("go", "");
    apply.ends().exits(0);
    let ran = down.ends().exits(0);
    assert!(ran.stdout.contains("2 stopped"), "{}", ran.stdout);
    assert!(sandbox.sessions().is_empty());
}

#[test]
fn many_at_once_come_to_one_end() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.manifest(LAYOUT);
    let running: Vec<Running> = (0..8)
        .map(|turn| match turn % 3 {
            2 => sandbox.start(&["down", "--yes", "--lock-timeout", "1m"]),
            _ => sandbox.start(&["apply", "--yes", "--lock-timeout", "1m"]),
        })
        .collect();
    for running in running {
        running.ends().exits(0);
    }
    sandbox.apply(LAYOUT);
    assert_eq!(sandbox.panes().len(), 2);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_link_is_not_followed() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    let (_, lock) = lock_of(&sandbox);
    let precious = sandbox.file("precious", "do not touch");
    let dangling = sandbox.path("not-there");
    for target in [&precious, &dangling] {
        fs::remove_file(&lock).expect("it is there");
        symlink(target, &lock).expect("a link");
        let ran = sandbox.triad(&["apply"]).exits(1);
        let told = words(&ran.stderr);
        assert!(told.contains("is a link") && told.contains("rm "), "{told}");
        sandbox.triad(&["down", "--yes"]).exits(1);
    }
    fs::remove_file(&lock).expect("it is there");
    fs::hard_link(&precious, &lock).expect("a link");
    let ran = sandbox.triad(&["apply"]).exits(1);
    assert!(
        words(&ran.stderr).contains("no file of its own"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("precious").as_deref(), Some("do not touch"));
    assert!(!dangling.exists());
    fs::remove_file(&lock).expect("it is there");
    fs::create_dir(&lock).expect("a folder");
    sandbox.triad(&["apply"]).exits(1);
    fs::remove_dir(&lock).expect("it is there");
    run(sandbox.command("mkfifo").arg(&lock)).exits(0);
    sandbox.triad(&["apply"]).exits(1);
    fs::remove_file(&lock).expect("it is there");
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn another_users_file_is_no_lock_of_ours() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    let (folder, lock) = lock_of(&sandbox);
    // Only a privileged user can give a file away; for others the folder is closed instead.
    let is_given = std::os::unix::fs::chown(&lock, Some(65_534), None).is_ok();
    if is_given {
        let ran = sandbox.triad(&["apply"]).exits(1);
        assert!(
            words(&ran.stderr).contains("another user's, of uid 65534"),
            "{}",
            ran.stderr
        );
        sandbox.triad(&["plan", "--check"]).exits(0);
    } else {
        fs::remove_file(&lock).expect("it is there");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).expect("it is ours");
        let ran = sandbox.triad(&["apply"]).exits(1);
        assert!(
            words(&ran.stderr).contains("must be yours"),
            "{}",
            ran.stderr
        );
        sandbox.triad(&["plan", "--check"]).exits(0);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("it is ours");
    }
}

#[test]
fn a_full_disk_is_no_obstacle_for_who_has_the_lock_already() {
    let sandbox = Sandbox::new();
    sandbox.file("go", "");
    sandbox.apply(LAYOUT);
    sandbox.manifest(&LAYOUT.replace("1002", "2002"));
    // No file may grow by a byte: what is written fails as on a full disk.
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
