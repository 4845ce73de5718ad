//! `send`: text and keys to the programs of panes, whole, once, and only where they arrive.

mod at_once;
mod awaited;
mod programs;
mod random;
mod refused;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::events;

/// Two programs that read lines and keep them, one that reads nothing, one that has ended, one that
/// is not ready, and one that waits for it.
const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        service "api" { run "exec cat >>api.txt" }
        service "db" { run "exec cat >>db.txt" }
        service "busy" { run "sleep" "1001" }
        task "over" { run "true" }
        service "late" { run "sleep" "1002"; needs "slow" }
        service "slow" { run "sleep" "1003"; ready deadline="50ms" { exec "false" } }
    }
}
"#;

fn applied() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["apply"]).exits(4);
    for (name, file) in [("api", "api.txt"), ("db", "db.txt")] {
        eventually(&format!("{name} reads"), DEADLINE, || {
            sandbox.read(file).is_some()
        });
    }
    sandbox.ended("web/main/over");
    sandbox
}

/// Runs triad with this on its standard input.
#[track_caller]
fn fed(sandbox: &Sandbox, input: &[u8], arguments: &[&str]) -> Ran {
    let path = sandbox.path("input");
    std::fs::write(&path, input).unwrap();
    let words: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    let line = format!(
        "{} -L {} {} <'{}'",
        env!("CARGO_BIN_EXE_triad"),
        sandbox.socket_name(),
        words.join(" "),
        path.display()
    );
    run(sandbox.command("/bin/sh").args(["-c", &line]))
}

#[test]
fn a_text_arrives_whole_and_with_enter() {
    let sandbox = applied();
    let ran = sandbox
        .triad(&["send", "api", "two words; $HOME #{pid} \"q\" ~"])
        .exits(0);
    assert_eq!(ran.stdout, "  ✓ web/main/api  sent\n");
    assert_eq!(ran.stderr, "");
    let text = "two words; $HOME #{pid} \"q\" ~\n";
    assert_eq!(sandbox.read("api.txt").as_deref(), Some(text));
    sandbox
        .triad(&["send", "web/main/db", "--", "-n\n\n\tgröße 🧠;\n"])
        .exits(0);
    assert_eq!(
        sandbox.read("db.txt").as_deref(),
        Some("-n\n\n\tgröße 🧠;\n")
    );
    assert_eq!(sandbox.tmux(&["list-buffers"]), "", "no buffer is left");
}

#[test]
fn a_text_comes_from_an_argument_a_file_or_standard_input() {
    let sandbox = applied();
    let path = sandbox.file("text", "from a file\r\nof two lines\r\n");
    let path = path.to_str().unwrap();
    sandbox.triad(&["send", "api", "--file", path]).exits(0);
    fed(&sandbox, b"piped", &["send", "api"]).exits(0);
    fed(&sandbox, b"asked for\n", &["send", "api", "-"]).exits(0);
    fed(&sandbox, b"as a file", &["send", "api", "--file", "-"]).exits(0);
    let all = "from a file\nof two lines\npiped\nasked for\nas a file\n";
    assert_eq!(sandbox.read("api.txt").as_deref(), Some(all));
}

