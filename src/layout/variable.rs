//! An environment variable of a layout: plain, or secret.

use serde::{Deserialize, Serialize};

use super::secret::{Salt, Secret, SecretHash, SecretHashes};

/// The value of an environment variable. Of a secret only that it is one is ever written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Kept", from = "Kept")]
pub enum Variable {
    Plain(String),
    /// A secret of a manifest that was resolved here.
    Secret(Secret),
    /// A secret of a layout that was written down: its value is not known.
    Hashed(SecretHashes),
}

impl Variable {
    /// The value, for the places that hand it to a program; `None` where it is not known.
    pub fn reveal(&self) -> Option<&str> {
        match self {
            Variable::Plain(value) => Some(value),
            Variable::Secret(secret) => Some(secret.reveal()),
            Variable::Hashed(_) => None,
        }
    }

    /// The value, where it may be seen.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Variable::Plain(value) => Some(value),
            Variable::Secret(_) | Variable::Hashed(_) => None,
        }
    }

    pub fn is_secret(&self) -> bool {
        self.plain().is_none()
    }

    /// The hash of a secret under the name that it has; `None` for what is none.
    pub fn hash(&self, name: &str, salt: &Salt) -> Option<SecretHash> {
        match self {
            Variable::Plain(_) => None,
            Variable::Secret(secret) => Some(salt.hash(name, secret.reveal())),
            // Where the hash by this salt is not known, one that no secret with a value has.
            Variable::Hashed(hashes) => {
                let known = hashes.by(salt).cloned();
                Some(known.unwrap_or_else(|| salt.hash(name, "")))
            }
        }
    }
}

/// A variable as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kept {
    Plain(String),
    Secret,
}

impl From<Variable> for Kept {
    fn from(variable: Variable) -> Self {
        match variable {
            Variable::Plain(value) => Kept::Plain(value),
            Variable::Secret(_) | Variable::Hashed(_) => Kept::Secret,
        }
    }
}

impl From<Kept> for Variable {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Plain(value) => Variable::Plain(value),
            Kept::Secret => Variable::Hashed(SecretHashes::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_secret_only_that_it_is_one_is_written() {
        let secret = Variable::Secret(Secret::new("hidden".to_owned()));
        let json = serde_json::to_string(&secret).expect("it can be written");
        assert_eq!(json, "\"secret\"");
        let read: Variable = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(read, Variable::Hashed(SecretHashes::default()));
        assert_eq!(read.reveal(), None);
    }

    #[test]
    fn a_secret_compares_by_the_hashes_that_are_known() {
        let (known, other) = (Salt::new([1; 32]), Salt::new([2; 32]));
        let secret = Variable::Secret(Secret::new("hidden".to_owned()));
        let hashes = secret.hash("KEY", &known).into_iter().collect();
        let hashed = Variable::Hashed(SecretHashes::new(hashes));
        assert_eq!(hashed.hash("KEY", &known), secret.hash("KEY", &known));
        assert_ne!(hashed.hash("KEY", &other), secret.hash("KEY", &other));
    }
}
