//! A project that is reached by a link: programs start in the path that the user sees, and it is
//! one project whatever path leads to it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};

/// Creates a project in `real`, which `link` leads to.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("real/sub")).expect("the sandbox is writable");
    symlink("real", sandbox.path("link")).expect("the sandbox is writable");
    sandbox.file(
        "real/triad.kdl",
        r#"hooks { before-apply "pwd >hook" }
        session "s" { window "w" {
            pane "a" { run "pwd >here; exec sleep 1000" }
            pane "b" cwd="sub" { run "pwd >here; exec sleep 1000" }
        } }"#,
    );
    sandbox
}

fn triad(sandbox: &Sandbox, folder: &Path, words: &[&str]) -> Ran {
    let mut command = sandbox.triad_command(words);
    run(command.current_dir(folder).env("PWD", folder))
}

#[track_caller]
fn are_in(sandbox: &Sandbox, folder: &Path) {
    let expected = [("hook", ""), ("here", ""), ("sub/here", "sub")];
    for (file, below) in expected {
        let place = match below {
            "" => folder.to_owned(),
            below => folder.join(below),
        };
        eventually(
            &format!("{file} says {}", place.display()),
            DEADLINE,
            || {
                let said = sandbox.read(&format!("real/{file}"));
                said == Some(format!("{}\n", place.display()))
            },
        );
    }
}

#[test]
fn programs_start_in_the_path_as_the_user_sees_it() {
    let sandbox = project();
    let (real, link) = (sandbox.path("real"), sandbox.path("link"));
    triad(&sandbox, &link, &["apply"]).exits(0);
    are_in(&sandbox, &link);
    // It is the same from anywhere.
    triad(&sandbox, &real, &["plan", "--check"]).exits(0);
    triad(&sandbox, &link.join("sub"), &["plan", "--check"]).exits(0);
    triad(&sandbox, &link, &["down", "--yes"]).exits(0);
    triad(&sandbox, &real, &["apply"]).exits(0);
    are_in(&sandbox, &real);
}

#[test]
fn programs_start_in_the_path_by_which_the_manifest_was_named() {
    let sandbox = project();
    triad(&sandbox, &sandbox.path(""), &["apply", "link/triad.kdl"]).exits(0);
    are_in(&sandbox, &sandbox.path("link"));
}

#[test]
fn a_wrong_pwd_is_ignored() {
    let sandbox = project();
    let mut command = sandbox.triad_command(&["apply"]);
    command.current_dir(sandbox.path("real"));
    run(command.env("PWD", sandbox.path("nowhere"))).exits(0);
    are_in(&sandbox, &sandbox.path("real"));
}
