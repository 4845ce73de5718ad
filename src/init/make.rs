//! `Makefile`: targets of well-known names, for what nothing else does.

use super::compose;
use super::draft::{Draft, Findings, Role, Run, port_of, runs_compose};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["GNUmakefile", "makefile", "Makefile"];

/// Which targets do what. Of those with one role, the first that is there is taken; no other is
/// run unasked, as it may delete or publish something.
const TARGETS: &[(Role, &[&str])] = &[
    (Role::Run, &["dev", "serve", "start", "run"]),
    (Role::Migrate, &["migrate", "db-migrate"]),
    (Role::Watch, &["watch"]),
    (Role::Test, &["test"]),
];

/// A target and what it runs.
struct Target<'a> {
    name: &'a str,
    recipe: String,
}

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let has_compose = found.file(compose::FILES).is_some();
    let targets = targets(text);
    for (role, names) in TARGETS {
        if findings.has(*role) {
            continue;
        }
        let named = |name: &&str| targets.iter().find(|target| target.name == *name);
        let mut usable = names
            .iter()
            .filter_map(named)
            .filter(|target| !(has_compose && runs_compose(&target.recipe)));
        let Some(target) = usable.next() else {
            continue;
        };
        let run = Run::words(&["make", target.name]);
        let mut draft = Draft::new(file, "make", target.name, *role, run);
        if target.name == "run" {
            // It may well be a program that ends.
            draft.kind = PaneKind::Pane;
        }
        if draft.kind == PaneKind::Service {
            draft.port = port_of(&target.recipe);
        }
        findings.drafts.push(draft);
    }
}

/// The targets that are written out, with their recipes.
fn targets(text: &str) -> Vec<Target<'_>> {
    let mut targets: Vec<Target> = Vec::new();
    let mut open = 0;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix('\t') {
            let start = targets.len() - open;
            for target in &mut targets[start..] {
                target.recipe.push_str(command);
                target.recipe.push('\n');
            }
            continue;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        open = 0;
        let Some((names, rest)) = line.split_once(':') else {
            continue;
        };
        let is_assignment = rest.starts_with('=') || rest.starts_with(":=") || names.contains('=');
        if is_assignment || line.starts_with(' ') {
            continue;
        }
        for name in names.split_whitespace() {
            let recipe = String::new();
            targets.push(Target { name, recipe });
            open += 1;
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_those_with_a_rule() {
        let text = "A := b\nB ?= c:d\n.PHONY: dev test\ndev test: x ## run\n\techo 1\n\n\techo 2\n%.o: %.c\n\tcc\nx::\nifeq (a,b)\nendif\n";
        let targets = targets(text);
        let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
        assert_eq!(names, [".PHONY", "dev", "test", "%.o", "x"]);
        assert_eq!(targets[1].recipe, "echo 1\necho 2\n");
        assert_eq!(targets[0].recipe, "");
    }
}
