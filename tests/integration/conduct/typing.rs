//! `type`: texts are typed at a shell's prompt, whole, once, and into nothing else.

use super::{comes_to, is_up, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, soon};
use crate::support::seen::words;

/// Shells with a line editor, and one without.
const EDITORS: [&str; 3] = ["bash", "zsh", "fish"];
const ALL: [&str; 4] = ["bash", "zsh", "fish", "dash"];

/// Returns a sandbox in which no shell asks a new user for input.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.root().join("home/.zshrc"), "").expect("the path is writable");
    sandbox
}

/// Quotes a string for a manifest.
fn quoted(text: &str) -> String {
    format!("(raw){text:?}")
}

#[test]
fn texts_are_typed_whole_and_once_in_order() {
    let sandbox = sandbox();
    let long = "0123456789".repeat(2_000);
    let panes = ALL.map(|shell| {
        let end = if shell == "fish" { "end" } else { "done" };
        let begin = if shell == "fish" { "" } else { "do " };
        let many = format!("for i in 1 2\n{begin}echo \"$i größe 🧠\" >>{shell}\n{end}");
        let texts = [
            "sleep 0.3".to_owned(),
            format!("echo first >>{shell}"),
            many,
            format!(
                "echo {} >>{shell}",
                if shell == "dash" { "short" } else { &long }
            ),
        ];
        let texts = texts
            .map(|text| format!("type {}\n", quoted(&text)))
            .concat();
        format!("pane \"{shell}\" shell=\"{shell}\" {{\n{texts}type \"unsent\" enter=#false\n}}\n")
    });
    sandbox.apply(&window(&panes.concat()));
    for shell in ALL {
        comes_to(&sandbox, shell, "#{@triad_typed}", "5");
        let last = if shell == "dash" { "short" } else { &long };
        let expected = format!("first\n1 größe 🧠\n2 größe 🧠\n{last}\n");
        eventually(&format!("{shell} has run it all"), DEADLINE, || {
            sandbox.read(shell).as_ref() == Some(&expected)
        });
        eventually("the text without Enter is at the prompt", DEADLINE, || {
            super::screen(&sandbox, shell)
                .trim_end()
                .ends_with("unsent")
        });
    }
    assert_eq!(sandbox.tmux(&["list-buffers"]), "");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn nothing_is_typed_without_a_prompt() {
    let sandbox = sandbox();
    let home = sandbox.root().join("home");
    let profile = "case $KIND in runs) cat >got ;; becomes) exec cat >got ;; esac\n";
    std::fs::write(home.join(".profile"), profile).expect("the path is writable");
    let panes = ["runs", "becomes"].map(|kind| {
        format!(
            "pane \"{kind}\" shell=\"bash\" {{ env {{ KIND \"{kind}\" }}; type \"echo typed\" }}\n"
        )
    });
    let long = "x".repeat(5_000);
    let reader = format!("pane \"reader\" shell=\"dash\" {{ type \"echo {long}\" }}\n");
    sandbox.manifest(&window(&[panes.concat(), reader].concat()));
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    let said = words(&ran.stdout);
    assert!(
        said.contains("`cat` is running there, not a shell"),
        "{said}"
    );
    assert!(said.contains("`bash` is not at its prompt"), "{said}");
    assert!(said.contains("longer than 4095 bytes"), "{said}");
    for pane in ["runs", "becomes", "reader"] {
        assert_eq!(told(&sandbox, pane, "#{@triad_typed}"), "0");
    }
    assert_eq!(sandbox.read("got").as_deref(), Some(""));
}

#[test]
fn a_later_run_types_only_the_remaining_texts() {
    for shell in EDITORS {
        let sandbox = sandbox();
        let manifest = window(&format!(
            "pane \"p\" shell=\"{shell}\" {{\n\
             type \"echo one >>log\"\n\
             type \"sh -c 'until test -e go; do sleep 0.01; done'\"\n\
             type \"echo two >>log\"\n}}"
        ));
        sandbox.manifest(&manifest);
        let running = sandbox.start(&["apply", "--yes"]);
        comes_to(&sandbox, "p", "#{@triad_typed}", "2");
        drop(running);
        let plan = sandbox.triad(&["plan"]).exits(0);
        assert!(
            words(&plan.stdout).contains("type the text that an earlier run did not get to"),
            "{}",
            plan.stdout
        );
        sandbox.file("go", "");
        let pid = told(&sandbox, "p", "#{pane_pid}");
        sandbox.triad(&["apply"]).exits(0);
        eventually("both have run", DEADLINE, || {
            sandbox.read("log").as_deref() == Some("one\ntwo\n")
        });
        assert_eq!(told(&sandbox, "p", "#{pane_pid}"), pid);
        sandbox.triad(&["plan", "--check"]).exits(0);
    }
}

#[test]
fn a_live_shell_is_left_alone_when_the_texts_change() {
    let sandbox = sandbox();
    let pane = |texts: &str| window(&format!("pane \"p\" shell=\"bash\" {{ {texts} }}"));
    sandbox.apply(&pane("type \"echo one >>log\""));
    let before = told(&sandbox, "p", "#{pane_pid}");
    let ran = sandbox.apply(&pane("type \"echo one >>log\"; type \"echo two >>log\""));
    assert!(
        words(&ran.stdout).contains("type changed"),
        "{}",
        ran.stdout
    );
    sandbox.triad(&["plan", "--check"]).exits(0);
    assert_eq!(told(&sandbox, "p", "#{pane_pid}"), before);
    assert!(!soon(std::time::Duration::from_millis(300), || {
        sandbox.read("log").as_deref() != Some("one\n")
    }));
    // A shell that triad restarts has not been typed into.
    sandbox.apply(&pane(
        "env { A \"b\" }; type \"echo one >>log\"; type \"echo two >>log\"",
    ));
    eventually("all texts are typed again", DEADLINE, || {
        sandbox.read("log").as_deref() == Some("one\none\ntwo\n")
    });
}

/// Notes every byte that is typed into it.
const HEARS: &str = r"
import os, tty
tty.setraw(0)
heard = open('heard', 'wb', 0)
open('up', 'w').close()
while True:
    heard.write(os.read(0, 100))
";

#[test]
fn in_a_synchronized_window_texts_reach_one_shell_only() {
    let sandbox = Sandbox::new();
    sandbox.file("hears.py", HEARS);
    sandbox.apply(
        "session \"s\" { window \"w\" synchronize=#true {\n\
         service \"ears\" { run \"python3\" \"hears.py\"; ready { file \"up\" } }\n\
         pane \"shell\" { needs \"ears\"; type \"echo typed >said\" }\n} }\n",
    );
    is_up(&sandbox, "said");
    assert_eq!(sandbox.read("heard").as_deref(), Some(""));
    sandbox.triad(&["plan", "--check"]).exits(0);
}
