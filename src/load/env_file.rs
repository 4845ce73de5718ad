//! Reads environment files: by triad when a manifest is spelled out, and by a pane before its program
//! starts.

use std::io;
use std::path::Path;

use super::file::bounded;
use super::opened::opened_file;
use crate::layout::{EnvFile, Secret};

/// The largest file that is read.
const SIZE_MAX: usize = 1 << 20;

/// Reads one. A file that a manifest names which nobody named must be the user's own
/// (`is_checked`), as the manifest must.
pub fn env_file(path: &Path, is_checked: bool) -> EnvFile {
    let opened = match opened_file(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return EnvFile::Missing,
        Err(error) => return EnvFile::Unreadable(error.to_string()),
    };
    if let Some(why) = is_checked.then(|| opened.distrust()).flatten() {
        return EnvFile::Untrusted(why);
    }
    let bytes = match bounded(opened.file, SIZE_MAX) {
        Ok(bytes) => bytes,
        Err(error) => return EnvFile::Unreadable(error.to_string()),
    };
    if bytes.len() > SIZE_MAX {
        return EnvFile::Unreadable(format!("it is larger than {} MiB", SIZE_MAX >> 20));
    }
    match String::from_utf8(bytes) {
        Ok(text) => EnvFile::Text(Secret::new(text)),
        Err(_) => EnvFile::Unreadable("it is not UTF-8".to_owned()),
    }
}
