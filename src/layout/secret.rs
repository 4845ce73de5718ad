//! Values that nobody is to see, and the keyed hashes by which they are compared.

use std::collections::BTreeSet;
use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::Address;

/// The value of an environment variable. Of a secret only that it is one is ever written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Kept", from = "Kept")]
pub enum Variable {
    Plain(String),
    Secret(Secret),
}

/// A value that is never printed, stored or compared in the clear: it has no `Display`, its
/// `Debug` tells nothing, and it cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    value: String,
    /// Where the value is not known, what is: its hashes by the salts that it is compared with.
    hashes: Vec<String>,
}

impl Secret {
    pub fn new(value: String) -> Self {
        Secret {
            value,
            hashes: Vec::new(),
        }
    }

    /// A secret of which only hashes are known: enough to compare it, not to start anything.
    pub fn known_by(hashes: Vec<String>) -> Self {
        Secret {
            value: String::new(),
            hashes,
        }
    }

    /// The value, for the one place that hands it to a program.
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// What is kept of it under the name that it has.
    pub fn hash(&self, name: &str, salt: &Salt) -> String {
        let known = self.hashes.iter().find(|hash| salt.is_of(hash));
        known.map_or_else(|| salt.hash(name, &self.value), Clone::clone)
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
            Variable::Secret(_) => Kept::Secret,
        }
    }
}

impl From<Kept> for Variable {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Plain(value) => Variable::Plain(value),
            Kept::Secret => Variable::Secret(Secret::known_by(Vec::new())),
        }
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

/// The random key under which the secrets of one session are hashed, kept on the session.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Salt([u8; 32]);

impl From<Salt> for String {
    fn from(salt: Salt) -> String {
        salt.encode()
    }
}

impl TryFrom<String> for Salt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Salt::parse(&text).ok_or("not a key of 32 bytes")
    }
}

impl Salt {
    /// Of 32 bytes that nobody can guess.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Salt(bytes)
    }

    /// The key of one session, made from one that is for all of a plan.
    #[must_use]
    pub fn of_session(&self, session: &Address) -> Self {
        let session = session.session_name();
        Salt(*blake3::keyed_hash(&self.0, session.as_bytes()).as_bytes())
    }

    /// As it stands in `@triad_salt`.
    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Reads it back; `None` where the option is empty or was edited by hand.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Salt(bytes.try_into().ok()?))
    }

    /// What is kept of a variable's value: `KEY.HASH`, of which `KEY` tells this salt from others.
    pub fn hash(&self, name: &str, value: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in [name, value] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let hash = hasher.finalize();
        format!(
            "{}.{}",
            self.id(),
            BASE64URL_NOPAD.encode(&hash.as_bytes()[..16])
        )
    }

    /// Whether a hash was made with this salt; two of different salts cannot be compared.
    pub fn is_of(&self, hash: &str) -> bool {
        let id = hash.split_once('.').map(|(id, _)| id);
        id == Some(self.id().as_str())
    }

    fn id(&self) -> String {
        let hash = blake3::keyed_hash(&self.0, b"id");
        BASE64URL_NOPAD.encode(&hash.as_bytes()[..6])
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

/// Hides secrets in what others say: tmux's complaints, the last lines of a program.
#[derive(Debug, Clone, Default)]
pub struct Veil {
    /// Each text with what is shown in its place, the longest first.
    hidden: Vec<(Secret, String)>,
    /// The variables whose values are known.
    names: BTreeSet<String>,
}

/// A value that is shorter would be found, and hidden, in the middle of any text.
const VEILED_MIN: usize = 4;

impl Veil {
    /// Over the secrets among these variables.
    pub fn over<'a>(variables: impl Iterator<Item = (&'a String, &'a Variable)>) -> Self {
        let mut hidden: Vec<(Secret, String)> = Vec::new();
        let mut names = BTreeSet::new();
        for (name, value) in variables {
            let Variable::Secret(secret) = value else {
                continue;
            };
            if !secret.reveal().is_empty() {
                names.insert(name.clone());
            }
            // What others say is cut into lines: one of a value that has several is hidden too.
            let lines = secret.reveal().lines().map(str::trim);
            for text in std::iter::once(secret.reveal()).chain(lines) {
                let text = Secret::new(text.to_owned());
                let is_known = hidden.iter().any(|(other, _)| *other == text);
                if text.reveal().len() >= VEILED_MIN && !is_known {
                    hidden.push((text, format!("${{{name}:?}}")));
                }
            }
        }
        hidden.sort_by_key(|(text, _)| std::cmp::Reverse(text.reveal().len()));
        Veil { hidden, names }
    }

    /// Whether it hides the secret that a variable of this name holds.
    pub fn is_over(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The text with each secret in it as `${NAME:?}`.
    pub fn hide(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for (secret, name) in &self.hidden {
            shown = shown.replace(secret.reveal(), name);
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salt(byte: u8) -> Salt {
        Salt::new([byte; 32])
    }

    #[test]
    fn a_hash_is_of_its_salt_name_and_value() {
        let hash = salt(1).hash("KEY", "value");
        assert_eq!(hash, salt(1).hash("KEY", "value"));
        for other in [
            salt(2).hash("KEY", "value"),
            salt(1).hash("KEYv", "alue"),
            salt(1).hash("KEY", "values"),
        ] {
            assert_ne!(hash, other);
        }
        assert!(salt(1).is_of(&hash));
        assert!(!salt(2).is_of(&hash) && !salt(1).is_of("") && !salt(1).is_of("x"));
    }

    #[test]
    fn a_salt_comes_back_from_its_option() {
        assert_eq!(Salt::parse(&salt(7).encode()), Some(salt(7)));
        for text in ["", "AAAA", "not base64!"] {
            assert_eq!(Salt::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_others_say_is_veiled() {
        let secret = |value: &str| Variable::Secret(Secret::new(value.to_owned()));
        let variables = [
            ("PLAIN".to_owned(), Variable::Plain("said".to_owned())),
            ("SHORT".to_owned(), secret("a")),
            ("KEY".to_owned(), secret("hidden")),
            ("PEM".to_owned(), secret("-----\nhidden line\n-----\n")),
        ];
        let veil = Veil::over(variables.iter().map(|(name, value)| (name, value)));
        let said = "a hidden line: it said hidden";
        assert_eq!(veil.hide(said), "a ${PEM:?}: it said ${KEY:?}");
        assert_eq!(format!("{:?}", variables[2].1), "Secret(Secret)");
    }
}
