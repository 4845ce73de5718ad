//! The language as data: the contents of `schema/triad.kdl-schema` for programs.

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
    /// The ids of the nodes that it may contain.
    pub nodes: Vec<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonNode {
    pub id: String,
    /// Null if the node may have any name: a line of `vars`, `env` or `options`.
    pub name: Option<&'static str>,
    /// The pattern of the name, if the node may have any name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_pattern: Option<String>,
    pub description: &'static str,
    pub usage: &'static str,
    /// The ids of the blocks that it is allowed in.
    pub places: Vec<&'static str>,
    pub repeatable: bool,
    pub arguments: Option<JsonArguments>,
    pub properties: Vec<JsonProperty>,
    /// Whether properties of any other name are allowed too.
    pub any_property: bool,
    /// The id of its own block; null if it has none.
    pub block: Option<&'static str>,
    #[serde(flatten)]
    pub fallback: JsonFallback,
    pub example: &'static str,
}

/// The values after a node's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonArguments {
    pub min: usize,
    /// Null: no limit.
    pub max: Option<usize>,
    pub value: JsonValue,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonProperty {
    pub name: &'static str,
    pub description: &'static str,
    /// The id of the equivalent node in the block.
    pub child: Option<String>,
    pub value: JsonValue,
    #[serde(flatten)]
    pub fallback: JsonFallback,
}

/// The default: a literal value, or a description in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonFallback {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<&'static str>,
}

/// The type of a value. A string that contains `{{` may stand for any type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonValue {
    pub types: &'static [&'static str],
    /// The allowed words; empty: any.
    #[serde(rename = "enum", skip_serializing_if = "<[_]>::is_empty")]
    pub words: &'static [&'static str],
    /// The bounds of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i128>,
    /// The pattern of a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    pub description: String,
}

/// A reserved name that this version does not support.
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
