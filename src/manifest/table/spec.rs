//! The description of a node of the language.

/// A node of the language. The fields from `usage` on are documentation for people, read by help
/// lines and the reference.
#[derive(Debug, PartialEq)]
pub struct NodeSpec {
    pub name: &'static str,
    /// The blocks it is allowed in.
    pub places: &'static [Place],
    pub arguments: Arguments,
    /// The properties, `name=value`, of this node only; see [`NodeSpec::is_scalar`] for the others.
    pub properties: &'static [PropertySpec],
    /// The kind of its own block; `None`: it has none.
    pub block: Option<Place>,
    /// Whether `name "value"` in a block may also be written `name="value"` on the block's node.
    pub is_scalar: bool,
    /// Whether it takes properties of any name.
    pub has_free_properties: bool,
    pub is_repeatable: bool,
    /// A short example of its spelling, for help lines.
    pub usage: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// The default without the node.
    pub fallback: Fallback,
    /// A few lines of a manifest that show it: nodes that are allowed in the first place of the
    /// first of them. A test puts them there and checks them.
    pub example: &'static str,
}

/// A property that has no spelling as a child.
#[derive(Debug, PartialEq)]
pub struct PropertySpec {
    pub name: &'static str,
    pub value: Value,
    pub doc: &'static str,
    /// The default without it.
    pub fallback: Fallback,
}

/// The default of a node or property that is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// No default.
    Nothing,
    /// A value in a manifest's spelling, with its unit.
    Value(&'static str),
    /// A default that cannot be written as one value.
    Words(&'static str),
}

/// The kinds of block, each with its own vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Top,
    Vars,
    Env,
    Session,
    Window,
    /// `columns` and `rows`.
    Split,
    /// `pane`, `service`, `task` and `agent`.
    Pane,
    Ready,
    /// `http` in a `ready` block.
    Http,
    /// `template`: a pane's body without the settings of a single pane.
    Template,
    Hooks,
    Options,
    Stop,
}

/// The values after a node's name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arguments {
    None,
    Optional(Value),
    One(Value),
    Two(Value),
    OneOrMore(Value),
}

/// The type of a value. A string that contains `{{` may stand for any of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A string, number or boolean.
    Any,
    /// A string by [`is_name`](crate::layout::is_name).
    Name,
    Text,
    Bool,
    Integer {
        min: i128,
        max: i128,
    },
    /// `"30%"` or a number of cells.
    Size,
    /// A TCP port, or `"host:5432"`.
    Port,
    /// `"250ms"`, `"2s"`, `"1m"`, `"1h"`.
    Duration,
    /// The same, or `"none"`.
    DurationOrNone,
    /// `"500K"`, `"10M"`, `"1G"`.
    Bytes,
    Word(&'static [&'static str]),
    /// One of tmux's names for an arrangement of panes, or a layout string.
    Arrangement(&'static [&'static str]),
}

impl NodeSpec {
    /// The type of its arguments.
    pub fn argument(&self) -> Option<Value> {
        match self.arguments {
            Arguments::None => None,
            Arguments::Optional(value)
            | Arguments::One(value)
            | Arguments::Two(value)
            | Arguments::OneOrMore(value) => Some(value),
        }
    }
}

impl Place {
    /// The block's own name in schemas.
    pub fn id(self) -> &'static str {
        match self {
            Place::Top => "top",
            Place::Vars => "vars",
            Place::Env => "env",
            Place::Session => "session",
            Place::Window => "window",
            Place::Split => "split",
            Place::Pane => "pane",
            Place::Ready => "ready",
            Place::Http => "http",
            Place::Template => "template",
            Place::Hooks => "hooks",
            Place::Options => "options",
            Place::Stop => "stop",
        }
    }

    /// The place of something in this block: `in a window`.
    pub fn within(self) -> &'static str {
        match self {
            Place::Top => "at the top level",
            Place::Vars => "in `vars`",
            Place::Env => "in `env`",
            Place::Session => "in a session",
            Place::Window => "in a window",
            Place::Split => "in a split",
            Place::Pane => "in a pane",
            Place::Ready => "in a `ready` block",
            Place::Http => "in an `http` probe",
            Place::Template => "in a template",
            Place::Hooks => "in `hooks`",
            Place::Options => "in `options`",
            Place::Stop => "in a `stop` block",
        }
    }

    /// The same, with the names of the nodes that the place stands for.
    pub fn within_in_full(self) -> &'static str {
        match self {
            Place::Split => "in a split (`columns` or `rows`)",
            Place::Pane => "in a pane (`pane`, `service`, `task` or `agent`)",
            _ => self.within(),
        }
    }
}

impl Value {
    /// The expected value, in words that follow "must be".
    pub fn expected(self) -> String {
        match self {
            Value::Any => "a string, a finite number or a boolean".to_owned(),
            Value::Name => "a name".to_owned(),
            Value::Text => "a string".to_owned(),
            Value::Bool => "`#true` or `#false`".to_owned(),
            Value::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Value::Port => "a port from 1 to 65535, or `\"host:5432\"`".to_owned(),
            Value::Size => "a share of `\"1%\"` to `\"100%\"` or a number of cells".to_owned(),
            Value::Duration => "a time such as `\"250ms\"`, `\"2s\"` or `\"1m\"`".to_owned(),
            Value::DurationOrNone => {
                "a time such as `\"60s\"` or `\"5m\"`, or `\"none\"`".to_owned()
            }
            Value::Bytes => "a size such as `\"500K\"`, `\"10M\"` or `\"1G\"`".to_owned(),
            Value::Word(words) => one_of(words),
            Value::Arrangement(words) => {
                format!("{}, or a tmux layout string", one_of(words))
            }
        }
    }
}

/// A list of words, one of which is expected.
fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`\"{only}\"`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|w| format!("`\"{w}\"`")).collect();
            format!("{} or `\"{last}\"`", first.join(", "))
        }
    }
}
