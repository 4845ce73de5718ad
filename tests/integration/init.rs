//! `triad init`: a folder in `tests/init` is a project; its `triad.kdl` is the written manifest and
//! `said.txt` the output. Also: the place of the file, templates, unreadable files, and the
//! questions on a terminal.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use triad::init::gallery::GALLERY;

use crate::support::sandbox::{Sandbox, run};
use crate::support::{self, difference};

mod laws;
mod questions;

/// The files of a case besides its project.
const OUTCOMES: &[&str] = &["triad.kdl", "said.txt"];
/// The name of the project's folder.
const FOLDER: &str = "my shop";

/// Copies a folder without the outcomes of a case.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = (entry.as_ref().unwrap().path(), entry?.file_name());
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else if !OUTCOMES.iter().any(|outcome| name == **outcome) {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Checks that the written manifest has no mistakes and is in style.
#[track_caller]
fn assert_sound(sandbox: &Sandbox, manifest: &str) {
    let ran = sandbox.triad(&["check", manifest]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let ran = sandbox.triad(&["fmt", "--check", manifest]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn every_project_gets_its_manifest() -> io::Result<()> {
    let mut differences = String::new();
    let mut cases: Vec<PathBuf> = fs::read_dir(support::project("tests/init"))?
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let sandbox = Sandbox::new();
        copy(&case, &sandbox.path(FOLDER))?;
        let ran = sandbox.triad(&["init", "-C", FOLDER]).exits(0);
        let manifest = format!("{FOLDER}/triad.kdl");
        assert_sound(&sandbox, &manifest);
        let text = sandbox.read(&manifest);
        let printed = sandbox.triad(&["init", "-C", FOLDER, "-"]).exits(0);
        assert_eq!(Some(printed.stdout), text, "{}", case.display());
        let said = format!("{}{}", ran.stderr, ran.stdout);
        for (outcome, found) in OUTCOMES.iter().zip([text, Some(said)]) {
            differences += &difference(&case.join(outcome), found.as_deref())?;
        }
    }
    assert!(
        differences.is_empty(),
        "\n{differences}\nUPDATE=1 rewrites the expectations"
    );
    Ok(())
}

#[test]
fn a_written_manifest_can_be_applied() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "Procfile",
        "release: echo '(raw)'\nweb: exec sleep 1001 # {{x}}\n",
    );
    sandbox.file("package.json", r#"{"scripts": {}}"#);
    sandbox.triad(&["init"]).exits(0);
    sandbox.triad(&["apply"]).exits(0);
    let panes: Vec<String> = sandbox.panes().into_keys().collect();
    assert_eq!(
        panes,
        [
            "work/services/release",
            "work/services/web",
            "work/work/shell"
        ]
    );
    let again = sandbox.triad(&["apply"]).exits(0);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
}

#[test]
fn the_first_steps_can_be_taken() {
    let sandbox = Sandbox::new();
    sandbox.triad(&["init"]).exits(0);
    let mut apply = sandbox.triad_command(&["apply"]);
    run(apply.env("EDITOR", "true")).exits(0);
    assert_eq!(sandbox.panes().len(), 2);
    // The part that is left out is valid, too.
    let text = sandbox.read("triad.kdl").unwrap();
    assert!(text.contains("/-window"), "{text}");
    sandbox.manifest(&text.replace("/-window", "window"));
    assert_sound(&sandbox, "triad.kdl");
}

#[test]
fn an_existing_file_stays_unless_forced() {
    let sandbox = Sandbox::new();
    let path = sandbox.manifest("layout \"mine\"\n");
    let ran = sandbox.triad(&["init"]).exits(1);
    assert_eq!(ran.stdout, "");
    for expected in ["`triad.kdl` exists already", "`--force`"] {
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
    sandbox.triad(&["init", "--from", "masterclass"]).exits(1);
    assert!(!sandbox.path("masterclass").exists(), "nothing was written");
    assert_eq!(sandbox.read("triad.kdl").unwrap(), "layout \"mine\"\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("triad.kdl", sandbox.path("link.kdl")).unwrap();
    sandbox.triad(&["init", "link.kdl"]).exits(1);
    sandbox.triad(&["init", "link.kdl", "--force"]).exits(0);
    assert!(sandbox.path("link.kdl").is_symlink());
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_sound(&sandbox, "triad.kdl");
    symlink("gone", sandbox.path("dangling.kdl")).unwrap();
    sandbox.triad(&["init", "dangling.kdl"]).exits(1);
    fs::create_dir(sandbox.path("folder.kdl")).unwrap();
    sandbox.triad(&["init", "folder.kdl"]).exits(0);
    assert!(sandbox.path("folder.kdl/triad.kdl").is_file());
}

#[test]
fn the_path_is_a_file_or_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.file("Procfile", "web: bin/web\n");
    fs::create_dir(sandbox.path("there")).unwrap();
    sandbox.file("there/Procfile", "there: bin/there\n");
    for (path, written, name) in [
        ("there", "there/triad.kdl", "there"),
        ("new/er/", "new/er/triad.kdl", "editor"),
        ("dev.kdl", "dev.kdl", "web"),
    ] {
        let ran = sandbox.triad(&["init", path]).exits(0);
        let first = ran.stdout.lines().next().unwrap_or_default();
        assert!(first.starts_with(&format!("wrote {written}: ")), "{first}");
        assert_sound(&sandbox, written);
        let text = sandbox.read(written).unwrap();
        assert!(text.contains(&format!(" \"{name}\"")), "{text}");
    }
    let text = sandbox.read("dev.kdl").unwrap();
    assert!(text.contains("triad apply dev.kdl "), "{text}");
    for path in ["dev", "masterclass", "there.txt"] {
        let ran = sandbox.triad(&["init", path]).exits(64);
        assert!(ran.stderr.contains("`.kdl`"), "{}", ran.stderr);
        assert_eq!(
            ran.stderr.contains("`triad init --from masterclass`"),
            path == "masterclass"
        );
    }
}

#[test]
fn a_manifest_in_layouts_is_about_the_folder_around_it() {
    let sandbox = Sandbox::new();
    sandbox.file("Procfile", "web: bin/web\n");
    sandbox.triad(&["init", "layouts/dev.kdl"]).exits(0);
    assert_sound(&sandbox, "layouts/dev.kdl");
    let text = sandbox.read("layouts/dev.kdl").unwrap();
    for expected in [
        "layout \"work\"\nroot \"..\"\n",
        "bin/web",
        "triad apply layouts/dev.kdl",
    ] {
        assert!(text.contains(expected), "`{expected}`:\n{text}");
    }
}

#[test]
fn a_given_name_is_used_and_checked() {
    let sandbox = Sandbox::new();
    let ran = sandbox
        .triad(&["init", "--stdout", "--name", "Läden_2"])
        .exits(0);
    assert!(
        ran.stdout.contains("layout \"Läden_2\"\n"),
        "{}",
        ran.stdout
    );
    for name in ["", "a b", "a/b", &"x".repeat(65)] {
        sandbox
            .triad(&["init", "--stdout", "--name", name])
            .exits(64);
    }
    // If no character of the folder's name is allowed.
    fs::create_dir(sandbox.path("...")).unwrap();
    let ran = sandbox.triad(&["init", "-C", "...", "--stdout"]).exits(0);
    assert!(
        ran.stdout.contains("layout \"project\"\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_layout_that_ships_is_a_template() {
    let layouts = support::project("layouts");
    let mut left = Vec::new();
    collect(&layouts, &mut left);
    for template in GALLERY {
        let companions = template
            .companions
            .iter()
            .map(|companion| companion.path.to_owned());
        let known: Vec<String> = companions
            .chain([format!("{}.kdl", template.name)])
            .collect();
        left.retain(|path| !known.iter().any(|known| layouts.join(known) == *path));
    }
    assert!(left.is_empty(), "not in src/init/gallery.rs: {left:#?}");
}

/// Collects the files of a folder that are checked in.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name == "__pycache__" || name == "local.kdl" {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn templates_are_written_with_all_their_files() {
    for template in GALLERY {
        let sandbox = Sandbox::new();
        let ran = sandbox.triad(&["init", "--from", template.name]).exits(0);
        assert_sound(&sandbox, "triad.kdl");
        let own_name = format!("layouts/{}.kdl", template.name);
        let text = sandbox.read("triad.kdl").unwrap();
        assert!(
            !text.contains(&own_name),
            "its comments name the new file:\n{text}"
        );
        for companion in template.companions {
            assert_eq!(
                sandbox.read(companion.path).as_deref(),
                Some(companion.text)
            );
            assert!(ran.stdout.contains(&format!("wrote {}\n", companion.path)));
        }
        // As in this repository, except for the file's name.
        let printed = sandbox
            .triad(&["init", "--from", template.name, "-"])
            .exits(0);
        assert_eq!(printed.stdout, template.text);
        let renamed = [
            "init",
            "--from",
            template.name,
            "--name",
            "mine",
            "renamed/",
        ];
        sandbox.triad(&renamed).exits(0);
        assert_sound(&sandbox, "renamed/triad.kdl");
        let text = sandbox.read("renamed/triad.kdl").unwrap();
        assert!(text.contains("\nlayout \"mine\"\n"), "{text}");
        assert!(!text.contains("\nroot "), "{text}");
        let about = template.about();
        assert!((10..200).contains(&about.len()), "{about}");
    }
}

#[test]
fn two_repositories_get_two_session_names() {
    let sandbox = Sandbox::new();
    let name = |folder: &str, more: &[&str]| {
        fs::create_dir_all(sandbox.path(folder)).unwrap();
        let file = format!("{folder}/triad.kdl");
        sandbox.triad(&[&["init", &file], more].concat()).exits(0);
        let text = sandbox.read(&file).unwrap();
        fs::remove_file(sandbox.path(&file)).unwrap();
        let line = text.lines().find(|line| line.starts_with("session \""));
        line.and_then(|line| line.split('"').nth(1))
            .unwrap_or_default()
            .to_owned()
    };
    for more in [&[][..], &["--from", "webapp"]] {
        let names = [
            name("shop/web", more),
            name("blog/web", more),
            name("shop", more),
        ];
        assert!(names[0] != names[1] && names[0] != names[2], "{names:?}");
        assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
    }
    assert_eq!(name("shop/web", &[]), "shop-web");
    assert_eq!(name("shop", &[]), "shop");
}

#[test]
fn files_of_a_template_replace_nothing() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("masterclass")).unwrap();
    sandbox.file("masterclass/state.py", "mine\n");
    let arguments = ["init", "--from", "masterclass", "--force", "--json"];
    let ran = sandbox.triad(&arguments).exits(0);
    assert_eq!(sandbox.read("masterclass/state.py").unwrap(), "mine\n");
    assert!(
        ran.stderr.contains("kept masterclass/state.py"),
        "{}",
        ran.stderr
    );
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["template"], "masterclass");
    let companions = told["companions"].as_array().unwrap();
    let state = companions
        .iter()
        .find(|one| one["path"] == "masterclass/state.py");
    assert_eq!(state.unwrap()["written"], false);
    assert_eq!(
        companions
            .iter()
            .filter(|one| one["written"] == true)
            .count(),
        4
    );
}

#[test]
fn templates_are_listed_and_a_wrong_name_gets_the_nearest() {
    let sandbox = Sandbox::new();
    let ran = sandbox.triad(&["init", "--list"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), GALLERY.len());
    let first = ran.stdout.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("masterclass       The agent triad in one view"),
        "{first}"
    );
    let ran = sandbox.triad(&["init", "--list", "--json"]).exits(0);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["templates"][0]["name"], GALLERY[0].name);
    let ran = sandbox.triad(&["init", "--from", "mastercalss"]).exits(64);
    assert!(
        ran.stderr.contains("did you mean `masterclass`?"),
        "{}",
        ran.stderr
    );
    let ran = sandbox.triad(&["init", "--from", "x"]).exits(64);
    assert!(
        ran.stderr.contains("the templates are masterclass"),
        "{}",
        ran.stderr
    );
}

