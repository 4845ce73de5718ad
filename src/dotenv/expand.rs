//! Interpolation: `$NAME`, `${NAME}`, with a default, an error or an alternative, and `$$` for `$`.

use super::error::LineProblem;

/// How deep expressions may stand in one another.
const DEPTH_MAX: usize = 32;

/// Why a value cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Unreadable,
    Required(String),
}

impl Problem {
    /// The problem of a variable of this name.
    pub(super) fn of(self, name: &str) -> LineProblem {
        let name = name.to_owned();
        match self {
            Problem::Unreadable => LineProblem::BadExpansion { name },
            Problem::Required(needed) => LineProblem::Required { name, needed },
        }
    }
}

type Known<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The text with each variable in it filled in; one that is not known is empty.
pub(super) fn expanded(text: &str, known: Known) -> Result<String, Problem> {
    filled(text, known, 0)
}

fn filled(text: &str, known: Known, depth: usize) -> Result<String, Problem> {
    if depth > DEPTH_MAX {
        return Err(Problem::Unreadable);
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            filled.push('$');
            rest = after;
        } else if let Some(inner) = after.strip_prefix('{') {
            let end = closing(inner).ok_or(Problem::Unreadable)?;
            filled.push_str(&braced(&inner[..end], known, depth)?);
            rest = &inner[end + 1..];
        } else {
            let (name, after) = split_name(after);
            match name {
                "" => filled.push('$'),
                name => filled.push_str(&known(name).unwrap_or_default()),
            }
            rest = after;
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Where the brace that closes an expression is.
fn closing(inner: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut before = ' ';
    for (at, c) in inner.char_indices() {
        match c {
            '{' if before == '$' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

/// The value of an expression without its braces.
fn braced(inner: &str, known: Known, depth: usize) -> Result<String, Problem> {
    let (name, rest) = split_name(inner);
    if name.is_empty() {
        return Err(Problem::Unreadable);
    }
    let value = known(name);
    let (counts_empty, rest) = match rest.strip_prefix(':') {
        Some(rest) => (false, rest),
        None => (true, rest),
    };
    let set = value.filter(|value| counts_empty || !value.is_empty());
    let Some(operator) = rest.chars().next() else {
        // `${NAME:}` says nothing.
        return match counts_empty {
            true => Ok(set.unwrap_or_default()),
            false => Err(Problem::Unreadable),
        };
    };
    let word = || filled(&rest[1..], known, depth + 1);
    match (operator, set) {
        ('-' | '?', Some(value)) => Ok(value),
        ('-', None) | ('+', Some(_)) => word(),
        ('+', None) => Ok(String::new()),
        ('?', None) => Err(Problem::Required(name.to_owned())),
        _ => Err(Problem::Unreadable),
    }
}

/// The name that a text begins with, and the rest.
fn split_name(text: &str) -> (&str, &str) {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !text.starts_with(is_start) {
        return ("", text);
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    text.split_at(end.unwrap_or(text.len()))
}
