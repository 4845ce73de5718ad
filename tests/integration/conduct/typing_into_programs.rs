//! `type` with `after` and `into="any"`: texts go into whatever runs in a pane, once it has printed a
//! line or its screen stands still, and never into a question for a password.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::{comes_to, is_up, told, window};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, soon};
use crate::support::seen::words;

/// Notes each line that it reads in the file that it is given, with a `!` before one that came before
/// it was asked for. It needs a while for each.
const REPL: &str = r"
import os, select, sys, time
heard = open(sys.argv[1], 'a')
print('go away')
while True:
    time.sleep(0.4)
    early = '!' if select.select([0], [], [], 0)[0] else ''
    sys.stdout.write('>>> ')
    sys.stdout.flush()
    line = os.read(0, 1000).decode()
    if not line:
        break
    heard.write(early + line)
    heard.flush()
    print('got', line.strip())
    if line.strip() == 'wait':
        while not os.path.exists('go'):
            time.sleep(0.02)
        print('go on')
";

#[track_caller]
fn comes_to_hear(sandbox: &Sandbox, file: &str, expected: &str) {
    let mut heard = None;
    let is_it = soon(DEADLINE, || {
        heard = sandbox.read(file);
        heard.as_deref() == Some(expected)
    });
    assert!(is_it, "{file} is {heard:?} and not {expected:?}");
}

#[test]
fn each_text_waits_for_a_line_that_comes_after_the_one_before() {
    let sandbox = Sandbox::new();
    sandbox.file("repl.py", REPL);
    sandbox.apply(&window(
        r#"
        pane "program" {
            run "python3" "repl.py" "one"
            type "a" after="^>>> $"
            type "b" after="^>>>$"
            type "c\nd" after="^got b"
            type "e" after="got d"
        }
        pane "shell" shell="dash" {
            type "exec 2>/dev/null; python3 repl.py two"
            type "a" after="[$>]"
            type "b" after="[$>]"
        }
        "#,
    ));
    comes_to_hear(&sandbox, "one", "a\nb\n!c\n!d\n!e\n");
    comes_to_hear(&sandbox, "two", "a\nb\n");
    sandbox.triad(&["plan", "--check"]).exits(0);
    // A program that runs is not typed into, and one that is started again is.
    let pid = told(&sandbox, "program", "#{pane_pid}");
    let again = |env: &str| {
        window(&format!(
            r#"pane "program" {{ {env}run "python3" "repl.py" "one"; type "f" after=">>>" }}
               pane "shell" shell="dash""#
        ))
    };
    sandbox.manifest(&again(""));
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(words(&plan).contains("+ type f after `>>>`"), "{plan}");
    sandbox.triad(&["apply", "--yes"]).exits(0);
    assert_eq!(told(&sandbox, "program", "#{pane_pid}"), pid);
    sandbox.apply(&again("env { A \"b\" }; "));
    comes_to_hear(&sandbox, "one", "a\nb\n!c\n!d\n!e\nf\n");
}

#[test]
fn a_run_that_goes_on_waits_for_a_line_from_after_the_last_text() {
    let sandbox = Sandbox::new();
    sandbox.file("repl.py", REPL);
    sandbox.manifest(&window(
        r#"pane "p" {
            run "python3" "repl.py" "heard"
            type "wait" after=">>>"
            type "two" after="^go "
        }"#,
    ));
    let running = sandbox.start(&["apply", "--yes"]);
    comes_to(&sandbox, "p", "#{@triad_typed}", "1");
    drop(running);
    let plan = sandbox.triad(&["plan"]).exits(0).stdout;
    assert!(
        words(&plan).contains("type the text that an earlier run did not get to"),
        "{plan}"
    );
    let pid = told(&sandbox, "p", "#{pane_pid}");
    let mut running = sandbox.start(&["apply", "--yes"]);
    // It has printed a line that matches, but long ago.
    assert!(!soon(Duration::from_secs(1), || running.has_ended()));
    assert_eq!(told(&sandbox, "p", "#{@triad_typed}"), "1");
    sandbox.file("go", "");
    comes_to_hear(&sandbox, "heard", "wait\n!two\n");
    eventually("the run ends", DEADLINE, || running.has_ended());
    assert_eq!(told(&sandbox, "p", "#{pane_pid}"), pid);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Reads a line without echo, and one with.
