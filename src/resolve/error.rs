//! Mistakes in a manifest that is well-formed. Each variant is one thing to fix.

mod needs;

pub use needs::{Edge, NeedError, Never};

use std::path::{Path, PathBuf};

use crate::dotenv::LineError;
use crate::layout::Misfit;
use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;

/// A mistake that shows when profiles, copies and templates are filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error("unknown variable `{name}`")]
    UnknownVariable {
        name: String,
        span: Span,
        nearest: Option<String>,
        is_env: bool,
    },
    #[error("variable `{name}` has no value")]
    MissingVariable { name: String, span: Span },
    #[error("`--var {name}`: the manifest has no such variable")]
    UnusedVariable {
        name: String,
        nearest: Option<String>,
    },
    #[error("invalid template: {why}")]
    Template {
        why: String,
        span: Span,
        looks_like_go: bool,
    },
    #[error("`{name}` is not set in the caller's environment")]
    MissingEnvironment {
        name: String,
        span: Span,
        is_secret: bool,
    },
    #[error("{}", env_file(path, problem))]
    EnvFile {
        path: PathBuf,
        problem: EnvFileProblem,
        /// `None`: it is named on the command line.
        span: Option<Span>,
    },
    #[error("secret `{name}` used in a template")]
    SecretInTemplate { name: String, span: Span },
    #[error("`{value}` is not {expected}")]
    BadValue {
        value: String,
        expected: &'static str,
        span: Span,
        help: Option<String>,
    },
    #[error("two {what}s are named `{name}`")]
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
    #[error("the home directory is unknown")]
    NoHome { span: Span },
    #[error("unknown template `{name}`")]
    UnknownTemplate {
        name: String,
        span: Span,
        nearest: Option<String>,
    },
    /// Each template, with the place where the template before it uses it.
    #[error("templates use each other: {}", circle(links))]
    TemplateCycle { links: Vec<(String, Span)> },
    #[error("more than {max} templates use each other in a row")]
    UsesTooDeep { max: usize, span: Span },
    #[error("a task with a `ready` block from its template")]
    ReadyInTask { span: Span, ready: Span },
    #[error("`type` in a pane that does not run a shell")]
    TypeWithoutShell { span: Span, run: Span },
    #[error("`restart` in a pane that has the secret `{name}`")]
    RestartWithSecret { name: String, span: Span },
    #[error("{} {kind} without a command", article(kind))]
    NothingToRun { kind: &'static str, span: Span },
    #[error("`deadline` is only for tasks")]
    DeadlineOfNoTask { span: Span },
    #[error("`{shell}` cannot run `before`")]
    BeforeInShell { shell: String, span: Span },
    #[error("the layout string has {cells} cells, but the window has {panes} panes")]
    CellsAndPanes {
        cells: usize,
        panes: usize,
        span: Span,
    },
    #[error("a task that closes its pane")]
    TaskCloses { span: Span },
    #[error("`--profile {name}`: the manifest has no such profile")]
    UnknownProfile {
        name: String,
        nearest: Option<String>,
    },
    #[error("`{name}` cannot be set in a manifest")]
    OptionOfTriad {
        name: String,
        help: &'static str,
        span: Span,
    },
    #[error("`{name}` is a {scope} option and cannot be set on a {level}")]
    MisplacedOption {
        name: String,
        scope: &'static str,
        level: &'static str,
        span: Span,
    },
    #[error("unknown tmux event `{name}`")]
    UnknownEvent {
        name: String,
        nearest: Option<String>,
        span: Span,
    },
    #[error("a session hook for `{name}` never runs")]
    HookNeverRuns {
        name: String,
        why: &'static str,
        span: Span,
    },
    #[error("every session is left out by its profile")]
    NothingChosen { span: Span },
    #[error("two nodes have `was=\"{address}\"`")]
    WasTwice {
        address: String,
        span: Span,
        first: Span,
    },
    #[error("{what} `{address}` still exists")]
    StillThere {
        what: &'static str,
        address: String,
        span: Span,
    },
    #[error("the window has more than one split, or a split and panes")]
    SplitNotAlone { span: Span },
    #[error("the manifest has more than {max} sessions, windows and panes")]
    TooMany { max: usize, span: Span },
}

/// A reason why an environment file gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvFileProblem {
    #[error("was not found")]
    Missing,
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is named by a manifest that was found by searching, and {0}")]
    Untrusted(String),
    #[error("has a mistake in {0}")]
    Line(LineError),
}

