//! A manifest that nobody named: whose hands it may have gone through, and what is read where somebody
//! puts another file in its place at the same moment.

use std::fs;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use triad::load::{self, LoadError, Loaded, Places};
use triad::save;

use crate::support::sandbox::{Ran, Sandbox, run};

/// How often a file is read while it is replaced; `TRIAD_PROVE_FLIPS` says another number.
const FLIPS: usize = 2_000;
/// Some user that is not this one.
const OTHER: u32 = 65_534;

fn flips() -> usize {
    let asked = std::env::var("TRIAD_PROVE_FLIPS").ok();
    asked.map_or(FLIPS, |flips| flips.parse().expect("a number"))
}

fn find(folder: &Path) -> Result<Loaded, LoadError> {
    let places = Places {
        current: folder,
        config: None,
    };
    load::load(None, places)
}

/// Reads again and again while `name` in the sandbox becomes by turns a link to `mine` and a file of
/// mode `mode` with the text of `other`.
fn flipped(sandbox: &Sandbox, name: &str, mine: &Path, other: (&str, u32), read: impl Fn()) {
    let is_over = AtomicBool::new(false);
    let (text, mode) = other;
    let place = sandbox.path(name);
    fs::write(&place, text).expect("written");
    fs::set_permissions(&place, fs::Permissions::from_mode(mode)).expect("a mode");
    let fresh = sandbox.root().join("fresh");
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                symlink(mine, &fresh).expect("a link");
                fs::rename(&fresh, &place).expect("renamed");
                fs::write(&fresh, text).expect("written");
                fs::set_permissions(&fresh, fs::Permissions::from_mode(mode)).expect("a mode");
                fs::rename(&fresh, &place).expect("renamed");
            }
        });
        let reads = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..flips() {
                read();
            }
        }));
        is_over.store(true, Ordering::Relaxed);
        if let Err(why) = reads {
            std::panic::resume_unwind(why);
        }
    });
}

/// A manifest of the user's own in another folder.
fn mine(sandbox: &Sandbox) -> PathBuf {
    let path = sandbox.root().join("home/mine.kdl");
    fs::write(&path, "session \"mine\"").expect("written");
    path
}

#[test]
fn a_manifest_that_is_replaced_while_it_is_looked_at_is_read_as_the_one_that_was_checked() {
    let sandbox = Sandbox::new();
    let mine = mine(&sandbox);
    flipped(
        &sandbox,
        "triad.kdl",
        &mine,
        ("session \"other\"", 0o666),
        || match find(&sandbox.path("")) {
            Ok(loaded) => {
                assert_eq!(loaded.source.text, "session \"mine\"");
                assert_eq!(loaded.file.as_ref(), Some(&mine));
                assert_eq!(loaded.folder, mine.parent().expect("a folder"));
            }
            Err(LoadError::Untrusted { .. }) => {}
            Err(LoadError::Read { source, .. }) => {
                assert_eq!(source.kind(), std::io::ErrorKind::ResourceBusy, "{source}");
            }
            Err(error) => panic!("{error}"),
        },
    );
}

#[test]
fn a_manifest_that_was_named_is_read_with_the_path_of_its_own_text() {
    let sandbox = Sandbox::new();
    let mine = mine(&sandbox);
    let place = sandbox.path("triad.kdl");
    let here = sandbox.path("");
    flipped(
        &sandbox,
        "triad.kdl",
        &mine,
        ("session \"other\"", 0o600),
        || {
            let places = Places {
                current: &here,
                config: None,
            };
            let Ok(loaded) = load::load(Some("triad.kdl"), places) else {
                return;
            };
            let is_mine = loaded.source.text.contains("mine");
            let expected = if is_mine { &mine } else { &place };
            assert_eq!(loaded.file.as_ref(), Some(expected));
        },
    );
}

#[test]
fn an_include_that_is_replaced_meanwhile_is_read_as_the_one_that_was_checked() {
    let sandbox = Sandbox::new();
    let mine = mine(&sandbox);
    sandbox.manifest("include \"part.kdl\"");
    flipped(
        &sandbox,
        "part.kdl",
        &mine,
        ("session \"other\"", 0o666),
        || {
            let loaded = find(&sandbox.path("")).expect("it is the user's own");
            let included = load::with_included(&loaded);
            let said = format!("{:?}", included.parsed.manifest);
            assert!(!said.contains("other"), "{said}");
        },
    );
}

/// Checks the manifest that is found from this folder, or that is named, with paths in one piece.
#[track_caller]
fn check(sandbox: &Sandbox, folder: &Path, named: &[&str]) -> Ran {
    let mut command = sandbox.triad_command(&[&["check"], named].concat());
    run(command.current_dir(folder).env("COLUMNS", "1000"))
}