#[test]
fn json_lists_what_was_found_and_written() {
    let sandbox = Sandbox::new();
    sandbox.file("Procfile", "web: bin/web --port 3000\nno line\n");
    let ran = sandbox.triad(&["init", "--json"]).exits(0);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["format"], 1);
    assert_eq!(told["path"], sandbox.path("triad.kdl").to_str().unwrap());
    assert_eq!(told["text"], serde_json::Value::Null);
    let program = serde_json::json!({
        "name": "web", "kind": "service", "file": "Procfile", "cwd": null,
        "run": "bin/web --port 3000", "port": 3000, "needs": [],
    });
    assert_eq!(told["programs"], serde_json::json!([program]));
    assert_eq!(told["skipped"][0]["file"], "Procfile");
    let ran = sandbox.triad(&["init", "--json", "-"]).exits(0);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["path"], serde_json::Value::Null);
    assert_eq!(told["text"].as_str(), sandbox.read("triad.kdl").as_deref());
    let ran = sandbox.triad(&["init", "--json"]).exits(1);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&told["event"], &told["exit"]),
        (&"error".into(), &1.into())
    );
}

#[test]
fn an_unreadable_file_is_reported_and_the_others_are_used() {
    let sandbox = Sandbox::new();
    sandbox.file("Makefile", "test:\n\ttrue\n");
    sandbox.file("compose.yaml", &"a: ".repeat(400_000));
    fs::write(sandbox.path("Cargo.toml"), b"[package]\nname = \"\xff\"\n").unwrap();
    sandbox.file("package.json", &"[".repeat(500_000));
    sandbox.file("pyproject.toml", &format!("a = {}", "[".repeat(500_000)));
    sandbox.file("Procfile", &"x\n".repeat(1_000));
    let ran = sandbox.triad(&["init"]).exits(0);
    for expected in [
        "skipped in compose.yaml: it is larger than 1 MB",
        "skipped in Cargo.toml: it is not UTF-8",
        "skipped in package.json: ",
        "skipped in pyproject.toml: ",
        "skipped in Procfile: line 5 is not `name: command`",
        "skipped in Procfile: 995 more lines",
    ] {
        assert!(
            ran.stderr.contains(expected),
            "`{expected}`:\n{}",
            ran.stderr
        );
    }
    assert!(!ran.stderr.contains("line 6"), "{}", ran.stderr);
    assert!(
        sandbox
            .read("triad.kdl")
            .unwrap()
            .contains("\"make\" \"test\"")
    );
    assert_sound(&sandbox, "triad.kdl");
}

