//! Environment files as docker compose reads them: `NAME=value` lines with quotes, comments and
//! interpolation, and nothing of a shell. Pure: the text and the environment arrive as arguments.
//!
//! `parse` splits a text into its lines, `expand` fills in `$NAME` and `${NAME:-default}`. No message
//! repeats a value: it may be a secret.

mod error;
mod expand;
mod parse;
#[cfg(test)]
mod tests;

pub use error::{LineError, LineProblem};

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::SecretFile;

/// Looks up a variable in the environment around a file.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads a file. A name in a value stands for the environment's variable, else for one of `earlier`
/// files, else for one of an earlier line, as in compose.
///
/// # Errors
/// The first line that cannot be read.
pub fn read(
    text: &str,
    earlier: &BTreeMap<String, String>,
    lookup: Lookup,
) -> Result<BTreeMap<String, String>, LineError> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for entry in parse::entries(text)? {
        let (name, line) = (entry.name, entry.line);
        let value = match entry.value {
            parse::Value::Literal(value) => value,
            parse::Value::Template(template) => {
                let known = |wanted: &str| {
                    let of_files = || earlier.get(wanted).or_else(|| values.get(wanted)).cloned();
                    lookup(wanted).or_else(of_files)
                };
                expand::expanded(&template, &known).map_err(|problem| LineError {
                    line,
                    problem: problem.of(&name),
                })?
            }
        };
        if value.contains('\0') {
            let problem = LineProblem::Nul { name };
            return Err(LineError { line, problem });
        }
        values.insert(name, value);
    }
    Ok(values)
}

/// The names of a file with the values that are written out, without interpolation. A file that
/// cannot be read has none.
pub fn literals(text: &str) -> BTreeMap<String, String> {
    let entries = parse::entries(text).unwrap_or_default();
    let literals = entries.into_iter().filter_map(|entry| match entry.value {
        parse::Value::Literal(value) => Some((entry.name, value)),
        parse::Value::Template(text) => (!text.contains('$')).then_some((entry.name, text)),
    });
    literals.collect()
}

/// The names that a file gives. A file that cannot be read has none.
pub fn names(text: &str) -> BTreeSet<String> {
    let entries = parse::entries(text).unwrap_or_default();
    entries.into_iter().map(|entry| entry.name).collect()
}

/// Returns the values that a file gives to a program: those that nothing nearer overrides.
///
/// # Errors
/// As [`read`].
pub fn given(
    file: &SecretFile,
    text: &str,
    earlier: &BTreeMap<String, String>,
    lookup: Lookup,
) -> Result<BTreeMap<String, String>, LineError> {
    let mut values = read(text, earlier, lookup)?;
    values.retain(|name, _| !file.except.contains(name));
    Ok(values)
}
