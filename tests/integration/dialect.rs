//! Bashisms in lines that another shell runs: `check` warns of them.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::support::sandbox::{Ran, Sandbox, run};
use crate::support::seen::{events, words};

/// Creates a folder in which `sh` is this program.
fn with_sh(sandbox: &Sandbox, program: &str) -> PathBuf {
    let folder = sandbox.path(program);
    std::fs::create_dir(&folder).expect("the sandbox is writable");
    let real = folder.join(program);
    std::fs::write(&real, "#!/bin/sh\n").expect("the sandbox is writable");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&real, mode).expect("the test owns it");
    symlink(program, folder.join("sh")).expect("the sandbox is writable");
    folder
}

fn check(sandbox: &Sandbox, program: &str, flags: &[&str]) -> Ran {
    let folder = with_sh(sandbox, program);
    let mut command = sandbox.triad_command(&[&["check"], flags].concat());
    run(command.env("PATH", folder)).exits(0)
}

#[test]
fn bashisms_get_a_warning_if_sh_is_another_shell() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"shell "sh"
        session "s" { window "w" {
            pane "a" { run "source venv/bin/activate && exec python" }
            pane "b" { run "if [[ -e x ]]; then y; fi" }
            pane "c" { run "echo source" }
            pane "d" { shell "bash"; run "pushd x" }
            pane "e" { run "source" "x" }
        } }"#,
    );
    let said = words(&check(&sandbox, "dash", &[]).stderr);
    for expected in [
        "`source` in the command of `s/w/a` (triad.kdl:3) is a word of bash, but `sh` is dash here: use `.`",
        "`[[` in the command of `s/w/b` (triad.kdl:4) is a word of bash",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(said.matches("word of bash").count(), 2, "{said}");
    let ran = check(&sandbox, "ash", &["--json"]);
    let told = events(&ran).remove(0);
    assert_eq!(told["warnings"].as_array().map(Vec::len), Some(2), "{told}");
    assert_eq!(check(&sandbox, "bash", &[]).stderr, "");
}
