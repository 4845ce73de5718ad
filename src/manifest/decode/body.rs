//! The body of a pane or a template.

use super::decoder::Decoder;
use super::node::Checked;
use super::value::literal;
use crate::manifest::ast::{
    BodyDecl, HttpDecl, NeedDecl, PresenceDecl, ProbeDecl, ReadyDecl, RestartDecl, RunDecl, Scalar,
    StopDecl, TypeDecl,
};
use crate::manifest::error::ManifestError;
use crate::manifest::source::Span;

impl Decoder<'_> {
    /// Reads the body of a template.
    pub(super) fn pane_body(&mut self, checked: Checked, task: Option<Span>) -> BodyDecl {
        self.pane_body_within(checked, task, &mut PresenceDecl::default())
    }

    /// Reads the body of a pane. Its `each` nodes go to `presence`; `task` is the place of a task.
    pub(super) fn pane_body_within(
        &mut self,
        mut checked: Checked,
        task: Option<Span>,
        presence: &mut PresenceDecl,
    ) -> BodyDecl {
        let mut body = BodyDecl {
            place: self.place(&mut checked),
            scope: self.scope(&mut checked),
            title: checked.take("title"),
            focus: checked.take("focus"),
            ..program_of(&mut checked)
        };
        for child in checked.children {
            let inner = self.check(child);
            if let Some(inner) = self.scoped(inner, &mut body.scope, presence) {
                self.part(inner, &mut body, task);
            }
        }
        body
    }

    /// Reads a node that belongs to the program of a pane; returns it if it does not.
    pub(super) fn part<'k>(
        &mut self,
        inner: Checked<'k>,
        body: &mut BodyDecl,
        task: Option<Span>,
    ) -> Option<Checked<'k>> {
        match inner.spec.name {
            "run" => body.run = Some(self.run(inner)),
            "type" => body.types.extend(typed(inner)),
            "needs" => body.needs.extend(needs(inner)),
            "restart" => body.restart = restart(inner),
            "stop" => body.stop = Some(self.stop(inner)),
            "ready" => body.ready = self.ready(inner, task),
            _ => return Some(inner),
        }
        None
    }

    fn run(&mut self, checked: Checked) -> RunDecl {
        let span = checked.head;
        let mut words: Vec<_> = checked.arguments.into_iter().flatten().collect();
        let is_blank = |first: &Scalar| literal(first).is_some_and(|text| text.trim().is_empty());
        if let Some(first) = words.first().filter(|first| is_blank(first)) {
            let span = first.span;
            self.report(ManifestError::EmptyRun { span });
            words.clear();
        }
        RunDecl { words, span }
    }

    fn ready(&mut self, mut checked: Checked, task: Option<Span>) -> Option<ReadyDecl> {
        let span = checked.head;
        if let Some(task) = task {
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
            let probe = self.check(child);
            let name = probe.spec.name;
            if name == "http" || name == "notify" {
                ready.probes.extend(match name {
                    "http" => self.http(probe),
                    _ => Some(ProbeDecl::Notify),
                });
                continue;
            }
            let Some(value) = probe.into_argument() else {
                continue;
            };
            ready.probes.push(match name {
                "port" => ProbeDecl::Port(value),
                "log" => ProbeDecl::Log(value),
                "file" => ProbeDecl::File(value),
                "delay" => ProbeDecl::Delay(value),
                _ => ProbeDecl::Exec(value),
            });
        }
        (task.is_none() && !ready.probes.is_empty()).then_some(ready)
    }

    fn http(&mut self, mut checked: Checked) -> Option<ProbeDecl> {
        let (status, body) = (checked.take("status"), checked.take("body"));
        let socket = checked.take("socket");
        let mut headers = Vec::new();
        for child in std::mem::take(&mut checked.children) {
            let mut arguments = self.check(child).arguments.into_iter().flatten();
            headers.extend(arguments.next().zip(arguments.next()));
        }
        let url = checked.into_argument()?;
        Some(ProbeDecl::Http(Box::new(HttpDecl {
            url,
            status,
            headers,
            body,
            socket,
        })))
    }

    fn stop(&mut self, mut checked: Checked) -> StopDecl {
        let mut stop = StopDecl {
            signal: checked.take("signal"),
            timeout: checked.take("timeout"),
            keys: Vec::new(),
            pause: None,
            run: None,
            always: None,
            span: checked.head,
        };
        let mut ways: Vec<Span> = stop.signal.iter().map(|signal| signal.span).collect();
        for child in checked.children {
            let mut inner = self.check(child);
            ways.push(inner.head);
            match inner.spec.name {
                "keys" => {
                    stop.pause = inner.take("pause");
                    stop.keys.extend(inner.arguments.into_iter().flatten());
                }
                _ => {
                    stop.always = inner.take("always");
                    stop.run = inner.into_argument();
                }
            }
        }
        if let [first, span, ..] = ways[..] {
            self.report(ManifestError::SeveralWaysToStop { span, first });
        }
        stop
    }
}

/// Reads the scalars of a pane's program.
pub(super) fn program_of(checked: &mut Checked) -> BodyDecl {
    BodyDecl {
        base: checked.take("use"),
        protect: checked.take("protect"),
        on_exit: checked.take("on-exit"),
        history: checked.take("history"),
        deadline: checked.take("deadline"),
        start: checked.take("start"),
        ..BodyDecl::default()
    }
}

fn typed(mut checked: Checked) -> Option<TypeDecl> {
    if checked.is_faulty {
        // Without what was reported it would be for a prompt.
        return None;
    }
    let enter = checked.take("enter");
    let (after, into) = (checked.take("after"), checked.take("into"));
    let text = checked.into_argument()?;
    Some(TypeDecl {
        text,
        enter,
        after,
        into,
    })
}

fn restart(mut checked: Checked) -> Option<RestartDecl> {
    let span = checked.head;
    let (max, within) = (checked.take("max"), checked.take("within"));
    let (delay, max_delay) = (checked.take("delay"), checked.take("max-delay"));
    let when = checked.into_argument()?;
    Some(RestartDecl {
        when,
        max,
        within,
        delay,
        max_delay,
        span,
    })
}

fn needs(mut checked: Checked) -> Vec<NeedDecl> {
    let until = checked.take("until");
    let restart = checked.take("restart");
    let optional = checked.take("optional");
    let targets = checked.arguments.into_iter().flatten();
    targets
        .map(|target| NeedDecl {
            target,
            until: until.clone(),
            restart: restart.clone(),
            optional: optional.clone(),
        })
        .collect()
}
