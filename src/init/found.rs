//! What is in a folder, as far as a first manifest depends on it.

use std::collections::BTreeSet;

/// What is in a folder.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What of [`FILES`](super::FILES) is there.
    pub files: Vec<FoundFile>,
    /// What of [`MARKS`](super::MARKS) is there.
    pub marks: BTreeSet<String>,
    /// Folders in it that may be projects of their own, by their way from here.
    pub below: Vec<(String, Found)>,
}

impl Found {
    /// The first of these files that is there, with its text.
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

/// A file that is there.
#[derive(Debug, Clone)]
pub struct FoundFile {
    pub name: String,
    /// Its text, or why it has not been read.
    pub text: Result<String, String>,
}
