//! `triad check --explain`: every code is explained, with examples that match their descriptions.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use triad::manifest::error;
use triad::manifest::explanation::Explanation;
use triad::resolve;

use crate::cases::command::CommandLine;
use crate::support;
use crate::support::resolved::resolve_text;
use crate::support::sandbox::Sandbox;

/// The codes without an example: the mistake is not in a text, does not fit on a page, or is not in
/// the manifest. Unit tests show them.
const WITHOUT_EXAMPLE: &[&str] = &[
    "triad::manifest::invalid-utf8",
    "triad::manifest::no-thread",
    "triad::manifest::too-deep",
    "triad::manifest::too-large",
    "triad::manifest::include-unreadable",
    "triad::manifest::include-cycle",
    "triad::manifest::include-twice",
    "triad::manifest::include-too-many",
    "triad::manifest::include-too-large",
    "triad::manifest::include-untrusted",
    "triad::resolve::env-file-line",
    "triad::resolve::env-file-untrusted",
    "triad::resolve::too-many",
    "triad::manifest::too-many-nodes",
    // The decoder reports it first, with its own code.
];

fn explanations() -> impl Iterator<Item = Explanation> {
    error::explanations().chain(resolve::explanations())
}

/// Returns the codes that the source gives to diagnostics.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut folders: Vec<PathBuf> = ["src/manifest", "src/resolve"]
        .map(support::project)
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !within_source(&path).iter().any(|part| {
                let part = Path::new(part).file_stem();
                part.is_some_and(|part| part == "explain" || part == "tests")
            }) {
                let text = fs::read_to_string(path).unwrap();
                let own = text.split("#[cfg(test)]").next().unwrap_or_default();
                let strings = own.split('"');
                let is_code = |text: &&str| {
                    text.starts_with("triad::manifest::") || text.starts_with("triad::resolve::")
                };
                codes.extend(strings.filter(is_code).map(str::to_owned));
            }
        }
    }
    assert!(codes.len() > 80, "the codes are found: {codes:?}");
    codes
}

/// Returns the codes that text files are named after.
fn text_files() -> BTreeSet<String> {
    let folders = [
        ("triad::manifest", "src/manifest/error/explain"),
        ("triad::resolve", "src/resolve/explain"),
    ];
    let mut codes = BTreeSet::new();
    for (stage, folder) in folders {
        for entry in fs::read_dir(support::project(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            if path.extension().is_some_and(|ending| ending == "md") {
                codes.insert(format!("{stage}::{name}"));
            }
        }
    }
    codes
}

fn within_source(path: &Path) -> &Path {
    path.strip_prefix(support::project("src"))
        .expect("the path is below the folder")
}

/// Returns the codes of the mistakes in an example, under the command line in its first line.
fn mistakes(example: &str) -> Vec<&'static str> {
    let first = example.lines().next().unwrap_or_default();
    let line = first.strip_prefix("// ");
    let line = line.filter(|line| line.contains("triad check"));
    let given = line.map(|line| CommandLine::parse(line).unwrap().given);
    resolve_text(example, &given.unwrap_or_default())
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn every_code_is_explained_once() {
    let mut explained = BTreeSet::new();
    for Explanation { code, text, .. } in explanations() {
        assert!(explained.insert(code.to_owned()), "{code} occurs twice");
        assert!(
            text.len() > 60 && text.ends_with(['.', '`']),
            "{code}: {text}"
        );
        assert!(
            !text.contains("  ") && !text.contains('\n'),
            "{code}: {text}"
        );
    }
    assert_eq!(explained, codes());
    assert_eq!(explained, text_files());
}

#[test]
fn every_example_matches_its_description() {
    let mut found = Vec::new();
    for explanation in explanations() {
        let Explanation {
            code, wrong, right, ..
        } = explanation;
        assert_eq!(wrong.is_some(), right.is_some(), "{code}");
        assert_eq!(wrong.is_none(), WITHOUT_EXAMPLE.contains(&code), "{code}");
        let (Some(wrong), Some(right)) = (wrong, right) else {
            continue;
        };
        let of_wrong = mistakes(&wrong);
        if of_wrong.is_empty() || of_wrong.iter().any(|found| *found != code) {
            found.push(format!("{code}: the wrong example has {of_wrong:?}"));
        }
        let of_right = mistakes(&right);
        if !of_right.is_empty() {
            found.push(format!("{code}: the right example has {of_right:?}"));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_code_is_found_in_full_or_in_short() {
    let sandbox = Sandbox::new();
    let explain = |code: &str| sandbox.triad(&["check", "--explain", code]).exits(0).stdout;
    let full = explain("triad::manifest::unknown-node");
    assert!(
        full.starts_with("triad::manifest::unknown-node\n\n"),
        "{full}"
    );
    assert!(
        full.contains("\nWrong:\n\n    session \"main\" {\n        windw"),
        "{full}"
    );
    assert!(
        full.contains("\nRight:\n\n    session \"main\" {\n        window"),
        "{full}"
    );
    assert_eq!(explain("unknown-node"), full);
    assert_eq!(explain("manifest::unknown-node"), full);
    let both = explain("bad-value");
    for code in ["triad::manifest::bad-value", "triad::resolve::bad-value"] {
        assert!(both.contains(&format!("{code}\n\n")), "{both}");
    }
    let json = sandbox
        .triad(&["check", "--json", "--explain", "cycle"])
        .exits(0)
        .stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["code"], "triad::resolve::cycle");
    assert!(
        json["wrong"].is_string() && json["right"].is_string(),
        "{json}"
    );
}

#[test]
fn reports_name_triad_explain() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"a\" { windw \"w\" cwd=#null }");
    let hint = "for more: triad check --explain CODE, with unknown-node or null";
    let said = sandbox.triad(&["check"]).exits(65).stderr;
    assert!(said.ends_with(&format!("\n\n{hint}\n")), "{said}");
    let said = sandbox.triad(&["check", "--quiet"]).exits(65).stderr;
    assert!(!said.contains(hint), "{said}");
}

#[test]
fn an_unknown_code_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let said = |arguments: &[&str]| {
        let ran = sandbox.triad(arguments).exits(64);
        assert_eq!(ran.stdout, "");
        ran.stderr
    };
    let near = said(&["check", "--explain", "triad::manifest::unknwon-node"]);
    assert!(near.contains("`triad::manifest::unknwon-node`"), "{near}");
    assert!(near.contains("did you mean `unknown-node`?"), "{near}");
    let far = said(&["check", "--explain", "whatever"]);
    assert!(far.contains("one of ambiguous-need, bad-escape,"), "{far}");
    let none = said(&["check", "--explain"]);
    assert!(none.contains("`--explain` needs a code"), "{none}");
    assert!(none.contains("unknown-node"), "{none}");
    // `::` alone, or part of a word, is not a code.
    said(&["check", "--explain", "::"]);
    said(&["check", "--explain", "node"]);
    said(&["check", "--explain", "unknown-node", "triad.kdl"]);
}
