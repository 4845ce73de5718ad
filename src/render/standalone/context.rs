//! The context of a template for standalone scripts: the layout as plain data, and prepared parts
//! for the shell. A contract with users' templates: keys are only ever added.

use serde::Serialize;

/// The version of the context.
pub const FORMAT: u32 = 1;

/// The data of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Context {
    pub format: u32,
    /// The version of triad.
    pub triad: &'static str,
    pub layout: LayoutContext,
    pub tmux: TmuxContext,
    /// In the order of the manifest, as are the windows and panes in them.
    pub sessions: Vec<SessionContext>,
    /// All windows, and all panes, of all sessions.
    pub windows: Vec<WindowContext>,
    pub panes: Vec<PaneContext>,
    /// The tmux scripts, in the order of sending: `geometry`, then `tags`, then one for each of
    /// `waves`.
    pub geometry: Batch,
    pub tags: Batch,
    pub waves: Vec<Batch>,
    pub shell: ShellContext,
}

/// The layout itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayoutContext {
    pub name: String,
    /// The name without control characters, for comments.
    pub line: String,
    pub root: String,
}

/// The way to call tmux, unless the script's caller overrides it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TmuxContext {
    pub program: String,
    /// `-L`, `-S`, or empty: the server of `$TMUX`, else tmux's own default.
    pub flag: &'static str,
    pub socket: String,
    /// tmux's own condition for being new enough.
    pub floor: &'static str,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionContext {
    pub address: String,
    pub name: String,
    pub cwd: String,
    pub windows: Vec<WindowContext>,
    /// The arguments of tmux that remove triad's tags from it.
    pub unmark: String,
}

/// A window, with its size at creation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowContext {
    pub address: String,
    /// The name of its session.
    pub session: String,
    pub name: String,
    pub title: String,
    pub focus: bool,
    pub width: u32,
    pub height: u32,
    pub panes: Vec<PaneContext>,
    /// The shell's variable for its id.
    pub variable: String,
    /// The number of the first batch's record that lists its panes.
    pub record: usize,
    /// The number of its panes.
    pub count: usize,
    /// `pane_1=$1 pane_2=$2`: assigns the ids of its panes from the shell's arguments.
    pub assignments: String,
}

/// A pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaneContext {
    pub address: String,
    pub name: String,
    /// `pane`, `service`, `task` or `agent`.
    pub kind: &'static str,
    /// Empty if there is none.
    pub title: String,
    pub focus: bool,
    /// The program and its arguments; empty for the user's own shell.
    pub command: Vec<String>,
    pub cwd: String,
    /// The names of variables that the manifest sets or requires; no values.
    pub env: Vec<String>,
    pub needs: Vec<NeedContext>,
    /// The position in its window, in cells.
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// The number of the wave that starts it, counted from 1.
    pub wave: usize,
    /// The shell's variable for its id.
    pub variable: String,
}

/// A need of a pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeedContext {
    pub address: String,
    pub until: &'static str,
}

/// A tmux script that is sent in one piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Counted from 1, among the waves.
    pub number: usize,
    /// A description of each line; tmux answers `triad ok N`, N from 0, after each that succeeded.
    pub lines: Vec<String>,
    /// The descriptions as shell words.
    pub words: String,
    /// The text of a here-document that the shell expands.
    pub text: String,
}

/// Parts that only the shell needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShellContext {
    /// The directories that must exist, as shell words; most start with `$root`.
    pub directories: String,
    /// The variables that the caller's environment must have.
    pub required: Vec<Required>,
    /// The values from it, in the order of the arguments that hold them at first.
    pub values: Vec<Assignment>,
    /// The expressions of `values` as words of the shell.
    pub arguments: String,
    /// All shell variables that these parts set.
    pub names: String,
    /// Set once the root is known.
    pub known: Vec<Assignment>,
    /// Set once the first batch has listed ids.
    pub told: Vec<Assignment>,
    /// A record of the first batch.
    pub record: usize,
    /// The sessions that get the environment, and as words a description of each for error
    /// messages.
    pub targets: String,
    pub gifts: String,
    /// A summary of what was created, in a sentence.
    pub summary: String,
    /// The regular expression of the variables that programs do not get.
    pub left_out: String,
}

/// A variable that the caller's environment must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Required {
    pub name: String,
    /// The expansion that is empty if it is missing.
    pub test: String,
}

/// A shell variable and the expression that gives it its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    pub name: String,
    pub value: String,
    /// The argument that holds its value at first: `${2}`.
    pub argument: String,
}