fn env_file(path: &Path, problem: &EnvFileProblem) -> String {
    match problem {
        EnvFileProblem::Line(error) => error.within(path),
        _ => format!("the environment file `{}` {problem}", path.display()),
    }
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
            ResolveError::EnvFile { problem, .. } => match problem {
                EnvFileProblem::Missing => "triad::resolve::env-file-missing",
                EnvFileProblem::Unreadable(_) => "triad::resolve::env-file-unreadable",
                EnvFileProblem::Untrusted(_) => "triad::resolve::env-file-untrusted",
                EnvFileProblem::Line(_) => "triad::resolve::env-file-line",
            },
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
                one(span, "has no default and was not set")
            }
            ResolveError::UnusedVariable { .. } => Vec::new(),
            ResolveError::Template { span, .. } => one(span, "in this template"),
            ResolveError::MissingEnvironment { span, .. } => one(span, "not set"),
            ResolveError::EnvFile {
                span: Some(span), ..
            } => one(span, "named here"),
            ResolveError::EnvFile { span: None, .. } => Vec::new(),
            ResolveError::SecretInTemplate { span, .. } => one(span, "would be visible"),
            ResolveError::BadValue { span, expected, .. } => {
                vec![Label::new(*span, format!("expected {expected}"))]
            }
            ResolveError::Duplicate { span, first, .. } => {
                vec![
                    Label::new(*span, "second here"),
                    Label::new(*first, "first here"),
                ]
            }
            ResolveError::Need(error) => error.labels(),
            ResolveError::SharesTooLarge { span, .. } => one(span, "more than 100 %"),
            ResolveError::NoHome { span } => one(span, "`~` needs it"),
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
                Label::new(*span, "no prompt to type at"),
                Label::new(*run, "the pane runs this"),
            ],
            ResolveError::RestartWithSecret { span, .. } => {
                one(span, "tmux would have to store the secret")
            }
            ResolveError::NothingToRun { span, .. } => one(span, "no `run`"),
            ResolveError::DeadlineOfNoTask { span } => one(span, "not a task"),
            ResolveError::BeforeInShell { span, .. } => one(span, "needs a POSIX shell or fish"),
            ResolveError::CellsAndPanes { span, cells, .. } => one(span, &format!("{cells} cells")),
            ResolveError::TaskCloses { span } => one(span, "its exit status would be lost"),
            ResolveError::UnknownProfile { .. } => Vec::new(),
            ResolveError::OptionOfTriad { span, .. } => one(span, "set by triad"),
            ResolveError::MisplacedOption { span, .. } => one(span, "has no effect here"),
            ResolveError::UnknownEvent { span, .. } => one(span, "no such event"),
            ResolveError::HookNeverRuns { span, why, .. } => one(span, why),
            ResolveError::NothingChosen { span } => one(span, "left out, like all other sessions"),
            ResolveError::WasTwice { span, first, .. } => vec![
                Label::new(*span, "second here"),
                Label::new(*first, "first here"),
            ],
            ResolveError::StillThere { span, .. } => one(span, "was not renamed"),
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
                    "set {name}, or write a default: \
                     `{{{{default env.{name} \"…\"}}}}`"
                ))
            }
            ResolveError::UnknownVariable { name, .. } => Some(format!(
                "declare it with `vars {{ {name} \"…\" }}`, or mark the string as literal: `(raw)\"…\"`"
            )),
            ResolveError::MissingVariable { name, .. } => Some(format!(
                "set it with `--var {name}=…` or as TRIAD_VAR_{} in the environment",
                environment_name(name)
            )),
            ResolveError::UnusedVariable { nearest, .. } => meant(nearest),
            ResolveError::Template { looks_like_go: true, .. } => Some(
                "if the braces are meant for the program, mark the string: `(raw)\"…\"`"
                    .to_owned(),
            ),
            ResolveError::Template { .. } => Some(
                "write Handlebars such as `{{name}}`, or mark a string that is not a template: `(raw)\"…\"`"
                    .to_owned(),
            ),
            ResolveError::MissingEnvironment {
                name, is_secret, ..
            } => {
                let source = if *is_secret { "secret=#true" } else { "from=\"env\"" };
                Some(format!(
                    "set {name} before calling triad, or make it optional: `{name} {source} \
                     optional=#true`"
                ))
            }
            ResolveError::EnvFile { problem, span, .. } => Some(problem.help(span.is_some())),
            ResolveError::SecretInTemplate { name, .. } => Some(format!(
                "read it from the environment (`${name}` in a `run` line), or remove \
                 `secret=#true`"
            )),
            ResolveError::BadValue { help, .. } => help.clone(),
            ResolveError::Duplicate { .. } => Some("rename one of them".to_owned()),
            ResolveError::Need(error) => error.help(),
            ResolveError::SharesTooLarge { .. } => Some(
                "keep the shares of a split within 100 %; `grow` takes the rest"
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

impl EnvFileProblem {
    fn help(&self, is_in_manifest: bool) -> String {
        match self {
            EnvFileProblem::Missing if is_in_manifest => {
                "create it, or let it be missing with `optional=#true`".to_owned()
            }
            EnvFileProblem::Missing => "check the path after `--env-file`".to_owned(),
            EnvFileProblem::Unreadable(_) => "check the path and its permissions".to_owned(),
            EnvFileProblem::Untrusted(_) => {
                "make it your own, or name the manifest on the command line".to_owned()
            }
            EnvFileProblem::Line(_) => {
                "write `NAME=value`, with the value in quotes where it has spaces, `#` or `$`"
                    .to_owned()
            }
        }
    }
}

impl ResolveError {
    fn help_on_options(&self) -> Option<String> {
        match self {
            ResolveError::OptionOfTriad { help, .. } => Some((*help).to_owned()),
            ResolveError::MisplacedOption {
                scope: "server", ..
            } => Some(
                "set it in your own tmux.conf: it applies to every session of the server, also to \
                 those of others"
                    .to_owned(),
            ),
            ResolveError::MisplacedOption { scope, .. } => Some(format!(
                "move it to the `options` of a {scope}, or of the layout for all of them"
            )),
            _ => None,
        }
    }

    fn help_on_structure(&self) -> Option<&'static str> {
        Some(match self {
            ResolveError::CellsTooMany { .. } => {
                "use fewer cells, or a share such as `size=\"30%\"`"
            }
            ResolveError::TemplateCycle { .. } => "remove one of the `use`s",
            ResolveError::UsesTooDeep { .. } => "merge some of the templates",
            ResolveError::ReadyInTask { .. } => {
                "make it a `service`, or use a template without `ready`: a task is ready when it \
                 has exited with 0"
            }
            ResolveError::TypeWithoutShell { .. } => {
                "add `after=\"regex\"` to wait for a line of the program, or `into=\"any\"` to wait \
                 until its screen stops changing"
            }
            ResolveError::RestartWithSecret { .. } => {
                "let the pane read it at each start: from a file, with `env-file`, or from a command, with \
                 `KEY secret=#true exec=\"…\"`"
            }
            ResolveError::NothingToRun { .. } => {
                "write `run \"command\"`, or make it a `pane`, which is a shell by default"
            }
            ResolveError::DeadlineOfNoTask { .. } => {
                "remove it; for readiness, write `ready deadline=\"5m\" { … }`"
            }
            ResolveError::BeforeInShell { .. } => "use another `shell`, or put the line into `run`",
            ResolveError::CellsAndPanes { .. } => {
                "write one pane for each cell, in the order of the string, or use `columns` and `rows`"
            }
            ResolveError::TaskCloses { .. } => "use `hold` or `shell`, or make it a `pane`",
            ResolveError::HookNeverRuns { .. } => {
                "use `hooks { after-apply \"…\" }` or `after-down`, or set it for all sessions in \
                 your tmux.conf with `set-hook -g`"
            }
            ResolveError::NothingChosen { .. } => {
                "choose a profile with `--profile NAME`, or remove `profile` from one session"
            }
            ResolveError::WasTwice { .. } => "keep one: only one of them can take over its process",
            ResolveError::StillThere { .. } => "remove `was`, or the object with that name",
            ResolveError::SplitNotAlone { .. } => {
                "put everything into one `columns { … }` or `rows { … }`"
            }
            ResolveError::TooMany { .. } => {
                "make fewer copies: an `each` inside an `each` multiplies"
            }
            _ => return None,
        })
    }
}

/// The name of a variable in the environment: upper case, with `_` for `-`.
pub(super) fn environment_name(variable: &str) -> String {
    variable.to_uppercase().replace('-', "_")
}

fn article(kind: &str) -> &'static str {
    match kind {
        "agent" => "an",
        _ => "a",
    }
}
