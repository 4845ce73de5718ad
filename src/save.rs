//! Writes files atomically: a file holds either the whole new text or the old one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

/// The device and the inode of a file.
type Identity = (u64, u64);

/// The reason why a file was not written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
pub struct SaveError {
    path: PathBuf,
    source: io::Error,
}

impl SaveError {
    /// The next step for the user.
    pub fn help(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::AlreadyExists => "it exists already; nothing was written",
            io::ErrorKind::NotFound => "create its folder first",
            io::ErrorKind::ResourceBusy => "run the command again; nothing was written",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "free some disk space; nothing was written"
            }
            io::ErrorKind::FileTooLarge => {
                "raise the limit on the size of a file (`ulimit -f`); nothing was written"
            }
            _ => "make the file and its folder writable; nothing was written",
        }
    }

    /// Whether the name was taken already.
    pub fn is_taken(&self) -> bool {
        self.source.kind() == io::ErrorKind::AlreadyExists
    }
}

/// Replaces the content of a file and keeps its owner and mode. `read` is the device and the inode of
/// the file that the text was made from: no other file is replaced.
///
/// # Errors
/// If the file cannot be written, was replaced, or its folder is not writable.
pub fn replace(path: &Path, text: &str, read: Option<(u64, u64)>) -> Result<(), SaveError> {
    written(path, text, read).map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

/// Creates a new file, and the folders on the way to it. A file that starts with `#!` is made
/// executable.
///
/// # Errors
/// If the name is taken, or its folder is not writable.
pub fn create(path: &Path, text: &str) -> Result<(), SaveError> {
    made(path, text).map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file that only this user can read, and replaces one of the same kind if there is one.
/// `is_kind` recognises the kind by a file's first bytes.
///
/// # Errors
/// If the name belongs to something else or to another user's file, or its folder is not writable.
pub fn private(path: &Path, text: &str, is_kind: fn(&[u8]) -> bool) -> Result<(), SaveError> {
    kept(path, text, is_kind).map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

fn kept(path: &Path, text: &str, is_kind: fn(&[u8]) -> bool) -> io::Result<()> {
    let taken = |why| Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    let (folder, name) = parts(path)?;
    match opened(&folder, &name, OFlags::RDONLY) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if is_no_file(&error) => {
            return taken("it exists and is not a file");
        }
        Err(error) => return Err(error),
        Ok(file) => {
            let metadata = file.metadata()?;
            if !metadata.is_file() {
                return taken("it exists and is not a file");
            }
            if metadata.uid() != rustix::process::geteuid().as_raw() {
                return taken("it exists and belongs to another user");
            }
            let mut first = Vec::new();
            file.take(KIND_MAX).read_to_end(&mut first)?;
            if !first.is_empty() && !is_kind(&first) {
                return taken("it exists and holds something else");
            }
        }
    }
    let draft = Draft::new(&folder)?;
    (&draft.file).write_all(text.as_bytes())?;
    draft.file.set_permissions(Permissions::from_mode(0o600))?;
    draft.put(&name)
}

/// The number of bytes that show the kind of a file.
const KIND_MAX: u64 = 64;

fn made(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let is_missing = |folder: &&Path| fs::symlink_metadata(folder).is_err();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    let made = fs::create_dir_all(folder).and_then(|()| made_in(folder, path, text));
    if made.is_err() {
        for folder in missing {
            // Only an empty folder can be removed: somebody may have put a file there meanwhile.
            let _ = fs::remove_dir(folder);
        }
    }
    made
}

fn made_in(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    // As for any new file, the user's umask applies.
    let mode = if text.starts_with("#!") { 0o777 } else { 0o666 };
    let mut file = tempfile::Builder::new()
        .prefix(".triad-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn written(path: &Path, text: &str, read: Option<Identity>) -> io::Result<()> {
    let (folder, name) = parts(path)?;
    // A rename does not check whether the file is writable, so this does.
    let metadata = opened(&folder, &name, OFlags::WRONLY)?.metadata()?;
    if read.is_some_and(|read| read != (metadata.dev(), metadata.ino())) {
        return Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "the file was replaced after it was read",
        ));
    }
    let draft = Draft::new(&folder)?;
    (&draft.file).write_all(text.as_bytes())?;
    // Only a privileged user can give a file away; otherwise the file now belongs to the caller.
    let _ = fchown(&draft.file, Some(metadata.uid()), Some(metadata.gid()));
    draft.file.set_permissions(metadata.permissions())?;
    draft.put(&name)
}

/// The open folder of a file, which stays the same even if the path changes, and the file's name.
fn parts(path: &Path) -> io::Result<(File, OsString)> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(folder, how, Mode::empty())?;
    Ok((folder.into(), name.to_owned()))
}

