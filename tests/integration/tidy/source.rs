//! Source as values: files, and the modules in them with their imports and names.

use std::collections::BTreeSet;

use super::tokens::{Token, close, tokens};

/// A file of the source.
#[derive(Debug)]
pub struct File {
    /// The path below `src`.
    pub path: String,
    pub text: String,
}

/// Returns the folder, or the file at the top, that a file belongs to.
pub fn room(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs")
}

/// A path as it is written: `crate::plan::Plan`.
#[derive(Debug, Clone)]
pub struct Path<'a> {
    pub segments: Vec<&'a str>,
    pub line: usize,
}

/// One name that a `use` brings in.
#[derive(Debug, Clone)]
pub struct Import<'a> {
    pub path: Path<'a>,
    /// `*` for everything in the path.
    pub name: &'a str,
}

/// A module of one file: its code, or its test code.
#[derive(Debug, Clone)]
pub struct Module<'a> {
    /// The path of its file.
    pub file: &'a str,
    pub path: Vec<&'a str>,
    pub is_test: bool,
    pub children: BTreeSet<&'a str>,
    /// The names it defines.
    pub items: BTreeSet<&'a str>,
    /// Includes those within functions.
    pub imports: Vec<Import<'a>>,
    /// Paths of two segments and more in the code.
    pub paths: Vec<Path<'a>>,
    /// All its tokens, without inner modules.
    pub tokens: Vec<Token<'a>>,
}

/// Returns the modules of these files. Unit tests are a second module of the same path.
pub fn modules(files: &[File]) -> Vec<Module<'_>> {
    let mut reader = Reader::default();
    for file in files {
        let path = file.path.trim_end_matches(".rs");
        let names = path.split('/').filter(|name| *name != "mod");
        let names = names.filter(|name| *name != "lib");
        let names: Vec<&str> = names.collect();
        reader.read(&file.path, &names, false, &tokens(&file.text));
    }
    for module in &mut reader.modules {
        let is_below = |tests: &Vec<&str>| module.path.starts_with(tests);
        module.is_test |= reader.tests.iter().any(is_below);
    }
    reader.modules
}

#[derive(Default)]
struct Reader<'a> {
    modules: Vec<Module<'a>>,
    /// Modules in files of their own that only tests have.
    tests: Vec<Vec<&'a str>>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, file: &'a str, path: &[&'a str], is_test: bool, tokens: &[Token<'a>]) {
        let mut own = Module::new(file, path, is_test);
        let mut tests = Module::new(file, path, true);
        let mut rest = tokens;
        while !rest.is_empty() {
            let item = Item::first_of(rest);
            let (tokens, after) = rest.split_at(item.end);
            rest = after;
            let module = if item.is_test { &mut tests } else { &mut own };
            if item.kind != "mod" {
                module
                    .items
                    .extend((!item.name.is_empty()).then_some(item.name));
                module.add(tokens);
                continue;
            }
            module.children.insert(item.name);
            let child = [path, &[item.name]].concat();
            match tokens.iter().position(|token| token.text == "{") {
                Some(body) => {
                    let body = &tokens[body + 1..tokens.len() - 1];
                    self.read(file, &child, is_test || item.is_test, body);
                }
                None if item.is_test => self.tests.push(child),
                None => {}
            }
        }
        self.modules.extend([own, tests]);
    }
}

/// Items with a name.
const KINDS: &[&str] = &[
    "mod", "fn", "struct", "enum", "trait", "type", "const", "static", "union", "use",
];

struct Item<'a> {
    kind: &'a str,
    name: &'a str,
    is_test: bool,
    /// Returns the number of its tokens.
    end: usize,
}

