//! `Cargo.toml`: the programs and the tests of a Rust package or workspace.

use super::Found;
use super::data::{self, Data};
use super::draft::{Draft, Findings, Role, Run};
use crate::layout::PaneKind;

pub const FILES: &[&str] = &["Cargo.toml"];
pub const MARKS: &[&str] = &["src/main.rs", "bacon.toml"];

/// A package that depends on one of these serves something.
const SERVERS: &[&str] = &[
    "actix-web",
    "axum",
    "gotham",
    "hyper",
    "poem",
    "rocket",
    "salvo",
    "tide",
    "tonic",
    "warp",
];

pub fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let manifest = match data::toml(text) {
        Ok(manifest) => manifest,
        Err(why) => return findings.skip(file, &why),
    };
    let is_workspace = manifest.at("workspace").is_there();
    if !is_workspace && !manifest.at("package").is_there() {
        return findings.skip(file, "it has neither a package nor a workspace");
    }
    if !findings.has(Role::Run) {
        findings.drafts.extend(programs(&manifest, found));
    }
    if found.has("bacon.toml") {
        let run = Run::Line("bacon".to_owned());
        findings
            .drafts
            .push(Draft::new("bacon.toml", "cargo", "bacon", Role::Watch, run));
        return;
    }
    let run = if is_workspace {
        Run::words(&["cargo", "test", "--workspace"])
    } else {
        Run::words(&["cargo", "test"])
    };
    findings
        .drafts
        .push(Draft::new(file, "cargo", "test", Role::Test, run));
}

/// What `cargo run` runs: what serves is a service; of what does not, the only one or the default
/// one is worth a pane.
fn programs(manifest: &Data, found: &Found) -> Vec<Draft> {
    let package = manifest.at("package");
    let Some(name) = package.at("name").text() else {
        return Vec::new();
    };
    let mut binaries: Vec<&str> = manifest
        .at("bin")
        .items()
        .iter()
        .filter_map(|binary| binary.at("name").text())
        .collect();
    let has_main = found.has("src/main.rs") && package.at("autobins").text() != Some("false");
    let is_main = |binary: &Data| binary.at("path").text() == Some("src/main.rs");
    if has_main && !manifest.at("bin").items().iter().any(is_main) && !binaries.contains(&name) {
        binaries.push(name);
    }
    let is_server = manifest
        .at("dependencies")
        .entries()
        .iter()
        .any(|(key, dependency)| {
            let name = dependency.at("package").text().unwrap_or(key);
            SERVERS.contains(&name)
        });
    let default = package.at("default-run").text();
    let draft = |name: &str, words: &[&str]| {
        let run = Run::words(&[&["cargo", "run"], words].concat());
        let mut draft = Draft::new("Cargo.toml", "cargo", name, Role::Run, run);
        if !is_server {
            draft.kind = PaneKind::Pane;
        }
        draft
    };
    match (binaries[..].as_ref(), default) {
        ([only], _) => vec![draft(only, &[])],
        ([], _) => Vec::new(),
        (_, Some(default)) => vec![draft(default, &[])],
        (all, None) if is_server => all
            .iter()
            .map(|name| draft(name, &["--bin", name]))
            .collect(),
        _ => Vec::new(),
    }
}
