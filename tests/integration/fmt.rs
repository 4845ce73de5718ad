//! `triad fmt` from outside: the files it writes and leaves alone, and its messages.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Stdio;

use triad::manifest::fmt::format;
use triad::manifest::source::Source;

use crate::support;
use crate::support::sandbox::{Ran, Sandbox};

mod laws;

const UGLY: &str = "session   \"s\" {\r\n\r\n  window \"w\"{pane \"p\";} // kept\r\n}";
const NEAT: &str = "session \"s\" {\n    window \"w\" { pane \"p\" } // kept\n}\n";

#[test]
fn the_found_manifest_is_rewritten_once() {
    let sandbox = Sandbox::new();
    let path = sandbox.manifest(UGLY);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let ran = sandbox.triad(&["fmt"]).exits(0);
    assert_eq!(ran.stdout, "formatted triad.kdl\n");
    assert_eq!(sandbox.read("triad.kdl").as_deref(), Some(NEAT));
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
    let ran = sandbox.triad(&["fmt"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let later = fs::metadata(&path).unwrap();
    assert_eq!(later.ino(), metadata.ino(), "a clean file is not touched");
}

#[test]
fn a_link_stays_a_link() {
    let sandbox = Sandbox::new();
    let path = sandbox.file("real.kdl", UGLY);
    symlink(&path, sandbox.path("link.kdl")).unwrap();
    sandbox.triad(&["fmt", "link.kdl"]).exits(0);
    assert!(sandbox.path("link.kdl").is_symlink());
    assert_eq!(sandbox.read("real.kdl").as_deref(), Some(NEAT));
}

#[test]
fn check_names_the_files_that_differ() {
    let sandbox = Sandbox::new();
    sandbox.file("ugly.kdl", UGLY);
    sandbox.file("neat.kdl", NEAT);
    let ran = sandbox
        .triad(&["fmt", "--check", "neat.kdl", "ugly.kdl"])
        .exits(1);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("ugly.kdl\n", "")
    );
    let ran = sandbox.triad(&["fmt", "--check", "neat.kdl"]).exits(0);
    assert_eq!(ran.stdout, "");
    let ran = sandbox
        .triad(&["fmt", "--check", "--json", "ugly.kdl"])
        .exits(1);
    assert!(
        ran.stdout
            .contains("\"file\":\"ugly.kdl\",\"differs\":true"),
        "{}",
        ran.stdout
    );
    assert_eq!(sandbox.read("ugly.kdl").as_deref(), Some(UGLY));
}

#[test]
fn diff_shows_what_would_change() {
    let sandbox = Sandbox::new();
    sandbox.file("a.kdl", "layout  \"a\"\nsession \"s\"\n");
    let expected =
        "--- a.kdl\n+++ a.kdl\n@@ -1,2 +1,2 @@\n-layout  \"a\"\n+layout \"a\"\n session \"s\"\n";
    let ran = sandbox.triad(&["fmt", "--diff", "a.kdl"]).exits(0);
    assert_eq!(ran.stdout, expected);
    let ran = sandbox
        .triad(&["fmt", "--diff", "--check", "a.kdl"])
        .exits(1);
    assert_eq!(ran.stdout, expected);
    assert_eq!(
        sandbox.read("a.kdl").as_deref(),
        Some("layout  \"a\"\nsession \"s\"\n")
    );
}

/// Runs triad with that text on its standard input.
fn piped(sandbox: &Sandbox, arguments: &[&str], text: &str) -> Ran {
    let mut command = sandbox.triad_command(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let sandbox = Sandbox::new();
    let ran = piped(&sandbox, &["fmt", "-"], UGLY).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (NEAT, ""));
    assert_eq!(piped(&sandbox, &["fmt", "-"], "").exits(0).stdout, "");
    assert_eq!(
        piped(&sandbox, &["fmt", "-", "--check"], UGLY)
            .exits(1)
            .stdout,
        "-\n"
    );
    let ran = piped(&sandbox, &["fmt", "-"], "session {").exits(65);
    assert_eq!(ran.stdout, "");
}

#[test]
fn files_that_are_not_kdl_stay_and_the_others_are_formatted() {
    let sandbox = Sandbox::new();
    sandbox.file("bad.kdl", "session  \"s {");
    sandbox.file("ugly.kdl", UGLY);
    let ran = sandbox
        .triad(&["fmt", "bad.kdl", "gone.kdl", "ugly.kdl"])
        .exits(65);
    assert!(ran.stderr.contains("bad.kdl:1:10"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("manifest `gone.kdl` not found"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.read("bad.kdl").as_deref(), Some("session  \"s {"));
    assert_eq!(sandbox.read("ugly.kdl").as_deref(), Some(NEAT));
}

#[test]
fn an_included_file_need_not_be_a_manifest() {
    let sandbox = Sandbox::new();
    sandbox.file("part.kdl", "whatever  { else;} ");
    sandbox.triad(&["fmt", "part.kdl"]).exits(0);
    assert_eq!(
        sandbox.read("part.kdl").as_deref(),
        Some("whatever { else }\n")
    );
}

#[test]
fn the_layouts_that_ship_are_in_style() {
    let folder = support::project("layouts");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let layouts = paths.filter(|path| path.extension().is_some_and(|ending| ending == "kdl"));
    let mut count = 0;
    for path in layouts {
        let text = fs::read_to_string(&path).unwrap();
        let formatted = format(&Source::new("layout", text.as_str()));
        assert_eq!(
            formatted.as_deref(),
            Ok(text.as_str()),
            "{}",
            path.display()
        );
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn a_layout_string_is_shown_as_splits() {
    let sandbox = Sandbox::new();
    let string = "159x48,0,0{79x48,0,0,0,79x48,80,0[79x24,80,0,1,79x23,80,25,2]}";
    let text = format!(
        "session \"s\" {{\n    window \"w\" layout=\"{string}\" {{\n        pane \"a\"\n        \
         service \"b\" {{ run \"x\" }}\n        pane\n    }}\n}}\n"
    );
    sandbox.manifest(&text);
    let ran = sandbox.triad(&["fmt"]).exits(0);
    let note = "triad.kdl:2 is the same as\n    \
                columns {\n        pane \"a\" grow=79\n        rows grow=79 {\n            \
                service \"b\" grow=24\n            pane grow=23\n        }\n    }\n";
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains(note), "{said}");
    // Both give the same cells.
    let cells = |text: &str| {
        sandbox.apply(text);
        let format = [
            "list-panes",
            "-t",
            "=s:w",
            "-F",
            "#{pane_width}x#{pane_height}",
        ];
        let cells = sandbox.listed(&format);
        sandbox.triad(&["down", "--yes"]).exits(0);
        cells
    };
    let run = "pane \"a\" grow=79; rows grow=79 { service \"b\" grow=24 { run \"sleep 1000\" }; pane grow=23 }";
    let splits = format!("session \"s\" {{ window \"w\" {{ columns {{ {run} }} }} }}");
    assert_eq!(
        cells(&text.replace("\"x\"", "\"sleep 1000\"")),
        cells(&splits)
    );
}
