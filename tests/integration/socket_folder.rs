//! The folder of tmux's sockets: `TMUX_TMPDIR` as tmux itself reads it.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::sandbox::{Ran, Sandbox, run};

const MANIFEST: &str =
    "session \"s\" { window \"w\" { service \"p\" { run \"sleep\" \"1001\" } } }";

/// Runs a program of the sandbox with another folder for sockets.
fn with_folder(mut command: Command, folder: &str) -> Ran {
    run(command.env("TMUX_TMPDIR", folder))
}

/// Checks that triad and tmux find the same server, and ends it.
#[track_caller]
fn check(sandbox: &Sandbox, folder: &str) {
    sandbox.manifest(MANIFEST);
    let triad = |verb: &[&str]| with_folder(sandbox.triad_command(verb), folder);
    let tmux = |words: &[&str]| {
        let mut command = sandbox.command(sandbox.tmux_path());
        command.args(["-L", sandbox.socket_name()]).args(words);
        with_folder(command, folder)
    };
    let applied = triad(&["apply"]);
    let seen = tmux(&["list-sessions", "-F", "#{session_name} #{socket_path}"]);
    let again = triad(&["plan", "--check"]);
    let servers = sandbox.running("start-server").len();
    let ended = triad(&["down", "--yes"]);
    let killed = tmux(&["kill-server"]);
    let (name, socket) = seen.stdout.trim().split_once(' ').unwrap_or_default();
    // tmux leaves it, and it may be outside the sandbox.
    let _ = fs::remove_file(socket);
    applied.exits(0);
    assert_eq!(name, "s", "{folder}: {}", seen.stderr);
    again.exits(0);
    ended.exits(0);
    assert_eq!(servers, 1, "{folder}");
    assert_ne!(killed.status, 0, "{folder}: a second server");
}

#[test]
fn a_missing_folder_is_neither_used_nor_created() {
    let sandbox = Sandbox::new();
    let missing = sandbox.path("none");
    check(&sandbox, missing.to_str().expect("UTF-8"));
    assert!(!missing.exists());
    check(&sandbox, "");
}

#[test]
fn a_relative_folder_and_a_link_resolve_as_in_tmux() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("sockets")).expect("the sandbox is writable");
    check(&sandbox, "sockets");
    symlink("sockets", sandbox.path("link")).expect("the sandbox is writable");
    check(&sandbox, sandbox.path("link").to_str().expect("UTF-8"));
}
