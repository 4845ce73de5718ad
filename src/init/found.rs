//! The contents of a folder that a first manifest depends on.

use std::collections::BTreeSet;

/// The contents of a folder.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The existing files among [`FILES`](super::FILES).
    pub files: Vec<FoundFile>,
    /// The existing entries among [`MARKS`](super::MARKS).
    pub marks: BTreeSet<String>,
    /// Subfolders that may be projects of their own, by their relative paths.
    pub below: Vec<(String, Found)>,
}

impl Found {
    /// The first existing file of these, with its text.
    pub(super) fn file(&self, names: &[&'static str]) -> Option<(&'static str, &str)> {
        let mut read = names.iter().filter_map(|name| {
            let file = self.files.iter().find(|file| file.name == *name)?;
            Some((*name, file.text.as_deref().ok()?))
        });
        read.next()
    }

    pub(super) fn has(&self, mark: &str) -> bool {
        self.marks.contains(mark)
    }
}

/// An existing file.
#[derive(Debug, Clone)]
pub struct FoundFile {
    pub name: String,
    /// Its text, or the reason why it was not read.
    pub text: Result<String, String>,
}
