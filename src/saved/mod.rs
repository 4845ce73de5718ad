//! A plan in a file: what was wanted, and what was live when it was made. Both together make the
//! same plan again, word for word, and tell what has changed since.
//!
//! Text in, text out. No value of a secret is in it, only hashes, by keys that are in there too.

mod comparable;
mod file;
mod since;

pub use file::{SIZE_MAX, Saved, SavedError, SecretError, is_one, is_replaceable};
pub use since::{Difference, since};
