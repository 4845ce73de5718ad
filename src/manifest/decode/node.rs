//! Checks a node against the table: its place, values, properties and children.

use std::collections::HashMap;

use kdl::{KdlDocument, KdlEntry, KdlNode};

use super::decoder::Decoder;
use crate::layout::nearest;
use crate::manifest::ast::{Name, Scalar};
use crate::manifest::error::ManifestError;
use crate::manifest::source::Span;
use crate::manifest::syntax::ERRORS_MAX;
use crate::manifest::table::{self, Arguments, NodeSpec, Place, Value};

/// A node in an allowed place, with its description.
#[derive(Clone, Copy)]
pub(super) struct Child<'k> {
    pub spec: &'static NodeSpec,
    pub node: &'k KdlNode,
}

/// A node after checking its own entries, but not its children, except scalars.
pub(super) struct Checked<'k> {
    pub spec: &'static NodeSpec,
    /// The node without its block.
    pub head: Span,
    /// The values in order; `None` for one that was reported.
    pub arguments: Vec<Option<Scalar>>,
    /// Properties, and scalars of the block in either spelling.
    properties: HashMap<&'static str, Property>,
    /// Properties of a node that takes any, in order; `None` for a value that was reported.
    pub free: Vec<(Name, Option<Scalar>)>,
    pub children: Vec<Child<'k>>,
    /// Whether a mistake in the node's own lines was reported, so that something may be missing.
    pub is_faulty: bool,
    /// Whether nodes of the block were reported and left out.
    pub has_skipped: bool,
}

struct Property {
    span: Span,
    is_child: bool,
    /// `None` if it was reported.
    value: Option<Scalar>,
}

impl Checked<'_> {
    /// Takes the value of a property out.
    pub(super) fn take(&mut self, name: &str) -> Option<Scalar> {
        self.properties.remove(name)?.value
    }

    /// Whether a property is written, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.properties.contains_key(name)
    }

    /// The only argument.
    pub(super) fn into_argument(self) -> Option<Scalar> {
        self.arguments.into_iter().next().flatten()
    }
}

