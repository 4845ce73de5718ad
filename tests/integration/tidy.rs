//! The invariants of `src/lib.rs`, checked by reading the source: the direction of arrows, the
//! owners of libraries and effects, the absence of cycles, and a stated purpose in every file.
//!
//! Every file is read completely. Test code has the same arrows, owners and openings; only clocks
//! are open to it, and it may form cycles with the users of the code that it tests. Exceptions are
//! listed by name, and an unneeded one fails.

mod circles;
mod planted;
mod rules;
mod source;
mod tokens;

use std::fs;
use std::path::Path;

use self::rules::{Arrows, Exceptions, Owners};
use self::source::File;
use crate::support;

/// The parts that each room may name of the others. The verbs in `cli` may name all.
const ARROWS: Arrows = &[
    ("layout", &[]),
    ("tmux", &["layout"]),
    ("manifest", &["layout"]),
    ("template", &["layout"]),
    ("dotenv", &["layout"]),
    (
        "resolve",
        &["manifest", "template", "dotenv", "layout", "tmux"],
    ),
    ("live", &["layout", "tmux"]),
    ("plan", &["live", "layout", "tmux"]),
    ("graph", &["status", "plan", "live", "layout"]),
    ("status", &["plan", "live", "layout", "tmux"]),
    (
        "render",
        &["pane_text", "plan", "live", "template", "layout", "tmux"],
    ),
    ("saved", &["plan", "live", "layout", "tmux"]),
    ("machine", &["layout", "tmux"]),
    ("event", &["live", "layout"]),
    ("pane_text", &[]),
    ("link", &["pane_text", "machine", "layout", "tmux"]),
    (
        "readiness",
        &[
            "machine",
            "link",
            "event",
            "render",
            "plan::change::Target",
            "plan::change::TargetState",
            "live",
            "layout",
            "tmux",
        ],
    ),
    (
        "watcher",
        &[
            "readiness",
            "machine",
            "link",
            "event",
            "status",
            "plan::change",
            "live",
            "layout",
            "tmux",
        ],
    ),
    (
        "execute",
        &[
            "preflight",
            "readiness",
            "machine",
            "link",
            "event",
            "render",
            "plan",
            "live",
            "layout",
            "tmux",
        ],
    ),
    ("preflight", &["plan", "live", "layout", "tmux"]),
    ("talk", &["machine", "link", "layout", "tmux"]),
    ("load", &["manifest", "layout"]),
    ("save", &[]),
    ("init", &["manifest", "resolve", "layout", "tmux"]),
    ("survey", &["init"]),
    (
        "view",
        &[
            "talk",
            "watcher",
            "readiness::report",
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
/// The top rooms, which may name all.
const TOP: &[&str] = &["cli", "lib", "main"];

/// The owners of each library: folders or files of `src`.
const OWNERS: Owners = &[
    ("kdl", &["manifest"]),
    ("handlebars", &["template.rs"]),
    ("petgraph", &["resolve/graph/cycles.rs", "plan/order.rs"]),
    ("clap", &["cli"]),
    ("anstream", &["cli/output.rs"]),
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
    ("anstyle", &["view/text/paint.rs", "view/text/printable.rs"]),
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
            "talk",
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
/// Unit tests that need a folder.
const LIBRARIES_OF_TESTS: Exceptions = &[
    ("cli/run/watch/files.rs", "tempfile"),
    ("survey.rs", "tempfile"),
];

/// Rooms in which nothing is read, started, printed, timed or random.
const PURE: &[&str] = &[
    "manifest",
    "resolve",
    "template.rs",
    "dotenv",
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
    "pane_text.rs",
    "execute/ledger.rs",
    "execute/run",
    "readiness/engine",
];
/// The exception: the only place that starts tmux.
const SERVER: &str = "tmux/server.rs";
/// What becomes a program whose name it is told.
const BECOMES: Exceptions = &[("cli/talk/exec.rs", "tmux"), ("cli/talk/shim.rs", "tmux")];
/// The only place that prints.
const OUTPUT: &str = "cli/output.rs";
/// The callers that may leave colours in a text: those that have escaped its words before, the one
/// that shows the output of hooks, and the one that shows the colours of panes.
const CALLERS: Owners = &[(
    "keeping_colors",
    &[
        "view/text/printable.rs",
        "view/text/diagnostic.rs",
        "view/run/hook.rs",
        "cli/output.rs",
        "cli/usage.rs",
    ],
)];
/// A thread with a stack deep enough for the parser, which is joined at once.
const EFFECTS_OF_PURE: Exceptions = &[("manifest/mod.rs", "std::thread")];

fn files() -> Vec<File> {
    let mut files = Vec::new();
    let root = support::project("src");
    collect(&root, &root, &mut files);
    assert!(files.len() > 30, "the source is found");
    files
}

fn collect(folder: &Path, root: &Path, files: &mut Vec<File>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, root, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(File {
                path: path.strip_prefix(root).unwrap().display().to_string(),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

#[track_caller]
fn nothing(found: &[String]) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn arrows_point_one_way() {
    let files = files();
    let modules = source::modules(&files);
    nothing(&rules::arrows(&modules, ARROWS, TOP));
}

#[test]
fn each_library_has_its_owner() {
    let files = files();
    let modules = source::modules(&files);
    nothing(&rules::owners(&modules, OWNERS, LIBRARIES_OF_TESTS));
}

#[test]
fn pure_stages_have_no_effects() {
    let files = files();
    let modules = source::modules(&files);
    nothing(&rules::effects(&modules, PURE, &[SERVER], EFFECTS_OF_PURE));
}

#[test]
fn only_the_server_starts_tmux_and_only_output_prints() {
    let files = files();
    let modules = source::modules(&files);
    nothing(&rules::starts(&modules, SERVER, BECOMES));
    nothing(&rules::prints(&modules, OUTPUT));
    nothing(&rules::calls(&modules, CALLERS));
}

#[test]
fn every_file_states_its_purpose() {
    nothing(&rules::openings(&files()));
}

#[test]
fn files_form_no_cycles() {
    let files = files();
    nothing(&rules::circles(&source::modules(&files)));
}
