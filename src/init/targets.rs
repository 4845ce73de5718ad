//! Targets of well-known names in `make`, `just` and `task`, for roles that nothing else fills.

use super::compose;
use super::draft::{Draft, Findings, Role, Run, port_of, runs_compose};
use super::found::Found;
use crate::layout::PaneKind;

/// The target names of each role. The first existing one is used. Other targets are never run, because
/// they may delete or publish something.
const TARGETS: &[(Role, &[&str])] = &[
    (Role::Run, &["dev", "serve", "start", "run"]),
    (Role::Migrate, &["migrate", "db-migrate", "db:migrate"]),
    (Role::Watch, &["watch"]),
    (Role::Test, &["test"]),
];

/// A target and its recipe.
pub(super) struct Target {
    pub name: String,
    pub recipe: String,
}

/// Adds the targets of a file, run by `tool`, that fill a role which nothing else fills.
pub(super) fn take(
    found: &Found,
    (file, tool): (&'static str, &'static str),
    targets: &[Target],
    findings: &mut Findings,
) {
    let has_compose = found.file(compose::FILES).is_some();
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
        let run = Run::words(&[tool, &target.name]);
        let mut draft = Draft::new(file, tool, &target.name, *role, run);
        if target.name == "run" {
            // It may be a program that ends.
            draft.kind = PaneKind::Pane;
        }
        if draft.kind == PaneKind::Service {
            draft.port = port_of(&target.recipe);
        }
        findings.drafts.push(draft);
    }
}
