//! What can be wrong with a manifest that reads well: each variant is one thing to fix.

use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;

/// A mistake that shows when a manifest is spelled out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error("unknown variable `{name}`")]
    UnknownVariable {
        name: String,
        span: Span,
        nearest: Option<String>,
        is_env: bool,
    },
    #[error("the variable `{name}` has no value")]
    MissingVariable { name: String, span: Span },
    #[error("`--var {name}` names no variable of this manifest")]
    UnusedVariable {
        name: String,
        nearest: Option<String>,
    },
    #[error("this template does not read: {why}")]
    Template {
        why: String,
        span: Span,
        looks_like_go: bool,
    },
    #[error("`{name}` is not in the environment of the caller")]
    MissingEnvironment { name: String, span: Span },
    #[error("`{value}` is not {expected}")]
    BadValue {
        value: String,
        expected: &'static str,
        span: Span,
        help: Option<String>,
    },
    #[error("two {what}s are called `{name}`")]
    Duplicate {
        what: &'static str,
        name: String,
        span: Span,
        first: Span,
    },
    #[error("`{target}` is not a pane of this layout")]
    UnknownNeed {
        target: String,
        span: Span,
        nearest: Option<String>,
    },
    #[error("`{target}` could be several panes")]
    AmbiguousNeed {
        target: String,
        span: Span,
        candidates: Vec<String>,
    },
    #[error("panes that need each other: {}", cycle(edges))]
    Cycle { edges: Vec<Edge> },
    #[error("the shares of this split add up to {total} %")]
    SharesTooLarge { total: u32, span: Span },
    #[error("the home directory is not known")]
    NoHome { span: Span },
}

/// One edge of a cycle of needs, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub span: Span,
}

fn cycle(edges: &[Edge]) -> String {
    let mut names: Vec<String> = edges
        .iter()
        .map(|edge| format!("`{}`", edge.from))
        .collect();
    names.extend(edges.first().map(|edge| format!("`{}`", edge.from)));
    names.join(" → ")
}

impl ResolveError {
    /// The mistake as data for the view.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic {
            code: self.code(),
            message: self.to_string(),
            labels: self.labels(),
            help: self.help(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            ResolveError::UnknownVariable { .. } => "triad::resolve::unknown-variable",
            ResolveError::MissingVariable { .. } => "triad::resolve::missing-variable",
            ResolveError::UnusedVariable { .. } => "triad::resolve::unused-variable",
            ResolveError::Template { .. } => "triad::resolve::template",
            ResolveError::MissingEnvironment { .. } => "triad::resolve::missing-environment",
            ResolveError::BadValue { .. } => "triad::resolve::bad-value",
            ResolveError::Duplicate { .. } => "triad::resolve::duplicate-name",
            ResolveError::UnknownNeed { .. } => "triad::resolve::unknown-need",
            ResolveError::AmbiguousNeed { .. } => "triad::resolve::ambiguous-need",
            ResolveError::Cycle { .. } => "triad::resolve::cycle",
            ResolveError::SharesTooLarge { .. } => "triad::resolve::shares-too-large",
            ResolveError::NoHome { .. } => "triad::resolve::no-home",
        }
    }

    fn labels(&self) -> Vec<Label> {
        let one = |span: &Span, text: &str| vec![Label::new(*span, text)];
        match self {
            ResolveError::UnknownVariable {
                span, is_env: true, ..
            } => one(span, "not in the caller's environment"),
            ResolveError::UnknownVariable { span, .. } => one(span, "not in `vars`"),
            ResolveError::MissingVariable { span, .. } => {
                one(span, "has no default, and was not given")
            }
            ResolveError::UnusedVariable { .. } => Vec::new(),
            ResolveError::Template { span, .. } => one(span, "in this template"),
            ResolveError::MissingEnvironment { span, .. } => one(span, "not set"),
            ResolveError::BadValue { span, expected, .. } => {
                vec![Label::new(*span, format!("expected {expected}"))]
            }
            ResolveError::Duplicate { span, first, .. } => {
                vec![
                    Label::new(*span, "this one"),
                    Label::new(*first, "the first one"),
                ]
            }
            ResolveError::UnknownNeed { span, .. } => one(span, "no such pane"),
            ResolveError::AmbiguousNeed { span, .. } => one(span, "which one?"),
            ResolveError::Cycle { edges } => {
                let label = |edge: &Edge| {
                    Label::new(edge.span, format!("`{}` needs `{}`", edge.from, edge.to))
                };
                edges.iter().map(label).collect()
            }
            ResolveError::SharesTooLarge { span, .. } => one(span, "more than there is"),
            ResolveError::NoHome { span } => one(span, "`~` stands for it"),
        }
    }

    fn help(&self) -> Option<String> {
        let meant = |nearest: &Option<String>| {
            nearest
                .as_ref()
                .map(|name| format!("did you mean `{name}`?"))
        };
        match self {
            ResolveError::UnknownVariable { nearest: Some(name), .. } => {
                Some(format!("did you mean `{name}`?"))
            }
            ResolveError::UnknownVariable { name, is_env: true, .. } => {
                let name = name.trim_start_matches("env.");
                Some(format!(
                    "set {name}, or give a value for where it is missing: \
                     `{{{{default env.{name} \"…\"}}}}`"
                ))
            }
            ResolveError::UnknownVariable { name, .. } => Some(format!(
                "declare it: `vars {{ {name} \"…\" }}`; or mark the string as it stands: `(raw)\"…\"`"
            )),
            ResolveError::MissingVariable { name, .. } => Some(format!(
                "give it with `--var {name}=…` or in the environment as TRIAD_VAR_{}",
                environment_name(name)
            )),
            ResolveError::UnusedVariable { nearest, .. } => meant(nearest),
            ResolveError::Template { looks_like_go: true, .. } => Some(
                "if the braces are for the program and not for triad, mark the string: `(raw)\"…\"`"
                    .to_owned(),
            ),
            ResolveError::Template { .. } => Some(
                "templates are Handlebars: `{{name}}`; a string that is none is marked `(raw)\"…\"`"
                    .to_owned(),
            ),
            ResolveError::MissingEnvironment { name, .. } => Some(format!(
                "set {name} before calling triad, or let it be missing: `{name} from=\"env\" \
                 optional=#true`"
            )),
            ResolveError::BadValue { help, .. } => help.clone(),
            ResolveError::Duplicate { .. } => Some("give one of them another name".to_owned()),
            ResolveError::UnknownNeed { nearest, .. } => meant(nearest),
            ResolveError::AmbiguousNeed { candidates, .. } => {
                let shown = candidates.iter().map(|name| format!("`{name}`"));
                Some(format!("write its address: {}", shown.collect::<Vec<_>>().join(" or ")))
            }
            ResolveError::Cycle { .. } => {
                Some("nothing of this can ever start: take one of the needs out".to_owned())
            }
            ResolveError::SharesTooLarge { .. } => Some(
                "the shares of one split are at most 100 % together; `grow` takes what is left"
                    .to_owned(),
            ),
            ResolveError::NoHome { .. } => Some("set HOME".to_owned()),
        }
    }
}

/// The environment's spelling of a variable: upper case, `-` as `_`.
pub fn environment_name(variable: &str) -> String {
    variable.to_uppercase().replace('-', "_")
}
