//! An option that tmux has: the objects it is set on, and its valid values.

use crate::layout::nearest;

/// An option that tmux itself has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TmuxOption {
    pub name: &'static str,
    pub scope: OptionScope,
    pub kind: Kind,
}

/// The objects that an option is set on. tmux's pane options can be set on windows too, for all
/// their panes.
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

/// The kind of an option's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Flag,
    /// The smallest and the largest value.
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

/// The reason why a value is invalid for an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongValue {
    /// The expected value: a noun phrase.
    pub expected: &'static str,
    /// The valid values, or the one that was probably meant.
    pub help: String,
}

impl TmuxOption {
    /// Returns the value as tmux keeps it.
    ///
    /// # Errors
    /// Returns an error if no version of tmux accepts it.
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
                    let help = format!("`{}` must be between {least} and {most}", self.name);
                    Err(wrong("a number in its range", help))
                }
            },
            Kind::Choice(words) if words.contains(&text) => Ok(text.to_owned()),
            Kind::Choice(words) => {
                let help = match nearest(text, words.iter().copied()) {
                    Some(word) => format!("did you mean `{word}`?"),
                    None => format!("`{}` must be one of: {}", self.name, words.join(", ")),
                };
                Err(wrong("one of its values", help))
            }
            _ => Ok(text.to_owned()),
        }
    }
}
