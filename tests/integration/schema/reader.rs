//! `schema/triad.kdl-schema` as a program reads it: enough to check a manifest by it alone.

use std::collections::BTreeMap;

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};
use triad::view::edit::schema::document;

use super::parsed;

/// The schema as a program reads it.
pub struct Schema {
    /// The ids of the nodes in each kind of block.
    pub blocks: BTreeMap<String, Vec<String>>,
    pub nodes: BTreeMap<String, KdlNode>,
}

impl Schema {
    pub fn read() -> Self {
        let whole = parsed(&document::text());
        let inner = |document: &KdlDocument, name: &str| {
            let node = document.get(name).expect("the schema is complete");
            node.children().expect("the node has a block").clone()
        };
        let definitions = inner(&inner(&whole, "document"), "definitions");
        let mut schema = Schema {
            blocks: BTreeMap::new(),
            nodes: BTreeMap::new(),
        };
        for node in definitions.nodes() {
            let id = text_of(node, "id").expect("a definition has an id");
            let is_new = if node.name().value() == "children" {
                let inside = children(node, "node");
                let inside = inside.iter().filter_map(|node| text_of(node, "ref"));
                schema.blocks.insert(id.clone(), inside.collect()).is_none()
            } else {
                schema.nodes.insert(id.clone(), node.clone()).is_none()
            };
            assert!(is_new, "{id} occurs twice");
        }
        schema
    }

    /// Returns everything in a block that the schema does not allow.
    pub fn mistakes(&self, block: &str, document: &KdlDocument, found: &mut Vec<String>) {
        let known: Vec<&KdlNode> = self.blocks[block]
            .iter()
            .map(|id| &self.nodes[id])
            .collect();
        let mut counts: BTreeMap<&str, i128> = BTreeMap::new();
        for node in document.nodes() {
            let name = node.name().value();
            let is_meant =
                |spec: &&&KdlNode| spec.get(0).is_none_or(|own| own.as_string() == Some(name));
            let Some(spec) = known.iter().find(is_meant) else {
                found.push(format!("{name} in {block}"));
                continue;
            };
            let count = counts.entry(name).or_default();
            *count += 1;
            if number(spec, "max").is_some_and(|max| *count > max) {
                found.push(format!("{name} again"));
            }
            self.mistakes_of(node, spec, found);
        }
    }

    fn mistakes_of(&self, node: &KdlNode, spec: &KdlNode, found: &mut Vec<String>) {
        let name = node.name().value();
        let value = children(spec, "value");
        let arguments = node.entries().iter().filter(|entry| entry.name().is_none());
        let arguments: Vec<&KdlValue> = arguments.map(KdlEntry::value).collect();
        let count = i128::try_from(arguments.len()).unwrap();
        let (min, max) = value.first().map_or((0, Some(0)), |value| {
            (number(value, "min").unwrap_or(0), number(value, "max"))
        });
        if count < min || max.is_some_and(|max| count > max) {
            found.push(format!("{name} with {count} values"));
        }
        for argument in arguments {
            if value.first().is_some_and(|value| !fits(argument, value)) {
                found.push(format!("{name} {argument}"));
            }
        }
        for entry in node.entries() {
            let Some(key) = entry.name().map(KdlIdentifier::value) else {
                continue;
            };
            if !children(spec, "other-props-allowed").is_empty() {
                continue;
            }
            let props = children(spec, "prop");
            let prop = props
                .iter()
                .find(|prop| prop.get(0).and_then(KdlValue::as_string) == Some(key));
            if !prop.is_some_and(|prop| fits(entry.value(), prop)) {
                found.push(format!("{name} {key}={}", entry.value()));
            }
        }
        let block = children(spec, "children")
            .first()
            .and_then(|block| text_of(block, "ref"));
        match (node.children(), block) {
            (Some(document), Some(block)) => self.mistakes(&block, document, found),
            (Some(_), None) => found.push(format!("{name} with a block")),
            (None, _) => {}
        }
    }
}

pub fn children(node: &KdlNode, name: &str) -> Vec<KdlNode> {
    let nodes = node.children().map(KdlDocument::nodes).unwrap_or_default();
    let named = nodes.iter().filter(|node| node.name().value() == name);
    named.cloned().collect()
}

pub fn text_of(node: &KdlNode, property: &str) -> Option<String> {
    Some(node.get(property)?.as_string()?.to_owned())
}

fn number(node: &KdlNode, name: &str) -> Option<i128> {
    children(node, name).first()?.get(0)?.as_integer()
}

/// Whether a value has the type and is one of the possible words or numbers.
fn fits(value: &KdlValue, spec: &KdlNode) -> bool {
    let listed = |name| {
        let node = children(spec, name).into_iter().next();
        let entries = node.iter().flat_map(KdlNode::entries);
        let words = entries.filter_map(|entry| entry.value().as_string().map(str::to_owned));
        words.collect::<Vec<_>>()
    };
    let (types, words) = (listed("type"), listed("enum"));
    let is = |name: &str| types.iter().any(|known| known == name);
    match value {
        KdlValue::String(text) if text.contains("{{") => true,
        KdlValue::String(text) => is("string") && (words.is_empty() || words.contains(text)),
        KdlValue::Bool(_) => is("boolean"),
        KdlValue::Integer(written) => {
            let is_at_least = number(spec, "of-min").is_none_or(|min| *written >= min);
            let is_at_most = number(spec, "of-max").is_none_or(|max| *written <= max);
            (is("integer") || is("number")) && is_at_least && is_at_most
        }
        KdlValue::Float(_) => is("number"),
        KdlValue::Null => false,
    }
}
