//! From the KDL document to the declarations, going on past every mistake.
//!
//! [`node`] checks any node against the table and sorts what it holds; the other files only pick
//! what they need out of that, and know the rules that no table can say.

mod node;
mod pane;
mod session;
mod value;

use std::collections::HashMap;

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode};

use super::ast::{EnvDecl, EnvValue, Manifest, Name, Scalar, ScalarValue, ServerDecl, VarDecl};
use super::error::ManifestError;
use super::source::{Source, Span};
use super::syntax::{Correction, ERRORS_MAX};
use super::table::Place;
use node::Checked;

/// The names that templates have in scope besides the variables.
const RESERVED: &[&str] = &["it", "layout", "session", "window", "pane", "root", "env"];

/// Decodes a whole document.
pub fn decode(
    source: &Source,
    document: &KdlDocument,
    corrections: &HashMap<usize, Correction>,
) -> (Manifest, Vec<ManifestError>) {
    let mut decoder = Decoder {
        source,
        corrections,
        errors: Vec::new(),
        unnamed: 0,
        panes: HashMap::new(),
    };
    let manifest = decoder.manifest(document);
    (manifest, decoder.errors)
}

struct Decoder<'a> {
    source: &'a Source,
    corrections: &'a HashMap<usize, Correction>,
    errors: Vec<ManifestError>,
    /// How many objects without a name were given one.
    unnamed: usize,
    /// The names of the session's panes so far.
    panes: HashMap<String, Span>,
}

