//! An option that tmux has: what it is set on, and which values it takes.

use crate::layout::nearest;

/// An option that tmux itself has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TmuxOption {
    pub name: &'static str,
    pub scope: OptionScope,
    pub kind: Kind,
}

/// What an option is set on. tmux's pane options can be set on windows too, for all their panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionScope {
    Server,
    Session,
    Window,
    Pane,
}

impl OptionScope {
    pub fn as_str(self) -> &'static str {
        match self {
            OptionScope::Server => "server",
            OptionScope::Session => "session",
            OptionScope::Window => "window",
            OptionScope::Pane => "pane",
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
