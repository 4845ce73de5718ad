//! Makes names for a layout from the names of other tools.

use std::collections::BTreeSet;
use std::path::Path;

use crate::layout::{NAME_MAX, is_name};

/// The text as a name: other characters become `-`. `None` if nothing is left.
pub fn name(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(NAME_MAX).collect();
    let name = name.trim_end_matches('-');
    is_name(name).then(|| name.to_owned())
}

/// Folder names that occur in many repositories.
const COMMON: &[&str] = &[
    "api", "app", "backend", "client", "code", "frontend", "main", "master", "project", "repo",
    "server", "site", "src", "trunk", "web", "website",
];

/// The name of a folder, preceded by its parent's name if it is a common one, so that two repositories
/// get different names.
pub fn name_of_folder(folder: &Path) -> Option<String> {
    let of = |folder: &Path| name(&folder.file_name()?.to_string_lossy());
    let own = of(folder)?;
    let around = folder.parent().and_then(of);
    match around {
        Some(around) if COMMON.contains(&own.to_lowercase().as_str()) => {
            name(&format!("{around}-{own}"))
        }
        _ => Some(own),
    }
}

/// The names that are in use.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Takes the first free name of these, else the first one with a number.
    pub(super) fn take(&mut self, wanted: &[String]) -> String {
        let names = wanted.iter().filter_map(|text| name(text));
        let names: Vec<String> = names.collect();
        let first = names.first().map_or("pane", String::as_str).to_owned();
        let numbered = (2..).map(|number: usize| {
            let ending = format!("-{number}");
            let room = NAME_MAX - ending.len();
            let stem: String = first.chars().take(room).collect();
            format!("{stem}{ending}")
        });
        let mut free = names
            .iter()
            .cloned()
            .chain([first.clone()])
            .chain(numbered)
            .filter(|name| !self.0.contains(name));
        let name = free.next().expect("there is always another number");
        drop(free);
        self.0.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(name(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn names_keep_what_names_may_hold() {
        check("web", Some("web"));
        check("dev:api", Some("dev-api"));
        check("@scope/app.js", Some("scope-app-js"));
        check("--a__b--", Some("a__b"));
        check("Größe 1", Some("Größe-1"));
        check("..", None);
        check("", None);
        check(&"x".repeat(100), Some("x".repeat(64).as_str()));
        check(
            &format!("{} y", "x".repeat(63)),
            Some("x".repeat(63).as_str()),
        );
    }

    #[test]
    fn a_folder_of_a_common_name_is_called_by_the_one_around_it_too() {
        for (folder, expected) in [
            ("/home/me/shop", "shop"),
            ("/home/me/shop/web", "shop-web"),
            ("/home/me/blog/web", "blog-web"),
            ("/home/me/my shop/App", "my-shop-App"),
            ("/app", "app"),
        ] {
            let name = name_of_folder(Path::new(folder));
            assert_eq!(name.as_deref(), Some(expected), "{folder}");
        }
        assert_eq!(name_of_folder(Path::new("/")), None);
    }

    #[test]
    fn a_name_is_taken_once() {
        let mut names = Names::default();
        let mut take = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            names.take(&wanted)
        };
        assert_eq!(take(&["test", "npm-test"]), "test");
        assert_eq!(take(&["test", "cargo-test"]), "cargo-test");
        assert_eq!(take(&["test", "cargo-test"]), "test-2");
        assert_eq!(take(&[".."]), "pane");
        assert_eq!(take(&["x".repeat(64).as_str()]).len(), 64);
        assert_eq!(take(&["x".repeat(64).as_str()]).len(), 64);
    }
}