const ASKS: &str = "stty -echo
printf 'Password: '
until [ -e go ]; do sleep 0.05; done
stty echo
printf 'Name: '
read -r line
echo \"$line\" >named
exec sleep 1000
";

#[test]
fn a_password_is_typed_only_where_the_text_waits_for_its_question() {
    let sandbox = Sandbox::new();
    sandbox.file("asks", ASKS);
    let asks =
        "stty -echo; printf 'Password: '; read -r line; echo \"$line\" >word; exec sleep 1000";
    sandbox.file("asks-at-once", asks);
    sandbox.manifest(&window(
        r#"
        pane "any" { run "sh" "asks"; type "name" into="any" }
        pane "after" { run "sh" "asks-at-once"; type "secret" after="^Password: $" }
        "#,
    ));
    let mut running = sandbox.start(&["apply", "--yes"]);
    comes_to_hear(&sandbox, "word", "secret\n");
    assert!(!soon(Duration::from_millis(2_500), || running.has_ended()));
    assert_eq!(told(&sandbox, "any", "#{@triad_typed}"), "0");
    sandbox.file("go", "");
    comes_to_hear(&sandbox, "named", "name\n");
    eventually("the run ends", DEADLINE, || running.has_ended());
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Draws in one place for a while, and says when it ended and when it was typed into.
const SPINS: &str = r#"for i in 1 2 3 4 5 6 7 8 9 8 7 6 5 4 3 2 1; do printf '\r%s' "$i"; sleep 0.1; done
date +%s%N >still
read -r line
date +%s%N >then
echo "$line" >typed
exec sleep 1000
"#;

#[test]
fn a_screen_that_is_drawn_is_typed_into_once_it_has_been_still_for_a_second() {
    let sandbox = Sandbox::new();
    sandbox.file("spins", SPINS);
    sandbox.apply(&window(
        r#"pane "p" { run "sh" "spins"; type "text" into="any" }"#,
    ));
    comes_to_hear(&sandbox, "typed", "text\n");
    let at = |file: &str| {
        let text = sandbox.read(file).expect("it is written");
        text.trim().parse::<u64>().expect("a number")
    };
    let still = Duration::from_nanos(at("then").saturating_sub(at("still")));
    assert!(still > Duration::from_millis(900), "{still:?}");
}

#[test]
fn a_program_that_ends_before_its_line_costs_no_other_pane_its_text() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&window(
        r#"
        pane "ends" { run "sh" "-c" "sleep 0.5; echo bye"; type "ls" after="^hello" }
        pane "shell" shell="dash" { type "touch done" }
        "#,
    ));
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("ends not ready"), "{said}");
    assert!(
        said.contains("`ls` was not typed: its program has ended"),
        "{said}"
    );
    is_up(&sandbox, "done");
}

#[test]
fn a_shell_that_triad_does_not_know_gets_texts_once_its_screen_is_still() {
    let sandbox = Sandbox::new();
    let shell =
        "#!/bin/sh\nprintf '%s' \"odd> \"; read -r line; echo \"$line\" >\"$KIND\"; exec cat\n";
    let path = sandbox.file("odd", shell);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
    let path = path.display();
    sandbox.config(&format!("set -g default-shell {path}\n"));
    sandbox.apply(&window(&format!(
        r#"
        pane "default" {{ env {{ KIND "default" }}; type "one" }}
        pane "named" shell="{path}" {{ env {{ KIND "named" }}; type "two" }}
        "#
    )));
    comes_to_hear(&sandbox, "default", "one\n");
    comes_to_hear(&sandbox, "named", "two\n");
    sandbox.triad(&["plan", "--check"]).exits(0);
}
