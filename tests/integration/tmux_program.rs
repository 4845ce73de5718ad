//! A tmux program that does not start, or prints without end: told by what is wrong, within bounds of
//! time, memory and open files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::sandbox::{Ran, Sandbox, run};

/// How many descriptors a process needs before the first that triad itself opens, and more than it
/// needs for anything.
const DESCRIPTORS: std::ops::RangeInclusive<u32> = 5..=40;
/// KiB of address space: twice the bound on what tmux prints, and what a program of this size takes.
const MEMORY: u32 = 300_000;

/// A program that is called instead of tmux.
fn instead(sandbox: &Sandbox, script: &str, mode: u32) -> PathBuf {
    let path = sandbox.file("instead", &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
    path
}

/// Runs `triad plan` within a limit, as `ulimit` takes it.
#[track_caller]
fn limited(sandbox: &Sandbox, limit: &str, verb: &[&str]) -> Ran {
    let script = format!("ulimit {limit}; exec \"$@\"");
    let triad = [env!("CARGO_BIN_EXE_triad"), "-L", sandbox.socket_name()];
    let mut command = sandbox.command("sh");
    command.args(["-c", &script, "sh"]).args(triad).args(verb);
    run(command.env("COLUMNS", "1000"))
}

#[test]
fn one_that_prints_without_end_is_ended_in_a_bounded_memory() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    let endless = "exec head -c 300000000 /dev/zero";
    for (script, stream) in [(endless, "stdout"), (&format!("{endless} >&2"), "stderr")] {
        let program = instead(&sandbox, script, 0o755);
        let program = program.to_str().expect("UTF-8");
        let plan = ["plan", "--tmux", program];
        let ran = limited(&sandbox, &format!("-v {MEMORY}"), &plan).exits(69);
        assert!(
            ran.stderr
                .contains("printed more than 64 MiB and was ended"),
            "{stream}: {}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("check that it is tmux"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn too_few_descriptors_are_told_as_such_and_not_as_a_missing_tmux() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    let mut are_at_tmux = 0;
    for descriptors in DESCRIPTORS {
        let Ran { status, stderr, .. } = limited(&sandbox, &format!("-n {descriptors}"), &["plan"]);
        assert!(
            status == 0 || stderr.contains("`ulimit -n`"),
            "{descriptors}: {status}: {stderr}"
        );
        assert!(!stderr.contains("install tmux"), "{descriptors}: {stderr}");
        assert!(!stderr.contains("panicked"), "{descriptors}: {stderr}");
        if stderr.contains("cannot run `") {
            assert!(stderr.contains("Too many open files"), "{stderr}");
            assert_eq!(status, 69, "{stderr}");
            are_at_tmux += 1;
        }
    }
    assert!(are_at_tmux > 0, "none of the limits is reached at tmux");
}

#[test]
fn one_that_may_not_be_executed_is_told_as_such() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    let program = instead(&sandbox, "true", 0o644);
    let program = program.to_str().expect("UTF-8");
    for verb in ["plan", "apply", "ps"] {
        let ran = limited(&sandbox, "-c 0", &[verb, "--tmux", program]).exits(69);
        assert!(ran.stderr.contains("Permission denied"), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("you may not execute it"),
            "{}",
            ran.stderr
        );
    }
}
