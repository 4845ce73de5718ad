//! A tmux program that does not start, or prints endlessly: reported with the reason, within bounds
//! of time, memory and open files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::sandbox::{Ran, Sandbox, run};

/// The number of descriptors that a process needs before triad itself opens any, up to more than it
/// ever needs.
const DESCRIPTORS: std::ops::RangeInclusive<u32> = 5..=40;
/// KiB of address space: twice the bound on tmux's output, plus the size of a program like this.
const MEMORY: u32 = 300_000;

/// Writes a program that is called instead of tmux.
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
fn a_tmux_that_prints_endlessly_is_killed_in_bounded_memory() {
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
                .contains("printed more than 64 MiB and was killed"),
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
fn too_few_descriptors_are_not_reported_as_a_missing_tmux() {
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
    assert!(are_at_tmux > 0, "no limit is reached in a call of tmux");
}

#[test]
fn a_tmux_without_permission_is_reported_as_such() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    let program = instead(&sandbox, "true", 0o644);
    let program = program.to_str().expect("UTF-8");
    for verb in ["plan", "apply", "ps"] {
        let ran = limited(&sandbox, "-c 0", &[verb, "--tmux", program]).exits(69);
        assert!(ran.stderr.contains("Permission denied"), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("check that you may execute it"),
            "{}",
            ran.stderr
        );
    }
}
