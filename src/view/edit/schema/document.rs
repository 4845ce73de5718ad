//! The schema as a KDL 2 document, in the manner of the KDL Schema Language of 2022, which has no
//! version for KDL 2 of its own.

use super::{
    Property, Shape, count, id, inside, is_free, name_pattern, nodes, places, properties, shape,
};
use crate::manifest::table::{Fallback, NodeSpec, Place, Value};

/// What stands before everything else: how the document is to be read.
const HEAD: &str = r##"// The manifest language of triad: what may stand where, and what it may hold.
// Written by `triad schema --format kdl`; a test keeps it so.
//
// The words are those of the KDL Schema Language: `node` describes a node, `value` what stands
// after its name, `prop` a property, `children` a block; a `node` without a name is any name.
// `min` and `max` say how many, `of-min` and `of-max` bound a number; what is not said is not
// bounded. `type` and `enum` list what is possible, `pattern` is for strings. `default` is a value
// as it would be written, `without` says the same in words. `child` on a property is the `id` of
// the node that says the same in the block. `ref` points at an `id`.
//
// What no schema says: a string that holds `{{` is a template and may stand for any type; a
// string marked `(raw)` is taken as it stands; `size` and `grow` belong to children of a split.
"##;

/// The document.
pub fn text() -> String {
    let mut lines = Lines {
        text: HEAD.to_owned(),
        depth: 0,
    };
    lines.open("document");
    lines.open("info");
    lines.line("title \"The manifest language of triad\"");
    lines.line("language \"KDL 2\"");
    lines.close();
    lines.open("tag-names");
    lines.line("enum \"raw\"");
    lines.close();
    lines.line("children ref=\"top\"");
    lines.open("definitions");
    for place in places() {
        block(&mut lines, place);
    }
    for spec in nodes() {
        node(&mut lines, spec);
    }
    lines.close();
    lines.close();
    lines.text
}

fn block(lines: &mut Lines, place: Place) {
    let head = format!(
        "children id={} description={}",
        quoted(place.id()),
        quoted(place.within_in_full())
    );
    lines.open(&head);
    for spec in inside(place) {
        lines.line(&format!("node ref={}", quoted(&id(spec))));
    }
    lines.close();
}

fn node(lines: &mut Lines, spec: &NodeSpec) {
    let name = if is_free(spec) {
        String::new()
    } else {
        format!(" {}", quoted(spec.name))
    };
    let head = format!(
        "node{name} id={} description={}",
        quoted(&id(spec)),
        quoted(spec.doc)
    );
    lines.open(&head);
    if let Some(pattern) = name_pattern(spec) {
        lines.open("node-names");
        lines.line(&format!("pattern {}", quoted(&pattern)));
        lines.close();
    }
    if !spec.is_repeatable {
        lines.line("max 1");
    }
    fallback(lines, spec.fallback);
    if let Some(value) = spec.argument() {
        let (min, max) = count(spec.arguments);
        lines.open(&format!("value description={}", quoted(&value.expected())));
        lines.line(&format!("min {min}"));
        if let Some(max) = max {
            lines.line(&format!("max {max}"));
        }
        typed(lines, value);
        lines.close();
    }
    for property in properties(spec) {
        prop(lines, &property);
    }
    if spec.has_free_properties {
        lines.line("other-props-allowed #true");
    }
    if let Some(block) = spec.block {
        lines.line(&format!("children ref={}", quoted(block.id())));
    }
    lines.close();
}

fn prop(lines: &mut Lines, property: &Property) {
    let mut head = format!("prop {}", quoted(property.name));
    if let Some(child) = property.child {
        head.push_str(&format!(" child={}", quoted(&id(child))));
    }
    head.push_str(&format!(" description={}", quoted(property.doc)));
    lines.open(&head);
    typed(lines, property.value);
    fallback(lines, property.fallback);
    lines.close();
}

fn typed(lines: &mut Lines, value: Value) {
    let Shape {
        types,
        words,
        min,
        max,
        pattern,
    } = shape(value);
    lines.line(&format!("type {}", listed(types)));
    if !words.is_empty() {
        lines.line(&format!("enum {}", listed(words)));
    }
    if let Some(min) = min {
        lines.line(&format!("of-min {min}"));
    }
    if let Some(max) = max {
        lines.line(&format!("of-max {max}"));
    }
    if let Some(pattern) = pattern {
        lines.line(&format!("pattern {}", quoted(&pattern)));
    }
}

fn fallback(lines: &mut Lines, fallback: Fallback) {
    match fallback {
        Fallback::Nothing => {}
        Fallback::Value(value) => lines.line(&format!("default {value}")),
        Fallback::Words(words) => lines.line(&format!("without {}", quoted(words))),
    }
}

fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// A string of KDL 2. The table holds neither control characters nor line breaks.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}

/// Lines in nested blocks.
struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    fn line(&mut self, line: &str) {
        let indent = "    ".repeat(self.depth);
        self.text.push_str(&format!("{indent}{line}\n"));
    }

    fn open(&mut self, head: &str) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }
}
