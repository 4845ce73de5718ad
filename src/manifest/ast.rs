//! The manifest as it was written: every declaration with its place in the text.
//!
//! Nothing here is expanded, inherited or checked against anything else; that is
//! [`resolve`](crate::resolve). Names end in `Decl`: a `PaneDecl` is written, a
//! [`Pane`](crate::layout::Pane) is wanted, a [`LivePane`](crate::live::LivePane) is seen.

use crate::layout::{Direction, PaneKind};
use crate::manifest::source::Span;

/// A whole manifest: all of its files, put together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// `layout "name"`; without one the file's stem is the name.
    pub layout: Option<LayoutDecl>,
    /// `root "path"`: the outermost working directory, relative to the manifest's folder.
    pub root: Option<Scalar>,
    /// `server socket="…"` or `server path="…"`.
    pub server: Option<ServerDecl>,
    /// `vars { … }`, in the order written.
    pub vars: Vec<VarDecl>,
    /// The layout's own attributes (its `cwd` is `root`).
    pub scope: ScopeDecl,
    pub hooks: HooksDecl,
    pub templates: Vec<TemplateDecl>,
    /// The sessions, in the order written.
    pub sessions: Vec<SessionDecl>,
}

/// A node at the top of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Layout(LayoutDecl),
    Root(Scalar),
    Server(ServerDecl),
    Vars(Vec<VarDecl>),
    Env(Vec<EnvDecl>),
    EnvFile(EnvFileDecl),
    Options(Vec<OptionDecl>),
    Shell(Scalar),
    Before(Scalar),
    Log(LogDecl),
    Hooks(Box<HooksDecl>),
    Include(IncludeDecl),
    Template(Box<TemplateDecl>),
    Session(Box<SessionDecl>),
}

/// `include "file.kdl"`.
#[derive(Debug, Clone, PartialEq)]
pub struct IncludeDecl {
    /// Never a template: it is read before variables exist.
    pub path: String,
    /// The span of the path.
    pub span: Span,
    pub is_optional: bool,
}

/// `layout "name" was="old-name"`
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutDecl {
    pub name: Scalar,
    pub was: Option<Scalar>,
}

/// `hooks { … }`: shell commands, each at most once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HooksDecl {
    pub before_apply: Option<Scalar>,
    pub after_apply: Option<Scalar>,
    pub before_down: Option<Scalar>,
    pub after_down: Option<Scalar>,
}

/// One value as written: a KDL string, number or boolean.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    pub value: ScalarValue,
    /// The value alone, quotes included, without a property's name.
    pub span: Span,
}

/// The value of a [`Scalar`].
#[derive(Debug, Clone, PartialEq)]
pub enum ScalarValue {
    /// A string, which is a template.
    Template(String),
    /// A string marked `(raw)`, used literally.
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

/// The tmux server, by name (`-L`) or by socket path (`-S`).
#[derive(Debug, Clone, PartialEq)]
pub enum ServerDecl {
    Socket(Scalar),
    Path(Scalar),
}

/// One line of `vars`.
#[derive(Debug, Clone, PartialEq)]
pub struct VarDecl {
    pub name: Name,
    /// `None`: must be set with `--var` or `TRIAD_VAR_*`.
    pub default: Option<Scalar>,
}

/// One line of `env`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvDecl {
    pub key: Name,
    pub value: EnvValue,
}

/// The source of an environment variable's value.
#[derive(Debug, Clone, PartialEq)]
pub enum EnvValue {
    Given(Scalar),
    /// `KEY from="env"`: the caller's variable of the same name.
    FromCaller {
        optional: bool,
    },
    /// `KEY secret=#true`: the same, and never shown.
    Secret {
        optional: bool,
    },
    /// `KEY secret=#true exec="line"`: what the line prints, at each start of the program.
    Exec(Scalar),
}

/// `env-file "path"`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvFileDecl {
    pub path: Scalar,
    pub optional: Option<Scalar>,
    pub secret: Option<Scalar>,
}

/// One line of `options`.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionDecl {
    pub name: Name,
    pub value: Scalar,
}

/// `log`, `log #false`, `log max-size="…" keep=…`.
#[derive(Debug, Clone, PartialEq)]
pub struct LogDecl {
    pub enabled: Option<Scalar>,
    pub max_size: Option<Scalar>,
    pub keep: Option<Scalar>,
    pub span: Span,
}

/// The attributes that flow from outer to inner.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeDecl {
    pub cwd: Option<Scalar>,
    pub env: Vec<EnvDecl>,
    /// In the order written; all of them come before `env`.
    pub env_files: Vec<EnvFileDecl>,
    pub options: Vec<OptionDecl>,
    pub shell: Option<Scalar>,
    pub log: Option<LogDecl>,
    pub before: Vec<Scalar>,
}

/// The `each` and `profile` of a node, which copy it or leave it out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PresenceDecl {
    /// If empty, the node occurs once.
    pub each: Vec<EachDecl>,
    pub profile: Option<Scalar>,
}

