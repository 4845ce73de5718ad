//! One file that is read: its text, as much as may be, and its place.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::manifest::error::ManifestError;
use crate::manifest::source::Source;

/// A manifest's text and its place.
#[derive(Debug)]
pub struct Loaded {
    pub source: Source,
    /// The text is not UTF-8.
    pub error: Option<ManifestError>,
    /// The canonical path, or `-`.
    pub path: String,
    /// The same path, to write to; `None` for standard input.
    pub file: Option<PathBuf>,
    /// The device and the inode of the file that was read; `None` for standard input.
    pub identity: Option<(u64, u64)>,
    /// The path that it was found at, where links are not followed; `None` for standard input.
    pub place: Option<PathBuf>,
    /// The folder that holds it; the current one for standard input.
    pub folder: PathBuf,
    /// The file name without its ending.
    pub stem: String,
    /// It was found by looking for one: nobody named it.
    pub is_found: bool,
}

/// A path as it is named in messages.
pub(super) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let shown = path.strip_prefix(&current).unwrap_or(path);
    shown.display().to_string()
}

/// One byte more than there may be: enough for who reads it to say so.
pub(super) fn bounded(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
