//! Sessions, windows and splits.

use super::body::program_of;
use super::decoder::Decoder;
use super::node::{Checked, Child};
use crate::layout::{Direction, PaneKind};
use crate::manifest::ast::{
    BodyDecl, NodeDecl, PaneDecl, PlaceDecl, PresenceDecl, ScalarValue, ScopeDecl, SessionDecl,
    SplitDecl, TmuxHookDecl, WindowDecl,
};
use crate::manifest::error::ManifestError;
use crate::manifest::source::Span;

impl Decoder<'_> {
    pub(super) fn session(&mut self, mut checked: Checked) -> SessionDecl {
        let arguments = std::mem::take(&mut checked.arguments);
        let span = checked.head;
        let mut session = SessionDecl {
            name: self.object_name(arguments, span, "session"),
            presence: presence(&mut checked),
            scope: self.scope(&mut checked),
            protect: checked.take("protect"),
            was: checked.take("was"),
            hooks: Vec::new(),
            windows: Vec::new(),
            span,
        };
        for child in checked.children {
            let inner = self.check(child);
            let Some(inner) = self.scoped(inner, &mut session.scope, &mut session.presence) else {
                continue;
            };
            match inner.spec.name {
                "tmux-hook" => session.hooks.extend(hook(inner)),
                _ => session.windows.push(self.window(inner)),
            }
        }
        session
    }

    fn window(&mut self, mut checked: Checked) -> WindowDecl {
        let arguments = std::mem::take(&mut checked.arguments);
        let span = checked.head;
        let mut window = WindowDecl {
            name: self.object_name(arguments, span, "window"),
            presence: presence(&mut checked),
            title: checked.take("title"),
            titles: checked.take("titles"),
            focus: checked.take("focus"),
            ratio: checked.take("ratio"),
            layout: checked.take("layout"),
            synchronize: checked.take("synchronize"),
            zoom: checked.take("zoom"),
            was: checked.take("was"),
            protect: checked.take("protect"),
            scope: self.scope(&mut checked),
            body: Vec::new(),
            span,
        };
        let mut own = program_of(&mut checked);
        window.body = self.body(
            checked.children,
            (&mut window.scope, &mut window.presence),
            Some(&mut own),
        );
        self.check_window_body(&window);
        if own != BodyDecl::default() {
            self.own_pane(&mut window, own);
        }
        window
    }

    /// Turns a window that has settings of a pane into a window with that single pane.
    fn own_pane(&mut self, window: &mut WindowDecl, body: BodyDecl) {
        if let Some(inner) = window.body.first() {
            let (span, window) = (inner.span(), window.span);
            self.report(ManifestError::PaneInPane { span, window });
            return;
        }
        window.body.push(NodeDecl::Pane(Box::new(PaneDecl {
            kind: PaneKind::Pane,
            name: Some(window.name.clone()),
            is_window: true,
            presence: PresenceDecl::default(),
            was: None,
            body,
            span: window.span,
        })));
    }

    /// Checks that a window holds one split, or panes.
    fn check_window_body(&mut self, window: &WindowDecl) {
        // Copies and omissions are only known after resolving.
        if window.body.iter().any(NodeDecl::is_conditional) {
            return;
        }
        let mut first_split: Option<Span> = None;
        let mut first_pane: Option<Span> = None;
        for (index, node) in window.body.iter().enumerate() {
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
                NodeDecl::Pane(pane) => &pane.body.place,
            };
            let is_main = index == 0 && has_main_pane(window);
            let size = place.size.as_ref().filter(|_| !is_main);
            let written = [("size", size), ("grow", place.grow.as_ref())];
            for (name, scalar) in written {
                if let Some(span) = scalar.map(|scalar| scalar.span) {
                    self.report(ManifestError::SizeOutsideSplit { span, name });
                }
            }
        }
        if let (Some(split), Some(pane)) = (first_split, first_pane) {
            self.report(ManifestError::SplitAndPanes { split, pane });
        } else if let (Some(split), Some(layout)) = (first_split, &window.layout) {
            let span = layout.span;
            self.report(ManifestError::LayoutOfSplit { span, split });
        }
    }

    fn split(&mut self, mut checked: Checked) -> SplitDecl {
        let span = checked.head;
        let place = self.place(&mut checked);
        let mut presence = presence(&mut checked);
        let mut scope = self.scope(&mut checked);
        let reported = self.errors.len();
        let has_skipped = checked.has_skipped;
        let children = self.body(checked.children, (&mut scope, &mut presence), None);
        if children.is_empty() && !has_skipped && self.errors.len() == reported {
            self.report(ManifestError::EmptySplit { span });
        }
        SplitDecl {
            direction: match checked.spec.name {
                "columns" => Direction::Columns,
                _ => Direction::Rows,
            },
            presence,
            place,
            scope,
            children,
            span,
        }
    }

    /// Reads the panes and splits of a window or a split. Its other nodes go into its scope and presence,
    /// or into `own`, the pane that a window may be.
    fn body(
        &mut self,
        children: Vec<Child>,
        (scope, presence): (&mut ScopeDecl, &mut PresenceDecl),
        mut own: Option<&mut BodyDecl>,
    ) -> Vec<NodeDecl> {
        let mut nodes = Vec::new();
        for child in children {
            let inner = self.check(child);
            let Some(inner) = self.scoped(inner, scope, presence) else {
                continue;
            };
            let inner = match own.as_deref_mut() {
                Some(own) => self.part(inner, own, None),
                None => Some(inner),
            };
            let Some(inner) = inner else {
                continue;
            };
            nodes.push(match inner.spec.name {
                "columns" | "rows" => NodeDecl::Split(Box::new(self.split(inner))),
                _ => NodeDecl::Pane(Box::new(self.pane(inner))),
            });
        }
        nodes
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

/// Whether the first pane of a window may have a size: `layout` names a layout with a main pane, or is
/// a template that may do so.
fn has_main_pane(window: &WindowDecl) -> bool {
    match window.layout.as_ref().map(|layout| &layout.value) {
        Some(ScalarValue::Template(text)) => text.starts_with("main-") || text.contains("{{"),
        Some(ScalarValue::Raw(text)) => text.starts_with("main-"),
        _ => false,
    }
}

fn presence(checked: &mut Checked) -> PresenceDecl {
    PresenceDecl {
        profile: checked.take("profile"),
        each: Vec::new(),
    }
}

fn hook(checked: Checked) -> Option<TmuxHookDecl> {
    let mut words = checked.arguments.into_iter().flatten();
    Some(TmuxHookDecl {
        event: words.next()?,
        command: words.next()?,
    })
}
