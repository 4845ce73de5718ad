//! Values that nobody is to see.

use std::fmt;

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    Plain(String),
    Secret(Secret),
}

/// A value that is never printed, stored or compared in the clear: it has no `Display`, its
/// `Debug` tells nothing, and it cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Secret(value)
    }

    /// The value, for the one place that hands it to a program.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Variable {
    /// The value, for the places that hand it to a program.
    pub fn reveal(&self) -> &str {
        match self {
            Variable::Plain(value) => value,
            Variable::Secret(secret) => secret.reveal(),
        }
    }

    /// The value, where it may be seen.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Variable::Plain(value) => Some(value),
            Variable::Secret(_) => None,
        }
    }
}
