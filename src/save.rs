//! Writes files: the new text is there as a whole, or the old one is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};
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
        "the file and its folder must be writable; nothing was changed in it"
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
    fn a_file_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&folder.path().join("a.kdl"), "new").unwrap_err();
        assert!(error.to_string().contains("a.kdl"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
