//! Which tmux a server is, read leniently from its `#{version}`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A release of tmux. Development builds (`master`, `next-3.8`, `openbsd-7.5`) count as newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Version {
    /// As tmux prints it.
    pub text: String,
    /// Major and minor number; `None` for a build that counts as newest.
    release: Option<(u32, u32)>,
}

/// The oldest release that triad works with, as tmux's own format condition for it: true on the
/// server that evaluates it if it is new enough.
pub const FLOOR_FORMAT: &str =
    r"#{m/r:^(3\.[2-9]|3\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}";
/// The same for `window-resized` hooks, which came with 3.3.
pub const RESIZE_HOOK_FORMAT: &str =
    r"#{m/r:^(3\.[3-9]|3\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}";
/// True on the releases in which a dead pane says nothing but tmux's own words: before 3.3.
pub const BEFORE_HELD_FORMAT: &str = r"#{m/r:^3\.2,#{version}}";
/// The oldest release that triad works with.
pub const FLOOR: (u32, u32) = (3, 2);

impl Version {
    pub fn parse(text: &str) -> Self {
        let mut numbers = text.split('.').map(|part| {
            let digits = part.trim_end_matches(|c: char| !c.is_ascii_digit());
            digits.parse::<u32>().ok()
        });
        let release = match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) => Some((major, minor)),
            _ => None,
        };
        Version {
            text: text.to_owned(),
            release,
        }
    }

    pub fn is_at_least(&self, release: (u32, u32)) -> bool {
        self.release.is_none_or(|own| own >= release)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.text
    }
}

impl From<String> for Version {
    fn from(text: String) -> Self {
        Version::parse(&text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_enough: bool) {
        assert_eq!(Version::parse(text).is_at_least(FLOOR), is_enough, "{text}");
    }

    #[test]
    fn versions_are_read_leniently() {
        check("3.3a", true);
        check("3.2", true);
        check("3.1c", false);
        check("2.9a", false);
        check("3.10", true);
        check("next-3.8", true);
        check("master", true);
        check("openbsd-7.5", true);
    }
}
