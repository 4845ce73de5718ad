//! The survey of a folder for `init`: reads the files with well-known names, each within a size
//! limit, and checks which marks exist. Runs nothing, and looks at nothing outside the folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::init::{FILES, Found, FoundFile, MARKS};

/// The depth at which projects are looked for: `crates/api`, `services/web`.
const DEPTH_MAX: usize = 2;
/// The largest number of folders that are searched.
const FOLDERS_MAX: usize = 200;
/// The folders with third-party or generated files.
const FOREIGN: &[&str] = &["build", "dist", "node_modules", "target", "vendor", "venv"];

/// The largest file that is read: a larger one was not written by people.
const SIZE_MAX: u64 = 1 << 20;

/// Surveys a folder. A file that cannot be read is listed with the reason.
pub fn survey(folder: &Path) -> Found {
    let mut found = at(folder);
    let mut names = Vec::new();
    folders(folder, "", DEPTH_MAX, &mut names);
    let below = names
        .into_iter()
        .map(|name| (at(&folder.join(&name)), name));
    let projects = below.filter(|(found, _)| !found.files.is_empty() || !found.marks.is_empty());
    found.below = projects.map(|(found, name)| (name, found)).collect();
    found
}

/// Collects the names of the folders below, without generated ones, in a fixed order.
fn folders(folder: &Path, way: &str, depth: usize, names: &mut Vec<String>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    // A link may lead outside, or in a circle.
    let real = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut inner: Vec<String> = real
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with(['.', '~']) && !FOREIGN.contains(&name.as_str()))
        .filter(|name| !name.contains(char::is_control))
        .collect();
    inner.sort();
    for name in inner {
        if names.len() >= FOLDERS_MAX {
            return;
        }
        let path = folder.join(&name);
        let way = if way.is_empty() {
            name
        } else {
            format!("{way}/{name}")
        };
        names.push(way.clone());
        if depth > 1 {
            folders(&path, &way, depth - 1, names);
        }
    }
}

fn at(folder: &Path) -> Found {
    let names = FILES.iter().copied().flatten();
    let files = names.filter_map(|name| {
        let path = folder.join(name);
        // A folder, a pipe or a device with that name is something else.
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
        below: Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_looked_for_two_folders_deep_and_not_among_what_others_wrote() {
        let folder = tempfile::tempdir().unwrap();
        for way in ["a", "a/b", "a/b/c", "node_modules/d", ".e", "f"] {
            let inner = folder.path().join(way);
            fs::create_dir_all(&inner).unwrap();
            fs::write(inner.join("package.json"), "{}").unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), folder.path().join("g")).unwrap();
        let found = survey(folder.path());
        let below: Vec<&str> = found.below.iter().map(|(way, _)| way.as_str()).collect();
        assert_eq!(below, ["a", "a/b", "f"]);
        for number in 0..FOLDERS_MAX {
            fs::create_dir(folder.path().join(format!("0{number}"))).unwrap();
        }
        assert!(
            survey(folder.path()).below.is_empty(),
            "there is an end to it"
        );
    }
}
