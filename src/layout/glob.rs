//! Address patterns on the command line: `web`, `web/main`, `*/server/*`, `db`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Address, nearest};

/// The most panes that are listed for a pattern that matches none, or several.
const NAMED_MAX: usize = 6;

/// One to three parts, each a name in which `*` stands for any number of characters. A pattern with
/// fewer parts than an address matches everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// One to three.
    parts: Vec<String>,
}

/// A pattern that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error(
        "`{0}` is not an address: expected `session`, `session/window` or `session/window/pane`, \
         with `*` for any name"
    )]
    Malformed(String),
    #[error("no pane matches `{written}`")]
    Unknown {
        written: String,
        nearest: Option<String>,
        /// The existing panes.
        known: Vec<Address>,
    },
    #[error("`{written}` matches several panes")]
    Ambiguous {
        written: String,
        panes: Vec<Address>,
    },
    #[error("no pane is named, and the layout has several")]
    Unnamed { panes: Vec<Address> },
}

impl PatternError {
    /// The next step for the user.
    pub fn help(&self) -> String {
        match self {
            PatternError::Malformed(_) => {
                "write for example `web`, `web/main` or `*/server/*`".to_owned()
            }
            PatternError::Unknown {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            PatternError::Unknown { known, .. } => there_are(known),
            PatternError::Ambiguous { panes, .. } | PatternError::Unnamed { panes } => {
                let named = panes.iter().take(NAMED_MAX).map(|pane| format!("`{pane}`"));
                let named: Vec<String> = named.collect();
                let more = panes.len() - named.len();
                let more = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                format!("write the address: {}{more}", named.join(", "))
            }
        }
    }
}

impl Pattern {
    /// Whether the pattern matches this address or one that contains it.
    pub fn selects(&self, address: &Address) -> bool {
        let names = [
            Some(address.session_name()),
            address.window_name(),
            address.pane_name(),
        ];
        let mut parts = std::iter::zip(&self.parts, names);
        parts.all(|(part, name)| name.is_some_and(|name| is_match(part, name)))
    }

    /// Whether the pattern is exactly this address.
    pub fn names(&self, address: &Address) -> bool {
        self.to_string() == address.to_string()
    }

