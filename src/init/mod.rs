//! Makes a first manifest, from a template of the gallery or from the project files of a folder. Pure:
//! `survey` reads the folder, `save` writes the manifest.
//!
//! Reading order: a detector for each kind of file makes [`Draft`]s, [`propose`] turns them into a
//! [`Proposal`], [`manifest`] writes that as a manifest, and [`gallery`] holds the templates.

mod cargo;
mod compose;
mod data;
mod deno;
mod draft;
mod env_file;
mod found;
pub mod gallery;
mod go;
mod just;
mod make;
mod names;
mod package;
mod procfile;
mod proposal;
mod python;
mod quote;
mod targets;
mod taskfile;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use draft::Findings;
pub use draft::{Draft, Role, Run, Skipped};
pub use found::{Found, FoundFile};
use names::Names;
pub use names::{name, name_of_folder};
use proposal::SHELL;
pub use proposal::{Need, Program, Proposal};
pub use quote::{is_shown, shell_word};
pub use write::{InitError, Naming, manifest};

use crate::layout::PaneKind;

/// The files that are read. Of alternative names for the same tool, its preferred one is first.
pub const FILES: &[&[&str]] = &[
    procfile::FILES,
    package::FILES,
    python::FILES,
    cargo::FILES,
    deno::FILES,
    go::FILES,
    just::FILES,
    taskfile::FILES,
    make::FILES,
    compose::FILES,
    env_file::FILES,
];

/// The files and folders whose existence is enough.
pub const MARKS: &[&[&str]] = &[package::MARKS, python::MARKS, cargo::MARKS, go::MARKS];

/// The most programs of a proposal: nobody watches more at once.
const PROGRAMS_MAX: usize = 40;
/// The longest command that is copied, in bytes.
const COMMAND_MAX: usize = 4_096;

/// Proposes the programs of a folder. Files with mistakes or without useful content do not affect the
/// others.
pub fn propose(found: &Found) -> Proposal {
    let mut findings = Findings::default();
    for file in &found.files {
        if let Err(why) = &file.text {
            findings.skip(&file.name, why);
        }
    }
    // A Procfile lists the programs explicitly, so it comes first. A Makefile comes last: it mostly wraps
    // commands that the other files name too.
    procfile::find(found, &mut findings);
    package::find(found, &mut findings);
    python::find(found, &mut findings);
    cargo::find(found, &mut findings);
    deno::find(found, &mut findings);
    go::find(found, &mut findings);
    just::find(found, &mut findings);
    taskfile::find(found, &mut findings);
    make::find(found, &mut findings);
    let own = std::mem::take(&mut findings.drafts);
    let is_built = compose::find(found, &own, &mut findings);
    let is_run = own.iter().any(|draft| draft.role == Role::Run);
    findings.drafts.extend(own);
    if !is_run && !is_built {
        below(found, &mut findings);
    }
    bound(&mut findings);
    Proposal {
        programs: programs(findings.drafts),
        skipped: findings.skipped,
    }
}

/// Finds the services of projects in subfolders of a folder that is not a project itself, without
/// their tests.
fn below(found: &Found, findings: &mut Findings) {
    // Packages of one project share its lock file, which names their package manager.
    let locks = found.marks.iter().filter(|mark| mark.contains("lock"));
    let locks: Vec<String> = locks.cloned().collect();
    for (folder, found) in &found.below {
        let mut project = found.clone();
        project.marks.extend(locks.iter().cloned());
        let mut inner = Findings::default();
        package::find(&project, &mut inner);
        python::find(&project, &mut inner);
        cargo::find(&project, &mut inner);
        deno::find(&project, &mut inner);
        go::find(&project, &mut inner);
        let needed: Vec<String> = inner
            .drafts
            .iter()
            .flat_map(|draft| draft.needs.iter().map(|(name, _)| name.clone()))
            .collect();
        let services = inner
            .drafts
            .into_iter()
            .filter(|draft| draft.kind == PaneKind::Service || needed.contains(&draft.name));
        findings
            .drafts
            .extend(services.map(|draft| draft.in_folder(folder)));
    }
}