impl<'a> Item<'a> {
    fn first_of(tokens: &[Token<'a>]) -> Self {
        let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
        let mut item = Item {
            kind: "",
            name: "",
            is_test: false,
            end: 0,
        };
        let mut at = 0;
        while at < tokens.len() {
            match text(at) {
                "#" => {
                    let start = at + 1 + usize::from(text(at + 1) == "!");
                    at = close(tokens, start);
                    let attribute = &tokens[start + 1..at - 1];
                    item.is_test |= is_test(attribute);
                    continue;
                }
                ";" => break,
                "(" | "[" => {
                    at = close(tokens, at);
                    continue;
                }
                "{" => {
                    at = close(tokens, at) - 1;
                    // In the others a block is part of the value, and a semicolon follows.
                    if !["const", "static", "type", "use"].contains(&item.kind) {
                        break;
                    }
                }
                "impl" if item.kind.is_empty() => item.kind = "impl",
                "macro_rules" => (item.kind, item.name) = ("macro_rules", text(at + 2)),
                word if item.kind.is_empty() && KINDS.contains(&word) => {
                    let next = text(at + 1);
                    if !["fn", "unsafe", "async", "extern"].contains(&next) {
                        (item.kind, item.name) = (word, if word == "use" { "" } else { next });
                    }
                }
                _ => {}
            }
            at += 1;
        }
        item.end = tokens.len().min(at + 1);
        item
    }
}

fn is_test(attribute: &[Token]) -> bool {
    let text: String = attribute.iter().map(|token| token.text).collect();
    text == "test" || text.starts_with("cfg(test") || text.starts_with("cfg(all(test")
}

impl<'a> Module<'a> {
    fn new(file: &'a str, path: &[&'a str], is_test: bool) -> Self {
        Module {
            file,
            path: path.to_vec(),
            is_test,
            children: BTreeSet::new(),
            items: BTreeSet::new(),
            imports: Vec::new(),
            paths: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// Returns all paths: in its imports, and in its code.
    pub fn all_paths(&self) -> impl Iterator<Item = &Path<'a>> {
        let imported = self.imports.iter().map(|import| &import.path);
        imported.chain(&self.paths)
    }

    /// Resolves a path that begins with `crate`, `self` or `super`.
    pub fn absolute(&self, path: &Path<'a>) -> Option<Vec<&'a str>> {
        let (first, mut rest) = path.segments.split_first()?;
        let mut above = match *first {
            "crate" => return Some(rest.to_vec()),
            "self" => self.path.clone(),
            "super" => parent(&self.path)?,
            _ => return None,
        };
        while let Some((&"super", after)) = rest.split_first() {
            (above, rest) = (parent(&above)?, after);
        }
        above.extend(rest);
        Some(above)
    }

    /// Adds an item that is not a module.
    fn add(&mut self, tokens: &[Token<'a>]) {
        self.tokens.extend(tokens);
        let mut at = 0;
        while at < tokens.len() {
            let Token { text, line } = tokens[at];
            let next = tokens.get(at + 1).map_or("", |token| token.text);
            if text == "use" && next != "<" {
                at = self.import(tokens, at + 1, &[]);
            } else if text.starts_with("\"crate::") || text.starts_with("\"super::") {
                // In attributes.
                let segments = text.trim_matches('"').split("::").collect();
                self.paths.push(Path { segments, line });
                at += 1;
            } else if begins_path(tokens, at) {
                let mut segments = vec![text];
                at += 1;
                while let [colons, word, ..] = &tokens[at..]
                    && colons.text == "::"
                    && word.is_word()
                {
                    segments.push(word.text);
                    at += 2;
                }
                if segments.len() > 1 {
                    self.paths.push(Path { segments, line });
                }
            } else {
                at += 1;
            }
        }
    }

    /// Adds a tree of imports; returns what follows it.
    fn import(&mut self, tokens: &[Token<'a>], start: usize, prefix: &[&'a str]) -> usize {
        let mut segments = prefix.to_vec();
        let mut at = start;
        while let Some(token) = tokens.get(at) {
            match token.text {
                "{" => {
                    let end = close(tokens, at);
                    at += 1;
                    while at + 1 < end {
                        at = self.import(tokens, at, &segments);
                        at += usize::from(tokens[at].text == ",");
                    }
                    return end;
                }
                "*" => {
                    self.imported(segments, "*", token.line);
                    return at + 1;
                }
                "as" => {
                    self.imported(segments, tokens[at + 1].text, token.line);
                    return at + 2;
                }
                "::" => {}
                word if token.is_word() => {
                    segments.push(word);
                    if !["::", "as"].contains(&tokens[at + 1].text) {
                        self.imported(segments, "", token.line);
                        return at + 1;
                    }
                }
                _ => return at + 1,
            }
            at += 1;
        }
        at
    }

    fn imported(&mut self, mut segments: Vec<&'a str>, name: &'a str, line: usize) {
        if segments.len() > 1 {
            segments.pop_if(|last| *last == "self");
        }
        let last = segments.last().copied().unwrap_or_default();
        let name = if name.is_empty() { last } else { name };
        let path = Path { segments, line };
        self.imports.push(Import { path, name });
    }
}

fn parent<'a>(path: &[&'a str]) -> Option<Vec<&'a str>> {
    let (_, above) = path.split_last()?;
    Some(above.to_vec())
}

/// Whether a path begins here, and not a method, a field, or the rest of a path.
fn begins_path(tokens: &[Token], at: usize) -> bool {
    let before = |by: usize| at.checked_sub(by).map(|at| tokens[at]);
    let is_at = |by: usize, text: &str| before(by).is_some_and(|token| token.text == text);
    let is_method = is_at(1, ".") && !is_at(2, ".");
    let is_rest =
        is_at(1, "::") && (is_at(2, ">") || before(2).is_some_and(|token| token.is_word()));
    tokens[at].is_word() && !is_method && !is_rest
}
