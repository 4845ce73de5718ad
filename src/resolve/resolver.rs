//! Fills in the templates of values and collects mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::layout::{Origin, nearest};
use crate::manifest::ast::{Scalar, ScalarValue};
use crate::manifest::source::{Sources, Span};
use crate::manifest::syntax::ERRORS_MAX;
use crate::manifest::value::joined;
use crate::resolve::conditions::Conditions;
use crate::resolve::error::ResolveError;
use crate::template::{self, TemplateError, Templates};
use crate::tmux::environment::Environment;

/// Renders values and collects mistakes.
pub(super) struct Resolver<'a> {
    pub conditions: &'a Conditions<'a>,
    pub templates: Templates,
    pub errors: Vec<ResolveError>,
    /// Variables of the caller that no template may use.
    pub secret_names: BTreeSet<String>,
    /// The part of the caller's environment that programs get.
    pub passed: Environment,
    /// Environment files, and whether the values of each are secret.
    pub wanted_files: BTreeMap<PathBuf, bool>,
    sources: &'a Sources,
    /// The offset of the first byte of each line of each source.
    lines: Vec<Vec<usize>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(sources: &'a Sources, conditions: &'a Conditions<'a>) -> Self {
        let lines = sources.iter().map(|source| {
            let starts = source.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(starts).collect()
        });
        Resolver {
            conditions,
            templates: Templates::new(),
            errors: Vec::new(),
            secret_names: BTreeSet::new(),
            passed: Environment::new(),
            wanted_files: BTreeMap::new(),
            sources,
            lines: lines.collect(),
        }
    }

    /// Binds a value for templates.
    pub(super) fn bind(&mut self, name: &str, value: &str) {
        self.templates.set(name, Value::String(value.to_owned()));
    }

    /// The text of a value; `None` if its template is wrong, which is reported.
    pub(super) fn text(&mut self, scalar: &Scalar) -> Option<String> {
        let template = match &scalar.value {
            ScalarValue::Template(template) => template,
            ScalarValue::Raw(text) => return Some(text.clone()),
            ScalarValue::Integer(number) => return Some(number.to_string()),
            ScalarValue::Float(number) => return Some(number.to_string()),
            ScalarValue::Bool(value) => return Some(value.to_string()),
        };
        if self.shows_secrets(scalar, template) {
            return None;
        }
        if let Ok(text) = self.templates.render(template) {
            return Some(text).filter(|text| !text.contains('\0'));
        }
        if self.errors.len() >= ERRORS_MAX {
            return None;
        }
        for mistake in self.templates.mistakes(template) {
            self.mistake(mistake, scalar, template);
        }
        None
    }

    /// Reports each secret that a template uses. Secrets are not bound, but `default` would take one for
    /// a variable that the caller does not have.
    fn shows_secrets(&mut self, scalar: &Scalar, template: &str) -> bool {
        let mut found = Vec::new();
        let names = self.secret_names.iter();
        for name in names.filter(|_| template.contains("env.")) {
            let place = template::place_of(&format!("env.{name}"), template);
            found.extend(place.map(|at| ResolveError::SecretInTemplate {
                name: name.clone(),
                span: self.within(scalar, template, Some(at)),
            }));
        }
        let shows = !found.is_empty();
        self.errors.append(&mut found);
        shows
    }

    fn mistake(&mut self, mistake: TemplateError, scalar: &Scalar, template: &str) {
        match mistake {
            TemplateError::Unknown { name, at } => {
                let span = self.within(scalar, template, at);
                self.unknown(name, span);
            }
            TemplateError::Other { why } => {
                let of_go = ["{{.", "{{ .", "{{range", "{{json"];
                self.errors.push(ResolveError::Template {
                    why,
                    span: scalar.span,
                    looks_like_go: of_go.iter().any(|tag| template.contains(tag)),
                });
            }
        }
    }

    /// The text of an optional value.
    pub(super) fn optional(&mut self, scalar: Option<&Scalar>) -> Option<String> {
        scalar.and_then(|scalar| self.text(scalar))
    }

    fn unknown(&mut self, name: String, span: Span) {
        let env = name.strip_prefix("env.").map(str::to_owned);
        let near = match &env {
            Some(variable) => {
                let names = self.conditions.environment.keys().map(String::as_str);
                nearest(variable, names).map(|name| format!("env.{name}"))
            }
            None if self.conditions.environment.contains_key(&name) => Some(format!("env.{name}")),
            None => nearest(&name, self.templates.names()).map(str::to_owned),
        };
        self.errors.push(ResolveError::UnknownVariable {
            name,
            span,
            nearest: near,
            is_env: env.is_some(),
        });
    }

    /// The place of a part of a template, if the manifest contains the template literally.
    fn within(&self, scalar: &Scalar, template: &str, at: Option<std::ops::Range<usize>>) -> Span {
        let written = self.sources.of(scalar.span).slice(scalar.span);
        let Some((at, start)) = at.zip(written.find(template)) else {
            return scalar.span;
        };
        Span {
            offset: scalar.span.offset + start + at.start,
            len: at.len(),
            ..scalar.span
        }
    }

    /// A path, relative to `base`; `~` at its start is the home directory.
    pub(super) fn path(&mut self, base: &std::path::Path, scalar: &Scalar) -> Option<PathBuf> {
        let text = self.text(scalar)?;
        if let Some(variable) = text.strip_prefix('$') {
            self.shell_variable(&text, variable, scalar);
            return None;
        }
        let of_home = match text.strip_prefix('~') {
            Some("") => Some(""),
            Some(rest) => rest.strip_prefix('/'),
            None => None,
        };
        let Some(rest) = of_home else {
            return Some(joined(base, &text));
        };
        let Some(home) = self.conditions.home else {
            self.errors.push(ResolveError::NoHome { span: scalar.span });
            return None;
        };
        Some(joined(home, rest))
    }

    /// Reports a path that starts with a shell variable, which is not expanded.
    fn shell_variable(&mut self, text: &str, variable: &str, scalar: &Scalar) {
        let name = variable.trim_start_matches('{');
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let name = &name[..end.unwrap_or(name.len())];
        let help = match name {
            "HOME" => "shell variables are not expanded: write `~`".to_owned(),
            "" => "write `./` before a name that begins with `$`".to_owned(),
            _ => format!("shell variables are not expanded: write `{{{{env.{name}}}}}`"),
        };
        self.errors.push(ResolveError::BadValue {
            value: text.chars().take(80).collect(),
            expected: "a path",
            span: scalar.span,
            help: Some(help),
        });
    }

    pub(super) fn origin(&self, span: Span) -> Origin {
        let starts = &self.lines[span.source.0 as usize];
        let line = starts.partition_point(|start| *start <= span.offset);
        Origin {
            file: self.sources.of(span).name.clone(),
            line: line.max(1),
        }
    }
}
