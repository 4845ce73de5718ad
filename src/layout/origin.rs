//! The place of a declaration.

use serde::{Deserialize, Serialize};

/// The place of a declaration in the manifest, for messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
}
