//! Mistakes in a manifest as it is written.

mod explain;
mod help;
mod include;
mod shorten;
mod syntax;

pub use explain::explanations;
pub use include::IncludeError;
pub use syntax::SyntaxError;

use shorten::{not_a_name, shorten};

use super::source::Span;
use super::table::{NodeSpec, Place};

/// One mistake in a manifest. A variant is one thing that the user can fix.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ManifestError {
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    #[error("the manifest is empty")]
    Empty { span: Span },
    #[error("the manifest has no session")]
    NoSession { span: Span },
    #[error("unknown node `{}`", shorten(name))]
    UnknownNode {
        span: Span,
        name: String,
        place: Place,
        nearest: Option<&'static str>,
    },
    #[error("`{name}` is a word of other tools")]
    Foreign {
        span: Span,
        name: String,
        /// The spelling in triad.
        usage: &'static str,
    },
    #[error("unknown property `{}`", shorten(name))]
    UnknownProperty {
        span: Span,
        name: String,
        node: &'static NodeSpec,
        nearest: Option<&'static str>,
    },
    #[error("`{name}` is not a property")]
    NotAProperty {
        span: Span,
        name: &'static str,
        usage: &'static str,
    },
    #[error("`{name}` is not supported by this version of triad")]
    NotSupported { span: Span, name: String },
    #[error("`{name}` is not allowed {}", found.within())]
    WrongPlace {
        span: Span,
        name: String,
        found: Place,
        allowed: Vec<Place>,
    },
    #[error("`{}` is missing {what}", node.name)]
    MissingArgument {
        span: Span,
        node: &'static NodeSpec,
        what: &'static str,
    },
    #[error("too many values for `{}`", shorten(name))]
    ExtraArguments {
        span: Span,
        name: String,
        node: &'static NodeSpec,
    },
    #[error("`{}` takes no block", shorten(name))]
    NoBlock {
        span: Span,
        name: String,
        usage: &'static str,
    },
    #[error("{}", not_a_name(name))]
    BadName {
        span: Span,
        name: String,
        /// The kind of node with that name; empty for a variable.
        node: &'static str,
    },
    #[error("`{}` is not the name of an environment variable", shorten(name))]
    BadKey { span: Span, name: String },
    #[error("a variable cannot be called `{name}`")]
    ReservedName { span: Span, name: String },
    #[error("{what} `{}` is defined twice", shorten(name))]
    DuplicateName {
        span: Span,
        first: Span,
        what: &'static str,
        name: String,
    },
    #[error("`{name}` is given twice")]
    DuplicateNode {
        span: Span,
        first: Span,
        name: &'static str,
    },
    #[error("property `{name}` is given twice")]
    DuplicateProperty {
        span: Span,
        first: Span,
        name: &'static str,
    },
    #[error("`{name}` is given as a property and as a child")]
    PropertyAndChild {
        span: Span,
        first: Span,
        name: &'static str,
    },
    #[error("`{}` must be {expected}, not {found}", shorten(subject))]
    WrongType {
        span: Span,
        subject: String,
        expected: String,
        found: &'static str,
        /// The same value in its correct spelling, where that is clear.
        write: Option<String>,
    },
    #[error("`{}` cannot be `{}`", shorten(subject), shorten(found))]
    BadValue {
        span: Span,
        subject: String,
        expected: String,
        found: String,
        nearest: Option<String>,
    },
    #[error("`{}` holds a NUL character", shorten(text))]
    NulInText { span: Span, text: String },
    #[error("a value cannot be null")]
    Null { span: Span },
    #[error("unknown type annotation `({})`", shorten(name))]
    TypeAnnotation { span: Span, name: String },
    #[error("`(raw)` before a value that is not a string")]
    RawNotText { span: Span },
    #[error("`run` without a command")]
    EmptyRun { span: Span },
    #[error("a split without children")]
    EmptySplit { span: Span },
    #[error("a `ready` block without a probe")]
    EmptyReady { span: Span },
    #[error("a window with more than one split")]
    SeveralSplits { span: Span, first: Span },
    #[error("a window with a split and panes")]
    SplitAndPanes { split: Span, pane: Span },
    #[error("a window with its own `run` cannot have panes")]
    PaneInPane { span: Span, window: Span },
    #[error("a task with a `ready` block")]
    ReadyInTask { span: Span, task: Span },
    #[error("`size` and `grow` on one node")]
    SizeAndGrow { size: Span, grow: Span },
    #[error("`{name}` outside a split")]
    SizeOutsideSplit { span: Span, name: &'static str },
    #[error("`server` without `socket` or `path`")]
    ServerWithoutAddress { span: Span },
    #[error("`server` with both `socket` and `path`")]
    ServerWithBoth { socket: Span, path: Span },
    #[error("environment variable `{}` has no value", shorten(key))]
    EnvWithoutValue { span: Span, key: String },
    #[error("environment variable `{}` has two values", shorten(key))]
    EnvWithBoth {
        value: Span,
        from: Span,
        key: String,
    },
    #[error("`optional` without `from=\"env\"`")]
    OptionalWithoutFrom { span: Span },
    #[error("`exec` together with another value")]
    ExecWithOther { exec: Span, other: Span },
    #[error(
        "environment variable `{}` from `exec` without `secret=#true`",
        shorten(key)
    )]
    ExecWithoutSecret { span: Span, key: String },
    #[error("{what} cannot be a template")]
    TooEarly { span: Span, what: &'static str },
    #[error("`{}` is not the name of a tmux option", shorten(name))]
    BadOptionName { span: Span, name: String },
    #[error("option `{}` has no value", shorten(name))]
    OptionWithoutValue { span: Span, name: String },
    #[error("more than one way to stop a process")]
    SeveralWaysToStop { span: Span, first: Span },
    #[error("`layout` in a window that has a split")]
    LayoutOfSplit { span: Span, split: Span },
    #[error(transparent)]
    Include(#[from] IncludeError),
}
