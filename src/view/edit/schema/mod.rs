//! Generates the documentation of the language from the table that the decoder reads: a reference for
//! people and a schema for tools. `schema/` holds both, and a test keeps them up to date.

pub mod document;
pub mod json;
pub mod markdown;

use crate::layout::NAME_MAX;
use crate::manifest::table::{
    self, Arguments, Fallback, NOT_SUPPORTED, NodeSpec, OPTION, Place, PropertySpec, VARIABLE,
    VARIABLE_OF_ENVIRONMENT, Value,
};
use crate::manifest::value::CELLS_MAX;

/// A time, with its unit.
const TIME: &str = "[0-9]*[1-9][0-9]*(ms|s|m|h)";

/// Every node: those with a name of their own, and the lines of `vars`, `env` and `options` after them.
pub(super) fn nodes() -> impl Iterator<Item = &'static NodeSpec> {
    let lines = |spec: &NodeSpec| match spec.block {
        Some(Place::Vars) => Some(&VARIABLE),
        Some(Place::Env) => Some(&VARIABLE_OF_ENVIRONMENT),
        Some(Place::Options) => Some(&OPTION),
        _ => None,
    };
    table::nodes().flat_map(move |spec| [Some(spec), lines(spec)].into_iter().flatten())
}

/// The kinds of block, from the outermost inwards.
pub(super) fn places() -> Vec<Place> {
    let mut places = vec![Place::Top];
    for place in table::nodes().filter_map(|spec| spec.block) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The nodes that a block may contain.
pub(super) fn inside(place: Place) -> Vec<&'static NodeSpec> {
    nodes()
        .filter(|spec| spec.places.contains(&place))
        .collect()
}

/// Whether the node may have any name, and its name in the table is a placeholder.
pub(super) fn is_free(spec: &NodeSpec) -> bool {
    [VARIABLE, VARIABLE_OF_ENVIRONMENT, OPTION].contains(spec)
}

/// The pattern of names in `vars`, `env` or `options`; `None` for a node with a name of its own.
pub(super) fn name_pattern(spec: &NodeSpec) -> Option<String> {
    match spec.places {
        [Place::Env] if is_free(spec) => Some("^[A-Za-z_][A-Za-z0-9_]*$".to_owned()),
        [Place::Options] if is_free(spec) => Some(format!(
            "^@?[A-Za-z0-9_-]{{1,{NAME_MAX}}}(\\[[0-9]{{1,9}}\\])?$"
        )),
        _ if is_free(spec) => shape(Value::Name).pattern,
        _ => None,
    }
}

/// A unique name for the node that works as a heading.
pub(super) fn title(spec: &NodeSpec) -> String {
    let place = match spec.places {
        // A window takes the settings of its only pane; they are still those of a pane.
        places if places.contains(&Place::Pane) => Place::Pane,
        places => places.first().copied().unwrap_or(Place::Top),
    };
    let is_shared = nodes().filter(|other| other.name == spec.name).count() > 1;
    match (is_free(spec), is_shared) {
        (true, _) => format!("a line of {}", place.id()),
        (false, true) => format!("{} {}", spec.name, place.within().replace('`', "")),
        (false, false) => spec.name.to_owned(),
    }
}

/// The same as one word, the target of links and references.
pub(super) fn id(spec: &NodeSpec) -> String {
    title(spec).replace(' ', "-")
}

/// The properties of a node: its own, then the scalars of its block.
pub(super) fn properties(spec: &NodeSpec) -> Vec<Property> {
    let own = spec.properties.iter().map(|own: &PropertySpec| Property {
        name: own.name,
        value: own.value,
        doc: own.doc,
        fallback: own.fallback,
        child: None,
    });
    let block = spec.block.into_iter().flat_map(table::inside);
    let scalars = block.filter(|scalar| scalar.is_scalar);
    let scalars = scalars.filter_map(|scalar| {
        Some(Property {
            name: scalar.name,
            value: scalar.argument()?,
            doc: scalar.doc,
            fallback: scalar.fallback,
            child: Some(scalar),
        })
    });
    own.chain(scalars).collect()
}

/// A property of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property {
    pub name: &'static str,
    pub value: Value,
    pub doc: &'static str,
    pub fallback: Fallback,
    /// The equivalent node in the block.
    pub child: Option<&'static NodeSpec>,
}

/// The number of values of a node: the minimum and, if there is one, the maximum.
pub(super) fn count(arguments: Arguments) -> (usize, Option<usize>) {
    match arguments {
        Arguments::None => (0, Some(0)),
        Arguments::Optional(_) => (0, Some(1)),
        Arguments::One(_) => (1, Some(1)),
        Arguments::Two(_) => (2, Some(2)),
        Arguments::OneOrMore(_) => (1, None),
    }
}

/// The properties of a value that a program can check. Bounds are for numbers, patterns for strings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    pub types: &'static [&'static str],
    pub words: &'static [&'static str],
    pub min: Option<i128>,
    pub max: Option<i128>,
    pub pattern: Option<String>,
}

pub(super) fn shape(value: Value) -> Shape {
    let of = |types| Shape {
        types,
        ..Shape::default()
    };
    let like = |pattern: String| Shape {
        pattern: Some(format!("^{pattern}$")),
        ..of(&["string"])
    };
    match value {
        Value::Any => of(&["string", "number", "boolean"]),
        Value::Name => like(format!("[\\p{{Alphabetic}}\\p{{N}}_-]{{1,{NAME_MAX}}}")),
        Value::Text => of(&["string"]),
        Value::Bool => of(&["boolean"]),
        Value::Integer { min, max } => Shape {
            min: Some(min),
            max: Some(max),
            ..of(&["integer"])
        },
        Value::Port => Shape {
            types: &["string", "integer"],
            min: Some(1),
            max: Some(65_535),
            ..like(".*:[0-9]{1,5}".to_owned())
        },
        Value::Size => Shape {
            types: &["string", "integer"],
            min: Some(1),
            max: Some(i128::from(CELLS_MAX)),
            ..like("0*([1-9][0-9]?|100)%".to_owned())
        },
        Value::Duration => like(TIME.to_owned()),
        Value::DurationOrNone => like(format!("({TIME}|none)")),
        Value::Bytes => like("0*[1-9][0-9]*[KMG]".to_owned()),
        Value::Arrangement(words) => like(format!("({}|.*[0-9]+x[0-9]+,.*)", words.join("|"))),
        Value::Word(words) => Shape {
            words,
            ..of(&["string"])
        },
    }
}

/// The reserved names that this version does not support, with their blocks.
pub(super) fn not_supported() -> impl Iterator<Item = (&'static str, &'static [Place])> {
    NOT_SUPPORTED.iter().copied()
}
