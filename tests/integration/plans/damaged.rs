//! Files that are not plans any more, or never were: each is reported, none is used.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use triad::live::Snapshot;
use triad::plan::{Conditions, Machine, Request};
use triad::saved::{Saved, SavedError};

use super::{LAYOUT, save};
use crate::support::resolved::{Given, resolve_text};
use crate::support::sandbox::Sandbox;
use crate::support::snapshot::SALT;

/// Returns a small plan's file.
fn text() -> String {
    let text = "session \"s\" { window \"w\" { pane \"p\" } }";
    let layout = resolve_text(text, &Given::default()).layout;
    let conditions = Conditions {
        width: 80,
        height: 24,
        own_pane: None,
        salt: Some(SALT),
    };
    let at = (
        "here".to_owned(),
        Vec::new(),
        Path::new("/tmp/tmux/default"),
    );
    let saved = Saved::new(
        &layout.unwrap(),
        &Snapshot::default(),
        (&conditions, &Request::default(), &Machine::default()),
        at,
    );
    saved.text().unwrap()
}

#[test]
fn a_truncated_plan_is_refused() {
    let text = text();
    Saved::read(text.as_bytes()).unwrap();
    for end in 0..text.len() {
        assert!(Saved::read(&text.as_bytes()[..end]).is_err(), "{end}");
    }
    let longer = format!("{text}\n");
    assert_eq!(Saved::read(longer.as_bytes()), Err(SavedError::Damaged));
}

#[test]
fn an_edited_plan_is_refused() {
    let text = text();
    for at in 0..text.len() {
        for bit in [1, 0x20, 0x80] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= bit;
            assert!(Saved::read(&bytes).is_err(), "{at}");
        }
    }
}

#[test]
fn a_plan_of_another_version_names_it() {
    let text = text();
    let own = env!("CARGO_PKG_VERSION");
    let other = text.replace(&format!("\"triad\":\"{own}\""), "\"triad\":\"9.8.7-rc.1\"");
    let expected = SavedError::OtherVersion {
        release: "9.8.7-rc.1".to_owned(),
    };
    assert_eq!(Saved::read(other.as_bytes()), Err(expected.clone()));
    let other = other.replace("{\"triad_plan\":1,", "{\"triad_plan\":2,");
    assert_eq!(Saved::read(other.as_bytes()), Err(expected));
}

#[test]
fn other_files_are_refused_with_their_own_code() {
    let sandbox = Sandbox::new();
    save(&sandbox, LAYOUT);
    let text = sandbox.read("plan.json").unwrap();
    sandbox.file("empty", "");
    sandbox.file("json", "{\"a\": 1}\n");
    sandbox.file("cut", &text[..text.len() / 2]);
    sandbox.file("edited", &text.replace("1002", "1003"));
    sandbox.file("other", &text.replace("\"triad\":\"", "\"triad\":\"9."));
    fs::create_dir(sandbox.path("folder")).unwrap();
    let told = [
        ("empty", 6, "not a saved plan"),
        ("json", 6, "not a saved plan"),
        ("triad.kdl", 6, "not a saved plan"),
        ("folder", 6, "not a saved plan"),
        ("cut", 6, "truncated or edited"),
        ("edited", 6, "truncated or edited"),
        ("other", 6, "it was made by triad 9."),
        ("none", 66, "cannot read"),
    ];
    for (name, status, says) in told {
        let ran = sandbox.triad(&["show", name]).exits(status);
        let words = crate::support::seen::words(&ran.stderr);
        assert!(words.contains(says), "{name}: {}", ran.stderr);
    }
    for name in ["json", "cut", "edited", "other"] {
        sandbox.triad(&["apply", name]).exits(6);
    }
    sandbox.triad(&["apply", "none"]).exits(66);
    let huge = fs::File::create(sandbox.path("huge")).unwrap();
    std::io::Write::write_all(&mut &huge, text.as_bytes()).unwrap();
    huge.set_len(100 << 20).unwrap();
    let ran = sandbox.triad(&["show", "huge"]).exits(6);
    assert!(ran.stderr.contains("larger than"), "{}", ran.stderr);
    assert_eq!(sandbox.sessions(), [""; 0]);
}

#[test]
fn a_world_writable_plan_is_refused() {
    let sandbox = Sandbox::new();
    save(&sandbox, LAYOUT);
    fs::set_permissions(sandbox.path("plan.json"), fs::Permissions::from_mode(0o666)).unwrap();
    for verb in ["show", "apply"] {
        let ran = sandbox.triad(&[verb, "plan.json"]).exits(7);
        let words = crate::support::seen::words(&ran.stderr);
        assert!(words.contains("anyone can write to it"), "{}", ran.stderr);
    }
}
