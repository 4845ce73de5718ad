//! The version of a tmux server, parsed leniently from its `#{version}`.

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

/// A difference between releases of tmux, from one release on. A build without a number counts as
/// newest, and so does a release newer than any tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// The first release with it.
    pub since: (u32, u32),
    /// The same as a condition of tmux's, which the server evaluates itself.
    pub format: &'static str,
}

macro_rules! from_3 {
    ($minor:literal) => {
        Capability {
            since: (3, $minor),
            format: concat!(
                r"#{m/r:^(3\.[",
                $minor,
                r"-9]|3\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
            ),
        }
    };
}

/// The oldest release that triad works with.
pub const FLOOR: Capability = from_3!(2);
/// Windows have a `window-resized` hook.
pub const RESIZE_HOOK: Capability = from_3!(3);
/// A message can be shown to a client that is named (`display-message -c`): 3.2 takes no name there.
pub const MESSAGES_TO_CLIENTS: Capability = from_3!(3);
/// A dead pane can show another text than tmux's own (`remain-on-exit-format`).
pub const DEAD_PANE_TEXT: Capability = from_3!(3);
/// `history-limit` is one number for all panes of a session: a change affects existing ones.
pub const SHARED_HISTORY: Capability = from_3!(7);
/// A session or window can be created while `window-size` is `manual` for all windows. Before, that
/// ends the server and all its sessions.
pub const MAKES_WITH_MANUAL_SIZES: Capability = from_3!(7);
/// `pane_pid` of a dead pane is empty.
pub const FORGETS_PID: Capability = from_3!(8);

/// `join-pane -b` puts a pane before another on the screen but behind it in the order of the panes:
/// a bug of 3.7 alone.
pub const JOINS_BEHIND_FORMAT: &str = "#{m:3.7*,#{version}}";

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

    /// Whether formats print a `\` before each `$` that a shell would expand: a bug of 3.4 alone.
    pub fn escapes_dollars(&self) -> bool {
        self.release == Some((3, 4))
    }

    pub fn has(&self, capability: Capability) -> bool {
        self.release.is_none_or(|own| own >= capability.since)
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
        assert_eq!(Version::parse(text).has(FLOOR), is_enough, "{text}");
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
