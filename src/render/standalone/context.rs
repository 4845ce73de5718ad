//! What a template for standalone scripts is given: the layout as plain data, and the shell's part
//! of it ready-made. A contract with templates of users: keys are only ever added.

use serde::Serialize;

/// The version of the context.
pub const FORMAT: u32 = 1;

/// All that a template can name.
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
    /// The tmux scripts, in the order in which they are sent: `geometry`, then `tags`, then one
    /// for each of `waves`.
    pub geometry: Batch,
    pub tags: Batch,
    pub waves: Vec<Batch>,
    pub shell: ShellContext,
}

/// The layout itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayoutContext {
    pub name: String,
    /// The name with nothing in it that would end a comment.
    pub line: String,
    pub root: String,
}

/// How tmux is called, where the one who runs the script says nothing else.
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
    /// The arguments of tmux that take triad's marks from it.
    pub unmark: String,
}

/// A window, with the size that it is built at.
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
    /// Which records of the first batch list its panes.
    pub record: usize,
    /// How many panes it has.
    pub count: usize,
    /// `pane_1=$1 pane_2=$2`: the ids of its panes from the shell's arguments.
    pub assignments: String,
}

/// A pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaneContext {
    pub address: String,
    pub name: String,
    /// `pane`, `service`, `task` or `agent`.
    pub kind: &'static str,
    /// Empty where there is none.
    pub title: String,
    pub focus: bool,
    /// The program and its arguments; none for the user's own shell.
    pub command: Vec<String>,
    pub cwd: String,
    /// The names of what the manifest sets or asks for; no values.
    pub env: Vec<String>,
    pub needs: Vec<NeedContext>,
    /// The place in its window, in cells.
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// Which of `waves` starts it, counted from 1.
    pub wave: usize,
    /// The shell's variable for its id.
    pub variable: String,
}

/// What a pane needs.
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
    /// What each of its lines does; tmux answers `triad ok N`, N from 0, after each that was done.
    pub lines: Vec<String>,
    /// The lines as words of the shell.
    pub words: String,
    /// The text of a here-document that the shell expands.
    pub text: String,
}

/// What only the shell has a use for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShellContext {
    /// The directories that have to be there, as words of the shell; `$root` is in most.
    pub directories: String,
    /// What the runner's environment has to hold.
    pub required: Vec<Required>,
    /// What it gives, in the order of the arguments that hold it for a moment.
    pub values: Vec<Assignment>,
    /// The expressions of `values` as words of the shell.
    pub arguments: String,
    /// All variables that are set by what is in here.
    pub names: String,
    /// Set once the root is known.
    pub known: Vec<Assignment>,
    /// Set once the first batch has told ids.
    pub told: Vec<Assignment>,
    /// A record of the first batch.
    pub record: usize,
    /// The sessions that get the environment, and what is said of each where that fails, as words.
    pub targets: String,
    pub gifts: String,
    /// What has been made, in a sentence.
    pub summary: String,
    /// The regular expression of the environment's names that programs do not get.
    pub left_out: String,
}

/// A variable that has to be in the runner's environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Required {
    pub name: String,
    /// The expansion that is empty where it is missing.
    pub test: String,
}

/// A variable of the shell and the expression that gives it its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    pub name: String,
    pub value: String,
    /// The argument that holds it before it is set: `${2}`.
    pub argument: String,
}
