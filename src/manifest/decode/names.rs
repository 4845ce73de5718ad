//! Checks names: their characters, and whether two are the same.

use std::collections::HashMap;

use kdl::KdlNode;

use super::decoder::Decoder;
use super::value;
use crate::manifest::ast::{Name, Scalar, ScalarValue};
use crate::manifest::error::ManifestError;
use crate::manifest::source::Span;

/// The names that templates have in scope besides the variables.
pub(super) const RESERVED: &[&str] = &["it", "layout", "session", "window", "pane", "root", "env"];

impl Decoder<'_> {
    /// Reads a string that is used before variables exist.
    pub(super) fn plain(&mut self, scalar: &Scalar, what: &'static str) -> Option<String> {
        let text = value::literal(scalar).map(str::to_owned);
        if text.is_none() {
            let span = scalar.span;
            self.report(ManifestError::TooEarly { span, what });
        }
        text
    }

    /// Reads the name of a node that may have any name.
    pub(super) fn name_of(&self, node: &KdlNode) -> Name {
        Name {
            text: node.name().value().to_owned(),
            span: self.name_span(node.name()),
        }
    }

    /// Reports a second object of the same name.
    pub(super) fn is_new_name(
        &mut self,
        what: &'static str,
        name: &Name,
        seen: &mut HashMap<String, Span>,
    ) -> bool {
        let Some(&first) = seen.get(&name.text) else {
            seen.insert(name.text.clone(), name.span);
            return true;
        };
        self.report(ManifestError::DuplicateName {
            span: name.span,
            first,
            what,
            name: name.text.clone(),
        });
        false
    }

    /// Reports an invalid name of a `node`.
    pub(super) fn check_name(&mut self, name: &Scalar, node: &'static str) {
        if let Some(text) = value::literal(name).filter(|text| !crate::layout::is_name(text)) {
            let name_text = text.to_owned();
            self.report(ManifestError::BadName {
                span: name.span,
                name: name_text,
                node,
            });
        }
    }

    /// The name of a session or window, or a made-up one, so that its contents are read in any case.
    pub(super) fn object_name(
        &mut self,
        arguments: Vec<Option<Scalar>>,
        head: Span,
        node: &'static str,
    ) -> Scalar {
        if let Some(name) = arguments.into_iter().next().flatten() {
            self.check_name(&name, node);
            return name;
        }
        self.unnamed += 1;
        Scalar {
            value: ScalarValue::Raw(format!("unnamed-{}", self.unnamed)),
            span: head,
        }
    }
}
