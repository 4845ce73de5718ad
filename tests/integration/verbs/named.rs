//! Arguments that name a manifest, a layout or a pane: a folder stands for the manifest in it, and
//! the commands that messages suggest for an unknown name work.

use std::fs;

use super::LAYOUT;
use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::terminal::Terminal;

/// A layout with one pane, whose session has the same name.
fn layout(name: &str) -> String {
    format!(
        "layout \"{name}\"\nsession \"{name}\" {{ window \"w\" {{ pane \"{name}-pane\" \
         {{ run \"sleep\" \"1004\" }} }} }}"
    )
}

/// Creates folders, and a file in them.
fn written(sandbox: &Sandbox, path: &str, text: &str) {
    let path = sandbox.path(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("new folders");
    fs::write(path, text).expect("written");
}

/// Returns the layout that `triad plan` with these words is about.
#[track_caller]
fn planned(sandbox: &Sandbox, words: &[&str]) -> String {
    let ran = sandbox.triad(&[&["plan"], words].concat()).exits(0);
    let first = ran.stdout.split_whitespace().next();
    first.expect("the plan names its layout").to_owned()
}

#[test]
fn a_folder_means_the_manifest_in_it() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout("here"));
    written(&sandbox, "api/triad.kdl", &layout("api"));
    written(&sandbox, "hidden/.triad.kdl", &layout("hidden"));
    written(&sandbox, "only/layouts/one.kdl", &layout("only"));
    written(&sandbox, "two/layouts/a.kdl", &layout("a"));
    written(&sandbox, "two/layouts/b.kdl", &layout("b"));
    for (word, expected) in [
        (".", "here"),
        ("./", "here"),
        ("api", "api"),
        ("api/", "api"),
        ("./api", "api"),
        ("api/..", "here"),
        ("hidden", "hidden"),
        ("only", "only"),
        ("only/layouts", "only"),
        ("two/layouts/b.kdl", "b"),
    ] {
        assert_eq!(planned(&sandbox, &[word]), expected, "{word}");
    }
    for word in ["two", "two/layouts"] {
        let ran = sandbox.triad(&["plan", word]).exits(66);
        assert!(ran.stderr.contains("two/layouts/a.kdl"), "{}", ran.stderr);
    }
    fs::create_dir(sandbox.path("empty")).expect("a new folder");
    let ran = sandbox.triad(&["plan", "empty"]).exits(66);
    let said = "no manifest found in the folder `empty`";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    // Other verbs find manifests in the same way.
    for verb in ["check", "apply", "ps", "down", "render", "graph"] {
        let yes: &[&str] = if verb == "down" { &["--yes"] } else { &[] };
        sandbox.triad(&[&[verb, "api"], yes].concat()).exits(0);
    }
}

#[test]
fn a_bare_word_is_a_layout_of_the_project_before_it_is_a_folder() {
    let sandbox = Sandbox::new();
    written(&sandbox, "api/triad.kdl", &layout("of-the-folder"));
    written(&sandbox, "layouts/api.kdl", &layout("of-the-project"));
    assert_eq!(planned(&sandbox, &["api"]), "of-the-project");
    assert_eq!(planned(&sandbox, &["./api"]), "of-the-folder");
    // A file of exactly that name comes first.
    fs::remove_dir_all(sandbox.path("api")).expect("removed");
    written(&sandbox, "api", &layout("of-the-file"));
    assert_eq!(planned(&sandbox, &["api"]), "of-the-file");
}

#[test]
fn a_folder_in_place_of_an_address_is_not_a_manifest() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    written(&sandbox, "web/triad.kdl", &layout("other"));
    written(&sandbox, "db/main.txt", "");
    let ran = sandbox.triad(&["ps", "web"]).exits(0);
    assert!(ran.stdout.contains("web/main/api"), "{}", ran.stdout);
    sandbox.triad(&["stop", "db", "web/main/api"]).exits(0);
    // If nothing else is possible, it is a folder.
    let mut ps = sandbox.triad_command(&["ps", "work"]);
    let ran = run(ps.current_dir(sandbox.root())).exits(0);
    assert!(ran.stdout.contains("web/main/api"), "{}", ran.stdout);
}

/// Returns the commands of triad in backticks.
fn advised(ran: &Ran) -> Vec<String> {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    let parts = said.split('`').skip(1).step_by(2);
    let commands = parts.filter_map(|part| part.strip_prefix("triad "));
    commands.map(str::to_owned).collect()
}

