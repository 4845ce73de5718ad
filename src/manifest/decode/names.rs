//! Names: what may be called how, and what is called alike.

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
    /// A string that is read before there are variables.
    pub(super) fn plain(&mut self, scalar: &Scalar, what: &'static str) -> Option<String> {
        let text = value::literal(scalar).map(str::to_owned);
        if text.is_none() {
            let span = scalar.span;
            self.report(ManifestError::TooEarly { span, what });
        }
        text
    }

    /// A node's own name, where the name is free.
    pub(super) fn name_of(&self, node: &KdlNode) -> Name {
        Name {
            text: node.name().value().to_owned(),
            span: self.name_span(node.name()),
        }
    }

    /// Reports a second thing of the same name.
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

    /// Reports a name of a `node` that is none.
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

    /// The name that a session or window is written with, or a made-up one: what it holds is still
    /// worth reading.
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
