//! Secret values, and the keyed hashes that compare them. They are different types, because a hash does
//! not give its value back.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::address::Address;

/// A value that is never printed, stored or compared in the clear: it has no `Display`, its `Debug`
/// shows nothing, and it cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Secret(value)
    }

    /// The value, for the only place that passes it to a program.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The hash of a secret by one [`Salt`], from [`Salt::hash`]: enough to compare the secret, but not to
/// start a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash(String);

impl SecretHash {
    /// The hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A secret with only its hashes known, each by another salt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHashes(Vec<SecretHash>);

impl SecretHashes {
    pub fn new(hashes: Vec<SecretHash>) -> Self {
        SecretHashes(hashes)
    }

    /// The hash by this salt, if known.
    pub fn by(&self, salt: &Salt) -> Option<&SecretHash> {
        self.0.iter().find(|hash| salt.is_of(hash))
    }
}

/// The random key that hashes the secrets of a session, stored on the session.
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
    /// Creates a salt from 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Salt(bytes)
    }

    /// Derives the salt of one session from the salt of a plan.
    #[must_use]
    pub fn of_session(&self, session: &Address) -> Self {
        let session = session.session_name();
        Salt(*blake3::keyed_hash(&self.0, session.as_bytes()).as_bytes())
    }

    /// The salt as stored in `@triad_salt`.
    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Decodes a salt; `None` if the option is empty or was edited by hand.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Salt(bytes.try_into().ok()?))
    }

    /// The stored hash of a variable's value: `KEY.HASH`, where `KEY` identifies this salt.
    pub fn hash(&self, name: &str, value: &str) -> SecretHash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in [name, value] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let hash = hasher.finalize();
        SecretHash(format!(
            "{}.{}",
            self.id(),
            BASE64URL_NOPAD.encode(&hash.as_bytes()[..16])
        ))
    }

    /// Whether a hash was made with this salt; hashes of different salts cannot be compared.
    pub fn is_of(&self, hash: &SecretHash) -> bool {
        let id = hash.0.split_once('.').map(|(id, _)| id);
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
        assert!(!salt(2).is_of(&hash));
        for other in ["", "x"] {
            assert!(!salt(1).is_of(&SecretHash(other.to_owned())));
        }
    }

    #[test]
    fn a_salt_comes_back_from_its_option() {
        assert_eq!(Salt::parse(&salt(7).encode()), Some(salt(7)));
        for text in ["", "AAAA", "not base64!"] {
            assert_eq!(Salt::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_hash_is_written_as_its_text() {
        let hash = salt(1).hash("KEY", "value");
        let json = format!("\"{}\"", hash.as_str());
        assert_eq!(serde_json::to_string(&hash).expect("a text"), json);
        assert_eq!(
            serde_json::from_str::<SecretHash>(&json).expect("a text"),
            hash
        );
    }
}
