//! The result of reading a manifest: its declarations and its mistakes.

use super::ast::{Item, Manifest};
use super::error::ManifestError;

/// The readable part of a manifest, and all mistakes in it in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    pub manifest: Manifest,
    pub errors: Vec<ManifestError>,
}

/// One file of a manifest: its top-level nodes and all mistakes, both in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFile {
    pub items: Vec<Item>,
    pub errors: Vec<ManifestError>,
    /// Whether the text has no node at all.
    pub is_empty: bool,
    /// Whether top-level nodes were reported and left out, or the text could not be read.
    pub has_skipped: bool,
}
