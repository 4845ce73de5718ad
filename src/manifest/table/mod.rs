//! What the language consists of, as data: the decoder is driven by it.
//!
//! A node is described once, in [`nodes`](nodes()): where it may stand, what it takes, what may stand in
//! it. What a scalar node takes may also be written as a property of the node around it.

mod nodes;

pub use nodes::{NOT_SUPPORTED, OPTION, SIGNALS, VARIABLE, VARIABLE_OF_ENVIRONMENT, nodes};

/// A node of the language. What follows `usage` is for who writes manifests, and read by the
/// reference only.
#[derive(Debug, PartialEq)]
pub struct NodeSpec {
    pub name: &'static str,
    /// The blocks it may stand in.
    pub places: &'static [Place],
    pub arguments: Arguments,
    /// What is written as `name=value` on this node only; see [`NodeSpec::is_scalar`] for the rest.
    pub properties: &'static [PropertySpec],
    /// What its own block is; `None`: it has none.
    pub block: Option<Place>,
    /// Whether `name "value"` in a block may also be written `name="value"` on the block's node.
    pub is_scalar: bool,
    /// Whether any property may be written on it.
    pub has_free_properties: bool,
    pub is_repeatable: bool,
    /// How it is written, for help.
    pub usage: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// What holds without the node.
    pub fallback: Fallback,
    /// A few lines of a manifest that show it: nodes that may stand in the first place of the
    /// first of them. A test puts them there and checks them.
    pub example: &'static str,
}

/// A property that has no spelling as a child.
#[derive(Debug, PartialEq)]
pub struct PropertySpec {
    pub name: &'static str,
    pub value: Value,
    pub doc: &'static str,
    /// What holds without it.
    pub fallback: Fallback,
}

/// What holds where a node or property is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: it is not there.
    Nothing,
    /// A value, as a manifest would spell it, with its unit.
    Value(&'static str),
    /// What cannot be written as one value.
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
    /// `template`: a pane's body without what belongs to one pane only.
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

/// What a value may be. A string that holds `{{` may stand for any of them.
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
    /// `"250ms"`, `"2s"`, `"1m"`, `"1h"`.
    Duration,
    /// The same, or `"none"`.
    DurationOrNone,
    /// `"500K"`, `"10M"`, `"1G"`.
    Bytes,
    Word(&'static [&'static str]),
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

    /// The type of a property, whether its own or a scalar of its block.
    pub fn property(&self, name: &str) -> Option<(&'static str, Value)> {
        let own = self
            .properties
            .iter()
            .find(|property| property.name == name);
        if let Some(own) = own {
            return Some((own.name, own.value));
        }
        let scalar = find(self.block?, name).filter(|spec| spec.is_scalar)?;
        Some((scalar.name, scalar.argument()?))
    }

    /// The names of all its properties.
    pub fn property_names(&self) -> impl Iterator<Item = &'static str> {
        let own = self.properties.iter().map(|property| property.name);
        let block = self.block.into_iter().flat_map(inside);
        own.chain(block.filter(|spec| spec.is_scalar).map(|spec| spec.name))
    }
}

/// The nodes that may stand in a block.
pub fn inside(place: Place) -> impl Iterator<Item = &'static NodeSpec> {
    nodes().filter(move |spec| spec.places.contains(&place))
}

/// The node of this name, as far as it may stand in this block.
pub fn find(place: Place, name: &str) -> Option<&'static NodeSpec> {
    match place {
        Place::Vars => Some(&VARIABLE),
        Place::Env => Some(&VARIABLE_OF_ENVIRONMENT),
        Place::Options => Some(&OPTION),
        _ => inside(place).find(|spec| spec.name == name),
    }
}

/// All blocks in which a node of this name may stand.
pub fn places(name: &str) -> Vec<Place> {
    let named = nodes().filter(|spec| spec.name == name);
    named.flat_map(|spec| spec.places).copied().collect()
}

/// Whether the language has this node or property here, but this version of triad does not.
pub fn is_not_supported(place: Place, name: &str) -> bool {
    let mut known = NOT_SUPPORTED.iter();
    known.any(|(known, places)| *known == name && places.contains(&place))
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

    /// Where something in this block stands: `in a window`.
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

    /// The same, for who has yet to learn which nodes these are.
    pub fn within_in_full(self) -> &'static str {
        match self {
            Place::Split => "in a split (`columns` or `rows`)",
            Place::Pane => "in a pane (`pane`, `service`, `task` or `agent`)",
            _ => self.within(),
        }
    }
}

impl Value {
    /// What is expected, to stand after "must be".
    pub fn expected(self) -> String {
        match self {
            Value::Any => "a string, a finite number or a boolean".to_owned(),
            Value::Name => "a name".to_owned(),
            Value::Text => "a string".to_owned(),
            Value::Bool => "`#true` or `#false`".to_owned(),
            Value::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Value::Size => "a share of `\"1%\"` to `\"100%\"` or a number of cells".to_owned(),
            Value::Duration => "a time such as `\"250ms\"`, `\"2s\"` or `\"1m\"`".to_owned(),
            Value::DurationOrNone => {
                "a time such as `\"60s\"` or `\"5m\"`, or `\"none\"`".to_owned()
            }
            Value::Bytes => "a size such as `\"500K\"`, `\"10M\"` or `\"1G\"`".to_owned(),
            Value::Word(words) => match words {
                [] => String::new(),
                [only] => format!("`\"{only}\"`"),
                [first @ .., last] => {
                    let first: Vec<String> = first.iter().map(|w| format!("`\"{w}\"`")).collect();
                    format!("{} or `\"{last}\"`", first.join(", "))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_described_once_in_each_place() {
        for place in [
            Place::Top,
            Place::Session,
            Place::Window,
            Place::Split,
            Place::Pane,
            Place::Ready,
            Place::Http,
            Place::Template,
            Place::Hooks,
            Place::Stop,
        ] {
            let mut names: Vec<&str> = inside(place).map(|spec| spec.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{place:?}");
            for name in names {
                assert!(!is_not_supported(place, name), "{name} in {place:?}");
            }
        }
    }

    #[test]
    fn scalars_are_the_nodes_with_one_value() {
        for spec in nodes().filter(|spec| spec.is_scalar) {
            assert!(matches!(spec.arguments, Arguments::One(_)), "{}", spec.name);
            assert!(spec.block.is_none() && !spec.is_repeatable, "{}", spec.name);
        }
    }

    #[test]
    fn documentation_is_one_line_and_usage_names_the_node() {
        for spec in nodes() {
            assert!(
                !spec.doc.is_empty() && !spec.doc.contains('\n'),
                "{}",
                spec.name
            );
            assert!(spec.usage.starts_with(spec.name), "{}", spec.name);
        }
    }
}