    /// Resolves the pattern among these panes: a bare name that no session has stands for the only pane
    /// with that name, and `window/pane` for the only pane in a window of that name.
    ///
    /// # Errors
    /// If it matches nothing, or a bare name matches several panes.
    pub fn among(&self, panes: &[&Address]) -> Result<Pattern, PatternError> {
        if panes.iter().any(|pane| self.selects(pane)) {
            return Ok(self.clone());
        }
        let written = self.to_string();
        let is_named = |pane: &&&Address| {
            let address = pane.to_string();
            let rest = address.strip_suffix(&written);
            rest.is_some_and(|rest| rest.ends_with('/'))
        };
        let mut named: Vec<Address> = panes.iter().filter(is_named).copied().cloned().collect();
        named.sort();
        named.dedup();
        match &named[..] {
            [] => Err(PatternError::Unknown {
                nearest: nearest_among(&written, panes),
                written,
                known: known(panes),
            }),
            [only] => only.to_string().parse(),
            _ => Err(PatternError::Ambiguous {
                written,
                panes: named,
            }),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("/"))
    }
}

/// Each pane once, in order.
fn known(panes: &[&Address]) -> Vec<Address> {
    let mut known: Vec<Address> = Vec::new();
    for pane in panes {
        if !known.contains(pane) {
            known.push((*pane).clone());
        }
    }
    known
}

/// A list of the existing panes, or of the first of many.
fn there_are(panes: &[Address]) -> String {
    let named: Vec<String> = panes.iter().map(|pane| format!("`{pane}`")).collect();
    match &named[..] {
        [] => "there are no panes".to_owned(),
        [only] => format!("the only pane is {only}"),
        [first @ .., last] if first.len() < NAMED_MAX => {
            format!("the panes are {} and {last}", first.join(", "))
        }
        _ => {
            let more = named.len() - NAMED_MAX;
            format!(
                "the panes are {} and {more} more",
                named[..NAMED_MAX].join(", ")
            )
        }
    }
}

/// The address, or the pane's bare name, that was probably meant.
fn nearest_among(written: &str, panes: &[&Address]) -> Option<String> {
    let mut known: Vec<String> = Vec::new();
    for pane in panes {
        known.extend(pane.enclosing_window().map(|window| window.to_string()));
        known.extend([pane.session().to_string(), pane.to_string()]);
        known.extend(pane.pane_name().map(str::to_owned));
    }
    known.sort();
    known.dedup();
    nearest(written, known.iter().map(String::as_str)).map(str::to_owned)
}

/// Whether a name matches a part, character by character.
fn is_match(part: &str, name: &str) -> bool {
    let Some((first, rest)) = part.split_once('*') else {
        return part == name;
    };
    let Some(mut name) = name.strip_prefix(first) else {
        return false;
    };
    let mut middle: Vec<&str> = rest.split('*').collect();
    let last = middle.pop().unwrap_or_default();
    for text in middle {
        let Some(at) = name.find(text) else {
            return false;
        };
        name = &name[at + text.len()..];
    }
    name.ends_with(last)
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let parts: Vec<String> = text.split('/').map(str::to_owned).collect();
        let is_part = |part: &String| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_-*".contains(c))
        };
        if parts.len() > 3 || !parts.iter().all(is_part) {
            return Err(PatternError::Malformed(text.to_owned()));
        }
        Ok(Pattern { parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANES: [&str; 5] = [
        "web/main/api",
        "web/main/db",
        "web/tools/shell",
        "jobs/main/worker",
        "jobs/main/shell",
    ];

    /// The panes that a pattern selects, or the error with its help.
    #[track_caller]
    fn check(pattern: &str, expected: &str) {
        let panes = PANES.map(|pane| pane.parse::<Address>().unwrap());
        let known: Vec<&Address> = panes.iter().collect();
        let parsed = pattern.parse::<Pattern>();
        let found = match parsed.and_then(|pattern| pattern.among(&known)) {
            Ok(pattern) => {
                let panes = panes.iter().filter(|pane| pattern.selects(pane));
                panes.map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
            Err(error) => format!("{error}; {}", error.help()),
        };
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn a_pattern_selects_addresses() {
        check("web", "web/main/api web/main/db web/tools/shell");
        check("web/main", "web/main/api web/main/db");
        check("web/main/db", "web/main/db");
        check(
            "*/main",
            "web/main/api web/main/db jobs/main/worker jobs/main/shell",
        );
        check("*/*/shell", "web/tools/shell jobs/main/shell");
        check("w*b/m*n/*", "web/main/api web/main/db");
        check("*o*/*/w*k*r", "jobs/main/worker");
        check("**", &PANES.join(" "));
        check("worker", "jobs/main/worker");
        check("tools/shell", "web/tools/shell");
    }

    #[test]
    fn what_selects_nothing_is_a_mistake() {
        check(
            "wbe/main/db",
            "no pane matches `wbe/main/db`; did you mean `web/main/db`?",
        );
        check("wrker", "no pane matches `wrker`; did you mean `worker`?");
        check(
            "web/x",
            "no pane matches `web/x`; the panes are `web/main/api`, `web/main/db`, `web/tools/shell`, \
             `jobs/main/worker` and `jobs/main/shell`",
        );
        check(
            "w*x*",
            "no pane matches `w*x*`; the panes are `web/main/api`, `web/main/db`, `web/tools/shell`, \
             `jobs/main/worker` and `jobs/main/shell`",
        );
        check(
            "shell",
            "`shell` matches several panes; write the address: `jobs/main/shell`, `web/tools/shell`",
        );
        for text in ["", "a//b", "a/b/c/d", "a b", "/"] {
            assert!(text.parse::<Pattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn of_many_panes_the_first_are_listed() {
        let named = |count: usize| {
            let web = Address::of_session("s").window("w");
            let panes: Vec<Address> = (0..count).map(|at| web.pane(&format!("p{at}"))).collect();
            there_are(&panes)
        };
        assert_eq!(named(0), "there are no panes");
        assert_eq!(named(1), "the only pane is `s/w/p0`");
        assert!(named(6).ends_with("`s/w/p4` and `s/w/p5`"), "{}", named(6));
        assert!(named(8).ends_with("`s/w/p5` and 2 more"), "{}", named(8));
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (part, name, expected) in [
            ("*", "", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*ab", "aab", true),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
        ] {
            assert_eq!(is_match(part, name), expected, "{part} {name}");
        }
    }
}