/// `each "value" name="value"`.
#[derive(Debug, Clone, PartialEq)]
pub struct EachDecl {
    pub value: Scalar,
    pub bindings: Vec<(Name, Scalar)>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SessionDecl {
    pub name: Scalar,
    pub presence: PresenceDecl,
    pub scope: ScopeDecl,
    pub protect: Option<Scalar>,
    pub was: Option<Scalar>,
    pub hooks: Vec<TmuxHookDecl>,
    pub windows: Vec<WindowDecl>,
    /// The node's head: its name and entries, without the children.
    pub span: Span,
}

/// `tmux-hook "event" "tmux command"`.
#[derive(Debug, Clone, PartialEq)]
pub struct TmuxHookDecl {
    pub event: Scalar,
    pub command: Scalar,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WindowDecl {
    pub name: Scalar,
    pub presence: PresenceDecl,
    pub title: Option<Scalar>,
    pub titles: Option<Scalar>,
    pub focus: Option<Scalar>,
    pub ratio: Option<Scalar>,
    pub layout: Option<Scalar>,
    pub synchronize: Option<Scalar>,
    pub zoom: Option<Scalar>,
    pub was: Option<Scalar>,
    /// The protection of all its panes.
    pub protect: Option<Scalar>,
    pub scope: ScopeDecl,
    /// Empty, one split, or panes (which are then arranged by `layout`). The decoder reports anything
    /// else and keeps it.
    pub body: Vec<NodeDecl>,
    pub span: Span,
}

/// A child of a window or a split.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeDecl {
    Split(Box<SplitDecl>),
    Pane(Box<PaneDecl>),
}

impl NodeDecl {
    pub fn span(&self) -> Span {
        match self {
            NodeDecl::Split(split) => split.span,
            NodeDecl::Pane(pane) => pane.span,
        }
    }

    /// Whether `each` or `profile` may copy it or leave it out.
    pub fn is_conditional(&self) -> bool {
        let presence = match self {
            NodeDecl::Split(split) => &split.presence,
            NodeDecl::Pane(pane) => &pane.presence,
        };
        presence.profile.is_some() || !presence.each.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct SplitDecl {
    pub direction: Direction,
    pub presence: PresenceDecl,
    pub place: PlaceDecl,
    pub scope: ScopeDecl,
    pub children: Vec<NodeDecl>,
    pub span: Span,
}

/// The size of a child in its split.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlaceDecl {
    /// `"30%"` or a number of cells.
    pub size: Option<Scalar>,
    /// A weight in sharing the remaining space.
    pub grow: Option<Scalar>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PaneDecl {
    pub kind: PaneKind,
    /// `None`: its name is derived from its command.
    pub name: Option<Scalar>,
    /// Whether it is written as a window, whose only pane it is.
    pub is_window: bool,
    pub presence: PresenceDecl,
    pub was: Option<Scalar>,
    pub body: BodyDecl,
    pub span: Span,
}

/// `template "name" { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDecl {
    /// Never a template itself.
    pub name: Name,
    pub body: BodyDecl,
}

/// The settings that a pane and a template share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BodyDecl {
    /// `use="template"`.
    pub base: Option<Scalar>,
    pub place: PlaceDecl,
    pub scope: ScopeDecl,
    pub title: Option<Scalar>,
    pub focus: Option<Scalar>,
    pub protect: Option<Scalar>,
    pub on_exit: Option<Scalar>,
    pub history: Option<Scalar>,
    /// Only for tasks.
    pub deadline: Option<Scalar>,
    pub start: Option<Scalar>,
    pub run: Option<RunDecl>,
    pub types: Vec<TypeDecl>,
    pub needs: Vec<NeedDecl>,
    pub ready: Option<ReadyDecl>,
    pub restart: Option<RestartDecl>,
    pub stop: Option<StopDecl>,
}

/// `type "text"`, `type "text" after="regex"`, `type "text" into="any"`.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDecl {
    pub text: Scalar,
    pub enter: Option<Scalar>,
    pub after: Option<Scalar>,
    pub into: Option<Scalar>,
}

/// `restart "on-failure" max=5 delay="1s"`.
#[derive(Debug, Clone, PartialEq)]
pub struct RestartDecl {
    pub when: Scalar,
    pub max: Option<Scalar>,
    pub within: Option<Scalar>,
    pub delay: Option<Scalar>,
    pub max_delay: Option<Scalar>,
    pub span: Span,
}

/// `stop signal="INT" timeout="10s"`, or with keys or a command.
#[derive(Debug, Clone, PartialEq)]
pub struct StopDecl {
    pub signal: Option<Scalar>,
    pub timeout: Option<Scalar>,
    pub keys: Vec<Scalar>,
    /// The pause between two keys.
    pub pause: Option<Scalar>,
    pub run: Option<Scalar>,
    /// The `always` of `run`.
    pub always: Option<Scalar>,
    pub span: Span,
}

/// `run "line"` (one word) or `run "prog" "arg" …` (several). Empty only where that was reported.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDecl {
    pub words: Vec<Scalar>,
    pub span: Span,
}

/// One target of a `needs` node; the properties are that node's and repeated for each of its
/// targets.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedDecl {
    pub target: Scalar,
    pub until: Option<Scalar>,
    pub restart: Option<Scalar>,
    pub optional: Option<Scalar>,
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
    Http(Box<HttpDecl>),
    Exec(Scalar),
    Log(Scalar),
    File(Scalar),
    Delay(Scalar),
    Notify,
}

/// An `http` probe.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpDecl {
    pub url: Scalar,
    pub status: Option<Scalar>,
    /// Names, each with the expression for its value.
    pub headers: Vec<(Scalar, Scalar)>,
    pub body: Option<Scalar>,
    pub socket: Option<Scalar>,
}
