//! Panes of the four kinds.

use super::decoder::Decoder;
use super::node::Checked;
use crate::layout::PaneKind;
use crate::manifest::ast::{PaneDecl, PresenceDecl};

impl Decoder<'_> {
    pub(super) fn pane(&mut self, mut checked: Checked) -> PaneDecl {
        let span = checked.head;
        let name = checked.arguments.drain(..).next().flatten();
        if let Some(name) = &name {
            self.check_name(name, checked.spec.name);
        }
        let kind = kind(checked.spec.name);
        let was = checked.take("was");
        let mut presence = PresenceDecl {
            profile: checked.take("profile"),
            each: Vec::new(),
        };
        let task = (kind == PaneKind::Task).then_some(span);
        let body = self.pane_body_within(checked, task, &mut presence);
        PaneDecl {
            kind,
            name,
            is_window: false,
            presence,
            was,
            body,
            span,
        }
    }
}

fn kind(name: &str) -> PaneKind {
    match name {
        "service" => PaneKind::Service,
        "task" => PaneKind::Task,
        "agent" => PaneKind::Agent,
        _ => PaneKind::Pane,
    }
}
