//! What `make`, `just` and `task` have in common: targets of well-known names, for what nothing else
//! does.

use super::compose;
use super::draft::{Draft, Findings, Role, Run, port_of, runs_compose};
use super::found::Found;
use crate::layout::PaneKind;

/// Which targets do what. Of those with one role, the first that is there is taken; no other is
/// run unasked, as it may delete or publish something.
const TARGETS: &[(Role, &[&str])] = &[
    (Role::Run, &["dev", "serve", "start", "run"]),
    (Role::Migrate, &["migrate", "db-migrate", "db:migrate"]),
    (Role::Watch, &["watch"]),
    (Role::Test, &["test"]),
];

/// A target and what it runs.
pub(super) struct Target {
    pub name: String,
    pub recipe: String,
}

/// Takes of the targets of a file, which `tool` runs, those that do what nothing else does.
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
            // It may well be a program that ends.
            draft.kind = PaneKind::Pane;
        }
        if draft.kind == PaneKind::Service {
            draft.port = port_of(&target.recipe);
        }
        findings.drafts.push(draft);
    }
}