/// Leaves out unusable commands, and programs beyond the limit.
fn bound(findings: &mut Findings) {
    let mut drafts = std::mem::take(&mut findings.drafts);
    drafts.retain(|draft| {
        let why = if draft.run.text().len() > COMMAND_MAX {
            "is too long"
        } else if draft
            .run
            .text()
            .contains(|c: char| c.is_control() && c != '\t')
        {
            "contains control characters"
        } else {
            return true;
        };
        findings.skip(&draft.file, &format!("a command {why}"));
        false
    });
    if drafts.len() > PROGRAMS_MAX {
        let over = drafts.len() - PROGRAMS_MAX;
        let file = drafts[PROGRAMS_MAX].file.clone();
        findings.skip(
            &file,
            &format!("{over} programs after the first {PROGRAMS_MAX}"),
        );
        drafts.truncate(PROGRAMS_MAX);
    }
    findings.drafts = drafts;
}

/// Gives each program its name, and resolves its needs to names.
fn programs(drafts: Vec<Draft>) -> Vec<Program> {
    let mut names = Names::default();
    names.take(&[SHELL.to_owned()]);
    let named: Vec<(String, Draft)> = drafts
        .into_iter()
        .map(|draft| (names.take(&draft.names()), draft))
        .collect();
    // Needs only refer to programs of the same file.
    let places: BTreeMap<(&str, &str), usize> = named
        .iter()
        .enumerate()
        .map(|(place, (_, draft))| ((draft.file.as_str(), draft.name.as_str()), place))
        .collect();
    let mut wanted: Vec<(usize, usize, bool)> = Vec::new();
    for (from, (_, draft)) in named.iter().enumerate() {
        let of_file = draft
            .needs
            .iter()
            .filter_map(|(target, is_started_enough)| {
                let to = places.get(&(draft.file.as_str(), target.as_str()))?;
                Some((from, *to, *is_started_enough))
            });
        wanted.extend(of_file);
    }
    wanted.extend(migrations(&named));
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); named.len()];
    let mut needs: Vec<Vec<Need>> = vec![Vec::new(); named.len()];
    for (from, to, is_started_enough) in wanted {
        // A program that needs itself would wait forever, so a cycle in the file is dropped.
        if !edges[from].contains(&to) && !reaches(&edges, to, from) {
            edges[from].push(to);
            needs[from].push(Need {
                name: named[to].0.clone(),
                is_started_enough,
            });
        }
    }
    let programs = named.into_iter().zip(needs);
    programs
        .map(|((name, draft), needs)| Program {
            name,
            file: draft.file,
            cwd: draft.cwd,
            kind: draft.kind,
            run: draft.run,
            env: draft.env,
            needs,
            port: draft.port,
        })
        .collect()
}

/// Adds the needs around migrations, across files: each migration comes after the databases and before
/// the services of its own folder.
fn migrations(named: &[(String, Draft)]) -> Vec<(usize, usize, bool)> {
    let mut needs = Vec::new();
    let all = || named.iter().map(|(_, draft)| draft).enumerate();
    for (migration, draft) in all().filter(|(_, draft)| draft.role == Role::Migrate) {
        for (place, other) in all() {
            let is_served = other.kind == PaneKind::Service && !other.is_foreign;
            if other.is_database {
                needs.push((migration, place, false));
            } else if is_served && other.cwd == draft.cwd && other.role == Role::Run {
                needs.push((place, migration, false));
            }
        }
    }
    needs
}

/// Whether one can be reached from the other.
fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(place) = open.pop() {
        if place == to {
            return true;
        }
        if seen.insert(place) {
            open.extend(&edges[place]);
        }
    }
    false
}
