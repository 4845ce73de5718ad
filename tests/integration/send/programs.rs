//! Long texts of several lines into the programs that people use.

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually};

/// The bytes of a long text.
const LONG: usize = 100_000;
/// fish 3 inserts a paste character by character, and needs gigabytes for a hundred thousand.
const LONG_FOR_FISH: usize = 5_000;

const FISH: &str = r#""fish" "--no-config" "-i" "-C" "function fish_prompt; echo '> '; end""#;

/// Returns lines with everything that a shell would obey, except for `'` and `\`.
fn body(bytes: usize) -> String {
    let line = "x \"$HOME\" `id` $(id) #{pid} größe 🧠 ; & | ~ ! * [a-z] {1,2} %s x\n";
    line.repeat(bytes / line.len())
}

#[track_caller]
fn started(sandbox: &Sandbox, pane: &str, command: &str, prompt: &str) {
    sandbox.apply(&format!(
        "session \"s\" {{ window \"w\" {{ pane \"{pane}\" {{ run {command} }} }} }}"
    ));
    let id = sandbox.panes()[&format!("s/w/{pane}")].id.clone();
    eventually("the program is at its prompt", DEADLINE, || {
        sandbox.screen(&id).contains(prompt)
    });
}

#[track_caller]
fn send(sandbox: &Sandbox, pane: &str, text: &str) -> Ran {
    let path = sandbox.file("text", text);
    sandbox.triad(&["send", pane, "--file", path.to_str().unwrap()])
}

#[track_caller]
fn wrote(sandbox: &Sandbox, expected: &str) {
    let is_same = || sandbox.read("out").as_deref() == Some(expected);
    eventually("the program has written the text", DEADLINE, is_same);
}

#[test]
fn shells_get_long_texts() {
    for (shell, command, prompt) in [
        ("bash", r#""env" "PS1=> " "bash" "--norc" "-i""#, ">"),
        ("zsh", r#""env" "PS1=> " "zsh" "-f" "-i""#, ">"),
        ("dash", r#""env" "PS1=> " "dash" "-i""#, ">"),
    ] {
        let sandbox = Sandbox::new();
        started(&sandbox, shell, command, prompt);
        let body = body(LONG);
        send(&sandbox, shell, &format!("cat >out <<'END'\n{body}END\n")).exits(0);
        wrote(&sandbox, &body);
    }
}

#[test]
fn fish_gets_texts_of_several_lines() {
    let sandbox = Sandbox::new();
    started(&sandbox, "fish", FISH, ">");
    let body = body(LONG_FOR_FISH);
    send(&sandbox, "fish", &format!("printf %s '{body}' >out")).exits(0);
    wrote(&sandbox, &body);
}

#[test]
fn python_gets_long_texts() {
    let sandbox = Sandbox::new();
    started(&sandbox, "python", r#""python3" "-q""#, ">>>");
    let body = body(LONG);
    let text = format!("text = '''{body}'''; open('out', 'w').write(text) and None\n");
    send(&sandbox, "python", &text).exits(0);
    wrote(&sandbox, &body);
}

#[test]
fn an_editor_gets_long_texts_where_there_is_one() {
    let sandbox = Sandbox::new();
    if sandbox.command("vim").arg("--version").output().is_err() {
        return;
    }
    started(
        &sandbox,
        "vim",
        r#""vim" "-u" "NONE" "-N" "-n" "new.txt""#,
        "new.txt",
    );
    sandbox.triad(&["send", "vim", "--key", "i"]).exits(0);
    let body = body(LONG);
    send(&sandbox, "vim", &body).exits(0);
    let mut keys = vec!["send", "vim"];
    for key in ["Escape", ":", "w", "Space", "o", "u", "t", "Enter"] {
        keys.extend(["--key", key]);
    }
    sandbox.triad(&keys).exits(0);
    wrote(&sandbox, &format!("{body}\n"));
}

#[test]
fn a_program_that_reads_lines_gets_long_texts() {
    let sandbox = Sandbox::new();
    started(&sandbox, "cat", r#""echo reads; exec cat >out""#, "reads");
    let body = body(LONG);
    send(&sandbox, "cat", &body).exits(0);
    wrote(&sandbox, &body);
}
