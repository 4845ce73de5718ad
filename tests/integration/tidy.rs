//! The invariants of `src/lib.rs`, held by reading the source: which way the arrows point, who owns
//! which library and which effect, and that every file says what it is for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support;

/// What each stage may name of the others. `layout` and `tmux` are open to all.
const ARROWS: &[(&str, &[&str])] = &[
    ("layout", &[]),
    ("tmux", &["layout"]),
    ("manifest", &["layout"]),
    ("template", &["layout"]),
    ("resolve", &["manifest", "template", "layout", "tmux"]),
    ("live", &["layout", "tmux"]),
    ("plan", &["live", "layout", "tmux"]),
    ("graph", &["status", "plan", "live", "layout"]),
    ("status", &["plan", "live", "layout", "tmux"]),
    ("render", &["plan", "live", "template", "layout", "tmux"]),
    ("saved", &["plan", "live", "layout", "tmux"]),
    ("machine", &["layout", "tmux"]),
    ("event", &["live", "layout"]),
    ("link", &["layout", "tmux"]),
    (
        "readiness",
        &[
            "machine", "link", "event", "render", "plan", "live", "layout", "tmux",
        ],
    ),
    (
        "watcher",
        &[
            "execute",
            "readiness",
            "machine",
            "link",
            "event",
            "render",
            "status",
            "plan",
            "live",
            "layout",
            "tmux",
        ],
    ),
    (
        "execute",
        &[
            "readiness",
            "machine",
            "link",
            "event",
            "render",
            "status",
            "plan",
            "live",
            "layout",
            "tmux",
        ],
    ),
    ("preflight", &["plan", "live", "layout", "tmux"]),
    ("load", &["manifest"]),
    ("save", &[]),
    ("init", &["manifest", "resolve", "layout", "tmux"]),
    ("survey", &["init"]),
    (
        "view",
        &[
            "watcher",
            "execute",
            "readiness",
            "event",
            "graph",
            "status",
            "plan",
            "live",
            "init",
            "manifest",
            "layout",
            "tmux",
        ],
    ),
];

/// Who may name a library: a folder or a file of `src`.
const OWNERS: &[(&str, &[&str])] = &[
    ("kdl", &["manifest"]),
    ("handlebars", &["template.rs"]),
    ("petgraph", &["resolve/graph/cycles.rs", "plan/order.rs"]),
    ("clap", &["cli"]),
    (
        "miette",
        &["view/text/diagnostic.rs", "view/text/excerpt.rs"],
    ),
    ("similar", &["view"]),
    (
        "blake3",
        &[
            "layout/applied.rs",
            "layout/owner.rs",
            "layout/secret.rs",
            "saved/file.rs",
            "cli/context.rs",
        ],
    ),
    (
        "data_encoding",
        &["layout/applied.rs", "layout/owner.rs", "layout/secret.rs"],
    ),
    ("notify", &["cli/run/watch/files.rs"]),
    ("strsim", &["layout/nearest.rs"]),
    ("etcetera", &["cli/context.rs"]),
    ("tempfile", &["save.rs"]),
    ("toml", &["init/data.rs"]),
    ("serde_saphyr", &["init/data.rs"]),
    (
        "tokio",
        &[
            "machine",
            "link",
            "readiness",
            "watcher",
            "execute",
            "live/observe.rs",
            "tmux/server.rs",
            "cli",
        ],
    ),
    (
        "rustix",
        &[
            "machine",
            "readiness",
            "execute",
            "tmux/server.rs",
            "cli",
            "load",
            "save.rs",
            "preflight.rs",
        ],
    ),
];

/// Where nothing is read, started, printed, timed or left to chance.
const PURE: &[&str] = &[
    "manifest",
    "resolve",
    "template.rs",
    "layout",
    "plan",
    "graph",
    "status",
    "render",
    "saved",
    "init",
    "tmux",
    "view",
    "event.rs",
    "readiness/engine",
];
/// What is impure all the same: the one place that starts tmux.
const EFFECTS_OF_PURE: &[&str] = &["tmux/server.rs"];
const EFFECTS: &[&str] = &[
    "async ",
    "std::fs",
    "std::process",
    "std::env",
    "std::io",
    "std::net",
    "SystemTime",
    "Instant::now",
    "println!",
    "eprintln!",
];

