//! A file that is opened once: owner, mode, text and path are those of the file that is open, also
//! where somebody puts another in its place meanwhile.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{self, Component, Path, PathBuf};

use rustix::fs::OFlags;

use super::trust::{self, Access, Kind, Passage};

/// How often a file is opened again because another has taken its place.
const REPLACEMENTS_MAX: u32 = 20;
/// How many links are followed on the way to a file, as the kernel does.
const LINKS_MAX: u32 = 40;

/// An open file, and where it is.
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

    /// Why somebody else than the user may have written the file, or chosen that it is this one.
    pub(super) fn distrust(&self) -> Option<String> {
        let user = rustix::process::geteuid().as_raw();
        trust::of_file(user, access(&self.metadata)).or_else(|| trust::of_way(user, &self.way))
    }
}

/// Opens whatever is at this path, also a pipe, which keeps us until somebody writes to it.
///
/// # Errors
/// When it cannot be opened, or is replaced again and again meanwhile.
pub(super) fn opened(path: &Path) -> io::Result<Opened> {
    located(path, || File::open(path))
}

/// Opens a file, and nothing that is none.
///
/// # Errors
/// As [`opened`], and when it is not a file.
pub(super) fn opened_file(path: &Path) -> io::Result<Opened> {
    located(path, || {
        regular(path)?.ok_or_else(|| io::Error::other("it is not a file"))
    })
}

/// Opens a file where its path without links is of no interest; `None` where it is not a file.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn regular(path: &Path) -> io::Result<Option<File>> {
    // A pipe or a device would notice that it is opened.
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    // One that has taken the file's place since must not keep us.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let is_file = file.metadata()?.is_file();
    Ok(is_file.then_some(file))
}

/// Why somebody else than the user may have written an open file.
///
/// # Errors
/// When the system does not tell its owner.
pub(super) fn distrust(file: &File) -> io::Result<Option<String>> {
    let user = rustix::process::geteuid().as_raw();
    Ok(trust::of_file(user, access(&file.metadata()?)))
}

/// Opens a file and finds out where it is, until both are of the same file.
fn located(path: &Path, open: impl Fn() -> io::Result<File>) -> io::Result<Opened> {
    let mut failed = io::Error::new(
        io::ErrorKind::ResourceBusy,
        "another file takes its place again and again",
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

/// Where a path leads.
struct Walk {
    canonical: PathBuf,
    /// What is there.
    end: Metadata,
    /// The folders and links from the root to there.
    way: Vec<Passage>,
}

/// Follows a path link by link, as the kernel does. If every folder and link on the way belongs to the
/// user or root, nobody else can have changed the way since the file was opened: that takes a folder
/// of their own, or one that anyone may write to, and it would still be on the way.
fn walk(path: &Path) -> io::Result<Walk> {
    let mut place = PathBuf::from("/");
    let mut end = fs::symlink_metadata(&place)?;
    let mut way = vec![passage(&place, Kind::Folder, &end)];
    let mut links = 0;
    // Names that are yet to be followed, the next one last.
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
