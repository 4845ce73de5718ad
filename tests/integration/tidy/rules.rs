//! The rules. Each takes source as values and returns its violations; its tables and exceptions are
//! arguments, so that a planted violation can be seen to fail.

use std::collections::BTreeSet;

use super::circles::{self, Graph};
use super::source::{File, Module, Path, room};

/// A room, and the parts it may name of the others: a room, or a module or an item within one.
pub type Arrows<'a> = &'a [(&'a str, &'a [&'a str])];
/// A library or a part of one, and the folders and files that may name it.
pub type Owners<'a> = &'a [(&'a str, &'a [&'a str])];
/// Permitted violations: a file, and what it names. An unneeded one is reported.
pub type Exceptions<'a> = &'a [(&'a str, &'a str)];

/// A violation, unless it is an exception.
struct Finding {
    file: String,
    what: String,
    line: usize,
    why: String,
}

impl Finding {
    fn new(module: &Module, line: usize, what: &str, why: String) -> Self {
        Finding {
            file: module.file.to_owned(),
            what: what.to_owned(),
            line,
            why,
        }
    }
}

fn without(exceptions: Exceptions, findings: &[Finding]) -> Vec<String> {
    let is_known = |finding: &&Finding| exceptions.contains(&(&finding.file, &finding.what));
    let unknown = findings.iter().filter(|finding| !is_known(finding));
    let shown = unknown.map(
        |Finding {
             file, line, why, ..
         }| format!("src/{file}:{line}: {why}"),
    );
    let is_needed = |(file, what): &&(&str, &str)| {
        let mut findings = findings.iter();
        findings.any(|finding| finding.file == *file && finding.what == *what)
    };
    let idle = exceptions.iter().filter(|exception| !is_needed(exception));
    let idle = idle.map(|(file, what)| format!("src/{file}: is no exception for {what} any more"));
    shown.chain(idle).collect()
}

fn is_in(file: &str, places: &[&str]) -> bool {
    places.iter().any(|place| {
        let rest = file.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn is_below(path: &[&str], place: &str) -> bool {
    path.starts_with(&place.split("::").collect::<Vec<_>>())
}

/// Checks that every room names only the targets of its arrows, in its tests as well. `free` rooms
/// name all.
pub fn arrows(modules: &[Module], arrows: Arrows, free: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for module in modules
        .iter()
        .filter(|module| !is_in(room(module.file), free))
    {
        let from = room(module.file);
        let Some((_, allowed)) = arrows.iter().find(|(room, _)| *room == from) else {
            if !module.is_test {
                let why = format!("{from} has no arrows");
                findings.push(Finding::new(module, 1, from, why));
            }
            continue;
        };
        for path in module.all_paths() {
            let Some(absolute) = module.absolute(path) else {
                continue;
            };
            let to = absolute.first().copied().unwrap_or("all rooms");
            let arrow = allowed.iter().find(|allowed| is_below(&absolute, allowed));
            if let Some(arrow) = arrow.filter(|_| !module.is_test) {
                used.insert((from, *arrow));
            }
            if arrow.is_none() && to != from {
                let rest = absolute.get(1..).unwrap_or_default();
                let named = [&[to], rest].concat().join("::");
                let why = format!("{from} names {named}");
                findings.push(Finding::new(module, path.line, to, why));
            }
        }
    }
    let mut found = without(&[], &findings);
    let all = arrows
        .iter()
        .flat_map(|(from, all)| all.iter().map(move |to| (*from, *to)));
    let idle = all.filter(|arrow| !used.contains(arrow));
    found.extend(idle.map(|(from, to)| format!("the arrow {from} → {to} leads nowhere")));
    found
}

/// Checks that only its owners name a library, in tests as well.
pub fn owners(modules: &[Module], owners: Owners, exceptions: Exceptions) -> Vec<String> {
    let mut findings = Vec::new();
    for module in modules {
        for (library, owners) in owners {
            let is_named = |path: &&Path| is_below(&path.segments, library);
            let named = module.all_paths().filter(is_named);
            for path in named.filter(|path| !is_own(module, path.segments[0])) {
                if !is_in(module.file, owners) {
                    let why = format!("names {library}");
                    findings.push(Finding::new(module, path.line, library, why));
                }
            }
        }
    }
    without(exceptions, &findings)
}

/// Whether a name is that of a module of the crate.
fn is_own(module: &Module, name: &str) -> bool {
    let mut imports = module.imports.iter();
    let import = imports.find(|import| import.name == name);
    let is_imported = import.is_some_and(|import| module.absolute(&import.path).is_some());
    is_imported || module.children.contains(name)
}

/// Modules of the standard library that are an effect.
const EFFECTS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os::unix::fs",
    "std::os::unix::net",
    "std::os::unix::process",
    "std::process",
    "std::thread",
];

/// Checks that nothing is read, started, printed or random in these places, and no clock is used.
/// Their tests may use clocks, to limit their time.
pub fn effects(
    modules: &[Module],
    pure: &[&str],
    but: &[&str],
    exceptions: Exceptions,
) -> Vec<String> {
    let mut findings = Vec::new();
    let is_pure = |module: &&Module| is_in(module.file, pure) && !is_in(module.file, but);
    for module in modules.iter().filter(is_pure) {
        let mut find = |line: usize, what: &str| {
            findings.push(Finding::new(module, line, what, what.to_owned()));
        };
        for path in module.all_paths() {
            let effect = EFFECTS
                .iter()
                .find(|effect| is_below(&path.segments, effect));
            if let Some(effect) = effect {
                find(path.line, effect);
            }
            if path.segments.ends_with(&["Instant", "now"]) && !module.is_test {
                find(path.line, "Instant::now");
            }
        }
        for tokens in module.tokens.windows(2) {
            let line = tokens[0].line;
            match [tokens[0].text, tokens[1].text] {
                ["async" | "await", _] => find(line, "async"),
                ["SystemTime", _] if !module.is_test => find(line, "SystemTime"),
                [".", "elapsed"] if !module.is_test => find(line, "elapsed"),
                _ => {}
            }
        }
    }
    without(exceptions, &findings)
}

/// Checks that programs are started by literal names, so that none can be tmux; only the server of
/// tmux starts a variable one.
pub fn starts(modules: &[Module], server: &str, exceptions: Exceptions) -> Vec<String> {
    let is_command = |path: &&Path| {
        let mut pairs = path.segments.windows(2);
        pairs.any(|pair| pair == ["process", "Command"])
    };
    let starters = modules
        .iter()
        .filter(|module| module.all_paths().any(|path| is_command(&path)));
    let starters: BTreeSet<&str> = starters.map(|module| module.file).collect();
    let mut findings = Vec::new();
    let is_starter = |module: &&Module| starters.contains(module.file) && module.file != server;
    for module in modules.iter().filter(is_starter) {
        for tokens in module.tokens.windows(5) {
            let text: Vec<&str> = tokens.iter().map(|token| token.text).collect();
            if text.starts_with(&["Command", "::", "new", "("])
                && (!text[4].starts_with('"') || text[4].contains("tmux"))
            {
                let why = format!("starts {}", text[4]);
                findings.push(Finding::new(module, tokens[0].line, "tmux", why));
            }
        }
    }
    without(exceptions, &findings)
}

/// Checks that only one file names the streams of the process, and none lets a library write to
/// them: clap prints mistakes of the command line by itself.
pub fn prints(modules: &[Module], output: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for module in modules.iter().filter(|module| module.file != output) {
        for path in module.all_paths() {
            let mut pairs = path.segments.windows(2);
            if pairs.any(|pair| pair == ["io", "stdout"] || pair == ["io", "stderr"]) {
                let what = path.segments.join("::");
                findings.push(Finding::new(
                    module,
                    path.line,
                    &what,
                    format!("names {what}"),
                ));
            }
        }
        for tokens in module.tokens.windows(2) {
            let is_macro =
                ["print", "println", "eprint", "eprintln", "dbg"].contains(&tokens[0].text);
            if is_macro && tokens[1].text == "!" {
                let what = format!("{}!", tokens[0].text);
                findings.push(Finding::new(
                    module,
                    tokens[0].line,
                    &what,
                    format!("calls {what}"),
                ));
            }
        }
        for tokens in module.tokens.windows(4) {
            let text: Vec<&str> = tokens.iter().map(|token| token.text).collect();
            if matches!(text[..], [".", "print", "(", ")"]) {
                let why = format!("calls {}", text[1]);
                findings.push(Finding::new(module, tokens[1].line, text[1], why));
            }
        }
    }
    without(&[], &findings)
}

/// Checks that a function is named only in these files, and in its own.
pub fn calls(modules: &[Module], functions: Owners) -> Vec<String> {
    let mut findings = Vec::new();
    for module in modules {
        for (function, places) in functions {
            let named = module.tokens.iter();
            let named = named.filter(|token| token.text == *function);
            for token in named.filter(|_| !is_in(module.file, places)) {
                let why = format!("names {function}");
                findings.push(Finding::new(module, token.line, function, why));
            }
        }
    }
    without(&[], &findings)
}

/// Checks that every file opens with a line that states its purpose.
pub fn openings(files: &[File]) -> Vec<String> {
    let silent = files.iter().filter(|file| !file.text.starts_with("//! "));
    let silent = silent.map(|file| format!("src/{}: does not say what it is for", file.path));
    silent.collect()
}

/// Checks that no files and no rooms name each other in a cycle.
pub fn circles(modules: &[Module]) -> Vec<String> {
    let files = circles::files(modules);
    let rooms = circles::rooms(&files);
    let mut found = Vec::new();
    for graph in [&files, &rooms] {
        let circles = circles::circles(graph);
        found.extend(circles.iter().map(|circle| drawn(graph, circle)));
    }
    found
}

fn drawn(graph: &Graph, circle: &BTreeSet<&str>) -> String {
    let mut text = "a circle:".to_owned();
    for from in circle {
        for (to, names) in graph[from].iter().filter(|(to, _)| circle.contains(*to)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            text.push_str(&format!("\n  {from} → {to} ({})", names.join(", ")));
        }
    }
    text
}