/// Runs triad, which must fail with that code, and then runs its suggestion, which must work.
#[track_caller]
fn advises(sandbox: &Sandbox, words: &[&str], status: i32, expected: &[&str]) {
    let mut command = sandbox.triad_command(words);
    let ran = run(command.env("COLUMNS", "1000")).exits(status);
    let name = sandbox.socket_name();
    let wanted: Vec<String> = expected
        .iter()
        .map(|words| words.replace("-L", &format!("-L {name}")))
        .collect();
    assert_eq!(advised(&ran), wanted, "{words:?}\n{}", ran.stderr);
    for line in wanted {
        if line.contains("attach") || line.contains("up") {
            let script = format!("{} {line}", env!("CARGO_BIN_EXE_triad"));
            let terminal = Terminal::new(sandbox, (100, 30), &script);
            eventually(&format!("`triad {line}` goes there"), DEADLINE, || {
                !sandbox.try_tmux(&["list-clients"]).stdout.is_empty()
            });
            sandbox.tmux(&["detach-client", "-a"]);
            let clients = sandbox.listed(&["list-clients", "-F", "#{client_name}"]);
            for client in clients {
                sandbox.tmux(&["detach-client", "-t", &client]);
            }
            terminal.shows("code 0");
        } else {
            let line = format!("{} {line} </dev/null", env!("CARGO_BIN_EXE_triad"));
            let asks = line.contains(" stop ") || line.contains(" down ");
            let yes = if asks { "--yes" } else { "" };
            run(sandbox
                .command("/bin/sh")
                .args(["-c", &format!("{line} {yes}")]))
            .exits(0);
        }
    }
}

#[test]
fn the_help_of_attach_for_an_unknown_name_works() {
    let sandbox = Sandbox::new();
    let attach = |name, expected: &[&str]| advises(&sandbox, &["attach", name], 1, expected);
    attach("absent", &["init", "-L up"]);
    written(&sandbox, "layouts/shop.kdl", LAYOUT);
    fs::remove_file(sandbox.path("triad.kdl")).expect("`init` wrote it");
    sandbox.triad(&["down", "--yes", "work"]).exits(0);
    attach("absent", &["-L up"]);
    sandbox.triad(&["down", "--yes"]).exits(0);
    attach("shop", &["-L up shop"]);
    attach("shpo", &["-L attach shop"]);
    attach("elsewhere", &["-L attach web"]);
    sandbox.triad(&["down", "--yes"]).exits(0);
    advises(&sandbox, &["attach"], 1, &["-L up"]);
}

#[test]
fn the_help_of_down_for_an_unknown_name_works() {
    let sandbox = Sandbox::new();
    advises(&sandbox, &["down", "absent"], 0, &[]);
    sandbox.manifest(LAYOUT);
    advises(&sandbox, &["down", "absent"], 0, &[]);
    for name in ["web", "shpo"] {
        sandbox.triad(&["apply"]).exits(0);
        advises(&sandbox, &["down", name], 0, &["-L down shop"]);
        assert!(sandbox.sessions().is_empty(), "{name}");
    }
    sandbox.triad(&["apply"]).exits(0);
    advises(&sandbox, &["down", "absent"], 0, &["-L ps --all"]);
}

#[test]
fn the_help_of_stop_and_start_without_a_manifest_works() {
    let sandbox = Sandbox::new();
    let check = |words: &[&str], expected: &[&str]| advises(&sandbox, words, 66, expected);
    check(&["stop", "api"], &["-L ps --all"]);
    check(&["start", "api"], &["-L ps --all"]);
    written(&sandbox, "away/it's.kdl", LAYOUT);
    sandbox.triad(&["apply", "away/it's.kdl"]).exits(0);
    let path = sandbox.path("away/it's.kdl").display().to_string();
    let quoted = format!("'{}'", path.replace('\'', "'\\''"));
    check(&["stop", "api"], &["-L stop shop api"]);
    check(&["start", "api"], &[&format!("-L start {quoted} api")]);
    check(&["stop", "shop"], &["-L stop shop '*'"]);
    check(&["start", "shop"], &[&format!("-L start {quoted} '*'")]);
    check(
        &["restart", "shop", "api"],
        &[&format!("-L restart {quoted} api")],
    );
    check(&["stop", "absent"], &["-L ps --all"]);
    check(&["start", "absent"], &["-L ps --all"]);
}

#[test]
fn an_unknown_pane_name_is_answered_with_the_known_ones() {
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.file("other.kdl", &layout("other"));
    sandbox.triad(&["apply", "other.kdl"]).exits(0);
    for (verb, name, said) in [
        (
            "stop",
            "absent",
            "the panes are `web/main/db`, `web/main/api` and `web/tools/shell`",
        ),
        (
            "start",
            "absent",
            "the panes are `web/main/db`, `web/main/api` and `web/tools/shell`",
        ),
        (
            "ps",
            "absent",
            "the panes are `web/main/db`, `web/main/api` and `web/tools/shell`",
        ),
        (
            "stop",
            "shop",
            "`shop` is the layout itself: `'*'` means all of its panes",
        ),
        (
            "start",
            "shop",
            "`shop` is the layout itself: `'*'` means all of its panes",
        ),
        (
            "stop",
            "other",
            "`other` is another layout: name its manifest first, ",
        ),
        (
            "start",
            "other",
            "`other` is another layout: name its manifest first, ",
        ),
    ] {
        let mut command = sandbox.triad_command(&[verb, name]);
        let ran = run(command.env("COLUMNS", "1000")).exits(64);
        assert!(ran.stderr.contains(said), "{verb} {name}: {}", ran.stderr);
    }
    let other = sandbox.path("other.kdl").display().to_string();
    sandbox.triad(&["stop", &other, "other-pane"]).exits(0);
    sandbox.triad(&["start", &other, "*"]).exits(0);
    sandbox.triad(&["start", "*"]).exits(0);
}
