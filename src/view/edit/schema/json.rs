//! The language as data: what `schema/triad.kdl-schema` says, for programs.

use serde::Serialize;

use crate::manifest::table::{Fallback, NodeSpec, Place, Value};
use crate::view::edit::schema::{self, Property, Shape};
use crate::view::json::FORMAT;

/// All nodes and blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonSchema {
    pub format: u32,
    pub blocks: Vec<JsonBlock>,
    pub nodes: Vec<JsonNode>,
    pub not_supported: Vec<JsonNotSupported>,
}

/// A kind of block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonBlock {
    pub id: &'static str,
    pub description: &'static str,
    /// The ids of the nodes that may stand in it.
    pub nodes: Vec<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonNode {
    pub id: String,
    /// Null where any name will do: a line of `vars` or `env`.
    pub name: Option<&'static str>,
    /// What the name must look like, where any will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_pattern: Option<String>,
    pub description: &'static str,
    pub usage: &'static str,
    /// The ids of the blocks that it may stand in.
    pub places: Vec<&'static str>,
    pub repeatable: bool,
    pub arguments: Option<JsonArguments>,
    pub properties: Vec<JsonProperty>,
    /// Whether properties of any other name may be written too.
    pub any_property: bool,
    /// The id of what its own block is; null where it has none.
    pub block: Option<&'static str>,
    #[serde(flatten)]
    pub fallback: JsonFallback,
    pub example: &'static str,
}

/// What stands after a node's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonArguments {
    pub min: usize,
    /// Null: no bound.
    pub max: Option<usize>,
    pub value: JsonValue,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonProperty {
    pub name: &'static str,
    pub description: &'static str,
    /// The id of the node that says the same in the block.
    pub child: Option<String>,
    pub value: JsonValue,
    #[serde(flatten)]
    pub fallback: JsonFallback,
}

/// What holds where it is not written: a value as it would be written, or words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonFallback {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<&'static str>,
}

/// What a value may be. A string that holds `{{` may stand for any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonValue {
    pub types: &'static [&'static str],
    /// The words that are possible; empty: any.
    #[serde(rename = "enum", skip_serializing_if = "<[_]>::is_empty")]
    pub words: &'static [&'static str],
    /// The bounds of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i128>,
    /// What a string must look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    pub description: String,
}

/// What the language has room for and this version does not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonNotSupported {
    pub name: &'static str,
    pub places: Vec<&'static str>,
}

/// The whole language.
pub fn schema() -> JsonSchema {
    let block = |place: Place| JsonBlock {
        id: place.id(),
        description: place.within_in_full(),
        nodes: schema::inside(place).into_iter().map(schema::id).collect(),
    };
    let not_supported = schema::not_supported().map(|(name, places)| JsonNotSupported {
        name,
        places: places.iter().copied().map(Place::id).collect(),
    });
    JsonSchema {
        format: FORMAT,
        blocks: schema::places().into_iter().map(block).collect(),
        nodes: schema::nodes().map(node).collect(),
        not_supported: not_supported.collect(),
    }
}

fn node(spec: &'static NodeSpec) -> JsonNode {
    let (min, max) = schema::count(spec.arguments);
    let properties = schema::properties(spec);
    JsonNode {
        id: schema::id(spec),
        name: (!schema::is_free(spec)).then_some(spec.name),
        name_pattern: schema::name_pattern(spec),
        description: spec.doc,
        usage: spec.usage,
        places: spec.places.iter().copied().map(Place::id).collect(),
        repeatable: spec.is_repeatable,
        arguments: spec.argument().map(|of| JsonArguments {
            min,
            max,
            value: value(of),
        }),
        properties: properties.into_iter().map(property).collect(),
        any_property: spec.has_free_properties,
        block: spec.block.map(Place::id),
        fallback: fallback(spec.fallback),
        example: spec.example,
    }
}

fn property(property: Property) -> JsonProperty {
    JsonProperty {
        name: property.name,
        description: property.doc,
        child: property.child.map(schema::id),
        value: value(property.value),
        fallback: fallback(property.fallback),
    }
}

fn fallback(fallback: Fallback) -> JsonFallback {
    let (default, without) = match fallback {
        Fallback::Nothing => (None, None),
        Fallback::Value(value) => (Some(value), None),
        Fallback::Words(words) => (None, Some(words)),
    };
    JsonFallback { default, without }
}

fn value(value: Value) -> JsonValue {
    let Shape {
        types,
        words,
        min,
        max,
        pattern,
    } = schema::shape(value);
    JsonValue {
        types,
        words,
        min,
        max,
        pattern,
        description: value.expected(),
    }
}
