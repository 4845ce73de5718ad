//! The manifest as it was written: every declaration with the place it stands at.
//!
//! Nothing here is expanded, inherited or checked against anything else; that is
//! [`resolve`](crate::resolve). Names end in `Decl`: a `PaneDecl` is written, a
//! [`Pane`](crate::layout::Pane) is wanted, a [`LivePane`](crate::live::LivePane) is seen.

use crate::layout::{Direction, PaneKind};
use crate::manifest::source::Span;

/// A whole manifest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// `layout "name"`; without one the file's stem is the name.
    pub layout: Option<Scalar>,
    /// `root "path"`: the outermost working directory, relative to the manifest's folder.
    pub root: Option<Scalar>,
    /// `server socket="…"` or `server path="…"`.
    pub server: Option<ServerDecl>,
    /// `vars { … }`, in the order written.
    pub vars: Vec<VarDecl>,
    /// The layout's own `env` (its `cwd` is `root`; it has no other inherited attribute here).
    pub scope: ScopeDecl,
    /// The sessions, in the order written.
    pub sessions: Vec<SessionDecl>,
}

/// One value as written: a KDL string, number or boolean.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    pub value: ScalarValue,
    /// The value alone, quotes included, without a property's name.
    pub span: Span,
}

/// What a [`Scalar`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ScalarValue {
    /// A string, which is a template.
    Template(String),
    /// A string marked `(raw)`, taken as it stands.
    Raw(String),
    Integer(i128),
    Float(f64),
    Bool(bool),
}

/// A name with its place, for things that are never templates (variables, environment keys).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// Which tmux server: by name (`-L`) or by socket path (`-S`).
#[derive(Debug, Clone, PartialEq)]
pub enum ServerDecl {
    Socket(Scalar),
    Path(Scalar),
}

/// One line of `vars`.
#[derive(Debug, Clone, PartialEq)]
pub struct VarDecl {
    pub name: Name,
    /// `None`: must be given with `--var` or `TRIAD_VAR_*`.
    pub default: Option<Scalar>,
}

/// One line of `env`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvDecl {
    pub key: Name,
    pub value: EnvValue,
}

/// Where an environment variable's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum EnvValue {
    Given(Scalar),
    /// `KEY from="env"`: the caller's variable of the same name.
    FromCaller {
        optional: bool,
    },
}

/// The attributes that flow from outer to inner.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeDecl {
    pub cwd: Option<Scalar>,
    pub env: Vec<EnvDecl>,
    pub shell: Option<Scalar>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SessionDecl {
    pub name: Scalar,
    pub scope: ScopeDecl,
    pub windows: Vec<WindowDecl>,
    /// The node's head: its name and entries, without the children.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WindowDecl {
    pub name: Scalar,
    pub title: Option<Scalar>,
    pub titles: Option<Scalar>,
    pub focus: Option<Scalar>,
    pub ratio: Option<Scalar>,
    pub scope: ScopeDecl,
    /// Nothing, one split, or panes (which are then tiled). Anything else is a diagnostic of the
    /// decoder, which keeps what it read.
    pub body: Vec<NodeDecl>,
    pub span: Span,
}

/// What may stand in a window or a split.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeDecl {
    Split(Box<SplitDecl>),
    Pane(Box<PaneDecl>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct SplitDecl {
    pub direction: Direction,
    pub place: PlaceDecl,
    pub scope: ScopeDecl,
    pub children: Vec<NodeDecl>,
    pub span: Span,
}

/// How much of its split a child takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlaceDecl {
    /// `"30%"` or a number of cells.
    pub size: Option<Scalar>,
    /// A weight for what is left.
    pub grow: Option<Scalar>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PaneDecl {
    pub kind: PaneKind,
    pub name: Scalar,
    pub place: PlaceDecl,
    pub scope: ScopeDecl,
    pub title: Option<Scalar>,
    pub focus: Option<Scalar>,
    pub run: Option<RunDecl>,
    pub needs: Vec<NeedDecl>,
    pub ready: Option<ReadyDecl>,
    pub span: Span,
}

/// `run "line"` (one word) or `run "prog" "arg" …` (several). Never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDecl {
    pub words: Vec<Scalar>,
    pub span: Span,
}

/// One target of a `needs` node; `until` is that node's and repeated for each of its targets.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedDecl {
    pub target: Scalar,
    pub until: Option<Scalar>,
}

/// A `ready` block: all its probes must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadyDecl {
    pub probes: Vec<ProbeDecl>,
    pub every: Option<Scalar>,
    pub timeout: Option<Scalar>,
    pub deadline: Option<Scalar>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ProbeDecl {
    Port(Scalar),
    Http { url: Scalar, status: Option<Scalar> },
    Exec(Scalar),
}