/// A file's own text, without its unit tests, and where it is below `src`.
struct File {
    path: String,
    text: String,
}

fn files() -> Vec<File> {
    let mut files = Vec::new();
    let root = support::project("src");
    collect(&root, &root, &mut files);
    assert!(files.len() > 30, "the source is found");
    files
}

fn collect(folder: &Path, root: &Path, files: &mut Vec<File>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, root, files);
            continue;
        }
        if path.ends_with("tests.rs") || path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let own = text.split("#[cfg(test)]").next().unwrap_or_default();
        files.push(File {
            path: path.strip_prefix(root).unwrap().display().to_string(),
            text: own.to_owned(),
        });
    }
}

impl File {
    /// The folder, or the file at the top, that it belongs to.
    fn stage(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    fn is_in(&self, places: &[&str]) -> bool {
        places
            .iter()
            .any(|place| self.path == *place || self.path.starts_with(&format!("{place}/")))
    }

    /// Its lines of code with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

#[track_caller]
fn nothing(found: &[String]) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn arrows_point_one_way() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut found = Vec::new();
    for file in files() {
        let stage = file.stage();
        if ["cli", "lib", "main"].contains(&stage) {
            continue;
        }
        let allowed = arrows
            .get(stage)
            .unwrap_or_else(|| panic!("{}: a stage that ARROWS does not know", file.path));
        for (line, text) in file.code() {
            for (_, rest) in text
                .match_indices("crate::")
                .map(|(at, found)| (at, &text[at + found.len()..]))
            {
                let named = rest
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                let named = named.unwrap_or_default();
                let is_own = named == stage || named.is_empty();
                if !is_own && !allowed.contains(&named) {
                    found.push(format!("src/{}:{line}: {stage} names {named}", file.path));
                }
            }
        }
    }
    nothing(&found);
}

#[test]
fn each_library_has_its_owner() {
    let mut found = Vec::new();
    for file in files() {
        for (library, owners) in OWNERS {
            let path = format!("{library}::");
            for (line, text) in file.code() {
                let names = text.match_indices(&path).any(|(at, _)| {
                    let before = text[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
                });
                if names && !file.is_in(owners) {
                    found.push(format!("src/{}:{line}: names {library}", file.path));
                }
            }
        }
    }
    nothing(&found);
}

#[test]
fn pure_stages_have_no_effects() {
    let mut found = Vec::new();
    for file in files() {
        if !file.is_in(PURE) || file.is_in(EFFECTS_OF_PURE) {
            continue;
        }
        for (line, text) in file.code() {
            for effect in EFFECTS.iter().filter(|effect| text.contains(**effect)) {
                found.push(format!("src/{}:{line}: {effect}", file.path));
            }
        }
    }
    nothing(&found);
}

#[test]
fn only_the_server_starts_tmux_and_only_output_prints() {
    let mut found = Vec::new();
    for file in files() {
        for (line, text) in file.code() {
            let starts = text.contains("Command::new(&self.program)");
            let text = &text.replace("stdio::", "");
            let prints = text.contains("io::stdout()") || text.contains("io::stderr()");
            if starts && file.path != "tmux/server.rs" || prints && file.path != "cli/output.rs" {
                found.push(format!("src/{}:{line}: {}", file.path, text.trim()));
            }
        }
    }
    nothing(&found);
}

#[test]
fn every_file_says_what_it_is_for() {
    let is_silent = |file: &File| !file.text.starts_with("//! ");
    let silent = files().into_iter().filter(is_silent);
    let silent: Vec<String> = silent.map(|file| format!("src/{}", file.path)).collect();
    nothing(&silent);
}
