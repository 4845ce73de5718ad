//! Folders and programs that the layout itself creates: checked when they can exist.

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

/// Returns a line of shell that creates a program which stays and notes its name.
fn makes(folder: &str, name: &str) -> String {
    format!(
        "mkdir -p {folder} && printf '#!/bin/sh\\necho {name} >>\\\"{{{{root}}}}/log\\\"\\nexec sleep 1000\\n' \
         >{folder}/{name} && chmod +x {folder}/{name}"
    )
}

fn log(sandbox: &Sandbox) -> Vec<String> {
    let text = sandbox.read("log").unwrap_or_default();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_fresh_clone_starts_with_one_apply() {
    let sandbox = Sandbox::new();
    let install = [
        makes("node_modules/.bin", "vite"),
        makes("venv/bin", "server"),
    ];
    sandbox.manifest(&format!(
        r#"
        hooks {{ before-apply "{tree} && {agent}" }}
        session "s" {{
            window "w" {{
                task "install" {{ run "{install}" }}
                agent "agent" cwd="wt" {{ run "./agent" }}
                service "web" {{ run "node_modules/.bin/vite"; needs "install" }}
                pane "found" {{
                    run "server"
                    env {{ PATH "{{{{root}}}}/venv/bin:{{{{env.PATH}}}}" }}
                    needs "install"
                }}
                pane "shell" cwd="node_modules" {{ run "exec sleep 1000"; needs "web" }}
            }}
        }}
        "#,
        tree = "mkdir wt",
        agent = makes("wt", "agent"),
        install = install.join(" && "),
    ));
    sandbox.triad(&["plan", "--check"]).exits(2);
    sandbox.triad(&["apply"]).exits(0);
    eventually("all run", DEADLINE, || {
        log(&sandbox) == ["agent", "server", "vite"]
    });
    sandbox.triad(&["plan", "--check"]).exits(0);
    // The folder is removed again: the hook creates it for the next apply, too.
    sandbox.triad(&["down", "--yes"]).exits(0);
    std::fs::remove_dir_all(sandbox.path("wt")).expect("the folder exists");
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn nothing_is_changed_if_the_hook_did_not_create_the_folder() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"
        hooks { before-apply "touch hooked" }
        session "s" { window "w" {
            pane "a" cwd="wt" { run "sleep" "1000" }
            pane "b" { run "./b" }
        } }
        "#,
    );
    let ran = sandbox.triad(&["apply"]).exits(1);
    assert!(sandbox.read("hooked").is_some());
    let said = words(&ran.stderr);
    for expected in [
        "the program `./b` of `s/w/b` was not found",
        "wt` of `s/w/a`",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert_ne!(sandbox.try_tmux(&["list-sessions"]).status, 0);
}

#[test]
fn a_later_pane_with_a_missing_program_fails_alone() {
    let sandbox = Sandbox::new();
    let manifest = r#"
        session "s" { window "w" {
            task "install" { run "exit 0" }
            service "web" { run "node_modules/.bin/vite"; needs "install" }
            service "tree" cwd="wt" { run "exec sleep 1000"; needs "install" }
            pane "after" { run "exec sleep 1000"; needs "web" }
            pane "other" { run "exec sleep 1000"; needs "install" }
        } }
        "#;
    sandbox.manifest(manifest);
    let ran = sandbox.triad(&["apply"]).exits(3);
    let said = words(&ran.stdout);
    for expected in [
        "the program `node_modules/.bin/vite` of `s/w/web` was not found",
        "change `run` at triad.kdl:4",
        "wt` of `s/w/tree`",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let panes = sandbox.panes();
    let phases = ["after", "other", "web"].map(|name| &*panes[&format!("s/w/{name}")].phase);
    assert_eq!(phases, ["pending", "started", "pending"]);
    // A person creates it.
    sandbox.file(
        "made.sh",
        &makes("node_modules/.bin", "vite")
            .replace("\\\"", "\"")
            .replace("{{root}}", "."),
    );
    assert_eq!(
        crate::support::sandbox::run(sandbox.command("sh").arg("made.sh")).status,
        0
    );
    std::fs::create_dir(sandbox.path("wt")).expect("the sandbox is writable");
    sandbox.triad(&["apply"]).exits(0);
}

#[test]
fn a_missing_program_ends_no_running_process() {
    let sandbox = Sandbox::new();
    let manifest = |run: &str| {
        format!(
            r#"session "s" {{ window "w" {{
                task "install" {{ run "true {run}" }}
                service "web" {{ run "{run}"; needs "install" }}
            }} }}"#
        )
    };
    sandbox.apply(&manifest("exec sleep 1000"));
    let before = sandbox.panes()["s/w/web"].pid;
    sandbox.manifest(&manifest("./missing"));
    let ran = sandbox.triad(&["apply", "--yes"]).exits(3);
    let said = words(&ran.stdout);
    assert!(said.contains("the program `./missing` of"), "{said}");
    assert_eq!(sandbox.panes()["s/w/web"].pid, before);
}

#[test]
fn a_line_with_operators_is_not_refused_for_its_first_word() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        r#"session "s" { window "w" {
            pane "a" { run "no-such-bat X || exec sleep 1000" }
            pane "b" { run "no-such-bat; exec sleep 1000" }
            pane "c" { run "no-such-bat | cat; exec sleep 1000" }
        } }"#,
    );
    sandbox.manifest(r#"session "s" { window "w" { pane "d" { run "no-such-bat X" } } }"#);
    let ran = sandbox.triad(&["apply", "--yes"]).exits(1);
    let said = words(&ran.stderr);
    assert!(said.contains("the program `no-such-bat` of"), "{said}");
}

#[test]
fn a_file_in_place_of_a_directory_is_reported_as_such() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("notes", "text");
    let manifest = |cwd: &str| {
        format!(
            "session \"s\" {{ window \"w\" {{ pane \"a\" cwd=\"{cwd}\" {{ run \"sleep\" \"1000\" }} }} }}"
        )
    };
    for cwd in ["notes", "notes/below"] {
        sandbox.manifest(&manifest(cwd));
        let said = words(&sandbox.triad(&["apply"]).exits(1).stderr);
        let expected = format!(
            "the directory of `s/w/a` does not exist: `{}` is a file",
            file.display()
        );
        assert!(said.contains(&expected), "{said}");
    }
    let said = words(&sandbox.triad(&["-C", "notes", "apply"]).exits(64).stderr);
    assert!(said.contains("notes` is not a directory"), "{said}");
}

#[test]
fn arguments_that_are_too_long_are_reported_before_the_start() {
    let sandbox = Sandbox::new();
    // The kernel counts the byte that ends a word.
    let most = 128 * 1024 - 1;
    let manifest = |line: usize, value: usize| {
        format!(
            "session \"s\" {{ window \"w\" {{ pane \"a\" {{ run \"exec sleep 1000 #{}\"; env {{ LONG \"{}\" }} }} }} }}",
            "x".repeat(line - "exec sleep 1000 #".len()),
            "x".repeat(value - "LONG=".len()),
        )
    };
    sandbox.manifest(&manifest(most + 1, most + 1));
    let said = words(&sandbox.triad(&["apply"]).exits(1).stderr);
    for what in ["an argument", "the variable `LONG`"] {
        let expected = format!("{what} of `s/w/a` is {} bytes long", most + 1);
        assert!(said.contains(&expected), "{said}");
    }
    assert_ne!(sandbox.try_tmux(&["list-sessions"]).status, 0);
    sandbox.apply(&manifest(most, most));
    eventually("the command runs", DEADLINE, || {
        sandbox.panes()["s/w/a"].command == "sleep"
    });
}
