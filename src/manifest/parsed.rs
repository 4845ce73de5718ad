//! What could be read, and all that is wrong with it.

use super::ast::{Item, Manifest};
use super::error::ManifestError;

/// What could be read of a manifest, and all that is wrong with it, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    pub manifest: Manifest,
    pub errors: Vec<ManifestError>,
}

/// One file of a manifest: its top-level nodes in their order, and all that is wrong with it, in
/// the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFile {
    pub items: Vec<Item>,
    pub errors: Vec<ManifestError>,
    /// The text holds no node at all.
    pub is_empty: bool,
    /// Top-level nodes were reported and left out, or the text could not be read.
    pub has_skipped: bool,
}
