//! The lines of an environment file: names, and values with their quotes taken off.

use super::error::{LineError, LineProblem};

/// A line that gives a variable a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it begins, counted from 1.
    pub line: usize,
    pub name: String,
    pub value: Value,
}

/// A value without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// In single quotes: taken as it stands.
    Literal(String),
    /// Without quotes, or in double ones: interpolation is still to be done.
    Template(String),
}

/// The entries of a text, in order. A name alone, without `=`, gives nothing: the variable is that of
/// the environment, which a program has anyway.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, LineError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut entries = Vec::new();
    let mut rest = text;
    let (mut line, mut counted) = (1, 0);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(entries);
        }
        let at = text.len() - rest.len();
        line += text[counted..at].matches('\n').count();
        counted = at;
        let failed = |problem| LineError { line, problem };
        let (this, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if this.starts_with('#') {
            rest = after;
            continue;
        }
        let (name, value) = name(this).map_err(failed)?;
        let Some(value) = value else {
            rest = after;
            continue;
        };
        let at = this.len() - value.len();
        let (value, left) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let (value, left) = quoted(&rest[at + 1..], quote, name).map_err(failed)?;
                let (trailing, after) = left.split_once('\n').unwrap_or((left, ""));
                let trailing = trailing.trim_start();
                if !trailing.is_empty() && !trailing.starts_with('#') {
                    let name = name.to_owned();
                    return Err(failed(LineProblem::AfterQuote { name }));
                }
                (value, after)
            }
            _ => (Value::Template(bare(value).to_owned()), after),
        };
        rest = left;
        let name = name.to_owned();
        entries.push(Entry { line, name, value });
    }
}

/// The name that a line begins with, after `export`, and the text of its value; `None` where it has
/// no value.
fn name(line: &str) -> Result<(&str, Option<&str>), LineProblem> {
    let exported = line.strip_prefix("export");
    let exported = exported.filter(|rest| rest.starts_with([' ', '\t']));
    let line = exported.unwrap_or(line).trim_start();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let end = line.find(|c| !is_part(c)).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !name.starts_with(is_start) {
        return Err(LineProblem::BadName);
    }
    let rest = rest.trim_start();
    match rest.chars().next() {
        // YAML's way to write it is compose's, too.
        Some('=' | ':') => Ok((name, Some(with_space(&rest[1..])))),
        None | Some('#') => Ok((name, None)),
        Some(_) => Err(LineProblem::BadName),
    }
}

/// A value without the blanks before it, of which one stays before a comment: that is what makes it
/// one.
fn with_space(value: &str) -> &str {
    let trimmed = value.trim_start();
    let blanks = value.len() - trimmed.len();
    match trimmed.starts_with('#') && blanks > 0 {
        true => "",
        false => trimmed,
    }
}

/// A value without quotes: to the end of its line, or to a comment after a space.
fn bare(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default();
    value.trim_end()
}

/// The value up to its closing quote, which may be lines away, and what follows the quote.
fn quoted<'t>(text: &'t str, quote: char, name: &str) -> Result<(Value, &'t str), LineProblem> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            let value = match quote {
                '\'' => Value::Literal(value),
                _ => Value::Template(value),
            };
            return Ok((value, &text[at + 1..]));
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        let Some((_, next)) = chars.next() else { break };
        match (quote, next) {
            ('\'', '\'') => value.push('\''),
            ('\'', other) => value.extend(['\\', other]),
            (_, '"' | '\\') => value.push(next),
            // Interpolation makes one of it again.
            (_, '$') => value.push_str("$$"),
            (_, 'n') => value.push('\n'),
            (_, 'r') => value.push('\r'),
            (_, 't') => value.push('\t'),
            (_, 'a') => value.push('\u{7}'),
            (_, 'b') => value.push('\u{8}'),
            (_, 'f') => value.push('\u{c}'),
            (_, 'v') => value.push('\u{b}'),
            (_, other) => value.extend(['\\', other]),
        }
    }
    let name = name.to_owned();
    Err(LineProblem::Unclosed { name })
}
