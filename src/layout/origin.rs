//! Where something was written.

use serde::{Deserialize, Serialize};

/// Where in the manifest something was written, for messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
}
