//! What triad writes onto live objects, so that a later run knows what was applied.
//!
//! tmux is the only state: the applied body of a pane and the applied geometry of a window are
//! kept in options on the objects themselves, encoded in ASCII that every version of tmux gives
//! back unchanged (base64url of JSON). Keys are only ever added.

use std::collections::BTreeMap;
use std::path::PathBuf;

use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{
    Command, Direction, Need, Node, Pane, PaneKind, Ratio, Ready, Size, Titles, Variable, Window,
};

/// The version of the projection that [`AppliedPane::spec`] hashes.
pub const SPEC_VERSION: &str = "v1";

/// The body of a pane as it was applied, kept in `@triad_applied`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedPane {
    pub kind: PaneKind,
    pub command: Command,
    pub cwd: PathBuf,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub focus: bool,
    #[serde(default)]
    pub needs: Vec<Need>,
    #[serde(default)]
    pub ready: Option<Ready>,
}

impl From<&Pane> for AppliedPane {
    fn from(pane: &Pane) -> Self {
        AppliedPane {
            kind: pane.kind,
            command: pane.command.clone(),
            cwd: pane.cwd.clone(),
            env: plain(&pane.env),
            title: pane.title.clone(),
            focus: pane.focus,
            needs: pane.needs.clone(),
            ready: pane.ready.clone(),
        }
    }
}

fn plain(env: &BTreeMap<String, Variable>) -> BTreeMap<String, String> {
    let plain = env.iter().filter_map(|(key, value)| {
        let value = value.plain()?;
        Some((key.clone(), value.to_owned()))
    });
    plain.collect()
}

impl AppliedPane {
    /// `v1:` and a hash of what needs a restart to change: command, directory, environment and
    /// shell. An explicit projection with every part framed by its length, so that neither a new
    /// field of this type nor a new release restarts anything.
    pub fn spec(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        match &self.command {
            Command::Shell(None) => part(b"shell"),
            Command::Shell(Some(shell)) => {
                part(b"shell=");
                part(shell.as_bytes());
            }
            Command::Line { shell, line } => {
                part(b"line");
                part(shell.as_bytes());
                part(line.as_bytes());
            }
            Command::Argv(words) => {
                part(b"argv");
                for word in words {
                    part(word.as_bytes());
                }
            }
        }
        part(b"cwd");
        part(self.cwd.as_os_str().as_encoded_bytes());
        part(b"env");
        for (key, value) in &self.env {
            part(key.as_bytes());
            part(value.as_bytes());
        }
        let hash = hasher.finalize();
        let short = &hash.as_bytes()[..16];
        format!("{SPEC_VERSION}:{}", BASE64URL_NOPAD.encode(short))
    }
}

/// The geometry of a window as it was applied, kept in `@triad_geometry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedWindow {
    pub shape: Shape,
    #[serde(default)]
    pub titles: Option<Titles>,
    pub ratio: Ratio,
    #[serde(default)]
    pub focus: bool,
}

/// A window's splits with names at the leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    Pane(String),
    Split(Direction, Vec<(Size, Shape)>),
}

impl From<&Window> for AppliedWindow {
    fn from(window: &Window) -> Self {
        AppliedWindow {
            shape: shape(&window.root),
            titles: window.titles,
            ratio: window.ratio,
            focus: window.focus,
        }
    }
}

fn shape(node: &Node) -> Shape {
    match node {
        Node::Pane(pane) => Shape::Pane(pane.address.name().to_owned()),
        Node::Split(split) => {
            let children = split.children.iter();
            let children = children.map(|child| (child.size, shape(&child.node)));
            Shape::Split(split.direction, children.collect())
        }
    }
}

/// Encodes a body for a tmux option: ASCII letters, digits, `-` and `_`.
pub fn encode_tag<T: Serialize>(body: &T) -> String {
    let json = serde_json::to_vec(body).expect("the bodies have string keys and finite numbers");
    BASE64URL_NOPAD.encode(&json)
}

/// Reads a body back; `None` where the option is empty, edited by hand, or of another version.
pub fn decode_tag<T: DeserializeOwned>(text: &str) -> Option<T> {
    let json = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}