/// Opens the object of this name, without following a link or waiting for a pipe.
fn opened(folder: &File, name: &OsStr, how: OFlags) -> io::Result<File> {
    let safely = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::openat(folder, name, how | safely, Mode::empty())?;
    Ok(file.into())
}

/// Whether opening failed because the object is a link or a socket.
fn is_no_file(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::LOOP | Errno::NXIO))
}

/// A temporary file that replaces another once it is complete, and is removed otherwise.
struct Draft<'a> {
    folder: &'a File,
    file: File,
    name: String,
    is_put: bool,
}

impl<'a> Draft<'a> {
    /// Creates one that nobody else can read.
    fn new(folder: &'a File) -> io::Result<Self> {
        let mode = Mode::RUSR | Mode::WUSR;
        let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let process = std::process::id();
        let mut number = 0;
        loop {
            let name = format!(".triad-{process}-{number}");
            match rustix::fs::openat(folder, &name, how, mode) {
                Ok(file) => {
                    return Ok(Draft {
                        folder,
                        file: file.into(),
                        name,
                        is_put: false,
                    });
                }
                Err(Errno::EXIST) if number < DRAFTS_MAX => number += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Renames it to its final name, replacing the file there.
    fn put(mut self, name: &OsStr) -> io::Result<()> {
        self.file.sync_all()?;
        rustix::fs::renameat(self.folder, &self.name, self.folder, name)?;
        self.is_put = true;
        // The rename has happened; syncing it to disk is best effort.
        let _ = self.folder.sync_all();
        Ok(())
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if !self.is_put {
            // Nothing more can be done about a failure here.
            let _ = rustix::fs::unlinkat(self.folder, &self.name, AtFlags::empty());
        }
    }
}

/// The number of leftover temporary files of killed processes that are passed over.
const DRAFTS_MAX: u32 = 1_000;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_replaced_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kdl");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, "new", None).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_not_replaced_by_what_was_made_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kdl");
        fs::write(&path, "old").unwrap();
        let found = fs::metadata(&path).unwrap();
        let read = Some((found.dev(), found.ino()));
        fs::write(folder.path().join("b.kdl"), "newer").unwrap();
        // Both are there at once, so that they are two inodes.
        fs::rename(folder.path().join("b.kdl"), &path).unwrap();
        let error = replace(&path, "new", read).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::ResourceBusy, "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_that_has_taken_the_place_of_a_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&target, "theirs").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        replace(&link, "new", None).unwrap_err();
        let error = private(&link, "new", |_| true).unwrap_err();
        assert!(error.is_taken(), "{error}");
        assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_new_file_is_made_once_and_takes_nothings_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.kdl");
        create(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(create(&path, "newer").unwrap_err().is_taken());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        std::os::unix::fs::symlink("gone", folder.path().join("link")).unwrap();
        let error = create(&folder.path().join("link"), "new").unwrap_err();
        assert!(error.is_taken(), "{error}");
        create(&folder.path().join("run"), "#!/bin/sh\n").unwrap();
        let mode = |path: &str| {
            let metadata = fs::metadata(folder.path().join(path)).unwrap();
            metadata.permissions().mode() & 0o700
        };
        assert_eq!((mode("a/b.kdl"), mode("run")), (0o600, 0o700));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&folder.path().join("a.kdl"), "new", None).unwrap_err();
        assert!(error.to_string().contains("a.kdl"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
