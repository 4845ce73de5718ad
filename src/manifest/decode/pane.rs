//! Panes of the four kinds, and what stands in them.

use super::Decoder;
use super::node::Checked;
use super::value::literal;
use crate::layout::PaneKind;
use crate::manifest::ast::{NeedDecl, PaneDecl, ProbeDecl, ReadyDecl, RunDecl};
use crate::manifest::error::ManifestError;

impl Decoder<'_> {
    /// A pane; `None` for the second one of a name.
    pub(super) fn pane(&mut self, mut checked: Checked) -> Option<PaneDecl> {
        let arguments = std::mem::take(&mut checked.arguments);
        let span = checked.head;
        let name = self.object_name(arguments, span);
        let mut panes = std::mem::take(&mut self.panes);
        let is_new = self.is_new("pane", &name, &mut panes);
        self.panes = panes;
        let mut pane = PaneDecl {
            kind: kind(checked.spec.name),
            name,
            place: self.place(&mut checked),
            scope: self.scope(&mut checked),
            title: checked.take("title"),
            focus: checked.take("focus"),
            run: None,
            needs: Vec::new(),
            ready: None,
            span,
        };
        for child in checked.children {
            let inner = self.check(child);
            match inner.spec.name {
                "env" => pane.scope.env = self.env(inner),
                "run" => pane.run = self.run(inner),
                "needs" => pane.needs.extend(needs(inner)),
                _ => pane.ready = self.ready(inner, &pane),
            }
        }
        is_new.then_some(pane)
    }

    fn run(&mut self, checked: Checked) -> Option<RunDecl> {
        let span = checked.head;
        let words: Vec<_> = checked.arguments.into_iter().flatten().collect();
        let first = words.first()?;
        if literal(first).is_some_and(|text| text.trim().is_empty()) {
            let span = first.span;
            self.report(ManifestError::EmptyRun { span });
            return None;
        }
        Some(RunDecl { words, span })
    }

    fn ready(&mut self, mut checked: Checked, pane: &PaneDecl) -> Option<ReadyDecl> {
        let span = checked.head;
        let is_task = pane.kind == PaneKind::Task;
        if is_task {
            let task = pane.span;
            self.report(ManifestError::ReadyInTask { span, task });
        } else if checked.children.is_empty() && !checked.has_skipped {
            self.report(ManifestError::EmptyReady { span });
        }
        let mut ready = ReadyDecl {
            probes: Vec::new(),
            every: checked.take("every"),
            timeout: checked.take("timeout"),
            deadline: checked.take("deadline"),
            span,
        };
        for child in checked.children {
            let mut probe = self.check(child);
            let status = probe.take("status");
            let name = probe.spec.name;
            let Some(value) = probe.into_argument() else {
                continue;
            };
            ready.probes.push(match name {
                "port" => ProbeDecl::Port(value),
                "http" => ProbeDecl::Http { url: value, status },
                _ => ProbeDecl::Exec(value),
            });
        }
        (!is_task && !ready.probes.is_empty()).then_some(ready)
    }
}

fn needs(mut checked: Checked) -> Vec<NeedDecl> {
    let until = checked.take("until");
    let targets = checked.arguments.into_iter().flatten();
    targets
        .map(|target| NeedDecl {
            target,
            until: until.clone(),
        })
        .collect()
}

fn kind(name: &str) -> PaneKind {
    match name {
        "service" => PaneKind::Service,
        "task" => PaneKind::Task,
        "agent" => PaneKind::Agent,
        _ => PaneKind::Pane,
    }
}
