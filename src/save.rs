//! Writes files: the new text is there as a whole, or the old one is.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

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

fn made(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
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
