//! The vocabulary: what should exist, spelled out, with nothing left to look up.
//!
//! A [`Layout`] is what [`resolve`](crate::resolve) makes of a manifest and what
//! [`plan`](crate::plan) compares with the live server. Plain data: no spans (a
//! [`Origin`] is kept for messages), no I/O, no tmux ids.

mod address;
mod applied;
mod arrangement;
mod conduct;
mod fit;
mod glob;
mod nearest;
mod owner;
mod readiness;
mod ready_tag;
mod secret;
mod settings;
mod size;
mod tree;
mod url;

pub use address::{Address, AddressError, NAME_MAX, is_name};
pub use applied::{
    AppliedPane, AppliedWindow, SPEC_VERSION, Shape, as_tag, decode_tag, encode_tag,
};
pub use arrangement::{Arrangement, arranged};
pub use conduct::{Log, OnExit, Restart, RestartWhen, Stop, StopHow, Typed};
pub use fit::{EXTENT_MAX, Misfit, misfit_in, never_fits};
pub use glob::{Pattern, PatternError};
pub use nearest::nearest;
pub use owner::{NOTIFY_FOLDER, is_key_of, notify_name, owner_key};
pub use readiness::{Header, Http, Need, Pace, Probe, Ready, Until};
pub use ready_tag::{ReadyTag, one_line};
pub use secret::{Salt, Secret, Variable, Veil};
pub use settings::{AppliedSettings, SYNCHRONIZE};
pub use size::{Rect, Size, extents, filler};
pub use tree::{Child, Direction, Node, Split};
pub use url::Url;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Everything one manifest wants, on one tmux server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub name: String,
    /// The manifest's canonical path: half of what says whose a live object is. Standard input
    /// has the path `-`.
    pub manifest: String,
    /// Where `root` points: the outermost working directory.
    pub root: PathBuf,
    pub server: Option<ServerChoice>,
    pub hooks: Hooks,
    /// What the manifest sets for all of the layout, its hooks too.
    pub env: BTreeMap<String, Variable>,
    /// Variables that are a secret somewhere in the manifest: only the panes that ask for one get
    /// it, and nothing of tmux does.
    pub secret_names: BTreeSet<String>,
    pub sessions: Vec<Session>,
}

/// Commands that triad itself runs in `root`, by `/bin/sh -c`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    pub before_apply: Option<String>,
    pub after_apply: Option<String>,
    pub before_down: Option<String>,
    pub after_down: Option<String>,
}

/// tmux options that a manifest owns on one object, by name; values as `set-option` takes them.
pub type Options = BTreeMap<String, String>;

/// A tmux hook of a session: the event, and the commands that follow it, in order.
pub type TmuxHooks = BTreeMap<String, Vec<String>>;

/// The server a manifest asks for; a flag on the command line wins over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerChoice {
    /// `-L name`
    Name(String),
    /// `-S path`
    Path(PathBuf),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub address: Address,
    /// Where windows that a person opens in the session start.
    pub cwd: PathBuf,
    pub options: Options,
    pub hooks: TmuxHooks,
    /// Nothing in it may be stopped.
    pub protect: bool,
    /// Addresses that it may have had before, by its own `was` and those of what is around it.
    pub former: Vec<Address>,
    /// Never empty.
    pub windows: Vec<Window>,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    pub address: Address,
    /// tmux's window name.
    pub title: String,
    /// `None`: the pane borders are left to the user's own settings.
    pub titles: Option<Titles>,
    pub focus: bool,
    /// Whether only the focused pane is shown when it is made.
    pub zoom: bool,
    /// `None`: as tmux has it.
    pub synchronize: Option<bool>,
    pub options: Options,
    /// Those of its session that tmux keeps on windows.
    pub hooks: TmuxHooks,
    /// Addresses that it may have had before, by its own `was` and those of what is around it.
    pub former: Vec<Address>,
    /// Whether shares are kept exact when the window changes size.
    pub ratio: Ratio,
    /// Whether the cells of the outermost split give way in a window that is too small for them:
    /// they are those of tmux's options for the main pane.
    pub gives_way: bool,
    /// Never empty: a window without panes has one bare shell.
    pub root: Node,
    pub origin: Origin,
}

/// Where pane titles are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Titles {
    Top,
    Bottom,
    Off,
}

impl Titles {
    /// tmux's word for it (`pane-border-status`).
    pub fn as_str(self) -> &'static str {
        match self {
            Titles::Top => "top",
            Titles::Bottom => "bottom",
            Titles::Off => "off",
        }
    }
}

/// Who keeps the shares of a window when the terminal changes size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ratio {
    /// A hook of ours restores them exactly.
    Keep,
    /// tmux, in its own way.
    Free,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pane {
    pub address: Address,
    pub kind: PaneKind,
    pub command: Command,
    pub cwd: PathBuf,
    /// What the manifest sets; the caller's own environment is not in here.
    pub env: BTreeMap<String, Variable>,
    /// What is taken from the environment of whoever starts the program, where that is not the
    /// one who resolved the manifest. None of it is in `env`.
    pub open_env: BTreeMap<String, Presence>,
    pub options: Options,
    pub title: Option<String>,
    pub focus: bool,
    /// Typed into the shell that runs, in order, once its prompt is up.
    pub typed: Vec<Typed>,
    pub needs: Vec<Need>,
    pub ready: Option<Ready>,
    /// `None`: never.
    pub restart: Option<Restart>,
    pub stop: Stop,
    /// `None`: as its command is: a bare shell's pane closes, any other is held.
    pub on_exit: Option<OnExit>,
    /// Lines of scrollback; `None`: as tmux has it.
    pub history: Option<u32>,
    /// `None`: what it prints is not kept.
    pub log: Option<Log>,
    /// It may not be stopped.
    pub protect: bool,
    /// Addresses that it may have had before, by its own `was` and those of what is around it.
    pub former: Vec<Address>,
    pub origin: Origin,
}

