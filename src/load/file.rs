//! A file that was read: its text, up to a limit, and its place.

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
    /// The same path, for writing; `None` for standard input.
    pub file: Option<PathBuf>,
    /// The device and the inode of the file that was read; `None` for standard input.
    pub identity: Option<(u64, u64)>,
    /// The path it was found at, with links; `None` for standard input.
    pub place: Option<PathBuf>,
    /// The folder that holds it; the current one for standard input.
    pub folder: PathBuf,
    /// The file name without its ending.
    pub stem: String,
    /// Whether it was found by searching, not named.
    pub is_found: bool,
}

/// A path as messages show it.
pub(super) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let shown = path.strip_prefix(&current).unwrap_or(path);
    shown.display().to_string()
}

/// Reads up to one byte more than the limit, so that the caller can tell that there is too much.
pub(super) fn bounded(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
