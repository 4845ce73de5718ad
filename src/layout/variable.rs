//! An environment variable of a layout: plain, or secret.

use serde::{Deserialize, Serialize};

use super::secret::{Salt, Secret, SecretHash, SecretHashes};

/// The value of an environment variable. The value of a secret is never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Kept", from = "Kept")]
pub enum Variable {
    Plain(String),
    /// A secret of a manifest that this process has resolved.
    Secret(Secret),
    /// A secret of a stored layout, whose value is unknown.
    Hashed(SecretHashes),
    /// A secret of a file that the pane itself reads.
    OfFile(FileSecret),
}

/// A secret of an environment file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSecret {
    /// The file was read here.
    Known(Secret),
    /// The layout was written down.
    Hashed(SecretHashes),
}

impl Variable {
    /// The value, for passing it to a program; `None` if it is unknown.
    pub fn reveal(&self) -> Option<&str> {
        self.plain().or_else(|| Some(self.secret()?.reveal()))
    }

    /// A secret whose value is known.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Variable::Secret(secret) | Variable::OfFile(FileSecret::Known(secret)) => Some(secret),
            Variable::Plain(_) | Variable::Hashed(_) | Variable::OfFile(FileSecret::Hashed(_)) => {
                None
            }
        }
    }

    /// The value, unless it is secret.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Variable::Plain(value) => Some(value),
            Variable::Secret(_) | Variable::Hashed(_) | Variable::OfFile(_) => None,
        }
    }

    /// Whether its value is handed to the pane: a secret that the pane does not read itself.
    pub fn is_handed_over(&self) -> bool {
        matches!(self, Variable::Secret(_) | Variable::Hashed(_))
    }

    pub fn is_secret(&self) -> bool {
        self.plain().is_none()
    }

    /// The hash of a secret under this name; `None` for a plain value.
    pub fn hash(&self, name: &str, salt: &Salt) -> Option<SecretHash> {
        match self {
            Variable::Plain(_) => None,
            Variable::Secret(secret) | Variable::OfFile(FileSecret::Known(secret)) => {
                Some(salt.hash(name, secret.reveal()))
            }
            // If the hash by this salt is unknown, use one that no secret with a value has.
            Variable::Hashed(hashes) | Variable::OfFile(FileSecret::Hashed(hashes)) => {
                let known = hashes.by(salt).cloned();
                Some(known.unwrap_or_else(|| salt.hash(name, "")))
            }
        }
    }
}

/// A variable as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kept {
    Plain(String),
    Secret,
    /// With the hashes of this very value: files may give one name several.
    File(SecretHashes),
}

impl From<Variable> for Kept {
    fn from(variable: Variable) -> Self {
        match variable {
            Variable::Plain(value) => Kept::Plain(value),
            Variable::Secret(_) | Variable::Hashed(_) => Kept::Secret,
            Variable::OfFile(FileSecret::Hashed(hashes)) => Kept::File(hashes),
            Variable::OfFile(FileSecret::Known(_)) => Kept::File(SecretHashes::default()),
        }
    }
}

impl From<Kept> for Variable {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Plain(value) => Variable::Plain(value),
            Kept::Secret => Variable::Hashed(SecretHashes::default()),
            Kept::File(hashes) => Variable::OfFile(FileSecret::Hashed(hashes)),
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
    fn of_a_secret_of_a_file_its_hashes_are_written() {
        let salt = Salt::new([1; 32]);
        let known = Variable::OfFile(FileSecret::Known(Secret::new("hidden".to_owned())));
        let json = serde_json::to_string(&known).expect("it can be written");
        assert_eq!(json, "{\"file\":[]}");
        let hashes = known.hash("KEY", &salt).into_iter().collect();
        let hashed = Variable::OfFile(FileSecret::Hashed(SecretHashes::new(hashes)));
        let json = serde_json::to_string(&hashed).expect("it can be written");
        let read: Variable = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(read, hashed);
        assert_eq!(read.hash("KEY", &salt), known.hash("KEY", &salt));
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
