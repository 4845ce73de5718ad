//! One style for manifests: changes the layout of a text and keeps its meaning.
//!
//! `read` groups the lexer's tokens into lines and blocks, `print` lays them out, `same` checks the
//! result. Nothing is reordered, respelled or left out: only the blanks between tokens change.

mod print;
mod read;
mod same;
#[cfg(test)]
mod tests;

pub use print::LINE_MAX;

use super::error::ManifestError;
use super::source::Source;

/// The reason why a text cannot be formatted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FormatError {
    /// The text is not valid KDL, so its structure is unclear.
    #[error("the manifest is invalid")]
    Invalid(Vec<ManifestError>),
    /// The formatted text would mean something else, which is a bug in triad.
    #[error("`{name}` cannot be formatted without changing its meaning")]
    Unfaithful { name: String },
}

/// Formats a text. It has to be valid KDL, but not a whole manifest, so that included files can be
/// formatted too.
///
/// # Errors
/// If the text is not valid KDL, with all mistakes.
pub fn format(source: &Source) -> Result<String, FormatError> {
    let before = same::tree(source).map_err(FormatError::Invalid)?;
    let lines = read::lines(source).map_err(|error| FormatError::Invalid(vec![error.into()]))?;
    let text = print::text(&lines);
    let formatted = Source {
        text,
        ..source.clone()
    };
    let after = same::tree(&formatted);
    let is_same = after.is_ok_and(|after| same::is_same_tree(&before, &after))
        && same::words(&source.text) == same::words(&formatted.text);
    if !is_same {
        let name = source.name.clone();
        return Err(FormatError::Unfaithful { name });
    }
    Ok(formatted.text)
}
