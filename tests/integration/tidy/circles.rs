//! The names that files use of each other, and the cycles in them.
//!
//! A path is followed through re-exports to the file that defines the item, so that a re-exporting
//! `mod.rs` is passed through. A module that is only named makes no arrow. Tests are left out: they
//! may name all users of the code that they test.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Module, Path, room};
use super::tokens::close;

/// The arrows, with the names they use.
pub type Graph<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<String>>>;

/// The maximum number of re-exports in a path.
const REEXPORTS_MAX: usize = 8;

/// Methods that the standard library has, too: a call does not show its owner.
const COMMON: &[&str] = &[
    "clear", "close", "contains", "find", "get", "insert", "iter", "join", "kill", "len", "lock",
    "name", "next", "open", "path", "pop", "push", "read", "recv", "remove", "run", "send",
    "start", "take", "text", "wait", "write",
];

/// Returns the arrows between files.
pub fn files<'a>(modules: &[Module<'a>]) -> Graph<'a> {
    let names = Names::of(modules);
    let mut graph = Graph::new();
    for module in modules.iter().filter(|module| !module.is_test) {
        let of_type = |path: &&Path| path.segments[0] == "Self";
        for path in module.all_paths().filter(|path| !of_type(path)) {
            if let Some(Found::Item(file)) = names.find(module, &path.segments, REEXPORTS_MAX) {
                let shown = &path.segments[path.segments.len().saturating_sub(2)..];
                arrow(&mut graph, module.file, file, shown.join("::"));
            }
        }
        for import in module.imports.iter().filter(|import| import.name == "*") {
            let found = names.find(module, &import.path.segments, REEXPORTS_MAX);
            if let Some(Found::Module(all)) = found {
                arrow(&mut graph, module.file, all.file, "*".to_owned());
            }
        }
    }
    for (from, to, method) in names.calls(modules) {
        arrow(&mut graph, from, to, format!("method {method}"));
    }
    graph
}

/// Returns the arrows between rooms, as drawn by their files.
pub fn rooms<'a>(files: &Graph<'a>) -> Graph<'a> {
    let mut graph = Graph::new();
    for (from, arrows) in files {
        for to in arrows.keys() {
            arrow(&mut graph, room(from), room(to), format!("{from} → {to}"));
        }
    }
    graph
}

fn arrow<'a>(graph: &mut Graph<'a>, from: &'a str, to: &'a str, name: String) {
    if from != to {
        let arrows = graph.entry(from).or_default();
        arrows.entry(to).or_default().insert(name);
    }
}

/// Returns the greatest sets of files that all reach one another.
pub fn circles<'a>(graph: &Graph<'a>) -> Vec<BTreeSet<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = graph
        .keys()
        .map(|from| (*from, reached(graph, from)))
        .collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
    let mut circles = BTreeSet::new();
    for from in graph.keys().filter(|from| reaches(from, from)) {
        let others = reached[from].iter().copied();
        let circle: BTreeSet<&str> = others.filter(|other| reaches(other, from)).collect();
        circles.insert(circle);
    }
    circles.into_iter().collect()
}

fn reached<'a>(graph: &Graph<'a>, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(from) = next.pop() {
        for to in graph.get(from).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(*to) {
                next.push(to);
            }
        }
    }
    reached
}

/// The target of a path.
enum Found<'a, 'm> {
    Module(&'m Module<'a>),
    /// The file that defines it.
    Item(&'a str),
}

/// All modules except tests, by their paths.
struct Names<'a, 'm>(BTreeMap<&'m [&'a str], &'m Module<'a>>);

