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

#[test]
fn a_shell_that_shows_the_text_only_later_does_not_answer_with_it() {
    let sandbox = Sandbox::new();
    let bash =
        r#"session "s" { window "w" { pane "bash" { run "env" "PS1=> " "bash" "--norc" "-i" } } }"#;
    sandbox.apply(bash);
    let id = sandbox.panes()["s/w/bash"].id.clone();
    eventually("the shell has a prompt", DEADLINE, || {
        sandbox.screen(&id).starts_with('>')
    });
    let busy = "while [ ! -e go ]; do sleep 0.01; done";
    sandbox.triad(&["send", "bash", busy]).exits(0);
    let text = "echo DO''NE";
    let send = sandbox.start(&["send", "bash", text, "--wait-for", "DO.*NE", "--json"]);
    eventually("the terminal has echoed the text", DEADLINE, || {
        sandbox.screen(&id).contains(text)
    });
    sandbox.file("go", "");
    let ran = send.ends().exits(0);
    assert_eq!(events(&ran)[0]["line"], "DONE", "{}", sandbox.screen(&id));
    assert!(sandbox.screen(&id).contains(&format!("> {text}")));
}
