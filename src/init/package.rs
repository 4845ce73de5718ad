//! `package.json`: its scripts, run by the package manager that the project uses.

use super::compose;
use super::data::{self, Data};
use super::draft::{Draft, Findings, Role, Run, port_of, runs_compose};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["package.json"];
pub(super) const MARKS: &[&str] = &[
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "package-lock.json",
];

const MANAGERS: &[&str] = &["npm", "pnpm", "yarn", "bun"];
/// The lock files and their package managers.
const LOCKS: &[(&str, &str)] = &[
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
];
/// The names of the development script; the first existing one is used.
const RUN: &[&str] = &["dev", "develop", "start", "serve"];
/// The prefix of scripts for single programs, used if no script runs all of them.
const RUN_PREFIX: &str = "dev:";
const WORKERS: &[&str] = &["worker"];
const MIGRATE: &[&str] = &["migrate", "db:migrate", "migrate:dev"];
/// The names of the test script; one that watches is preferred.
const TEST: &[&str] = &["test:watch", "test"];
/// A text in the placeholder script of `npm init`.
const NO_TEST: &str = "no test specified";

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let package = match data::json(text.trim_start_matches('\u{feff}')) {
        Ok(package) => package,
        Err(why) => return findings.skip(file, &why),
    };
    let scripts = Scripts {
        file,
        manager: manager(&package, found),
        scripts: package.at("scripts"),
        has_compose: found.file(compose::FILES).is_some(),
    };
    if !findings.has(Role::Run) {
        let mut runs = scripts.run();
        // `start` runs the build result; `dev` builds by itself.
        let start = runs.iter_mut().find(|draft| draft.name == "start");
        let build = scripts.first(&["build"], Role::Build);
        if let Some((start, build)) = start.zip(build) {
            start.needs.push((build.name.clone(), false));
            findings.drafts.push(build);
        }
        findings.drafts.extend(runs);
        findings.drafts.extend(scripts.first(WORKERS, Role::Run));
    }
    findings
        .drafts
        .extend(scripts.first(MIGRATE, Role::Migrate));
    findings.drafts.extend(scripts.test());
}

/// The manager that the package names, or that the lock file belongs to.
fn manager(package: &Data, found: &Found) -> &'static str {
    let named = package.at("packageManager").text().unwrap_or_default();
    let named = named.split('@').next().unwrap_or_default();
    let by_name = MANAGERS.iter().find(|manager| **manager == named);
    let by_lock = || LOCKS.iter().find(|(lock, _)| found.has(lock));
    by_name
        .copied()
        .or_else(|| by_lock().map(|(_, manager)| *manager))
        .unwrap_or("npm")
}

struct Scripts<'a> {
    file: &'static str,
    manager: &'static str,
    scripts: &'a Data,
    has_compose: bool,
}

impl Scripts<'_> {
    fn run(&self) -> Vec<Draft> {
        if let Some(draft) = self.first(RUN, Role::Run) {
            return vec![draft];
        }
        let names = self.scripts.entries().iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| name.starts_with(RUN_PREFIX))
            .filter_map(|name| self.draft(name, Role::Run))
            .collect()
    }

    fn test(&self) -> Option<Draft> {
        let mut draft = self.first(TEST, Role::Test)?;
        let command = self.scripts.at(&draft.name).text().unwrap_or_default();
        if command.contains(NO_TEST) {
            return None;
        }
        let is_vitest = command.trim() == "vitest" || command.trim().starts_with("vitest --");
        if draft.name.ends_with(":watch") || command.contains("watch") || is_vitest {
            // It never ends, so nothing can wait for it.
            draft.kind = PaneKind::Pane;
        }
        Some(draft)
    }

    /// The first existing script of these.
    fn first(&self, names: &[&str], role: Role) -> Option<Draft> {
        names.iter().find_map(|name| self.draft(name, role))
    }

    fn draft(&self, name: &str, role: Role) -> Option<Draft> {
        let command = self.scripts.at(name).text()?;
        if command.trim().is_empty() || self.has_compose && runs_compose(command) {
            return None;
        }
        let run = Run::words(&[self.manager, "run", name]);
        let mut draft = Draft::new(self.file, self.manager, name, role, run);
        if draft.kind == PaneKind::Service {
            draft.port = port_of(command);
        }
        Some(draft)
    }
}