impl Decoder<'_> {
    fn manifest(&mut self, document: &KdlDocument) -> Manifest {
        let mut manifest = Manifest::default();
        if document.nodes().is_empty() {
            let span = self.source.span(0..0);
            self.report(ManifestError::Empty { span });
            return manifest;
        }
        let mut sessions = HashMap::new();
        let children = self.children(document, Place::Top);
        let all_known = children.len() == document.nodes().len();
        for child in children {
            let checked = self.check(child);
            match checked.spec.name {
                "layout" => manifest.layout = self.layout(checked),
                "root" => manifest.root = checked.into_argument(),
                "server" => manifest.server = self.server(checked),
                "vars" => manifest.vars = self.vars(checked),
                "env" => manifest.scope.env = self.env(checked),
                _ => {
                    let session = self.session(checked);
                    if self.is_new("session", &session.name, &mut sessions) {
                        manifest.sessions.push(session);
                    }
                }
            }
        }
        if manifest.sessions.is_empty() && all_known {
            let end = self.source.text.trim_end().len();
            let span = self.source.span(end..end);
            self.report(ManifestError::NoSession { span });
        }
        manifest
    }

    fn layout(&mut self, checked: Checked) -> Option<Scalar> {
        let name = checked.into_argument()?;
        self.check_name(&name);
        Some(name)
    }

    fn server(&mut self, mut checked: Checked) -> Option<ServerDecl> {
        let span = checked.head;
        match (checked.take("socket"), checked.take("path")) {
            (Some(socket), Some(path)) => {
                self.report(ManifestError::ServerWithBoth {
                    socket: socket.span,
                    path: path.span,
                });
                Some(ServerDecl::Socket(socket))
            }
            (Some(socket), None) => Some(ServerDecl::Socket(socket)),
            (None, Some(path)) => Some(ServerDecl::Path(path)),
            (None, None) => {
                if !checked.is_faulty {
                    self.report(ManifestError::ServerWithoutAddress { span });
                }
                None
            }
        }
    }

    fn vars(&mut self, checked: Checked) -> Vec<VarDecl> {
        let mut seen = HashMap::new();
        let mut vars = Vec::new();
        for child in checked.children {
            let name = self.name_of(child.node);
            let line = self.check(child);
            if !crate::layout::is_name(&name.text) {
                self.report(ManifestError::BadName {
                    span: name.span,
                    name: name.text,
                });
            } else if RESERVED.contains(&name.text.as_str()) {
                self.report(ManifestError::ReservedName {
                    span: name.span,
                    name: name.text,
                });
            } else if self.is_new_name("variable", &name, &mut seen) {
                // A default that was reported must not make the variable one that has to be given.
                let reported = line.is_faulty.then(|| Scalar {
                    value: ScalarValue::Raw(String::new()),
                    span: line.head,
                });
                let default = line.into_argument().or(reported);
                vars.push(VarDecl { name, default });
            }
        }
        vars
    }

    fn env(&mut self, checked: Checked) -> Vec<EnvDecl> {
        let mut seen = HashMap::new();
        let mut env = Vec::new();
        for child in checked.children {
            let key = self.name_of(child.node);
            let line = self.check(child);
            if !is_key(&key.text) {
                self.report(ManifestError::BadKey {
                    span: key.span,
                    name: key.text,
                });
                continue;
            }
            let value = self.env_value(&key, line);
            let is_new = self.is_new_name("environment variable", &key, &mut seen);
            if let (Some(value), true) = (value, is_new) {
                env.push(EnvDecl { key, value });
            }
        }
        env
    }

    fn env_value(&mut self, key: &Name, mut line: Checked) -> Option<EnvValue> {
        let from = line.take("from");
        let optional = line.take("optional");
        let is_faulty = line.is_faulty;
        match (line.into_argument(), from, optional) {
            (Some(value), Some(from), _) => {
                self.report(ManifestError::EnvWithBoth {
                    value: value.span,
                    from: from.span,
                    key: key.text.clone(),
                });
                Some(EnvValue::Given(value))
            }
            (value, None, Some(optional)) => {
                let span = optional.span;
                self.report(ManifestError::OptionalWithoutFrom { span });
                value.map(EnvValue::Given)
            }
            (Some(value), None, None) => Some(EnvValue::Given(value)),
            (None, Some(_), optional) => {
                let is_true = |scalar: Scalar| scalar.value == ScalarValue::Bool(true);
                let optional = optional.is_some_and(is_true);
                Some(EnvValue::FromCaller { optional })
            }
            (None, None, None) => {
                if !is_faulty {
                    self.report(ManifestError::EnvWithoutValue {
                        span: key.span,
                        key: key.text.clone(),
                    });
                }
                None
            }
        }
    }

    /// A node's own name, where the name is free.
    fn name_of(&self, node: &KdlNode) -> Name {
        Name {
            text: node.name().value().to_owned(),
            span: self.name_span(node.name()),
        }
    }

    /// Reports a second object of the same literal name. What templates make of names shows only
    /// when they are rendered.
    fn is_new(
        &mut self,
        what: &'static str,
        name: &Scalar,
        seen: &mut HashMap<String, Span>,
    ) -> bool {
        let Some(text) = value::literal(name) else {
            return true;
        };
        let text = text.to_owned();
        let span = name.span;
        self.is_new_name(what, &Name { text, span }, seen)
    }

    fn is_new_name(
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

    fn check_name(&mut self, name: &Scalar) {
        if let Some(text) = value::literal(name).filter(|text| !crate::layout::is_name(text)) {
            let name_text = text.to_owned();
            self.report(ManifestError::BadName {
                span: name.span,
                name: name_text,
            });
        }
    }

    /// The name that a session, window or pane is written with, or a made-up one: what it holds
    /// is still worth reading.
    fn object_name(&mut self, arguments: Vec<Option<Scalar>>, head: Span) -> Scalar {
        if let Some(name) = arguments.into_iter().next().flatten() {
            self.check_name(&name);
            return name;
        }
        self.unnamed += 1;
        Scalar {
            value: ScalarValue::Raw(format!("unnamed-{}", self.unnamed)),
            span: head,
        }
    }

    fn name_span(&self, name: &KdlIdentifier) -> Span {
        let span = name.span();
        self.source.span(span.offset()..span.offset() + span.len())
    }

    fn entry_span(&self, entry: &KdlEntry) -> Span {
        let span = entry.span();
        self.source.span(span.offset()..span.offset() + span.len())
    }

    fn report(&mut self, error: ManifestError) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(error);
        }
    }
}

/// Whether a shell could set an environment variable of this name.
fn is_key(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}
