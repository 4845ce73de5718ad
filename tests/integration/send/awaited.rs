//! `send --wait-for`: until the program has printed a line.

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::events;

fn shells() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(
        r#"
session "s" {
    window "w" {
        pane "shell" { run "/bin/sh" "-i" }
        pane "brief" { run "read line; exit 3" }
    }
}
"#,
    );
    let id = sandbox.panes()["s/w/shell"].id.clone();
    eventually("the shell has a prompt", DEADLINE, || {
        !sandbox.screen(&id).trim().is_empty()
    });
    sandbox
}

#[test]
fn a_line_after_the_text_is_waited_for_and_not_the_text_itself() {
    let sandbox = shells();
    let go = "while [ ! -e go ]; do sleep 0.01; done; echo DO''NE; echo also DO''NE";
    let mut send = sandbox.start(&["send", "shell", go, "--wait-for", "DONE|DO''NE", "--json"]);
    eventually("the text is there", DEADLINE, || {
        let id = &sandbox.panes()["s/w/shell"].id;
        sandbox.screen(id).contains("also")
    });
    assert!(!send.has_ended());
    sandbox.file("go", "");
    let ran = send.ends().exits(0);
    let told = &events(&ran)[0];
    assert_eq!(
        (&told["result"], &told["line"]),
        (&"confirmed".into(), &"DONE".into())
    );
    let ran = sandbox
        .triad(&["send", "shell", "echo x''y", "--wait-for", "^xy$"])
        .exits(0);
    assert_eq!(ran.stdout, "  ✓ s/w/shell  xy\n");
}

#[test]
fn earlier_lines_do_not_count_and_the_wait_ends() {
    let sandbox = shells();
    sandbox
        .triad(&["send", "shell", "echo o''ld", "--wait-for", "old"])
        .exits(0);
    let arguments = [
        "send",
        "shell",
        "echo new",
        "--wait-for",
        "^old$",
        "--timeout",
        "300ms",
    ];
    let ran = sandbox.triad(&arguments).exits(4);
    assert!(
        ran.stderr
            .contains("sent, but no line of output matched within 300 ms"),
        "{}",
        ran.stderr
    );
    let ran = sandbox
        .triad(&["send", "brief", "x", "--wait-for", "y"])
        .exits(8);
    assert!(
        ran.stderr
            .contains("its program exited before a line matched"),
        "{}",
        ran.stderr
    );
}
