//! What can be wrong with a manifest that reads well: each variant is one thing to fix.

mod needs;

pub use needs::{Edge, NeedError, Never};

use crate::layout::Misfit;
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
    MissingEnvironment {
        name: String,
        span: Span,
        is_secret: bool,
    },
    #[error("the secret `{name}` in a template")]
    SecretInTemplate { name: String, span: Span },
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
    #[error(transparent)]
    Need(#[from] NeedError),
    #[error("the shares of this split add up to {total} %")]
    SharesTooLarge { total: u32, span: Span },
    #[error("{misfit}")]
    CellsTooMany { misfit: Misfit, span: Span },
    #[error("the home directory is not known")]
    NoHome { span: Span },
    #[error("`{name}` is not a template of this layout")]
    UnknownTemplate {
        name: String,
        span: Span,
        nearest: Option<String>,
    },
    /// Each template with the place where it is used by the one before it.
    #[error("templates that use each other: {}", circle(links))]
    TemplateCycle { links: Vec<(String, Span)> },
    #[error("more than {max} templates behind one another")]
    UsesTooDeep { max: usize, span: Span },
    #[error("a task with a `ready` block in its template")]
    ReadyInTask { span: Span, ready: Span },
    #[error("`type` in a pane that runs something else than a shell")]
    TypeWithoutShell { span: Span, run: Span },
    #[error("`restart` in a pane whose environment holds the secret `{name}`")]
    RestartWithSecret { name: String, span: Span },
    #[error("{} {kind} without a command", article(kind))]
    NothingToRun { kind: &'static str, span: Span },
    #[error("`deadline` is only for a task")]
    DeadlineOfNoTask { span: Span },
    #[error("`before` cannot be run by `{shell}`")]
    BeforeInShell { shell: String, span: Span },
    #[error("the layout string has {cells} cells, and the window has {panes} panes")]
    CellsAndPanes {
        cells: usize,
        panes: usize,
        span: Span,
    },
    #[error("a task that closes its pane")]
    TaskCloses { span: Span },
    #[error("`--profile {name}` names no profile of this manifest")]
    UnknownProfile {
        name: String,
        nearest: Option<String>,
    },
    #[error("`{name}` is not for a manifest to set")]
    OptionOfTriad {
        name: String,
        help: &'static str,
        span: Span,
    },
    #[error("`{name}` is an option of the {scope}, and this is a {level}")]
    MisplacedOption {
        name: String,
        scope: &'static str,
        level: &'static str,
        span: Span,
    },
    #[error("`{name}` is not an event of tmux")]
    UnknownEvent {
        name: String,
        nearest: Option<String>,
        span: Span,
    },
    #[error("a hook of a session for `{name}` never runs")]
    HookNeverRuns {
        name: String,
        why: &'static str,
        span: Span,
    },
    #[error("no session is left")]
    NothingChosen { span: Span },
    #[error("two nodes were `{address}`")]
    WasTwice {
        address: String,
        span: Span,
        first: Span,
    },
    #[error("the {what} `{address}` is still there")]
    StillThere {
        what: &'static str,
        address: String,
        span: Span,
    },
    #[error("the window comes out with more than one split, or with panes beside it")]
    SplitNotAlone { span: Span },
    #[error("the manifest spells out more than {max} sessions, windows and panes")]
    TooMany { max: usize, span: Span },
}

fn circle(links: &[(String, Span)]) -> String {
    let mut names: Vec<String> = links.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.extend(names.first().cloned());
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
            ResolveError::SecretInTemplate { .. } => "triad::resolve::secret-in-template",
            ResolveError::BadValue { .. } => "triad::resolve::bad-value",
            ResolveError::Duplicate { .. } => "triad::resolve::duplicate-name",
            ResolveError::Need(error) => error.code(),
            ResolveError::SharesTooLarge { .. } => "triad::resolve::shares-too-large",
            ResolveError::NoHome { .. } => "triad::resolve::no-home",
            ResolveError::CellsTooMany { .. } => "triad::resolve::cells-too-many",
            ResolveError::UnknownTemplate { .. } => "triad::resolve::unknown-template",
            ResolveError::TemplateCycle { .. } => "triad::resolve::template-cycle",
            ResolveError::UsesTooDeep { .. } => "triad::resolve::uses-too-deep",
            ResolveError::ReadyInTask { .. } => "triad::resolve::ready-in-task",
            ResolveError::TypeWithoutShell { .. } => "triad::resolve::type-without-shell",
            ResolveError::RestartWithSecret { .. } => "triad::resolve::restart-with-secret",
            ResolveError::NothingToRun { .. } => "triad::resolve::nothing-to-run",
            ResolveError::DeadlineOfNoTask { .. } => "triad::resolve::deadline-of-no-task",
            ResolveError::BeforeInShell { .. } => "triad::resolve::before-in-shell",
            ResolveError::CellsAndPanes { .. } => "triad::resolve::cells-and-panes",
            ResolveError::TaskCloses { .. } => "triad::resolve::task-closes",
            ResolveError::UnknownProfile { .. } => "triad::resolve::unknown-profile",
            ResolveError::OptionOfTriad { .. } => "triad::resolve::option-of-triad",
            ResolveError::MisplacedOption { .. } => "triad::resolve::misplaced-option",
            ResolveError::UnknownEvent { .. } => "triad::resolve::unknown-event",
            ResolveError::HookNeverRuns { .. } => "triad::resolve::hook-never-runs",
            ResolveError::NothingChosen { .. } => "triad::resolve::nothing-chosen",
            ResolveError::WasTwice { .. } => "triad::resolve::was-twice",
            ResolveError::StillThere { .. } => "triad::resolve::still-there",
            ResolveError::TooMany { .. } => "triad::resolve::too-many",
            ResolveError::SplitNotAlone { .. } => "triad::resolve::split-not-alone",
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
            ResolveError::SecretInTemplate { span, .. } => one(span, "would be shown from here on"),
            ResolveError::BadValue { span, expected, .. } => {
                vec![Label::new(*span, format!("expected {expected}"))]
            }
            ResolveError::Duplicate { span, first, .. } => {
                vec![
                    Label::new(*span, "this one"),
                    Label::new(*first, "the first one"),
                ]
            }
            ResolveError::Need(error) => error.labels(),
            ResolveError::SharesTooLarge { span, .. } => one(span, "more than there is"),
            ResolveError::NoHome { span } => one(span, "`~` stands for it"),
            ResolveError::CellsTooMany { span, .. } => one(span, "in this split"),
            ResolveError::UnknownTemplate { span, .. } => one(span, "no such template"),
            ResolveError::TemplateCycle { links } => {
                let label =
                    |(name, span): &(String, Span)| Label::new(*span, format!("uses `{name}`"));
                links.iter().map(label).collect()
            }
            ResolveError::UsesTooDeep { span, .. } => one(span, "one too many"),
            ResolveError::ReadyInTask { span, ready } => vec![
                Label::new(*span, "the task"),
                Label::new(*ready, "in its template"),
            ],
            ResolveError::TypeWithoutShell { span, run } => vec![
                Label::new(*span, "there is no prompt to type at"),
                Label::new(*run, "runs this"),
            ],
            ResolveError::RestartWithSecret { span, .. } => {
                one(span, "tmux would have to keep the secret for it")
            }
            ResolveError::NothingToRun { span, .. } => one(span, "no `run`"),
            ResolveError::DeadlineOfNoTask { span } => one(span, "of another kind of pane"),
            ResolveError::BeforeInShell { span, .. } => one(span, "for a POSIX shell or fish"),
            ResolveError::CellsAndPanes { span, cells, .. } => one(span, &format!("{cells} cells")),
            ResolveError::TaskCloses { span } => one(span, "nothing would be left of its end"),
            ResolveError::UnknownProfile { .. } => Vec::new(),
            ResolveError::OptionOfTriad { span, .. } => one(span, "triad sees to this"),
            ResolveError::MisplacedOption { span, .. } => one(span, "has no effect here"),
            ResolveError::UnknownEvent { span, .. } => one(span, "no hook would ever run"),
            ResolveError::HookNeverRuns { span, why, .. } => one(span, why),
            ResolveError::NothingChosen { span } => one(span, "left out, like all others"),
            ResolveError::WasTwice { span, first, .. } => vec![
                Label::new(*span, "this one"),
                Label::new(*first, "the first one"),
            ],
            ResolveError::StillThere { span, .. } => one(span, "cannot have been renamed"),
            ResolveError::TooMany { span, .. } => one(span, "one too many"),
            ResolveError::SplitNotAlone { span } => one(span, "this window"),
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
            ResolveError::MissingEnvironment {
                name, is_secret, ..
            } => {
                let source = if *is_secret { "secret=#true" } else { "from=\"env\"" };
                Some(format!(
                    "set {name} before calling triad, or let it be missing: `{name} {source} \
                     optional=#true`"
                ))
            }
            ResolveError::SecretInTemplate { name, .. } => Some(format!(
                "let the program take it from its environment (`${name}` in a `run` line), or \
                 make it no secret"
            )),
            ResolveError::BadValue { help, .. } => help.clone(),
            ResolveError::Duplicate { .. } => Some("give one of them another name".to_owned()),
            ResolveError::Need(error) => error.help(),
            ResolveError::SharesTooLarge { .. } => Some(
                "the shares of one split are at most 100 % together; `grow` takes what is left"
                    .to_owned(),
            ),
            ResolveError::NoHome { .. } => Some("set HOME".to_owned()),
            ResolveError::UnknownEvent { nearest, .. }
            | ResolveError::UnknownTemplate { nearest, .. }
            | ResolveError::UnknownProfile { nearest, .. } => meant(nearest),
            _ => self
                .help_on_options()
                .or_else(|| self.help_on_structure().map(str::to_owned)),
        }
    }
}

