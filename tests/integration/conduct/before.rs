//! `before`: lines that run before a command or are typed into a shell.

use std::os::unix::fs::PermissionsExt;

use super::comes_to;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};

/// Waits until a program has written this text.
fn written(sandbox: &Sandbox, file: &str, expected: &str) {
    eventually(file, DEADLINE, || {
        std::fs::read_to_string(sandbox.path(file)).is_ok_and(|text| text == expected)
    });
}

#[test]
fn outer_lines_run_first_and_before_the_command() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.path("venv/bin")).unwrap();
    sandbox.file(
        "venv/bin/activate",
        "PATH=$PWD/venv/bin:$PATH\nexport PATH\n",
    );
    let tool = "#!/bin/sh\nprintf '%s,' \"$A\" \"$@\" >told; exec sleep 1000\n";
    let tool = sandbox.file("venv/bin/tool", tool);
    std::fs::set_permissions(tool, std::fs::Permissions::from_mode(0o755)).unwrap();
    let text = r#"
before ". venv/bin/activate # every pane"
session "s" {
    before "export A=1"
    window "w" {
        before "A=$A:2"
        service "a" { run "tool" "x y" "$A" }
        pane "line" { run "printf '%s' \"$A\" >line; exec sleep 1000"; before "A=$A:3 && true" }
    }
}
"#;
    sandbox.apply(text);
    written(&sandbox, "told", "1:2,x y,$A,");
    written(&sandbox, "line", "1:2:3");
    // The shell is gone, and the program is the pane's process.
    let pane = sandbox.panes()["s/w/a"].clone();
    let line = std::fs::read(format!("/proc/{}/cmdline", pane.pid)).unwrap();
    assert_eq!(line, b"sleep\x001000\0");
    sandbox.triad(&["plan", "--check"]).exits(0);
    // A changed line restarts the program.
    sandbox.manifest(&text.replace("A=$A:2", "A=$A:4"));
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(plan.contains("restart: before changed"), "{plan}");
    sandbox.triad(&["apply", "--yes"]).exits(0);
    written(&sandbox, "told", "1:4,x y,$A,");
}

#[test]
fn a_failing_line_fails_its_pane() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        // tmux can lose what is printed right before the end.
        r#"session "s" { before "echo no venv here >&2; sleep 0.3; exit 3"
            window "w" { service "a" { run "touch" "started"; ready { delay "20s" } } }
        }"#,
    );
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains("exited with status 3"), "{said}");
    assert!(said.contains("no venv here"), "{said}");
    assert!(!sandbox.path("started").exists());
}

#[test]
fn lines_are_typed_before_the_texts_of_a_shell() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        r#"session "s" shell="/bin/sh" { before "A=1"
            window "w" { pane "p" { type "echo $A >told" } }
            window "bare"
        }"#,
    );
    written(&sandbox, "told", "1\n");
    comes_to(&sandbox, "p", "#{@triad_typed}", "2");
    let bare = sandbox.panes()["s/bare/shell"].id.clone();
    let typed = ["display-message", "-p", "-t", &bare, "#{@triad_typed}"];
    eventually(
        "the line is typed into the bare shell, too",
        DEADLINE,
        || sandbox.tmux(&typed).trim() == "1",
    );
}

#[test]
fn fish_runs_lines_in_its_own_syntax() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "s" shell="fish" { before "set -x A (math 1 + 1) # two"
            window "w" {
                service "argv" { run "sh" "-c" "echo $A $1 >argv; exec sleep 1000" "sh" "x  y" }
                service "line" { run "echo $A >line; exec sleep 1000"; before "set A $A$A" }
                service "fails" on-exit="hold" { before "false"; run "touch" "started" }
            }
        }"#,
    );
    sandbox.triad(&["apply"]).exits(4);
    written(&sandbox, "argv", "2 x y\n");
    written(&sandbox, "line", "22\n");
    assert!(!sandbox.path("started").exists());
}
