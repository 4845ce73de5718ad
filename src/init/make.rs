//! `Makefile`: targets of well-known names, for roles that nothing else fills.

use super::draft::Findings;
use super::found::Found;
use super::targets::{self, Target};

pub(super) const FILES: &[&str] = &["GNUmakefile", "makefile", "Makefile"];

pub(super) fn find(found: &Found, findings: &mut Findings) {
    if let Some((file, text)) = found.file(FILES) {
        targets::take(found, (file, "make"), &targets(text), findings);
    }
}

/// The explicit targets, with their recipes.
fn targets(text: &str) -> Vec<Target> {
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
            targets.push(Target {
                name: name.to_owned(),
                recipe: String::new(),
            });
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
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        assert_eq!(names, [".PHONY", "dev", "test", "%.o", "x"]);
        assert_eq!(targets[1].recipe, "echo 1\necho 2\n");
        assert_eq!(targets[0].recipe, "");
    }
}
