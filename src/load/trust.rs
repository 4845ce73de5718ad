//! Decides whether only the user or root can have put a file in its place: owners and modes in, the
//! reason for distrust out.

use std::path::PathBuf;

/// The mode bit that lets anyone write.
const WRITABLE_BY_ALL: u32 = 0o002;
/// The sticky bit: people can only remove and rename their own files in such a folder.
const STICKY: u32 = 0o1000;
const ROOT: u32 = 0;

/// The owner and mode of a file, folder or link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access {
    pub uid: u32,
    pub mode: u32,
}

/// A folder or a link on the way to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    pub path: PathBuf,
    pub kind: Kind,
    pub access: Access,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    Link,
}

/// The reason to suspect that somebody other than `user` wrote the file.
pub(super) fn of_file(user: u32, file: Access) -> Option<String> {
    if file.uid != user {
        Some(format!("it belongs to another user (uid {})", file.uid))
    } else if file.mode & WRITABLE_BY_ALL != 0 {
        Some("anyone can write to it".to_owned())
    } else {
        None
    }
}

/// The reason to suspect that somebody other than `user` and root chose the file: by a link, or by
/// replacing a file or folder on the way.
pub(super) fn of_way(user: u32, way: &[Passage]) -> Option<String> {
    way.iter().find_map(|passage| {
        let Access { uid, mode } = passage.access;
        let path = passage.path.display();
        let noun = match passage.kind {
            Kind::Folder => "folder",
            Kind::Link => "link",
        };
        if uid != user && uid != ROOT {
            return Some(format!(
                "the {noun} `{path}` belongs to another user (uid {uid})"
            ));
        }
        // The mode of a link has no meaning.
        let is_open = mode & WRITABLE_BY_ALL != 0 && mode & STICKY == 0;
        (is_open && passage.kind == Kind::Folder)
            .then(|| format!("anyone can write to the folder `{path}`, which belongs to uid {uid}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: u32 = 1000;
    const OTHER: u32 = 1001;

    #[track_caller]
    fn check_way(way: &[(&str, Kind, u32, u32)], expected: Option<&str>) {
        let way: Vec<Passage> = way
            .iter()
            .map(|(path, kind, uid, mode)| Passage {
                path: path.into(),
                kind: *kind,
                access: Access {
                    uid: *uid,
                    mode: *mode,
                },
            })
            .collect();
        assert_eq!(of_way(USER, &way).as_deref(), expected);
    }

    #[test]
    fn a_file_is_its_users_own_and_nobody_else_writes_to_it() {
        let check = |user, uid, mode, expected: Option<&str>| {
            assert_eq!(of_file(user, Access { uid, mode }).as_deref(), expected);
        };
        check(USER, USER, 0o100_644, None);
        check(USER, USER, 0o100_664, None);
        check(ROOT, ROOT, 0o100_600, None);
        check(USER, USER, 0o100_666, Some("anyone can write to it"));
        let other = "it belongs to another user (uid 1001)";
        check(USER, OTHER, 0o100_644, Some(other));
        check(USER, OTHER, 0o100_666, Some(other));
        let root = "it belongs to another user (uid 0)";
        check(USER, ROOT, 0o100_644, Some(root));
    }

    #[test]
    fn folders_and_links_of_the_user_and_of_root_are_a_safe_way() {
        check_way(&[], None);
        check_way(
            &[
                ("/", Kind::Folder, ROOT, 0o40_755),
                ("/tmp", Kind::Folder, ROOT, 0o41_777),
                ("/tmp/work", Kind::Folder, USER, 0o40_775),
                ("/tmp/work/triad.kdl", Kind::Link, USER, 0o120_777),
                ("/etc/triad.kdl", Kind::Link, ROOT, 0o120_777),
            ],
            None,
        );
    }

    #[test]
    fn the_first_folder_that_others_have_in_hand_is_named_with_its_owner() {
        check_way(
            &[
                ("/", Kind::Folder, ROOT, 0o40_755),
                ("/srv", Kind::Folder, OTHER, 0o40_755),
                ("/srv/work", Kind::Folder, USER, 0o40_777),
            ],
            Some("the folder `/srv` belongs to another user (uid 1001)"),
        );
        // Its owner may do all in a sticky folder too.
        check_way(
            &[("/srv", Kind::Folder, OTHER, 0o41_777)],
            Some("the folder `/srv` belongs to another user (uid 1001)"),
        );
        check_way(
            &[("/srv", Kind::Folder, ROOT, 0o40_777)],
            Some("anyone can write to the folder `/srv`, which belongs to uid 0"),
        );
        check_way(
            &[("/home/a/open", Kind::Folder, USER, 0o40_777)],
            Some("anyone can write to the folder `/home/a/open`, which belongs to uid 1000"),
        );
    }

    #[test]
    fn a_link_that_somebody_else_has_made_is_not_followed() {
        check_way(
            &[
                ("/tmp", Kind::Folder, ROOT, 0o41_777),
                ("/tmp/triad.kdl", Kind::Link, OTHER, 0o120_777),
            ],
            Some("the link `/tmp/triad.kdl` belongs to another user (uid 1001)"),
        );
    }
}
