//! Turns the KDL document into declarations, continuing after every mistake.
//!
//! [`node`] checks any node against the table and sorts its contents; the other files pick out the
//! parts that they need, and check the rules that a table cannot express.

mod body;
mod decoder;
mod names;
mod node;
mod pane;
mod scope;
mod session;
mod value;

use std::collections::HashMap;

use kdl::KdlDocument;

use super::ast::{
    HooksDecl, IncludeDecl, Item, LayoutDecl, Name, Scalar, ScalarValue, ServerDecl, TemplateDecl,
    VarDecl,
};
use super::error::ManifestError;
use super::source::Source;
use super::syntax::Correction;
use super::table::Place;
use decoder::{Decoder, is_true};
use names::RESERVED;
use node::Checked;
use scope::env_file;

/// Decodes a whole document: its top-level nodes, in their order.
pub(super) fn decode(
    source: &Source,
    document: &KdlDocument,
    corrections: &HashMap<usize, Correction>,
) -> Decoded {
    let mut decoder = Decoder {
        source,
        corrections,
        errors: Vec::new(),
        unnamed: 0,
    };
    let items = decoder.items(document);
    Decoded {
        has_skipped: items.len() < document.nodes().len(),
        items,
        errors: decoder.errors,
    }
}

/// The content of a document.
#[derive(Default)]
pub(super) struct Decoded {
    pub items: Vec<Item>,
    pub errors: Vec<ManifestError>,
    /// Whether top-level nodes were reported and left out.
    pub has_skipped: bool,
}

impl Decoder<'_> {
    fn items(&mut self, document: &KdlDocument) -> Vec<Item> {
        let children = self.children(document, Place::Top);
        let items = children.into_iter().map(|child| {
            let checked = self.check(child);
            self.item(checked)
        });
        items.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn item(&mut self, checked: Checked) -> Option<Item> {
        Some(match checked.spec.name {
            "layout" => Item::Layout(self.layout(checked)?),
            "root" => Item::Root(checked.into_argument()?),
            "server" => Item::Server(self.server(checked)?),
            "shell" => Item::Shell(checked.into_argument()?),
            "vars" => Item::Vars(self.vars(checked)),
            "env" => Item::Env(self.env(checked)),
            "env-file" => Item::EnvFile(env_file(checked)?),
            "options" => Item::Options(self.options(checked)),
            "before" => Item::Before(checked.into_argument()?),
            "log" => Item::Log(self.log(checked)),
            "hooks" => Item::Hooks(Box::new(hooks(checked))),
            "include" => Item::Include(self.include(checked)?),
            "template" => Item::Template(Box::new(self.template(checked)?)),
            _ => Item::Session(Box::new(self.session(checked))),
        })
    }

    fn include(&mut self, mut checked: Checked) -> Option<IncludeDecl> {
        let optional = checked.take("optional");
        let path = checked.into_argument()?;
        let text = self.plain(&path, "the path of an `include`")?;
        Some(IncludeDecl {
            path: text,
            span: path.span,
            is_optional: optional.is_some_and(|scalar| is_true(&scalar)),
        })
    }

    fn template(&mut self, mut checked: Checked) -> Option<TemplateDecl> {
        let name = checked.arguments.drain(..).next().flatten();
        let body = self.pane_body(checked, None);
        let name = name?;
        self.check_name(&name, "template");
        let text = self.plain(&name, "the name of a `template`")?;
        let span = name.span;
        let name = Name { text, span };
        Some(TemplateDecl { name, body })
    }

    fn layout(&mut self, mut checked: Checked) -> Option<LayoutDecl> {
        let was = checked.take("was");
        let name = checked.into_argument()?;
        self.check_name(&name, "layout");
        Some(LayoutDecl { name, was })
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
                    node: "",
                });
            } else if RESERVED.contains(&name.text.as_str()) {
                self.report(ManifestError::ReservedName {
                    span: name.span,
                    name: name.text,
                });
            } else if self.is_new_name("variable", &name, &mut seen) {
                // A default that was reported must not turn the variable into a required one.
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
}

fn hooks(mut checked: Checked) -> HooksDecl {
    HooksDecl {
        before_apply: checked.take("before-apply"),
        after_apply: checked.take("after-apply"),
        before_down: checked.take("before-down"),
        after_down: checked.take("after-down"),
    }
}