impl Decoder<'_> {
    /// The allowed nodes of a block; the others are reported.
    pub(super) fn children<'k>(
        &mut self,
        document: &'k KdlDocument,
        place: Place,
    ) -> Vec<Child<'k>> {
        let mut first: HashMap<&'static str, Span> = HashMap::new();
        let mut children = Vec::new();
        for node in document.nodes() {
            let Some(spec) = self.spec(node, place) else {
                continue;
            };
            let span = self.name_span(node.name());
            let name = spec.name;
            match first.get(name) {
                Some(&first) if !spec.is_repeatable => {
                    self.report(ManifestError::DuplicateNode { span, first, name });
                    continue;
                }
                _ => first.entry(name).or_insert(span),
            };
            if let Some(ty) = node.ty() {
                self.report(ManifestError::TypeAnnotation {
                    span: self.name_span(ty),
                    name: ty.value().to_owned(),
                });
            }
            children.push(Child { spec, node });
        }
        children
    }

    /// The description of a node, or of the one that was probably meant.
    fn spec(&mut self, node: &KdlNode, place: Place) -> Option<&'static NodeSpec> {
        let name = node.name().value();
        let span = self.name_span(node.name());
        if self.corrections.contains_key(&span.offset) {
            return None;
        }
        if let Some(spec) = table::find(place, name) {
            return Some(spec);
        }
        let name = name.to_owned();
        if table::is_not_supported(place, &name) {
            self.report(ManifestError::NotSupported { span, name });
            return None;
        }
        if let Some(foreign) = table::foreign(place, &name) {
            let usage = foreign.usage;
            self.report(ManifestError::Foreign { span, name, usage });
            return table::find(place, foreign.node).filter(|_| foreign.is_alike);
        }
        if let Some(error) = wrong_place(span, &name, place) {
            self.report(error);
            return None;
        }
        let nearest = self.nearest(&name, table::inside(place).map(|spec| spec.name));
        self.report(ManifestError::UnknownNode {
            span,
            name,
            place,
            nearest,
        });
        table::find(place, nearest?)
    }

    /// Checks everything about a node except the nodes in its block.
    pub(super) fn check<'k>(&mut self, child: Child<'k>) -> Checked<'k> {
        let Child { spec, node } = child;
        let reported = self.errors.len();
        let mut checked = Checked {
            spec,
            head: self.head(node),
            arguments: Vec::new(),
            properties: HashMap::new(),
            free: Vec::new(),
            children: Vec::new(),
            is_faulty: false,
            has_skipped: false,
        };
        self.check_arguments(node, &mut checked);
        for entry in node.entries().iter().filter(|entry| entry.name().is_some()) {
            self.check_property(entry, &mut checked);
        }
        // A part that the scan of the text has reported is missing here too.
        let is_missing = checked.arguments.iter().any(Option::is_none)
            || checked
                .properties
                .values()
                .any(|property| property.value.is_none())
            || checked.free.iter().any(|(_, value)| value.is_none());
        checked.is_faulty = is_missing || self.errors.len() > reported;
        self.check_block(node, &mut checked);
        checked
    }

    fn check_arguments(&mut self, node: &KdlNode, checked: &mut Checked) {
        let spec = checked.spec;
        let entries: Vec<&KdlEntry> = node
            .entries()
            .iter()
            .filter(|entry| entry.name().is_none())
            .collect();
        let most = match spec.arguments {
            Arguments::None => 0,
            Arguments::Optional(_) | Arguments::One(_) => 1,
            Arguments::Two(_) => 2,
            Arguments::OneOrMore(_) => usize::MAX,
        };
        let (expected, extra) = entries.split_at(entries.len().min(most));
        if let (Some(first), Some(last)) = (extra.first(), extra.last()) {
            let span = self.entry_span(first).to(self.entry_span(last));
            self.report(ManifestError::ExtraArguments {
                span,
                name: node.name().value().to_owned(),
                node: spec,
            });
        }
        let Some(value) = spec.argument() else {
            return;
        };
        let least = match spec.arguments {
            Arguments::None | Arguments::Optional(_) => 0,
            Arguments::One(_) | Arguments::OneOrMore(_) => 1,
            Arguments::Two(_) => 2,
        };
        if expected.len() < least {
            self.report(missing(spec, value, checked.head));
        }
        let subject = node.name().value();
        let arguments = expected.iter();
        checked.arguments = arguments
            .map(|entry| self.value(entry, value, subject))
            .collect();
    }

    fn check_property(&mut self, entry: &KdlEntry, checked: &mut Checked) {
        let Some(key) = entry.name() else {
            return;
        };
        let span = self.name_span(key);
        if checked.spec.has_free_properties {
            let name = Name {
                text: key.value().to_owned(),
                span,
            };
            let value = self.value(entry, Value::Any, key.value());
            checked.free.push((name, value));
            return;
        }
        let Some((name, expected)) = self.property(key.value(), span, checked) else {
            return;
        };
        if let Some(first) = checked.properties.get(name) {
            let first = first.span;
            self.report(ManifestError::DuplicateProperty { span, first, name });
            return;
        }
        let value = self.value(entry, expected, name);
        let is_child = false;
        let property = Property {
            span,
            is_child,
            value,
        };
        checked.properties.insert(name, property);
    }

    /// The description of a property, or of the one that was probably meant.
    fn property(
        &mut self,
        key: &str,
        span: Span,
        checked: &Checked,
    ) -> Option<(&'static str, Value)> {
        let node = checked.spec;
        if let Some(known) = node.property(key) {
            return Some(known);
        }
        let name = key.to_owned();
        let places: &[Place] = node.block.as_slice();
        let places = if places.is_empty() {
            node.places
        } else {
            places
        };
        if places
            .iter()
            .any(|&place| table::is_not_supported(place, key))
        {
            self.report(ManifestError::NotSupported { span, name });
            return None;
        }
        if let Some(foreign) = node.block.and_then(|block| table::foreign(block, key)) {
            let usage = foreign.usage;
            self.report(ManifestError::Foreign { span, name, usage });
            return node.property(foreign.node);
        }
        if let Some(found) = node.block {
            if let Some(child) = table::inside(found).find(|spec| spec.name == key) {
                let (name, usage) = (child.name, child.usage);
                self.report(ManifestError::NotAProperty { span, name, usage });
                return None;
            }
            if let Some(error) = wrong_place(span, key, found) {
                self.report(error);
                return None;
            }
        }
        let nearest = self.nearest(key, node.property_names());
        self.report(ManifestError::UnknownProperty {
            span,
            name,
            node,
            nearest,
        });
        node.property(nearest?)
    }

    fn check_block<'k>(&mut self, node: &'k KdlNode, checked: &mut Checked<'k>) {
        let Some(document) = node.children() else {
            return;
        };
        let Some(place) = checked.spec.block else {
            self.report(ManifestError::NoBlock {
                span: checked.head,
                name: node.name().value().to_owned(),
                usage: checked.spec.usage,
            });
            return;
        };
        let children = self.children(document, place);
        checked.has_skipped = children.len() < document.nodes().len();
        for child in children {
            if child.spec.is_scalar {
                self.check_scalar(child, checked);
            } else {
                checked.children.push(child);
            }
        }
    }

    /// A scalar that is written as a child.
    fn check_scalar(&mut self, child: Child, checked: &mut Checked) {
        let name = child.spec.name;
        let span = self.name_span(child.node.name());
        let value = self.check(child).into_argument();
        if let Some(Property {
            span: first,
            is_child: false,
            ..
        }) = checked.properties.get(name)
        {
            let first = *first;
            self.report(ManifestError::PropertyAndChild { span, first, name });
            return;
        }
        let is_child = true;
        let property = Property {
            span,
            is_child,
            value,
        };
        checked.properties.insert(name, property);
    }

    /// The name that was probably meant, up to the limit of mistakes.
    fn nearest(
        &self,
        written: &str,
        candidates: impl Iterator<Item = &'static str>,
    ) -> Option<&'static str> {
        let is_told = self.errors.len() < ERRORS_MAX;
        is_told.then(|| nearest(written, candidates)).flatten()
    }

    /// A node without its block.
    fn head(&self, node: &KdlNode) -> Span {
        let name = self.name_span(node.name());
        match node.entries().last() {
            Some(last) => name.to(self.entry_span(last)),
            None => name,
        }
    }
}

/// The mistake for a name that the language knows, but not here.
fn wrong_place(span: Span, name: &str, found: Place) -> Option<ManifestError> {
    let allowed = table::places(name);
    (!allowed.is_empty()).then(|| ManifestError::WrongPlace {
        span,
        name: name.to_owned(),
        found,
        allowed,
    })
}

fn missing(spec: &'static NodeSpec, value: Value, span: Span) -> ManifestError {
    if spec.name == "run" && matches!(spec.arguments, Arguments::OneOrMore(_)) {
        return ManifestError::EmptyRun { span };
    }
    ManifestError::MissingArgument {
        span,
        node: spec,
        what: match (value, spec.arguments) {
            (Value::Name, _) => "a name",
            (_, Arguments::Two(_)) => "one of its two values",
            _ => "a value",
        },
    }
}
