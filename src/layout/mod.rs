//! The vocabulary: what should exist, spelled out, with nothing left to look up.
//!
//! A [`Layout`] is what [`resolve`](crate::resolve) makes of a manifest and what
//! [`plan`](crate::plan) compares with the live server. Plain data: no spans (a
//! [`Origin`] is kept for messages), no I/O, no tmux ids.

mod address;
mod applied;
mod arrangement;
mod body;
mod conduct;
mod expression;
mod fit;
mod glob;
mod nearest;
mod options;
mod origin;
mod owner;
mod pane;
mod readiness;
mod ready_tag;
mod secret;
mod session;
mod settings;
mod size;
mod step_id;
mod tree;
mod url;
mod variable;
mod veil;
mod window;

pub use address::{Address, AddressError, NAME_MAX, as_name, is_name};
pub use applied::{
    AppliedPane, AppliedWindow, SPEC_VERSION, Shape, as_tag, decode_tag, encode_tag,
};
pub use arrangement::{Arrangement, arranged};
pub use body::PaneBody;
pub use conduct::{Before, Log, OnExit, Restart, RestartWhen, Stop, StopHow, Typed};
pub use expression::expression;
pub use fit::{EXTENT_MAX, Misfit, misfit_in, never_fits};
pub use glob::{Pattern, PatternError};
pub use nearest::nearest;
pub use options::{Options, TmuxHooks};
pub use origin::Origin;
pub use owner::{NOTIFY_FOLDER, fingerprint, is_key_of, notify_name, owner_key};
pub use pane::{Command, Pane, PaneKind, Presence, meaning};
pub use readiness::{Header, Http, Need, Pace, Probe, Ready, Until};
pub use ready_tag::{ReadyTag, one_line};
pub use secret::{Salt, Secret, SecretHash, SecretHashes};
pub use session::Session;
pub use settings::{AppliedSettings, SYNCHRONIZE};
pub use size::{Rect, Size, extents, filler};
pub use step_id::StepId;
pub use tree::{Child, Direction, Node, Split};
pub use url::{Url, host_and_port};
pub use variable::Variable;
pub use veil::{Unhidden, Veil};
pub use window::{Ratio, Titles, Window};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Everything one manifest wants, on one tmux server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub name: String,
    /// The name under which its manifest may have been applied before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The manifest's canonical path: half of what says whose a live object is. Standard input
    /// has the path `-`.
    pub manifest: String,
    /// Where `root` points: the outermost working directory.
    pub root: PathBuf,
    /// How a person calls the folder that the manifest is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<UsedFolder>,
    pub server: Option<ServerChoice>,
    pub hooks: Hooks,
    /// What the manifest sets for all of the layout, its hooks too.
    pub env: BTreeMap<String, Variable>,
    /// Variables that are a secret somewhere in the manifest: only the panes that ask for one get
    /// it, and nothing of tmux does.
    pub secret_names: BTreeSet<String>,
    #[serde(default)]
    pub vars: Vars,
    pub sessions: Vec<Session>,
}

/// A folder that a person calls by a path with links. What is compared has none, so that it is the
/// same whatever path was used; programs start where the person would say that they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedFolder {
    pub real: PathBuf,
    pub used: PathBuf,
}

impl UsedFolder {
    /// A path within the folder, as it is called.
    pub fn path(&self, real: &Path) -> PathBuf {
        match real.strip_prefix(&self.real) {
            // To join nothing would add a slash.
            Ok(rest) if rest.as_os_str().is_empty() => self.used.clone(),
            Ok(rest) => self.used.join(rest),
            Err(_) => real.to_owned(),
        }
    }
}

/// The variables of a manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vars {
    /// Values that the caller has given, but for those with a secret in them.
    pub given: BTreeMap<String, String>,
    /// The value of each variable, given or by default.
    pub values: BTreeMap<String, String>,
}

/// Commands that triad itself runs in `root`, by `/bin/sh -c`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    pub before_apply: Option<String>,
    pub after_apply: Option<String>,
    pub before_down: Option<String>,
    pub after_down: Option<String>,
}

/// The server a manifest asks for; a flag on the command line wins over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerChoice {
    /// `-L name`
    Name(String),
    /// `-S path`
    Path(PathBuf),
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

    /// All variables with their names; one is in many panes.
    pub fn variables(&self) -> impl Iterator<Item = (&String, &Variable)> {
        let panes = self.panes().flat_map(|pane| &pane.env);
        self.env.iter().chain(panes)
    }

    /// The same, to change them.
    pub fn variables_mut(&mut self) -> impl Iterator<Item = (&String, &mut Variable)> {
        let windows = self.sessions.iter_mut();
        let windows = windows.flat_map(|session| &mut session.windows);
        let panes = windows.flat_map(|window| window.root.panes_mut());
        let own = self.env.iter_mut();
        own.chain(panes.flat_map(|pane| pane.env.iter_mut()))
    }

    /// Over all of its secrets.
    pub fn veil(&self) -> Veil {
        Veil::over(self.variables())
    }

    /// The pane of this address.
    pub fn pane(&self, address: &Address) -> Option<&Pane> {
        self.panes().find(|pane| pane.address == *address)
    }
}
