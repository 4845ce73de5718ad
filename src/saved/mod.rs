//! Plans in files: the layout, and the live state when the plan was made. Both together make the
//! same plan again, word for word, and show what has changed since.
//!
//! Text in, text out. The file has no value of a secret, only hashes, whose keys are in it, too.

mod comparable;
mod file;
mod since;

pub use file::{SIZE_MAX, Saved, SavedError, SecretError, is_one, is_replaceable};
pub use since::{Difference, since};
