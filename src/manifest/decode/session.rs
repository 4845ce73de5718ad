//! Sessions, windows and splits.

use std::collections::HashMap;

use super::Decoder;
use super::node::{Checked, Child};
use crate::layout::Direction;
use crate::manifest::ast::{NodeDecl, PlaceDecl, ScopeDecl, SessionDecl, SplitDecl, WindowDecl};
use crate::manifest::error::ManifestError;
use crate::manifest::source::Span;

impl Decoder<'_> {
    pub(super) fn session(&mut self, mut checked: Checked) -> SessionDecl {
        self.panes = HashMap::new();
        let arguments = std::mem::take(&mut checked.arguments);
        let span = checked.head;
        let name = self.object_name(arguments, span);
        let mut scope = self.scope(&mut checked);
        let mut windows = Vec::new();
        let mut seen = HashMap::new();
        for child in checked.children {
            let inner = self.check(child);
            if inner.spec.name == "env" {
                scope.env = self.env(inner);
                continue;
            }
            let window = self.window(inner);
            if self.is_new("window", &window.name, &mut seen) {
                windows.push(window);
            }
        }
        SessionDecl {
            name,
            scope,
            windows,
            span,
        }
    }

    fn window(&mut self, mut checked: Checked) -> WindowDecl {
        let arguments = std::mem::take(&mut checked.arguments);
        let span = checked.head;
        let name = self.object_name(arguments, span);
        let mut window = WindowDecl {
            name,
            title: checked.take("title"),
            titles: checked.take("titles"),
            focus: checked.take("focus"),
            ratio: checked.take("ratio"),
            scope: self.scope(&mut checked),
            body: Vec::new(),
            span,
        };
        window.body = self.body(checked.children, &mut window.scope);
        self.check_window_body(&window.body);
        window
    }

    /// A window holds one split, or panes.
    fn check_window_body(&mut self, body: &[NodeDecl]) {
        let mut first_split: Option<Span> = None;
        let mut first_pane: Option<Span> = None;
        for node in body {
            match (node, first_split) {
                (NodeDecl::Split(split), Some(first)) => {
                    let span = split.span;
                    self.report(ManifestError::SeveralSplits { span, first });
                }
                (NodeDecl::Split(split), None) => first_split = Some(split.span),
                (NodeDecl::Pane(pane), _) => first_pane = first_pane.or(Some(pane.span)),
            }
            let place = match node {
                NodeDecl::Split(split) => &split.place,
                NodeDecl::Pane(pane) => &pane.place,
            };
            let written = [("size", &place.size), ("grow", &place.grow)];
            for (name, scalar) in written {
                if let Some(span) = scalar.as_ref().map(|scalar| scalar.span) {
                    self.report(ManifestError::SizeOutsideSplit { span, name });
                }
            }
        }
        if let (Some(split), Some(pane)) = (first_split, first_pane) {
            self.report(ManifestError::SplitAndPanes { split, pane });
        }
    }

    fn split(&mut self, mut checked: Checked) -> SplitDecl {
        let span = checked.head;
        let place = self.place(&mut checked);
        let mut scope = self.scope(&mut checked);
        let reported = self.errors.len();
        let has_skipped = checked.has_skipped;
        let children = self.body(checked.children, &mut scope);
        if children.is_empty() && !has_skipped && self.errors.len() == reported {
            self.report(ManifestError::EmptySplit { span });
        }
        SplitDecl {
            direction: match checked.spec.name {
                "columns" => Direction::Columns,
                _ => Direction::Rows,
            },
            place,
            scope,
            children,
            span,
        }
    }

    /// The panes and splits of a window or a split; its `env` goes into the scope.
    fn body(&mut self, children: Vec<Child>, scope: &mut ScopeDecl) -> Vec<NodeDecl> {
        let mut nodes = Vec::new();
        for child in children {
            let inner = self.check(child);
            match inner.spec.name {
                "env" => scope.env = self.env(inner),
                "columns" | "rows" => nodes.push(NodeDecl::Split(Box::new(self.split(inner)))),
                _ => nodes.extend(self.pane(inner).map(Box::new).map(NodeDecl::Pane)),
            }
        }
        nodes
    }

    pub(super) fn scope(&mut self, checked: &mut Checked) -> ScopeDecl {
        ScopeDecl {
            cwd: checked.take("cwd"),
            shell: checked.take("shell"),
            env: Vec::new(),
        }
    }

    pub(super) fn place(&mut self, checked: &mut Checked) -> PlaceDecl {
        let place = PlaceDecl {
            size: checked.take("size"),
            grow: checked.take("grow"),
        };
        if let (Some(size), Some(grow)) = (&place.size, &place.grow) {
            let (size, grow) = (size.span, grow.span);
            self.report(ManifestError::SizeAndGrow { size, grow });
        }
        place
    }
}
