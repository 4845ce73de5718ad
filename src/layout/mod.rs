//! The vocabulary: the wanted objects, complete, with nothing left to look up.
//!
//! [`resolve`](crate::resolve) makes a [`Layout`] from a manifest, and [`plan`](crate::plan) compares it
//! with the live server. Plain data: no spans (an [`Origin`] is kept for messages), no I/O, no tmux
//! ids.

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
mod secret_source;
mod session;
mod settings;
mod shell;
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
pub use conduct::{Before, Log, OnExit, Restart, RestartWhen, Stop, StopHow, TypeWhen, Typed};
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
pub use secret_source::{EnvFile, SecretFile, SecretSource};
pub use session::Session;
pub use settings::{AppliedSettings, SYNCHRONIZE};
pub use shell::{LineReader, file_name, line_reader};
pub use size::{Rect, Size, extents, filler};
pub use step_id::StepId;
pub use tree::{Child, Direction, Node, Split};
pub use url::{Url, host_and_port};
pub use variable::{FileSecret, Variable};
pub use veil::{Unhidden, Veil};
pub use window::{Ratio, Titles, Window};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// All objects that a manifest wants on one tmux server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub name: String,
    /// The former name of the layout, under which its manifest may have been applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The manifest's canonical path, which together with the name identifies the owner of a live
    /// object. Standard input has the path `-`.
    pub manifest: String,
    /// The outermost working directory, from `root`.
    pub root: PathBuf,
    /// The user's path to the manifest's folder, if it leads through links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<UsedFolder>,
    pub server: Option<ServerChoice>,
    pub hooks: Hooks,
    /// The environment of the whole layout, also of its hooks.
    pub env: BTreeMap<String, Variable>,
    /// Where secrets of `env` are read from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_sources: Vec<SecretSource>,
    /// Variables that are secret somewhere in the manifest: only panes that ask for one get it, and
    /// tmux never does.
    pub secret_names: BTreeSet<String>,
    #[serde(default)]
    pub vars: Vars,
    pub sessions: Vec<Session>,
}

/// A folder that the user reaches through links. Paths that are compared have no links, so that they
/// are the same whichever path was used; programs start in the path that the user knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedFolder {
    pub real: PathBuf,
    pub used: PathBuf,
}

impl UsedFolder {
    /// A path inside the folder, in the user's spelling.
    pub fn path(&self, real: &Path) -> PathBuf {
        match real.strip_prefix(&self.real) {
            // Joining an empty path would add a slash.
            Ok(rest) if rest.as_os_str().is_empty() => self.used.clone(),
            Ok(rest) => self.used.join(rest),
            Err(_) => real.to_owned(),
        }
    }
}

/// The variables of a manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vars {
    /// Values set by the caller, except those that contain a secret.
    pub given: BTreeMap<String, String>,
    /// The value of each variable, set or by default.
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

/// The server that a manifest names; a flag on the command line overrides it.
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

    /// All variables with their names, once for each pane that has them.
    pub fn variables(&self) -> impl Iterator<Item = (&String, &Variable)> {
        let panes = self.panes().flat_map(|pane| &pane.env);
        self.env.iter().chain(panes)
    }

    /// The same, mutable.
    pub fn variables_mut(&mut self) -> impl Iterator<Item = (&String, &mut Variable)> {
        let windows = self.sessions.iter_mut();
        let windows = windows.flat_map(|session| &mut session.windows);
        let panes = windows.flat_map(|window| window.root.panes_mut());
        let own = self.env.iter_mut();
        own.chain(panes.flat_map(|pane| pane.env.iter_mut()))
    }

    /// A veil over all of its secrets.
    pub fn veil(&self) -> Veil {
        Veil::over(self.variables())
    }

    /// The pane of this address.
    pub fn pane(&self, address: &Address) -> Option<&Pane> {
        self.panes().find(|pane| pane.address == *address)
    }
}
