//! One style for manifests: the text as it should be laid out, saying what it said.
//!
//! `read` groups the lexer's tokens into lines and blocks, `print` lays them out, `same` makes sure
//! of the result. Nothing is put in order, respelled or left out: only the blanks
//! between tokens are chosen anew.

mod print;
mod read;
mod same;
#[cfg(test)]
mod tests;

pub use print::LINE_MAX;

use super::error::ManifestError;
use super::source::Source;

/// Why a text stays as it is.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FormatError {
    /// It is not KDL, so that its structure is in doubt.
    #[error("the manifest is invalid")]
    Invalid(Vec<ManifestError>),
    /// Laid out anew, it would say something else. This is a mistake of ours.
    #[error("`{name}` cannot be formatted without a change to what it says")]
    Unfaithful { name: String },
}

/// The text in the one style. It need not be a whole manifest, as what others include is none;
/// it must be KDL.
///
/// # Errors
/// When the text is not KDL, with all that is wrong with it.
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
