//! The help, and the words of other tools that lead to ours.

use std::collections::BTreeMap;

use crate::support;
use crate::support::sandbox::{Ran, Sandbox, run};

/// Runs triad with a width at which no line of an error is broken.
fn wide(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    run(sandbox.triad_command(arguments).env("COLUMNS", "1000"))
}

#[test]
fn the_help_lists_the_verbs_in_groups() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).exits(0).stdout;
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for line in help.lines().take_while(|line| *line != "Global options:") {
        match line.strip_prefix("  ") {
            Some(verb) => {
                let group = *order.last().expect("a verb is below a heading");
                let verbs = groups.entry(group).or_default();
                verbs.extend(verb.split(' ').next());
            }
            None => order.extend(line.strip_suffix(':')),
        }
    }
    assert_eq!(
        order,
        ["Start here", "Layouts", "Panes", "Agents", "Machine"]
    );
    let first = ["init", "up", "plan", "ps", "attach", "restart", "down"];
    assert_eq!(groups["Start here"], first);
    let layouts = ["check", "apply", "fmt", "graph", "render", "show", "watch"];
    assert_eq!(groups["Layouts"], layouts);
    let panes = [
        "start", "stop", "wait", "send", "capture", "exec", "explain",
    ];
    assert_eq!(groups["Panes"], panes);
    assert_eq!(groups["Agents"], ["report"]);
    assert_eq!(groups["Machine"], ["schema"]);
    let options = help.split("Global options:\n").nth(1).expect("the options");
    for option in ["--socket-name", "--var", "--json", "--help", "--version"] {
        assert!(options.contains(option), "{option}: {help}");
    }
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
}

#[test]
fn a_command_line_without_a_verb_and_the_verb_help_print_the_same() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).exits(0).stdout;
    for arguments in [&[][..], &["help"], &["-h"], &["--json"]] {
        let ran = sandbox.triad(arguments).exits(0);
        assert_eq!(ran.stdout, help, "{arguments:?}");
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
    // Nothing of the environment of a test is there either.
    let mut bare = sandbox.command(env!("CARGO_BIN_EXE_triad"));
    assert_eq!(run(&mut bare).exits(0).stdout, help);
}

#[test]
fn each_verb_has_a_sentence_an_example_and_a_pointer_to_the_global_options() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).exits(0).stdout;
    let verbs = support::verbs(&help);
    for verb in verbs.into_iter().chain(["version"]) {
        let long = sandbox.triad(&["help", verb]).exits(0).stdout;
        assert_eq!(sandbox.triad(&[verb, "--help"]).exits(0).stdout, long);
        for help in [long, sandbox.triad(&[verb, "-h"]).exits(0).stdout] {
            let mut lines = help.lines();
            let sentence = lines.next().expect("a sentence");
            assert!(
                sentence.len() < 80 && !sentence.ends_with('.'),
                "{verb}: {sentence}"
            );
            assert_eq!(lines.next(), Some(""), "{verb}: it is one line");
            let usage = format!("Usage: triad {verb}");
            assert!(
                lines.next().unwrap_or_default().starts_with(&usage),
                "{help}"
            );
            let example = lines.find_map(|line| line.strip_prefix("Example: "));
            let example = example.expect("an example");
            assert!(example.starts_with(&format!("triad {verb}")), "{example}");
            let pointer = "`triad --help` lists the global options, which every verb accepts.";
            assert_eq!(help.lines().last(), Some(pointer), "{verb}");
            for global in ["--socket-name", "--tmux-timeout", "Global options:"] {
                assert!(!help.contains(global), "{verb} shows {global}: {help}");
            }
        }
    }
}

#[test]
fn every_example_is_a_command_line() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).exits(0).stdout;
    for verb in support::verbs(&help) {
        let help = sandbox.triad(&[verb, "-h"]).exits(0).stdout;
        let example = help
            .lines()
            .find_map(|line| line.strip_prefix("Example: triad "));
        let example = example.expect("an example");
        // Nothing is there to work on: only a usage error comes before that is noticed.
        let sandbox = Sandbox::new();
        let triad = env!("CARGO_BIN_EXE_triad");
        let line = format!("{triad} -L {} {example} </dev/null", sandbox.socket_name());
        let ran = run(sandbox.command("/bin/sh").args(["-c", &line]));
        assert!(!ran.stderr.contains("Usage:"), "{example}: {}", ran.stderr);
    }
}

