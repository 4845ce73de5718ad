//! `Cargo.toml`: the programs and the tests of a Rust package or workspace.

use super::data::{self, Data};
use super::draft::{Draft, Findings, Role, Run};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["Cargo.toml"];
pub(super) const MARKS: &[&str] = &["src/main.rs", "bacon.toml"];

/// A package that depends on one of these is a server.
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

pub(super) fn find(found: &Found, findings: &mut Findings) {
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

/// The programs that `cargo run` can run. Servers become services; of other programs, only a single or
/// default one gets a pane.
fn programs(manifest: &Data, found: &Found) -> Vec<Draft> {
    let mut binaries = binaries("Cargo.toml", manifest, found, false);
    if let Some(default) = manifest.at_path(&["package", "default-run"]).text() {
        binaries.retain(|binary| binary.name == default);
    }
    let patterns = manifest.at_path(&["workspace", "members"]).items();
    let patterns: Vec<&str> = patterns.iter().filter_map(Data::text).collect();
    for (folder, found) in &found.below {
        let is_member = patterns.iter().any(|pattern| matches(pattern, folder));
        let Some((file, text)) = found.file(FILES).filter(|_| is_member) else {
            continue;
        };
        // A member with a mistake does not affect the others, and cargo will report it.
        let member = data::toml(text).unwrap_or_default();
        binaries.extend(self::binaries(
            &format!("{folder}/{file}"),
            &member,
            found,
            true,
        ));
    }
    let is_only = binaries.len() == 1;
    let worthy = binaries
        .into_iter()
        .filter(|binary| is_only || binary.is_server);
    worthy.map(Binary::draft).collect()
}

/// A program of a package.
struct Binary {
    name: String,
    file: String,
    /// The flags of `cargo run` that select it.
    flags: Vec<String>,
    is_server: bool,
}

impl Binary {
    fn draft(self) -> Draft {
        let flags = self.flags.iter().map(String::as_str);
        let words: Vec<&str> = ["cargo", "run"].into_iter().chain(flags).collect();
        let run = Run::words(&words);
        let mut draft = Draft::new(&self.file, "cargo", &self.name, Role::Run, run);
        if !self.is_server {
            draft.kind = PaneKind::Pane;
        }
        draft
    }
}

/// The programs of a package; `is_member`: a package other than the folder's own.
fn binaries(file: &str, manifest: &Data, found: &Found, is_member: bool) -> Vec<Binary> {
    let package = manifest.at("package");
    let Some(name) = package.at("name").text() else {
        return Vec::new();
    };
    let written = manifest.at("bin").items();
    let mut names: Vec<&str> = written
        .iter()
        .filter_map(|bin| bin.at("name").text())
        .collect();
    let is_main = |bin: &Data| bin.at("path").text() == Some("src/main.rs");
    let has_main = found.has("src/main.rs") && package.at("autobins").text() != Some("false");
    if has_main && !written.iter().any(is_main) && !names.contains(&name) {
        names.push(name);
    }
    let dependencies = manifest.at("dependencies").entries().iter();
    let mut crates = dependencies.map(|(key, how)| how.at("package").text().unwrap_or(key));
    let is_server = crates.any(|name| SERVERS.contains(&name));
    let has_several = names.len() > 1;
    let has_default = package.at("default-run").is_there();
    let flags = |binary: &str| {
        let package = is_member.then_some(["-p", name]);
        let binary = (has_several && !has_default).then_some(["--bin", binary]);
        let flags = [package, binary].into_iter().flatten().flatten();
        flags.map(str::to_owned).collect()
    };
    let binary = |binary: &str| Binary {
        name: binary.to_owned(),
        file: file.to_owned(),
        flags: flags(binary),
        is_server,
    };
    names.into_iter().map(binary).collect()
}

/// Whether a pattern matches a workspace member: `*` stands for one folder, or a part of its name.
fn matches(pattern: &str, folder: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let (parts, folders) = (pattern.split('/'), folder.split('/'));
    parts.clone().count() == folders.clone().count()
        && parts
            .zip(folders)
            .all(|(part, folder)| match part.split_once('*') {
                None => part == folder,
                Some((start, end)) => {
                    let rest = folder.strip_prefix(start);
                    rest.is_some_and(|rest| rest.ends_with(end.trim_start_matches('*')))
                }
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_folders_or_patterns() {
        for (pattern, folder) in [
            ("api", "api"),
            ("./api/", "api"),
            ("crates/*", "crates/api"),
            ("crates/api-*", "crates/api-server"),
            ("*", "api"),
        ] {
            assert!(matches(pattern, folder), "{pattern} {folder}");
        }
        for (pattern, folder) in [("crates/*", "crates"), ("*", "a/b"), ("a*", "b"), ("", "a")] {
            assert!(!matches(pattern, folder), "{pattern} {folder}");
        }
    }
}