#[test]
fn a_manifest_below_a_folder_that_anyone_may_write_to_is_run_only_when_it_is_named() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("open/inner");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("triad.kdl"), "session \"main\"").expect("written");
    let open = sandbox.path("open");
    let mode = |mode| fs::set_permissions(&open, fs::Permissions::from_mode(mode)).expect("a mode");
    mode(0o777);
    let said = check(&sandbox, &folder, &[]).exits(7).stderr;
    let user = rustix::process::geteuid().as_raw();
    let why = format!(
        "anyone can write to the folder `{}`, which belongs to uid {user}",
        open.display()
    );
    assert!(said.contains(&why), "{said}");
    assert!(said.contains("name it on the command line"), "{said}");
    check(&sandbox, &folder, &["triad.kdl"]).exits(0);
    // People remove only what is their own there, as in `/tmp`.
    mode(0o1777);
    check(&sandbox, &folder, &[]).exits(0);
    mode(0o775);
    check(&sandbox, &folder, &[]).exits(0);
}

#[test]
fn a_link_of_ones_own_leads_to_a_manifest_and_past_no_open_folder() {
    let sandbox = Sandbox::new();
    let mine = mine(&sandbox);
    let work = sandbox.path("");
    symlink(&mine, work.join("triad.kdl")).expect("a link");
    check(&sandbox, &work, &[]).exits(0);
    let home = mine.parent().expect("a folder");
    fs::set_permissions(home, fs::Permissions::from_mode(0o777)).expect("a mode");
    let said = check(&sandbox, &work, &[]).exits(7).stderr;
    let why = format!("anyone can write to the folder `{}`", home.display());
    assert!(said.contains(&why), "{said}");
}

#[test]
fn a_folder_or_a_link_of_somebody_else_leads_to_no_manifest_of_ones_own() {
    // Only root can give something away.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let sandbox = Sandbox::new();
    let mine = mine(&sandbox);
    let work = sandbox.root().join("work");
    let link = work.join("triad.kdl");
    symlink(&mine, &link).expect("a link");
    let refused = |what: &str, path: &Path| {
        let said = check(&sandbox, &work, &[]).exits(7).stderr;
        let path = path.display();
        let why = format!("the {what} `{path}` belongs to another user (uid {OTHER})");
        assert!(said.contains(&why), "{said}");
        check(&sandbox, &work, &["triad.kdl"]).exits(0);
    };
    check(&sandbox, &work, &[]).exits(0);
    lchown(&link, Some(OTHER), None).expect("given away");
    refused("link", &link);
    lchown(&link, Some(0), None).expect("taken back");
    check(&sandbox, &work, &[]).exits(0);
    lchown(&work, Some(OTHER), None).expect("given away");
    refused("folder", &work);
}

#[test]
fn a_pipe_in_the_place_of_an_included_file_keeps_nobody() {
    let sandbox = Sandbox::new();
    run(sandbox.command("mkfifo").arg(sandbox.path("part.kdl"))).exits(0);
    sandbox.manifest("include \"part.kdl\"");
    let said = check(&sandbox, &sandbox.path(""), &[]).exits(65).stderr;
    assert!(said.contains("it is not a file"), "{said}");
}

#[test]
fn a_manifest_is_written_back_over_the_file_that_was_read_and_no_other() {
    let sandbox = Sandbox::new();
    let (folder, other) = (sandbox.path("folder"), sandbox.path("other"));
    for (folder, text) in [(&folder, "theirs"), (&other, "mine")] {
        fs::create_dir(folder).expect("a folder");
        fs::write(folder.join("triad.kdl"), text).expect("written");
    }
    let places = Places {
        current: &folder,
        config: None,
    };
    let loaded = load::load(Some("triad.kdl"), places).expect("it is there");
    // The owner of the folder above puts a link in the place of the folder.
    fs::rename(&folder, sandbox.path("away")).expect("renamed");
    symlink(&other, &folder).expect("a link");
    let path = loaded.file.as_ref().expect("a file");
    let error = save::replace(path, "theirs, in style", loaded.identity).unwrap_err();
    assert!(error.help().contains("nothing was written"), "{error}");
    assert_eq!(sandbox.read("other/triad.kdl").as_deref(), Some("mine"));
    fs::remove_file(&folder).expect("removed");
    fs::rename(sandbox.path("away"), &folder).expect("renamed");
    save::replace(path, "theirs, in style", loaded.identity).expect("it is the one that was read");
    let text = sandbox.read("folder/triad.kdl");
    assert_eq!(text.as_deref(), Some("theirs, in style"));
}