#[test]
fn global_options_are_accepted_before_and_after_a_verb() {
    let sandbox = Sandbox::new();
    sandbox.manifest("vars { name \"x\" }\nsession \"{{name}}\"");
    for arguments in [
        &[
            "check",
            "--verbose",
            "--var",
            "name=given",
            "--color",
            "never",
        ][..],
        &[
            "--verbose",
            "--var",
            "name=given",
            "--color",
            "never",
            "check",
        ],
        &["check", "-v", "--var=name=given"],
    ] {
        let ran = sandbox.triad(arguments).exits(0);
        assert!(
            ran.stdout.contains("1 session"),
            "{arguments:?}: {}",
            ran.stdout
        );
    }
    sandbox.triad(&["check", "-C", "/absent"]).exits(64);
    sandbox.triad(&["-C", "/absent", "check"]).exits(64);
    let ran = sandbox.triad(&["check", "--json"]).exits(0);
    assert!(ran.stdout.starts_with('{'), "{}", ran.stdout);
}

#[test]
fn the_version_has_a_verb_and_a_flag() {
    let sandbox = Sandbox::new();
    let expected = format!("triad {}\n", env!("CARGO_PKG_VERSION"));
    for arguments in [["version"], ["--version"], ["-V"]] {
        assert_eq!(sandbox.triad(&arguments).exits(0).stdout, expected);
    }
    let ran = sandbox.triad(&["version", "--json"]).exits(0);
    let expected = format!(
        "{{\"format\":1,\"version\":\"{}\"}}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(ran.stdout, expected);
}

#[test]
fn verbs_of_other_tools_lead_to_ours() {
    let sandbox = Sandbox::new();
    for (word, verb) in [
        ("ls", "`triad ps`"),
        ("list", "`triad ps`"),
        ("status", "`triad ps`"),
        ("destroy", "`triad down`"),
        ("kill", "`triad stop ADDRESS`"),
        ("new", "`triad init`"),
        ("load", "`triad up`"),
        ("diff", "`triad plan`"),
        ("capture-pane", "`triad capture ADDRESS`"),
        ("shell", "`triad exec ADDRESS -- COMMAND`"),
        ("send-keys", "`triad send ADDRESS TEXT`"),
        // A mistake in typing.
        ("aply", "`triad apply`"),
        ("attahc", "`triad attach`"),
        ("restrat", "`triad restart`"),
        // Nothing that it could mean.
        ("frobnicate", "`triad --help` lists the verbs"),
        ("shop", "`triad --help` lists the verbs"),
    ] {
        for arguments in [&[word][..], &[word, "x", "--json"], &["help", word]] {
            let ran = wide(&sandbox, arguments).exits(64);
            let said = format!("triad: no such verb: `{word}`\n  help: ");
            assert!(
                ran.stderr.starts_with(&said),
                "{arguments:?}: {}",
                ran.stderr
            );
            assert!(ran.stderr.contains(verb), "{arguments:?}: {}", ran.stderr);
            assert_eq!(ran.stdout, "");
        }
    }
}

#[test]
fn flags_of_other_tools_lead_to_ours() {
    let sandbox = Sandbox::new();
    for (arguments, help) in [
        (
            &["apply", "-f", "x.kdl"][..],
            "name the file as an argument: `triad apply FILE`",
        ),
        (
            &["plan", "--file", "x.kdl"],
            "name the file as an argument: `triad plan FILE`",
        ),
        (
            &["down", "--file=x.kdl"],
            "name the file as an argument: `triad down FILE`",
        ),
        (
            &["-f", "x.kdl", "up"],
            "name the file as an argument: `triad ",
        ),
        (
            &["attach", "-f", "x.kdl"],
            "name the manifest as an argument: `triad attach FILE`",
        ),
        (
            &["apply", "--dry-run"],
            "use `triad plan`, which shows what `apply` would do",
        ),
        (
            &["up", "--dry-run"],
            "use `triad plan`, which shows what `apply` would do",
        ),
        (&["down", "--dry-run"], "use `triad graph --of removal`"),
        (&["init", "--dry-run"], "use `triad init --stdout`"),
        (&["fmt", "--dry-run"], "use `triad fmt --diff`"),
        (&["up", "-d"], "use `triad apply`, which does not attach"),
    ] {
        let ran = wide(&sandbox, arguments).exits(64);
        assert!(
            ran.stderr.starts_with("triad: unexpected argument `-"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains(help), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn no_guess_names_another_verb() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["apply", "--check"][..],
        &["ps", "--out"],
        &["--all"],
        &["stop", "--diff", "x"],
        &["check", "--heal"],
    ] {
        let ran = sandbox.triad(arguments).exits(64);
        assert!(!ran.stderr.contains("subcommand"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("-- --"), "{}", ran.stderr);
    }
    // A flag of the same verb is a good guess.
    let ran = sandbox.triad(&["apply", "--replase", "x"]).exits(64);
    assert!(ran.stderr.contains("--replace"), "{}", ran.stderr);
}
