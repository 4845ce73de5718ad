//! Writes tmux scripts as here-documents of a POSIX shell: known values as tmux reads them, values
//! known only at run time as shell variables.

use std::collections::BTreeMap;
use std::path::Path;

use crate::layout::{Address, Layout};
use crate::template::shell_quoted;
use crate::tmux::pieces::Piece;
use crate::tmux::quote;
use crate::tmux::script::{Part, Ref, Script};

/// The word before each acknowledgement and record; nothing else prints it.
pub(super) const NONCE: &str = "triad";

/// A value known only at run time, which has to be quoted in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    /// The root, escaped for formats.
    Root,
    /// A value of the caller's environment, by its number.
    Value(usize),
    Socket,
    /// A session's id and its shell, by the session's number.
    Session(usize),
    Shell(usize),
    /// The user's default command for panes.
    Command(usize),
}

/// A shell variable and the expression that gives it its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Variable {
    pub name: String,
    pub value: String,
}

/// Writes scripts, and collects the variables they need.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    layout: &'a Layout,
    /// The expansions for values of the caller's environment, in the order of use.
    hidden: Vec<String>,
    /// The highest number of quotings of each.
    quoted: BTreeMap<Open, usize>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(layout: &'a Layout) -> Self {
        Writer {
            layout,
            hidden: Vec::new(),
            quoted: BTreeMap::new(),
        }
    }

    /// Writes the text of a here-document that is expanded. With `is_bound`, it does nothing on any
    /// server but the one that the ids belong to.
    pub(super) fn text(&mut self, script: &Script, is_bound: bool) -> String {
        let server = is_bound.then_some(Part::Id(Ref::Server));
        let mut text = String::new();
        let mut pieces = script.pieces(NONCE, server).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Text(ready) => text.push_str(&in_document(&ready)),
                Piece::Open { part, quotes } => {
                    let (variable, rest) = self.variable(&part, quotes);
                    let next = match pieces.peek() {
                        _ if !rest.is_empty() => rest.chars().next(),
                        Some(Piece::Text(next)) => next.chars().next(),
                        _ => None,
                    };
                    let is_joined = next.is_some_and(|c| c.is_alphanumeric() || c == '_');
                    text.push_str(&match (variable, is_joined) {
                        (None, _) => String::new(),
                        (Some(name), true) => format!("${{{name}}}"),
                        (Some(name), false) => format!("${name}"),
                    });
                    text.push_str(&in_document(&rest));
                }
            }
        }
        text
    }

    /// Returns the variable for a part, and the text after it.
    fn variable(&mut self, part: &Part, quotes: usize) -> (Option<String>, String) {
        let open = match part {
            Part::Id(Ref::Pane(address)) => {
                return (Some(pane(self.layout, address)), String::new());
            }
            Part::Id(Ref::Window(address)) => {
                return (Some(window(self.layout, address)), String::new());
            }
            Part::Id(Ref::Server) => return (Some("server".to_owned()), String::new()),
            Part::Id(Ref::Session(address)) => Open::Session(self.session(address)),
            Part::Id(Ref::DefaultShell(address)) => Open::Shell(self.session(address)),
            Part::Id(Ref::DefaultCommand(address)) => Open::Command(self.session(address)),
            Part::Id(Ref::Socket) => Open::Socket,
            Part::Hidden { shown, .. } | Part::Bytes { shown, .. } | Part::Shown(shown) => {
                Open::Value(self.value(shown))
            }
            Part::Directory(path) => {
                let (is_below, rest) = below(&self.layout.root, path);
                let rest = quote::in_format(&rest);
                let rest = (0..quotes).fold(rest, |text, _| quote::inside(&text, true));
                return (is_below.then(|| self.needed(Open::Root, quotes)), rest);
            }
            Part::Text(_) | Part::Nested(_) => unreachable!("these are never open"),
        };
        (Some(self.needed(open, quotes)), String::new())
    }

    fn needed(&mut self, open: Open, quotes: usize) -> String {
        let most = self.quoted.entry(open).or_default();
        *most = (*most).max(quotes);
        open.name(quotes)
    }

    fn value(&mut self, shown: &str) -> usize {
        let known = self.hidden.iter().position(|other| other == shown);
        let at = known.unwrap_or_else(|| {
            self.hidden.push(shown.to_owned());
            self.hidden.len() - 1
        });
        at + 1
    }

    fn session(&self, address: &Address) -> usize {
        let mut sessions = self.layout.sessions.iter();
        let at = sessions.position(|session| session.address == *address);
        at.expect("scripts are about sessions of the layout") + 1
    }

    /// Returns the required variables, and whether each must not be empty.
    pub(super) fn required(&self) -> BTreeMap<String, bool> {
        let mut required = BTreeMap::new();
        for shown in &self.hidden {
            let inner = shown.trim_start_matches("${");
            let end = inner.find(|c| !is_of_name(c)).unwrap_or(inner.len());
            let (name, operator) = inner.split_at(end);
            if operator.starts_with(['?', ':']) {
                let is_filled = required.entry(name.to_owned()).or_default();
                *is_filled |= operator.starts_with(":?");
            }
        }
        required
    }

    /// Returns the values from the caller's environment, quoted for tmux.
    pub(super) fn values(&self) -> Vec<Variable> {
        let values = self.hidden.iter().zip(1..);
        let values = values.map(|(shown, number)| Variable {
            name: Open::Value(number).name(1),
            value: format!("$(quoted \"{shown}\")"),
        });
        values.collect()
    }

    /// Returns the variables known before the first batch, once those values are set.
    pub(super) fn known(&self) -> Vec<Variable> {
        self.variables(|open| match open {
            Open::Root => Some(Some("$(quoted_directory \"$root\")".to_owned())),
            Open::Value(_) => Some(None),
            Open::Socket | Open::Session(_) | Open::Shell(_) | Open::Command(_) => None,
        })
    }

    /// Returns the variables that the first batch lists. `records`: for each session, one of its
    /// records.
    pub(super) fn told(&self, records: &[usize]) -> Vec<Variable> {
        let told = |number: usize, field: &str| {
            let record = records[number - 1];
            Some(Some(format!("$(quoted \"$(told {record} {field})\")")))
        };
        self.variables(|open| match open {
            Open::Socket => Some(Some(format!("$(quoted \"$({ASK_SOCKET})\")"))),
            Open::Session(number) => told(number, "session"),
            Open::Shell(number) => told(number, "shell"),
            Open::Command(number) => told(number, "command"),
            Open::Root | Open::Value(_) => None,
        })
    }

    /// Returns the variables that `of` knows, each with its quoted forms; a variable for which `of`
    /// gives no value is set already.
    fn variables(&self, of: impl Fn(Open) -> Option<Option<String>>) -> Vec<Variable> {
        let mut variables = Vec::new();
        for (open, quotes) in &self.quoted {
            let Some(value) = of(*open) else { continue };
            let name = open.name(1);
            variables.extend(value.map(|value| Variable { name, value }));
            variables.extend((2..=*quotes).map(|quotes| Variable {
                name: open.name(quotes),
                value: format!("$(quoted \"${}\")", open.name(quotes - 1)),
            }));
        }
        variables
    }
}

