//! A manifest that was found and not named: who may have written it, and what is read if another
//! user replaces the file at the same moment.

use std::fs;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use triad::load::{self, LoadError, Loaded, Places};
use triad::save;

use crate::support::sandbox::{Ran, Sandbox, run};

/// The number of reads while a file is replaced; `TRIAD_PROVE_FLIPS` overrides it.
const FLIPS: usize = 2_000;
/// Another user.
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

/// Reads again and again while `name` in the sandbox is in turn a link to `mine` and a file of mode
/// `mode` with the text of `other`.
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

/// Creates a manifest of the user's own in another folder.
fn mine(sandbox: &Sandbox) -> PathBuf {
    let path = sandbox.root().join("home/mine.kdl");
    fs::write(&path, "session \"mine\"").expect("written");
    path
}

#[test]
fn a_manifest_replaced_during_the_check_is_read_as_checked() {
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
fn a_named_manifest_is_read_with_the_path_of_its_own_text() {
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
fn an_include_replaced_during_the_check_is_read_as_checked() {
    let sandbox = Sandbox::new();
    let mine = mine(&sandbox);
    sandbox.manifest("include \"part.kdl\"");
    flipped(
        &sandbox,
        "part.kdl",
        &mine,
        ("session \"other\"", 0o666),
        || {
            let loaded = find(&sandbox.path("")).expect("the file belongs to the user");
            let included = load::with_included(&loaded);
            let said = format!("{:?}", included.parsed.manifest);
            assert!(!said.contains("other"), "{said}");
        },
    );
}

/// Checks the manifest found from this folder, or the named one, with paths in one piece.
#[track_caller]
fn check(sandbox: &Sandbox, folder: &Path, named: &[&str]) -> Ran {
    let mut command = sandbox.triad_command(&[&["check"], named].concat());
    run(command.current_dir(folder).env("COLUMNS", "1000"))
}

#[test]
fn a_manifest_below_a_world_writable_folder_runs_only_if_named() {
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
    // Users can only remove their own files there, as in `/tmp`.
    mode(0o1777);
    check(&sandbox, &folder, &[]).exits(0);
    mode(0o775);
    check(&sandbox, &folder, &[]).exits(0);
}

#[test]
fn own_links_are_followed_but_not_through_a_world_writable_folder() {
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
fn a_folder_or_link_of_another_user_leads_to_no_manifest() {
    // Only root can give a file away.
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
    lchown(&link, Some(OTHER), None).expect("root may change the owner");
    refused("link", &link);
    lchown(&link, Some(0), None).expect("taken back");
    check(&sandbox, &work, &[]).exits(0);
    lchown(&work, Some(OTHER), None).expect("root may change the owner");
    refused("folder", &work);
}

#[test]
fn a_pipe_in_place_of_an_included_file_does_not_block() {
    let sandbox = Sandbox::new();
    run(sandbox.command("mkfifo").arg(sandbox.path("part.kdl"))).exits(0);
    sandbox.manifest("include \"part.kdl\"");
    let said = check(&sandbox, &sandbox.path(""), &[]).exits(65).stderr;
    assert!(said.contains("it is not a file"), "{said}");
}

#[test]
fn a_manifest_is_only_written_over_the_file_that_was_read() {
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
    let loaded = load::load(Some("triad.kdl"), places).expect("the file exists");
    // The owner of the folder above replaces the folder with a link.
    fs::rename(&folder, sandbox.path("away")).expect("renamed");
    symlink(&other, &folder).expect("a link");
    let path = loaded.file.as_ref().expect("a file");
    let error = save::replace(path, "theirs, in style", loaded.identity).unwrap_err();
    assert!(error.help().contains("nothing was written"), "{error}");
    assert_eq!(sandbox.read("other/triad.kdl").as_deref(), Some("mine"));
    fs::remove_file(&folder).expect("removed");
    fs::rename(sandbox.path("away"), &folder).expect("renamed");
    save::replace(path, "theirs, in style", loaded.identity).expect("the file is unchanged");
    let text = sandbox.read("folder/triad.kdl");
    assert_eq!(text.as_deref(), Some("theirs, in style"));
}
