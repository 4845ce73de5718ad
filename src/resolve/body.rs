//! `use`: merges a pane's body with that of its template.
//!
//! The pane's own settings override the template's: scalars, the lists `run`, `type` and `needs`, and
//! the blocks `ready`, `restart` and `stop` are replaced as a whole; `env` and `options` are merged key
//! by key, and `env-file` adds to the template's files.

use std::collections::BTreeMap;

use crate::layout::nearest;
use crate::manifest::ast::{BodyDecl, PlaceDecl, Scalar, ScopeDecl, TemplateDecl};
use crate::manifest::source::Span;
use crate::resolve::error::ResolveError;
use crate::resolve::resolver::Resolver;

/// The most templates that may use each other in a row.
const USES_MAX: usize = 16;

/// The templates of a layout by name.
pub(super) struct Bodies<'a> {
    templates: BTreeMap<&'a str, &'a TemplateDecl>,
}

impl<'a> Bodies<'a> {
    /// Collects the templates and reports two of the same name.
    pub(super) fn new(templates: &'a [TemplateDecl], errors: &mut Vec<ResolveError>) -> Self {
        let mut by_name: BTreeMap<&str, &TemplateDecl> = BTreeMap::new();
        for template in templates {
            let name = template.name.text.as_str();
            if let Some(first) = by_name.get(name) {
                errors.push(ResolveError::Duplicate {
                    what: "template",
                    name: name.to_owned(),
                    span: template.name.span,
                    first: first.name.span,
                });
            } else {
                by_name.insert(name, template);
            }
        }
        Bodies { templates: by_name }
    }

    /// Reports mistakes in templates that no pane uses.
    pub(super) fn check(&self, resolver: &mut Resolver) {
        for template in self.templates.values() {
            // A template that a variable chooses is checked where it is used.
            let is_known = |base: &Scalar| {
                matches!(&base.value, crate::manifest::ast::ScalarValue::Template(text)
                    if !text.contains("{{"))
            };
            if template.body.base.as_ref().is_some_and(is_known) {
                self.merged(resolver, &template.body);
            }
        }
    }

    /// The body and those of its templates, nearest first.
    pub(super) fn merged(&self, resolver: &mut Resolver, own: &BodyDecl) -> BodyDecl {
        let mut merged = own.clone();
        let mut used: Vec<(&str, Span)> = Vec::new();
        let mut next = own.base.as_ref();
        while let Some(base) = next {
            if used.len() == USES_MAX {
                let (max, span) = (USES_MAX, base.span);
                resolver
                    .errors
                    .push(ResolveError::UsesTooDeep { max, span });
                break;
            }
            let Some(template) = self.find(resolver, base) else {
                break;
            };
            let name = template.name.text.as_str();
            if let Some(start) = used.iter().position(|(seen, _)| *seen == name) {
                let mut circle = used.split_off(start);
                // The templates that lead into the cycle are not part of it.
                circle[0].1 = base.span;
                // The same cycle is found from each of its templates, and reported once.
                let first = (0..circle.len()).min_by_key(|&at| circle[at].1);
                circle.rotate_left(first.unwrap_or(0));
                let links = circle.iter();
                resolver.errors.push(ResolveError::TemplateCycle {
                    links: links
                        .map(|(name, span)| ((*name).to_owned(), *span))
                        .collect(),
                });
                break;
            }
            used.push((name, base.span));
            merged = over(merged, &template.body);
            next = template.body.base.as_ref();
        }
        merged
    }

    fn find(&self, resolver: &mut Resolver, base: &Scalar) -> Option<&'a TemplateDecl> {
        let name = resolver.text(base)?;
        let found = self.templates.get(name.as_str()).copied();
        if found.is_none() {
            let names = self.templates.keys().copied();
            resolver.errors.push(ResolveError::UnknownTemplate {
                span: base.span,
                nearest: nearest(&name, names).map(str::to_owned),
                name,
            });
        }
        found
    }
}

fn over(own: BodyDecl, base: &BodyDecl) -> BodyDecl {
    let BodyDecl {
        base: own_base,
        place,
        scope,
        title,
        focus,
        protect,
        on_exit,
        history,
        deadline,
        start,
        run,
        types,
        needs,
        ready,
        restart,
        stop,
    } = own;
    BodyDecl {
        base: own_base,
        place: place_over(place, &base.place),
        scope: scope_over(scope, &base.scope),
        title: title.or_else(|| base.title.clone()),
        focus: focus.or_else(|| base.focus.clone()),
        protect: protect.or_else(|| base.protect.clone()),
        on_exit: on_exit.or_else(|| base.on_exit.clone()),
        history: history.or_else(|| base.history.clone()),
        deadline: deadline.or_else(|| base.deadline.clone()),
        start: start.or_else(|| base.start.clone()),
        run: run.or_else(|| base.run.clone()),
        types: list_over(types, &base.types),
        needs: list_over(needs, &base.needs),
        ready: ready.or_else(|| base.ready.clone()),
        restart: restart.or_else(|| base.restart.clone()),
        stop: stop.or_else(|| base.stop.clone()),
    }
}

fn list_over<T: Clone>(own: Vec<T>, base: &[T]) -> Vec<T> {
    if own.is_empty() { base.to_vec() } else { own }
}

/// `size` and `grow` exclude each other, so either one replaces both.
fn place_over(own: PlaceDecl, base: &PlaceDecl) -> PlaceDecl {
    if own.size.is_some() || own.grow.is_some() {
        own
    } else {
        base.clone()
    }
}

fn scope_over(own: ScopeDecl, base: &ScopeDecl) -> ScopeDecl {
    let ScopeDecl {
        cwd,
        env,
        env_files,
        options,
        shell,
        log,
        before,
    } = own;
    // A later entry overrides an earlier one.
    let mut all_env = base.env.clone();
    all_env.extend(env);
    let mut all_files = base.env_files.clone();
    all_files.extend(env_files);
    let mut all_options = base.options.clone();
    all_options.extend(options);
    let mut all_before = base.before.clone();
    all_before.extend(before);
    ScopeDecl {
        cwd: cwd.or_else(|| base.cwd.clone()),
        env: all_env,
        env_files: all_files,
        options: all_options,
        shell: shell.or_else(|| base.shell.clone()),
        log: log.or_else(|| base.log.clone()),
        before: all_before,
    }
}
