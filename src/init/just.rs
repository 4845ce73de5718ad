//! `justfile`: recipes of well-known names that take no arguments.

use super::draft::Findings;
use super::found::Found;
use super::targets::{self, Target};

pub(super) const FILES: &[&str] = &["justfile", "Justfile", ".justfile"];

pub(super) fn find(found: &Found, findings: &mut Findings) {
    if let Some((file, text)) = found.file(FILES) {
        targets::take(found, (file, "just"), &recipes(text), findings);
    }
}

/// The recipes that run without arguments.
fn recipes(text: &str) -> Vec<Target> {
    let mut recipes: Vec<Target> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(recipe) = recipes.last_mut().filter(|_| is_open) {
                recipe.recipe.push_str(line.trim());
                recipe.recipe.push('\n');
            }
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let head = line
            .split_once(':')
            .filter(|(_, rest)| !rest.starts_with('='));
        let name = head.and_then(|(head, _)| runnable(head));
        is_open = name.is_some();
        recipes.extend(name.map(|name| Target {
            name: name.to_owned(),
            recipe: String::new(),
        }));
    }
    recipes
}

/// The name of a recipe whose parameters, if any, all have defaults.
fn runnable(head: &str) -> Option<&str> {
    let mut words = head.trim_start_matches('@').split_whitespace();
    let name = words.next()?;
    let is_name = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let mut parameters = words;
    let is_free = parameters.all(|word| word.contains('=') || word.starts_with('*'));
    (is_name && is_free).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_are_those_that_run_by_their_name_alone() {
        let text = "set shell := ['sh']\nport := '80'\n# about\n@dev: build\n    vite --port 3000\n\ntest *args:\n\tcargo test {{args}}\ndeploy target:\n  rm -rf x\nrun port='1': \n  x\nalias t := test\n[private]\n_x:\n  y\n";
        let recipes = recipes(text);
        let names: Vec<&str> = recipes.iter().map(|recipe| recipe.name.as_str()).collect();
        assert_eq!(names, ["dev", "test", "run", "_x"]);
        assert_eq!(recipes[0].recipe, "vite --port 3000\n");
        assert_eq!(recipes[1].recipe, "cargo test {{args}}\n");
    }
}
