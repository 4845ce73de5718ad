//! tmux's options: what each is set on and which values it takes, as far as that is known without
//! a server. A server may know more; what it does not know is found before anything is changed.
//!
//! Reading order: [`find`] looks a name up in the table (`table`); [`TmuxOption::value`] reads a
//! value; [`shows`] compares with what a format tells.

mod table;

use crate::layout::nearest;
use crate::tmux::name;

/// An option that tmux itself has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TmuxOption {
    pub name: &'static str,
    pub scope: Scope,
    pub kind: Kind,
}

/// What an option is set on. tmux's pane options can be set on windows too, for all their panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Server,
    Session,
    Window,
    Pane,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Server => "server",
            Scope::Session => "session",
            Scope::Window => "window",
            Scope::Pane => "pane",
        }
    }
}

/// Which values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Flag,
    /// The smallest and the largest.
    Number(u32, u32),
    /// The words of all versions.
    Choice(&'static [&'static str]),
    Colour,
    Style,
    Text,
    Key,
    Command,
    /// Several values, each with an index.
    Array,
}

/// Why a value is none of an option's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongValue {
    /// What it should be: a noun phrase.
    pub expected: &'static str,
    /// The values there are, or the one that was probably meant.
    pub help: String,
}

/// The option of this name, perhaps with an index.
pub fn find(name: &str) -> Option<&'static TmuxOption> {
    let base = base(name);
    table::OPTIONS.iter().find(|option| option.name == base)
}

/// The names in the table.
pub fn names() -> impl Iterator<Item = &'static str> {
    table::OPTIONS.iter().map(|option| option.name)
}

/// An option's name without an index.
pub fn base(name: &str) -> &str {
    name.split_once('[').map_or(name, |(base, _)| base)
}

/// Whether anybody may make options of such a name.
pub fn is_of_user(name: &str) -> bool {
    name.starts_with('@')
}

impl TmuxOption {
    /// The value as tmux keeps it.
    ///
    /// # Errors
    /// When it is certain that no version of tmux takes it.
    pub fn value(&self, text: &str) -> Result<String, WrongValue> {
        let wrong = |expected, help| WrongValue { expected, help };
        match self.kind {
            Kind::Flag => match text.to_ascii_lowercase().as_str() {
                "on" | "yes" | "1" | "true" => Ok("on".to_owned()),
                "off" | "no" | "0" | "false" => Ok("off".to_owned()),
                _ => {
                    let help = format!("write `{} #true` or `{} #false`", self.name, self.name);
                    Err(wrong("on or off", help))
                }
            },
            Kind::Number(least, most) => match text.parse::<u32>() {
                Ok(number) if (least..=most).contains(&number) => Ok(number.to_string()),
                _ => {
                    let help = format!("`{}` goes from {least} to {most}", self.name);
                    Err(wrong("a number in its range", help))
                }
            },
            Kind::Choice(words) if words.contains(&text) => Ok(text.to_owned()),
            Kind::Choice(words) => {
                let help = match nearest(text, words.iter().copied()) {
                    Some(word) => format!("did you mean `{word}`?"),
                    None => format!("`{}` is one of: {}", self.name, words.join(", ")),
                };
                Err(wrong("one of its values", help))
            }
            _ => Ok(text.to_owned()),
        }
    }
}

/// Whether a format gives this option's value back as it was set, so that it can be compared.
pub fn is_comparable(name: &str, value: &str) -> bool {
    let is_plain = !value.chars().any(char::is_control) && !name.contains('[');
    let kind = find(name).map(|option| option.kind);
    is_plain
        && match kind {
            Some(Kind::Colour | Kind::Key | Kind::Command | Kind::Array) => false,
            Some(_) => true,
            None => is_of_user(name),
        }
}

/// The format that tells an option's value on one line. Control characters would break the
/// listing's frames: they come as `?`.
pub fn format(name: &str) -> String {
    format!("#{{s/[\u{1}-\u{1f}]/?/:{name}}}")
}

/// Whether `shown`, which a format told, is the value that was `set`. Formats give flags as digits.
pub fn shows(shown: &str, set: &str) -> bool {
    let is_flag = matches!((shown, set), ("1", "on") | ("0", "off"));
    is_flag || name::is_same(shown, set)
}

/// What a format told, as it would be set.
pub fn as_set<'a>(shown: &'a str, set: &str) -> &'a str {
    match (shown, set) {
        ("1", "off") => "on",
        ("0", "on") => "off",
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: Result<&str, &str>) {
        let option = find(name).expect("a known option");
        let found = option.value(value);
        let found = found.as_deref().map_err(|wrong| wrong.help.as_str());
        assert_eq!(found, expected, "{name} {value}");
    }

    #[test]
    fn values_are_read_as_tmux_reads_them() {
        check("mouse", "yes", Ok("on"));
        check(
            "mouse",
            "maybe",
            Err("write `mouse #true` or `mouse #false`"),
        );
        check("history-limit", "50000", Ok("50000"));
        check(
            "base-index",
            "-1",
            Err("`base-index` goes from 0 to 2147483647"),
        );
        check("status", "2", Ok("2"));
        check("status-position", "botom", Err("did you mean `bottom`?"));
        check("status-format[1]", "#[align=left]", Ok("#[align=left]"));
    }

    #[test]
    fn the_table_names_each_option_once() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn what_tmux_shows_is_what_was_set() {
        assert!(shows("1", "on") && shows("off", "off") && shows("80", "80"));
        assert!(shows(r"\$HOME", "$HOME"));
        assert!(!shows("0", "on") && !shows("top", "bottom"));
        assert!(is_comparable("mouse", "on") && is_comparable("@mine", "x"));
        assert!(!is_comparable("status-bg", "red") && !is_comparable("other", "x"));
    }
}
