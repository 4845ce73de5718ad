//! `include`: tests that no folder of files can show as a case, and that run the program.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::sandbox::Sandbox;

#[test]
fn too_many_files_are_refused() {
    let sandbox = Sandbox::new();
    let mut includes = String::new();
    for index in 0..120 {
        sandbox.file(
            &format!("part{index}.kdl"),
            &format!("vars {{ v{index} 1 }}"),
        );
        includes += &format!("include \"part{index}.kdl\"\n");
    }
    sandbox.manifest(&format!("{includes}session \"main\""));
    let said = sandbox.triad(&["check"]).exits(65).stderr;
    assert!(said.contains("more than 100 files"), "{said}");
    assert!(said.contains("triad.kdl:100:9"), "{said}");
}

#[test]
fn files_that_are_too_large_together_are_refused() {
    let sandbox = Sandbox::new();
    let comment = format!("// {}\n", "x".repeat(300_000));
    sandbox.file("a.kdl", &comment);
    sandbox.file("b.kdl", &comment);
    sandbox.manifest("include \"a.kdl\"\ninclude \"b.kdl\"\nsession \"main\"");
    let said = sandbox.triad(&["check"]).exits(65).stderr;
    assert!(said.contains("bytes together"), "{said}");
    assert!(said.contains("triad.kdl:2:9"), "{said}");
}

#[test]
fn a_found_manifest_includes_only_files_of_its_user() {
    let sandbox = Sandbox::new();
    let open = sandbox.file("open.kdl", "vars { port 80 }");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o666)).expect("a mode");
    sandbox.manifest("include \"open.kdl\"\nsession \"main\"");
    let found = sandbox.triad(&["check"]).exits(65).stderr;
    assert!(found.contains("anyone can write to it"), "{found}");
    sandbox.triad(&["check", "triad.kdl"]).exits(0);
}

#[test]
fn own_links_may_lead_elsewhere() {
    let sandbox = Sandbox::new();
    let elsewhere = tempfile::tempdir().expect("a directory");
    let target = elsewhere.path().join("mine.kdl");
    fs::write(&target, "vars { port 80 }").expect("a file");
    symlink(&target, sandbox.path("local.kdl")).expect("a link");
    sandbox.manifest("include \"local.kdl\"\nsession \"s-{{port}}\"");
    let seen = sandbox.triad(&["check", "--json"]).exits(0).stdout;
    assert!(seen.contains("\"sessions\":1"), "{seen}");
}

#[test]
fn mistakes_name_their_file() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("parts")).expect("a folder");
    sandbox.file(
        "parts/shared.kdl",
        "session \"main\"\nsession \"two\" {\n    windw \"w\"\n}",
    );
    sandbox.manifest("include \"parts/shared.kdl\"\nsession \"main\"");
    let ran = sandbox.triad(&["check", "--json"]).exits(65);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one line of JSON");
    let places: Vec<String> = json["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|found| format!("{}:{}:{}", found["file"], found["line"], found["column"]))
        .collect();
    assert_eq!(places, ["\"triad.kdl\":2:9", "\"parts/shared.kdl\":3:5"]);
    let other = &json["diagnostics"][0]["labels"][1];
    assert_eq!(other["file"], "parts/shared.kdl");
}

#[test]
fn copies_of_copies_are_bounded() {
    let sandbox = Sandbox::new();
    let each: String = (0..60).map(|index| format!("each {index}\n")).collect();
    sandbox.manifest(&format!(
        "session \"s{{{{it}}}}\" {{ {each} window \"w{{{{it}}}}\" {{ {each} \
         pane \"{{{{window}}}}-{{{{it}}}}\" {{ {each} }} }} }}"
    ));
    let said = sandbox.triad(&["check"]).exits(65).stderr;
    assert!(said.contains("more than 5000"), "{said}");
}
