//! The name of a wanted or live object: `session`, `session/window` or `session/window/pane`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name, in characters.
pub const NAME_MAX: usize = 64;

/// Whether `text` is a name: letters and digits of any script, `_` and `-`, 1 to [`NAME_MAX`].
pub fn is_name(text: &str) -> bool {
    let fits = (1..=NAME_MAX).contains(&text.chars().count());
    fits && text
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// Any text as a name: other characters become `-`. `None` if nothing is left, or too much.
pub fn as_name(text: &str) -> Option<String> {
    let parts = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let name = parts.join("-");
    is_name(&name).then_some(name)
}

/// The identity of an object within a layout. Ordered by session, window, pane.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    session: String,
    window: Option<String>,
    /// `Some` only if `window` is `Some`.
    pane: Option<String>,
}

/// The error for a text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address: expected `session`, `session/window` or `session/window/pane`")]
pub struct AddressError(pub String);

impl Address {
    pub fn of_session(session: &str) -> Self {
        Address {
            session: session.to_owned(),
            window: None,
            pane: None,
        }
    }

    /// This session's window of the given name.
    pub fn window(&self, window: &str) -> Self {
        Address {
            session: self.session.clone(),
            window: Some(window.to_owned()),
            pane: None,
        }
    }

    /// This window's pane of the given name.
    ///
    /// # Panics
    /// If the address is a session's: a pane is always in a window.
    pub fn pane(&self, pane: &str) -> Self {
        assert!(self.window.is_some(), "a pane stands in a window");
        Address {
            session: self.session.clone(),
            window: self.window.clone(),
            pane: Some(pane.to_owned()),
        }
    }

    pub fn session_name(&self) -> &str {
        &self.session
    }

    pub fn window_name(&self) -> Option<&str> {
        self.window.as_deref()
    }

    pub fn pane_name(&self) -> Option<&str> {
        self.pane.as_deref()
    }

    /// The last part: the name of the object itself.
    pub fn name(&self) -> &str {
        let inner = self.pane.as_deref().or(self.window.as_deref());
        inner.unwrap_or(&self.session)
    }

    /// The session this object is, or is in.
    pub fn session(&self) -> Address {
        Address::of_session(&self.session)
    }

    /// The window this object is, or is in; `None` for a session.
    pub fn enclosing_window(&self) -> Option<Address> {
        let window = self.window.as_deref()?;
        Some(self.session().window(window))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.session)?;
        for part in [&self.window, &self.pane].into_iter().flatten() {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > 3 || !parts.iter().all(|part| is_name(part)) {
            return Err(AddressError(text.to_owned()));
        }
        Ok(Address {
            session: parts[0].to_owned(),
            window: parts.get(1).map(|part| (*part).to_owned()),
            pane: parts.get(2).map(|part| (*part).to_owned()),
        })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let parsed = text
            .parse::<Address>()
            .ok()
            .map(|address| address.to_string());
        assert_eq!(parsed.as_deref(), expected);
    }

    #[test]
    fn addresses_are_read_back_as_written() {
        check("a", Some("a"));
        check("a/b_1/ключ-2", Some("a/b_1/ключ-2"));
        check("", None);
        check("a//b", None);
        check("a/b/c/d", None);
        check("a b", None);
        check(&"x".repeat(65), None);
    }
}