#[test]
fn several_panes_get_the_same_text() {
    let sandbox = applied();
    let ran = sandbox
        .triad(&["send", "api", "web/main/db", "api", "both"])
        .exits(0);
    assert_eq!(
        ran.stdout,
        "  ✓ web/main/api  sent\n  ✓ web/main/db  sent\n"
    );
    for file in ["api.txt", "db.txt"] {
        assert_eq!(sandbox.read(file).as_deref(), Some("both\n"));
    }
    let ran = sandbox.triad(&["send", "web/*/[a]", "x"]).exits(64);
    assert!(ran.stderr.contains("is not an address"), "{}", ran.stderr);
    // A shorter address is no wish to type into everything.
    let ran = sandbox.triad(&["send", "web/main", "x"]).exits(64);
    assert!(
        ran.stderr.contains("`web/main` matches several panes"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("api.txt").as_deref(), Some("both\n"));
}

#[test]
fn the_text_is_in_no_argument_of_a_process_and_in_no_message_of_tmux() {
    let mut sandbox = applied();
    sandbox.attach((100, 40), "web");
    sandbox.count_tmux();
    sandbox
        .triad(&["send", "api", "s3cret-words", "--force"])
        .exits(0);
    let calls = sandbox.take_calls();
    let words = calls.iter().flat_map(|call| &call.0);
    assert!(words.clone().any(|word| word == "load-buffer"), "{calls:?}");
    assert!(
        !words.clone().any(|word| word.contains("s3cret")),
        "{calls:?}"
    );
    let client = sandbox.tmux(&["list-clients", "-F", "#{client_name}"]);
    let messages = sandbox.tmux(&["show-messages", "-t", client.trim()]);
    assert!(
        messages.contains("load-buffer"),
        "the log has all commands: {messages}"
    );
    assert!(!messages.contains("s3cret"), "{messages}");
}

#[test]
fn control_characters_are_removed_and_named() {
    let sandbox = applied();
    let ran = fed(&sandbox, b"a\x1b[201~b\x00\x03c", &["send", "api"]).exits(0);
    assert!(
        ran.stderr
            .contains("3 control characters were removed from the text"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("api.txt").as_deref(), Some("a[201~bc\n"));
}

/// A program that asks for pastes in brackets, and notes each piece that it reads.
const RAW: &str = "import os, sys, tty
tty.setraw(0)
os.write(1, b'\\x1b[?2004hready')
with open('pieces', 'w') as pieces:
    while True:
        pieces.write(repr(os.read(0, 1 << 20)) + chr(10))
        pieces.flush()
        os.write(1, b'.')
";

#[test]
fn a_paste_is_in_brackets_and_enter_comes_on_its_own() {
    let sandbox = Sandbox::new();
    sandbox.file("raw.py", RAW);
    sandbox.apply(r#"session "s" { window "w" { agent "raw" { run "python3" "raw.py" } } }"#);
    let id = sandbox.panes()["s/w/raw"].id.clone();
    eventually("it reads", DEADLINE, || {
        sandbox.screen(&id).contains("ready")
    });
    sandbox
        .triad(&["send", "raw", "one\ntwo\u{1b}[201~"])
        .exits(0);
    let pieces = sandbox.read("pieces").unwrap_or_default();
    let pieces: Vec<&str> = pieces.lines().collect();
    let (enter, paste) = pieces.split_last().expect("something was read");
    assert_eq!(*enter, r"b'\r'", "{pieces:?}");
    let paste = paste.concat().replace("'b'", "");
    assert_eq!(paste, r"b'\x1b[200~one\ntwo[201~\x1b[201~'");
}

#[test]
fn keys_are_pressed_by_their_names() {
    let sandbox = applied();
    sandbox
        .triad(&["send", "api", "unfinished", "--no-enter"])
        .exits(0);
    assert_eq!(sandbox.read("api.txt").as_deref(), Some(""));
    sandbox
        .triad(&["send", "api", "--key", "!", "--key", "Enter"])
        .exits(0);
    assert_eq!(sandbox.read("api.txt").as_deref(), Some("unfinished!\n"));
    let ran = sandbox.triad(&["send", "api", "--key", "Ctrl-c"]).exits(64);
    assert!(ran.stderr.contains("did you mean `C-c`?"), "{}", ran.stderr);
    sandbox.triad(&["send", "api", "--key", "yes"]).exits(64);
    sandbox.triad(&["send", "busy", "--key", "C-c"]);
    sandbox.ended("web/main/busy");
}

#[test]
fn a_program_that_does_not_read_is_no_confirmation() {
    let sandbox = applied();
    let ran = sandbox
        .triad(&["send", "busy", "hello", "--json"])
        .exits(10);
    let told = &events(&ran)[0];
    assert_eq!(
        (&told["event"], &told["result"]),
        (&"sent".into(), &"delivered".into())
    );
    assert!(
        ran.stderr.contains("delivered, but not confirmed"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("its program has not read it yet"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("capture web/main/busy"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_no_text_is_refused_before_anything_is_sent() {
    let sandbox = applied();
    for (input, arguments, message) in [
        (
            &b"a\xffb"[..],
            &["send", "api"][..],
            "not valid UTF-8 at byte 1",
        ),
        (b"", &["send", "api"], "the text is empty"),
        (b"\n", &["send", "api", "-"], "the text is empty"),
        (b"", &["send", "api", ""], "the text is empty"),
        (b"\x1b\x00", &["send", "api"], "the text is empty"),
        (b"", &["send", "apj", "x"], "did you mean `api`?"),
    ] {
        let ran = fed(&sandbox, input, arguments).exits(64);
        assert!(
            ran.stderr.contains(message),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let ran = sandbox.triad(&["send", "api", "--file", "absent"]).exits(1);
    assert!(
        ran.stderr.contains("cannot read `absent`"),
        "{}",
        ran.stderr
    );
    sandbox.triad(&["send"]).exits(64);
    let ran = sandbox
        .triad(&["send", "api", "x", "--wait-for", "("])
        .exits(64);
    assert!(ran.stderr.contains("--wait-for"), "{}", ran.stderr);
    assert_eq!(sandbox.read("api.txt").as_deref(), Some(""));
}