impl<'a, 'm> Names<'a, 'm> {
    fn of(modules: &'m [Module<'a>]) -> Self {
        let modules = modules.iter().filter(|module| !module.is_test);
        Names(modules.map(|module| (&module.path[..], module)).collect())
    }

    /// Returns `None` if it is outside the crate, or passes through more than `reexports`.
    fn find(
        &self,
        from: &'m Module<'a>,
        segments: &[&'a str],
        reexports: usize,
    ) -> Option<Found<'a, 'm>> {
        let path = Path {
            segments: segments.to_vec(),
            line: 0,
        };
        let absolute = from.absolute(&path);
        let (mut at, mut rest) = match &absolute {
            Some(absolute) => (*self.0.get(&[][..])?, &absolute[..]),
            None => (from, segments),
        };
        while let Some((first, after)) = rest.split_first() {
            if at.children.contains(first) {
                let child = [&at.path[..], &[first]].concat();
                (at, rest) = (self.0.get(&child[..])?, after);
                continue;
            }
            if at.items.contains(first) {
                return Some(Found::Item(at.file));
            }
            let mut imports = at.imports.iter();
            let Some(import) = imports.find(|import| import.name == *first) else {
                // A macro has made it, or it is a word of the language.
                let is_other = !std::ptr::eq(at, from) && !at.path.is_empty();
                return is_other.then_some(Found::Item(at.file));
            };
            match self.find(at, &import.path.segments, reexports.checked_sub(1)?)? {
                Found::Module(module) => (at, rest) = (module, after),
                item => return Some(item),
            }
        }
        Some(Found::Module(at))
    }

    /// Returns calls of methods that a type has in another file than its own: from which file to
    /// which, as far as the name shows. Only within a room, and only names that no other function
    /// has.
    fn calls(&self, modules: &'m [Module<'a>]) -> Vec<(&'a str, &'a str, &'a str)> {
        let modules: Vec<&Module> = modules.iter().filter(|module| !module.is_test).collect();
        let mut functions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut methods: BTreeMap<&str, &str> = BTreeMap::new();
        for module in &modules {
            for name in functions_in(module, 0, module.tokens.len()) {
                functions.entry(name).or_default().insert(module.file);
            }
            methods.extend(self.far_methods(module).map(|name| (name, module.file)));
        }
        methods.retain(|name, _| functions[name].len() == 1 && !COMMON.contains(name));
        let mut calls = Vec::new();
        for module in modules {
            for tokens in module.tokens.windows(3) {
                let name = tokens[1].text;
                let is_call =
                    [".", "::"].contains(&tokens[0].text) && ["(", "::"].contains(&tokens[2].text);
                if is_call
                    && let Some(file) = methods.get(name)
                    && room(file) == room(module.file)
                {
                    calls.push((module.file, *file, name));
                }
            }
        }
        calls
    }

    /// Returns the methods that a module adds to types of other files.
    fn far_methods(&self, module: &'m Module<'a>) -> impl Iterator<Item = &'a str> {
        let mut methods = Vec::new();
        for (at, token) in module.tokens.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| module.tokens[before].text);
            let begins = before.is_none_or(|before| [";", "}", "]", "unsafe"].contains(&before));
            if token.text != "impl" || !begins {
                continue;
            }
            let head = &module.tokens[at + 1..];
            let end = head.iter().position(|token| token.text == "{");
            let open = at + 1 + end.expect("an impl has a body");
            let head: Vec<&str> = head
                .iter()
                .map(|token| token.text)
                .take(open - at - 1)
                .collect();
            if head.contains(&"for") {
                continue;
            }
            let name = [after_generics(&head)];
            if let Some(Found::Item(file)) = self.find(module, &name, REEXPORTS_MAX)
                && file != module.file
            {
                methods.extend(functions_in(module, open, close(&module.tokens, open)));
            }
        }
        methods.into_iter()
    }
}

/// Returns the type of an impl: `Run` in `<'a> Run<'a>`.
fn after_generics<'a>(head: &[&'a str]) -> &'a str {
    let mut depth = 0;
    for (at, text) in head.iter().enumerate() {
        match *text {
            "<" => depth += 1,
            ">" if at == 0 || head[at - 1] != "-" => depth -= 1,
            name if depth == 0 => return name,
            _ => {}
        }
    }
    ""
}

/// Returns the names of the functions between two tokens.
fn functions_in<'a>(module: &Module<'a>, from: usize, to: usize) -> impl Iterator<Item = &'a str> {
    let tokens = module.tokens[from..to].windows(2);
    let functions = tokens.filter(|tokens| tokens[0].text == "fn");
    functions.map(|tokens| tokens[1].text)
}
