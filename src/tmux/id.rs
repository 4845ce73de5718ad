//! tmux's ids: `$1`, `@2`, `%3`. Never reused during a server's life, never shared between servers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a tmux id")]
pub struct IdError(pub String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $sigil:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $sigil, self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix($sigil);
                let number = digits.and_then(|digits| digits.parse().ok());
                number.map($name).ok_or_else(|| IdError(text.to_owned()))
            }
        }
    };
}

/// The identity of a server, which ids are valid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerId {
    pub pid: i32,
    /// Seconds since the epoch.
    pub start_time: u64,
}

impl ServerId {
    /// Returns tmux's own condition for being that server.
    pub fn format(&self) -> String {
        let ServerId { pid, start_time } = self;
        format!("#{{&&:#{{==:#{{pid}},{pid}}},#{{==:#{{start_time}},{start_time}}}}}")
    }
}

id!(
    /// A session, `$n`.
    SessionId, '$'
);
id!(
    /// A window, `@n`.
    WindowId, '@'
);
id!(
    /// A pane, `%n`.
    PaneId, '%'
);
