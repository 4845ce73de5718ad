//! The mistakes in an environment file. They name a variable and never its value.

use std::path::Path;

/// A line that compose would not read either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct LineError {
    /// Counted from 1.
    pub line: usize,
    pub problem: LineProblem,
}

impl LineError {
    /// The mistake with its place, for a file of this path.
    pub fn within(&self, path: &Path) -> String {
        format!("`{}:{}`: {}", path.display(), self.line, self.problem)
    }
}

/// A mistake in a line of an environment file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    #[error("a line is `NAME=value`, and a name has letters, digits, `_`, `-` and `.` only")]
    BadName,
    #[error("`{name}` has a quote that is not closed")]
    Unclosed { name: String },
    #[error("`{name}` has text after its closing quote")]
    AfterQuote { name: String },
    #[error("`{name}` has a `${{…}}` that cannot be read")]
    BadExpansion { name: String },
    #[error("`{name}` needs `{needed}`, which is not set")]
    Required { name: String, needed: String },
    #[error("`{name}` holds a NUL character")]
    Nul { name: String },
}