#[test]
fn deep_yaml_and_other_than_regular_files_are_left_out() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("Procfile")).unwrap();
    let deep: String = (0..1_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    sandbox.file("compose.yaml", &deep);
    let ran = sandbox.triad(&["init"]).exits(0);
    assert!(
        ran.stderr.contains("skipped in compose.yaml: "),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("Procfile"), "{}", ran.stderr);
    assert_sound(&sandbox, "triad.kdl");
    // Names of folders that would break out of their comment, or mislead.
    for folder in ["a\u{2028}b", "x\u{202e}y", "n\nl", "~", ".hidden", "{{x}}"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
        sandbox.file(
            &format!("{folder}/package.json"),
            r#"{"scripts": {"dev": "x"}}"#,
        );
    }
    symlink(".", sandbox.path("around")).unwrap();
    sandbox.triad(&["init", "odd.kdl"]).exits(0);
    assert_sound(&sandbox, "odd.kdl");
    let text = sandbox.read("odd.kdl").unwrap();
    let folders: Vec<&str> = text.lines().filter(|line| line.contains(" cwd=")).collect();
    assert_eq!(folders.len(), 3, "{text}");
    assert!(text.contains(r#"cwd=(raw)"{{x}}""#), "{text}");
    let quiet = sandbox.triad(&["-q", "init", "quiet/"]).exits(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn an_unwritable_folder_is_reported() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "");
    let ran = sandbox.triad(&["init", "file/in/"]).exits(1);
    assert!(ran.stderr.contains("cannot write `"), "{}", ran.stderr);
    sandbox.triad(&["init", "-C", "absent"]).exits(64);
    sandbox.triad(&["init", "--list", "x.kdl"]).exits(64);
    sandbox.triad(&["init", "--stdout", "x.kdl"]).exits(64);
}