impl ResolveError {
    fn help_on_options(&self) -> Option<String> {
        match self {
            ResolveError::OptionOfTriad { help, .. } => Some((*help).to_owned()),
            ResolveError::MisplacedOption { scope: "server", .. } => Some(
                "it concerns every session of the server, also those of others: it belongs into your \
                 own tmux.conf"
                    .to_owned(),
            ),
            ResolveError::MisplacedOption { scope, .. } => Some(format!(
                "write it in the `options` of a {scope}, or of the layout for all of them"
            )),
            _ => None,
        }
    }

    fn help_on_structure(&self) -> Option<&'static str> {
        Some(match self {
            ResolveError::CellsTooMany { .. } => {
                "make the cells fewer, or write shares: `size=\"30%\"`"
            }
            ResolveError::TemplateCycle { .. } => "take one of the uses out",
            ResolveError::UsesTooDeep { .. } => "write in one what stands in several",
            ResolveError::ReadyInTask { .. } => {
                "a task is ready when it has exited with 0: make it a `service`, or use a template \
                 without `ready`"
            }
            ResolveError::TypeWithoutShell { .. } => {
                "leave `run` out for a shell, or put the text into the command itself"
            }
            ResolveError::RestartWithSecret { .. } => {
                "let the program read the secret itself, from a file or a keyring, or leave \
                 `restart` out: `triad apply` starts it again"
            }
            ResolveError::NothingToRun { .. } => {
                "write `run \"command\"`, or make it a `pane`, which is a shell without one"
            }
            ResolveError::DeadlineOfNoTask { .. } => {
                "remove it; how long readiness is waited for is said by `ready deadline=\"5m\" { … }`"
            }
            ResolveError::BeforeInShell { .. } => {
                "give the pane another `shell`, or write the line into its `run`"
            }
            ResolveError::CellsAndPanes { .. } => {
                "write a pane for each cell, in the order of the string; or use `columns` and `rows`"
            }
            ResolveError::TaskCloses { .. } => {
                "use `hold` or `shell`, or make it a `pane`, whose end means nothing"
            }
            ResolveError::HookNeverRuns { .. } => {
                "write a command of the layout: `hooks { after-apply \"…\" }` or `after-down`; or set it for \
                 all sessions in your tmux.conf, with `set-hook -g`"
            }
            ResolveError::NothingChosen { .. } => {
                "choose a profile with `--profile NAME`, or leave one session without"
            }
            ResolveError::WasTwice { .. } => "only one of them can have its process",
            ResolveError::StillThere { .. } => {
                "`was` is for what the manifest does not name any more: remove it"
            }
            ResolveError::SplitNotAlone { .. } => {
                "a window has one split, or panes: put all into one `columns { … }` or `rows { … }`"
            }
            ResolveError::TooMany { .. } => "an `each` within an `each` multiplies: make fewer",
            _ => return None,
        })
    }
}

/// The environment's spelling of a variable: upper case, `-` as `_`.
pub(super) fn environment_name(variable: &str) -> String {
    variable.to_uppercase().replace('-', "_")
}

fn article(kind: &str) -> &'static str {
    match kind {
        "agent" => "an",
        _ => "a",
    }
}