/// Whether a value that is asked of an environment may be missing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    Required,
    /// It has to be there and to hold something: a secret.
    Filled,
    Optional,
}

/// The four kinds of pane: what an ended process means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaneKind {
    /// A shell, or a command nobody depends on.
    Pane,
    /// Should be running; ended is a fault.
    Service,
    /// Runs once to its end.
    Task,
    /// An AI agent or another interactive worker; ended is done.
    Agent,
}

impl PaneKind {
    pub fn as_str(self) -> &'static str {
        match self {
            PaneKind::Pane => "pane",
            PaneKind::Service => "service",
            PaneKind::Task => "task",
            PaneKind::Agent => "agent",
        }
    }
}

/// What runs in a pane.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// The user's interactive login shell (tmux's `default-shell`), or the one named.
    Shell(Option<String>),
    /// `SHELL -c LINE`.
    Line { shell: String, line: String },
    /// Run directly. Never empty.
    Argv(Vec<String>),
}

impl Pane {
    /// What becomes of the pane when its command has ended.
    pub fn exit(&self) -> OnExit {
        self.on_exit.unwrap_or_else(|| self.command.exit())
    }
}

impl Command {
    /// What becomes of its pane when it has ended, where nothing is said.
    pub fn exit(&self) -> OnExit {
        match self {
            Command::Shell(_) => OnExit::Close,
            Command::Line { .. } | Command::Argv(_) => OnExit::Hold,
        }
    }

    /// Whether what runs is an interactive shell: the user's own, or one that is run by name with
    /// nothing but options that do not give it a command.
    pub fn is_interactive_shell(&self) -> bool {
        let words: Vec<&str> = match self {
            Command::Shell(_) => return true,
            Command::Argv(words) => words.iter().map(String::as_str).collect(),
            Command::Line { line, .. } => line.split_ascii_whitespace().collect(),
        };
        let words = words.strip_prefix(&["exec"]).unwrap_or(&words);
        let Some((program, options)) = words.split_first() else {
            return false;
        };
        let name = program.rsplit('/').next().unwrap_or(program);
        let is_option =
            |word: &&str| word.starts_with("--") || word.starts_with('-') && !word.contains('c');
        SHELLS.contains(&name) && options.iter().all(is_option)
    }
}

/// Programs that ignore TERM where a person types into them, and end on HUP.
const SHELLS: [&str; 9] = [
    "sh", "bash", "dash", "zsh", "fish", "ksh", "mksh", "tcsh", "nu",
];

/// Where in the manifest something was written, for messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
}

impl Pane {
    /// Whether its environment holds what nobody is to see.
    pub fn has_secrets(&self) -> bool {
        let mut values = self.env.values();
        values.any(|value| matches!(value, Variable::Secret(_)))
    }
}

impl Layout {
    /// All panes, in the order of the manifest.
    pub fn panes(&self) -> impl Iterator<Item = &Pane> {
        self.windows().flat_map(|window| window.root.panes())
    }

    /// All windows, in the order of the manifest.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.sessions.iter().flat_map(|session| &session.windows)
    }

    /// All secrets, each with the name of its variable; one is in many panes.
    pub fn secrets_mut(&mut self) -> impl Iterator<Item = (&String, &mut Secret)> {
        let windows = self.sessions.iter_mut();
        let windows = windows.flat_map(|session| &mut session.windows);
        let panes = windows.flat_map(|window| window.root.panes_mut());
        let own = self.env.iter_mut();
        let all = own.chain(panes.flat_map(|pane| pane.env.iter_mut()));
        all.filter_map(|(name, variable)| match variable {
            Variable::Secret(secret) => Some((name, secret)),
            Variable::Plain(_) => None,
        })
    }

    /// Over all of its secrets.
    pub fn veil(&self) -> Veil {
        let panes = self.panes().flat_map(|pane| &pane.env);
        let variables: Vec<_> = self.env.iter().chain(panes).collect();
        Veil::over(variables.into_iter())
    }

    /// The pane of this address.
    pub fn pane(&self, address: &Address) -> Option<&Pane> {
        self.panes().find(|pane| pane.address == *address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: bool) {
        let command = Command::Line {
            shell: "/bin/sh".to_owned(),
            line: line.to_owned(),
        };
        assert_eq!(command.is_interactive_shell(), expected, "{line}");
    }

    #[test]
    fn a_shell_without_a_command_is_one_that_people_type_into() {
        check("bash", true);
        check("exec /usr/bin/fish -l", true);
        check("bash --norc -i", true);
        check("bash -c 'sleep 1'", false);
        check("sh script.sh", false);
        check("sleep 1", false);
        check("", false);
        assert!(Command::Shell(None).is_interactive_shell());
    }
}
