//! Writes files: the new text is there as a whole, or the old one is.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Why a file is as it was.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
pub struct SaveError {
    path: PathBuf,
    source: io::Error,
}

impl SaveError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::AlreadyExists => "it is as it was",
            io::ErrorKind::NotFound => "its folder must be there",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room on the disk; nothing was written"
            }
            io::ErrorKind::FileTooLarge => {
                "raise the limit on the size of a file (`ulimit -f`); nothing was written"
            }
            _ => "the file and its folder must be writable; nothing was changed in it",
        }
    }

    /// Whether something of that name was there already.
    pub fn is_taken(&self) -> bool {
        self.source.kind() == io::ErrorKind::AlreadyExists
    }
}

/// Puts a text in the place of what a file holds, and keeps who may do what with it.
///
/// # Errors
/// When the file cannot be written to, or its folder takes no other file.
pub fn replace(path: &Path, text: &str) -> Result<(), SaveError> {
    written(path, text).map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

/// Makes a file that was not there, and the folders on the way to it. One that runs by itself, as
/// its first line says, may be executed.
///
/// # Errors
/// When there is something of that name, or its folder takes no file.
pub fn create(path: &Path, text: &str) -> Result<(), SaveError> {
    made(path, text).map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file that only this user can read, in the place of one of the same kind or of none.
/// `is_kind` tells by a file's first bytes whether it is one.
///
/// # Errors
/// When something else has that name, or somebody else's file, or its folder takes no file.
pub fn private(path: &Path, text: &str, is_kind: fn(&[u8]) -> bool) -> Result<(), SaveError> {
    kept(path, text, is_kind).map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

fn kept(path: &Path, text: &str, is_kind: fn(&[u8]) -> bool) -> io::Result<()> {
    let taken = |why| Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.is_file() => {
            return taken("what has that name is not a file");
        }
        Ok(_) => {
            // Something else may have that name by now: a link is not followed, a pipe not waited for.
            let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
            let file = OpenOptions::new()
                .read(true)
                .custom_flags(flags.bits().cast_signed())
                .open(path)?;
            let metadata = file.metadata()?;
            if !metadata.is_file() {
                return taken("what has that name is not a file");
            }
            if metadata.uid() != rustix::process::geteuid().as_raw() {
                return taken("the file of that name belongs to another user");
            }
            let mut first = Vec::new();
            file.take(KIND_MAX).read_to_end(&mut first)?;
            if !first.is_empty() && !is_kind(&first) {
                return taken("the file of that name holds something else");
            }
        }
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    // Nobody else may read what `tempfile` makes.
    let mut file = tempfile::Builder::new()
        .prefix(".triad-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file()
        .set_permissions(Permissions::from_mode(0o600))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// So many bytes tell what a file is.
const KIND_MAX: u64 = 64;

fn made(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let is_missing = |folder: &&Path| fs::symlink_metadata(folder).is_err();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    let made = fs::create_dir_all(folder).and_then(|()| made_in(folder, path, text));
    if made.is_err() {
        for folder in missing {
            // Only an empty one can be removed; somebody else may have put something there.
            let _ = fs::remove_dir(folder);
        }
    }
    made
}

fn made_in(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    // As any new file: the user's own mask has the last word.
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

fn written(path: &Path, text: &str) -> io::Result<()> {
    // A rename asks nobody whether the file may be written to; so this does.
    OpenOptions::new().write(true).open(path)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let metadata = fs::metadata(path)?;
    let mut file = tempfile::Builder::new()
        .prefix(".triad-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    // Only a privileged user can give a file away; for the others it is theirs from now on.
    let _ = fchown(file.as_file(), Some(metadata.uid()), Some(metadata.gid()));
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The rename has happened; that it lasts is asked for, not waited on.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

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
        replace(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
        let error = replace(&folder.path().join("a.kdl"), "new").unwrap_err();
        assert!(error.to_string().contains("a.kdl"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
