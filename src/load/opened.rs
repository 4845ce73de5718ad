//! A file that is opened once: owner, mode, text and path are those of the open file, even if
//! somebody replaces it meanwhile.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{self, Component, Path, PathBuf};

use rustix::fs::OFlags;

use super::trust::{self, Access, Kind, Passage};

/// The number of times a file is opened again because it was replaced.
const REPLACEMENTS_MAX: u32 = 20;
/// The number of links that are followed on the way to a file, as in the kernel.
const LINKS_MAX: u32 = 40;

/// An open file and its place.
#[derive(Debug)]
pub(super) struct Opened {
    pub file: File,
    /// Its path without links.
    pub canonical: PathBuf,
    metadata: Metadata,
    way: Vec<Passage>,
}

impl Opened {
    /// Its device and its inode.
    pub(super) fn identity(&self) -> (u64, u64) {
        identity(&self.metadata)
    }

    /// The reason to suspect that somebody other than the user wrote or chose the file.
    pub(super) fn distrust(&self) -> Option<String> {
        let user = rustix::process::geteuid().as_raw();
        trust::of_file(user, access(&self.metadata)).or_else(|| trust::of_way(user, &self.way))
    }
}

/// Opens anything at this path, also a pipe, which blocks until somebody writes to it.
///
/// # Errors
/// If it cannot be opened, or is replaced again and again meanwhile.
pub(super) fn opened(path: &Path) -> io::Result<Opened> {
    located(path, || File::open(path))
}

/// Opens a regular file, and nothing else.
///
/// # Errors
/// As [`opened`], and if it is not a regular file.
pub(super) fn opened_file(path: &Path) -> io::Result<Opened> {
    located(path, || {
        regular(path)?.ok_or_else(|| io::Error::other("it is not a file"))
    })
}

/// Opens a regular file without resolving its path; `None` if it is not a regular file.
///
/// # Errors
/// If it cannot be opened.
pub(super) fn regular(path: &Path) -> io::Result<Option<File>> {
    // Opening a pipe or a device has effects of its own.
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    // A pipe that has replaced the file since must not block us.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let is_file = file.metadata()?.is_file();
    Ok(is_file.then_some(file))
}

/// The reason to suspect that somebody other than the user wrote an open file.
///
/// # Errors
/// If the system does not tell its owner.
pub(super) fn distrust(file: &File) -> io::Result<Option<String>> {
    let user = rustix::process::geteuid().as_raw();
    Ok(trust::of_file(user, access(&file.metadata()?)))
}

/// Opens a file and resolves its path, until both belong to the same file.
fn located(path: &Path, open: impl Fn() -> io::Result<File>) -> io::Result<Opened> {
    let mut failed = io::Error::new(
        io::ErrorKind::ResourceBusy,
        "the file is being replaced again and again",
    );
    for _ in 0..REPLACEMENTS_MAX {
        let file = open()?;
        let metadata = file.metadata()?;
        match walk(path) {
            Ok(walk) if identity(&walk.end) == identity(&metadata) => {
                return Ok(Opened {
                    file,
                    canonical: walk.canonical,
                    metadata,
                    way: walk.way,
                });
            }
            Ok(_) => {}
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// The end of a path and the way to it.
struct Walk {
    canonical: PathBuf,
    /// The metadata of the object at the end.
    end: Metadata,
    /// The folders and links from the root to there.
    way: Vec<Passage>,
}

/// Follows a path link by link, as the kernel does. If every folder and link on the way belongs to the
/// user or root, nobody else can have changed the way since the file was opened: they would need a
/// folder of their own, or one that anyone can write to, and that folder would be on the way.
fn walk(path: &Path) -> io::Result<Walk> {
    let mut place = PathBuf::from("/");
    let mut end = fs::symlink_metadata(&place)?;
    let mut way = vec![passage(&place, Kind::Folder, &end)];
    let mut links = 0;
    // The names still to follow, the next one last.
    let mut names = reversed(&path::absolute(path)?);
    while let Some(name) = names.pop() {
        if name == ".." {
            place.pop();
            end = fs::symlink_metadata(&place)?;
            continue;
        }
        let next = place.join(&name);
        let found = fs::symlink_metadata(&next)?;
        if found.is_symlink() {
            links += 1;
            if links > LINKS_MAX {
                return Err(rustix::io::Errno::LOOP.into());
            }
            way.push(passage(&next, Kind::Link, &found));
            let target = fs::read_link(&next)?;
            if target.is_absolute() {
                place = PathBuf::from("/");
            }
            names.extend(reversed(&target));
            continue;
        }
        if found.is_dir() {
            way.push(passage(&next, Kind::Folder, &found));
        }
        (place, end) = (next, found);
    }
    Ok(Walk {
        canonical: place,
        end,
        way,
    })
}

/// The names of a path, the first one last.
fn reversed(path: &Path) -> Vec<OsString> {
    let components = path.components().rev();
    let named =
        components.filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    named.map(|part| part.as_os_str().to_owned()).collect()
}

fn passage(path: &Path, kind: Kind, found: &Metadata) -> Passage {
    Passage {
        path: path.to_owned(),
        kind,
        access: access(found),
    }
}

fn access(found: &Metadata) -> Access {
    Access {
        uid: found.uid(),
        mode: found.mode(),
    }
}

fn identity(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}
