//! Reads what a folder says of itself, for `init`: the files of well-known names, each within a
//! bound, and which marks are there. Nothing is run, and nothing outside the folder is looked for.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::init::{FILES, Found, FoundFile, MARKS};

/// A larger file was not written by people.
const SIZE_MAX: u64 = 1 << 20;

/// What is in the folder. What cannot be read is there all the same, with the reason.
pub fn survey(folder: &Path) -> Found {
    let names = FILES.iter().copied().flatten();
    let files = names.filter_map(|name| {
        let path = folder.join(name);
        // A folder, a pipe or a device of that name is something else.
        path.is_file().then(|| FoundFile {
            name: (*name).to_owned(),
            text: text(&path),
        })
    });
    let marks = MARKS.iter().copied().flatten();
    let there = marks.filter(|mark| fs::exists(folder.join(mark)).unwrap_or(false));
    Found {
        files: files.collect(),
        marks: there.map(|mark| (*mark).to_owned()).collect(),
    }
}

fn text(path: &Path) -> Result<String, String> {
    let cannot = |error: io::Error| format!("cannot read it: {error}");
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > SIZE_MAX {
        return Err("it is larger than 1 MB".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}