/// Asks the server for the path of its socket.
const ASK_SOCKET: &str = "in_tmux display-message -p '#{socket_path}' </dev/null";

impl Open {
    /// Returns the variable that holds it, quoted so many times.
    fn name(self, quotes: usize) -> String {
        let name = match self {
            Open::Root => "quoted_root".to_owned(),
            Open::Value(number) => format!("value_{number}"),
            Open::Socket => "socket".to_owned(),
            Open::Session(number) => format!("session_{number}"),
            Open::Shell(number) => format!("shell_{number}"),
            Open::Command(number) => format!("command_{number}"),
        };
        match quotes {
            0 | 1 => name,
            more => format!("{name}_quoted_{more}"),
        }
    }
}

/// Returns the variable of a window's id.
pub(super) fn window(layout: &Layout, address: &Address) -> String {
    let at = layout
        .windows()
        .position(|window| window.address == *address);
    let at = at.expect("scripts are about windows of the layout");
    format!("window_{}", at + 1)
}

/// Returns the variable of a pane's id.
pub(super) fn pane(layout: &Layout, address: &Address) -> String {
    let at = layout.panes().position(|pane| pane.address == *address);
    let at = at.expect("scripts are about panes of the layout");
    format!("pane_{}", at + 1)
}

/// Returns whether a directory is the root or below it, and its path from there, or its whole path.
pub(super) fn below(root: &Path, path: &Path) -> (bool, String) {
    let whole = || (false, path.to_string_lossy().into_owned());
    if root == Path::new("/") {
        return whole();
    }
    match path.strip_prefix(root) {
        Ok(rest) if rest.as_os_str().is_empty() => (true, String::new()),
        Ok(rest) => (true, format!("/{}", rest.to_string_lossy())),
        Err(_) => whole(),
    }
}

/// Writes a directory as one shell word.
pub(super) fn directory(root: &Path, path: &Path) -> String {
    let (is_below, rest) = below(root, path);
    match (is_below, rest.is_empty()) {
        (true, true) => "\"$root\"".to_owned(),
        (true, false) => format!("\"$root\"{}", shell_quoted(&rest)),
        (false, _) => shell_quoted(&rest),
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Escapes a text within a here-document that is expanded.
fn in_document(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '$' | '`') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
