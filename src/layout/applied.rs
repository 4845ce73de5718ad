//! The tags that triad writes onto live objects, so that a later run knows what was applied.
//!
//! tmux holds the only state: the applied body of a pane and the applied geometry of a window are
//! stored in options on the objects themselves, encoded in ASCII that every version of tmux returns
//! unchanged (base64url of JSON). Keys are only ever added.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;

use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{
    Address, Command, Direction, Node, OnExit, Origin, Pane, PaneBody, PaneKind, Ratio, Salt,
    SecretHash, SecretSource, Size, Titles, Variable, Window,
};

/// The version of the projection that [`AppliedPane::spec`] hashes.
pub const SPEC_VERSION: &str = "v1";

/// The applied body of a pane, stored in `@triad_pane`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedPane {
    #[serde(default, skip_serializing_if = "PaneKind::is_plain")]
    pub kind: PaneKind,
    pub command: Command,
    pub cwd: PathBuf,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Hashes of the secret variables, as [`Salt::hash`] makes them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SecretHash>,
    #[serde(flatten)]
    pub body: PaneBody,
}

/// Lets a reader ask for `pane.title` as for `pane.kind`.
impl Deref for AppliedPane {
    type Target = PaneBody;

    fn deref(&self) -> &PaneBody {
        &self.body
    }
}

impl AppliedPane {
    /// The body of a pane, with its secrets hashed by the salt of its session.
    pub fn new(pane: &Pane, salt: &Salt) -> Self {
        AppliedPane {
            kind: pane.kind,
            command: pane.command.clone(),
            cwd: pane.cwd.clone(),
            env: plain(&pane.env),
            secrets: hashed(&pane.env, salt),
            body: pane.body.clone(),
        }
    }
}

impl AppliedPane {
    /// The pane as it was wanted then, as far as its tag shows it: without its secrets.
    pub fn pane(&self, address: Address) -> Pane {
        let env = self.env.iter();
        let env = env.map(|(key, value)| (key.clone(), Variable::Plain(value.clone())));
        Pane {
            address,
            kind: self.kind,
            command: self.command.clone(),
            cwd: self.cwd.clone(),
            env: env.collect(),
            open_env: BTreeMap::new(),
            unread: Vec::new(),
            options: BTreeMap::new(),
            body: self.body.clone(),
            former: Vec::new(),
            origin: Origin::default(),
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

fn hashed(env: &BTreeMap<String, Variable>, salt: &Salt) -> BTreeMap<String, SecretHash> {
    let hashed = env
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), value.hash(key, salt)?)));
    hashed.collect()
}

impl AppliedPane {
    /// The variables that a command prints, each with its line.
    pub fn exec_lines(&self) -> BTreeMap<&str, &str> {
        let sources = self.secret_sources.iter();
        let lines = sources.filter_map(|source| match source {
            SecretSource::Exec { name, line } => Some((name.as_str(), line.as_str())),
            SecretSource::File(_) => None,
        });
        lines.collect()
    }

    /// The pane's behaviour after its command has ended.
    pub fn exit(&self) -> OnExit {
        self.on_exit.unwrap_or_else(|| self.command.exit())
    }

    /// Whether tmux itself acts when the command has ended: by a hook on the pane.
    pub fn is_armed(&self) -> bool {
        self.restart.is_some() || self.exit() == OnExit::Shell
    }

    /// `v1:` and a hash of the settings that need a restart to change: command, directory, environment
    /// and shell. It is an explicit projection with every part framed by its length, so that neither a
    /// new field of this type nor a new release restarts anything.
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
        // A pane without secrets keeps the hash that it had before secrets were introduced.
        for (key, hash) in &self.secrets {
            part(b"secret");
            part(key.as_bytes());
            part(hash.as_str().as_bytes());
        }
        if let Some(before) = &self.before {
            part(b"before");
            part(before.shell.as_bytes());
            for line in &before.lines {
                part(line.as_bytes());
            }
        }
        for (name, line) in self.exec_lines() {
            part(b"exec");
            part(name.as_bytes());
            part(line.as_bytes());
        }
        let hash = hasher.finalize();
        let short = &hash.as_bytes()[..16];
        format!("{SPEC_VERSION}:{}", BASE64URL_NOPAD.encode(short))
    }
}

/// The applied geometry of a window, stored in `@triad_geometry`.
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

/// Decodes a body; `None` if the option is empty, edited by hand, or of another version.
pub fn decode_tag<T: DeserializeOwned>(text: &str) -> Option<T> {
    let json = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    if depth(&json) > DEPTH_MAX {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_slice(&json);
    reader.disable_recursion_limit();
    let body = T::deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(body)
}

/// The deepest JSON that is read. A split takes four levels, and a manifest nests splits 62 deep, which
/// is more than serde allows by default. Deeper JSON was not written by triad and could exhaust the
/// stack.
const DEPTH_MAX: usize = 300;

/// The nesting depth of brackets in a JSON text.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut is_string, mut is_escaped) = (false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => depth += 1,
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Stores a body within other JSON as its tag, because its splits may nest deeper than JSON readers
/// allow.
pub mod as_tag {
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// # Errors
    /// Those of the format.
    pub fn serialize<T: Serialize, S: Serializer>(
        body: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        body.as_ref().map(super::encode_tag).serialize(to)
    }

    /// # Errors
    /// Those of the format.
    pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let tag = Option::<String>::deserialize(from)?;
        Ok(tag.and_then(|tag| super::decode_tag(&tag)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use crate::layout::{SecretFile, Stop};

    /// A simple pane.
    fn plain() -> AppliedPane {
        AppliedPane {
            kind: PaneKind::Pane,
            command: Command::Argv(vec!["sleep".to_owned(), "1".to_owned()]),
            cwd: PathBuf::from("/"),
            env: BTreeMap::from([("A".to_owned(), "b".to_owned())]),
            secrets: BTreeMap::new(),
            body: PaneBody::default(),
        }
    }

    #[test]
    fn a_pane_is_written_without_defaults_and_read_with_them() {
        assert_eq!(plain().spec(), "v1:IRBm9yGXjdK2yTRyuVh-eg");
        let json = r#"{"command":{"argv":["sleep","1"]},"cwd":"/","env":{"A":"b"}}"#;
        assert_eq!(
            encode_tag(&plain()),
            BASE64URL_NOPAD.encode(json.as_bytes())
        );
        assert_eq!(decode_tag(&encode_tag(&plain())), Some(plain()));
        // As the first release wrote it.
        let json = r#"{"kind":"pane","command":{"argv":["sleep","1"]},"cwd":"/","env":{"A":"b"},"title":null,"focus":false,"needs":[],"ready":null}"#;
        let tag = BASE64URL_NOPAD.encode(json.as_bytes());
        assert_eq!(decode_tag(&tag), Some(plain()));
    }

    #[test]
    fn a_secret_is_part_of_the_spec() {
        let secret = |value: &str| {
            let hash = Salt::new([1; 32]).hash("KEY", value);
            let secrets = BTreeMap::from([("KEY".to_owned(), hash)]);
            AppliedPane { secrets, ..plain() }.spec()
        };
        assert_ne!(secret("a"), plain().spec());
        assert_ne!(secret("a"), secret("b"));
        assert_eq!(secret("a"), secret("a"));
    }

    #[test]
    fn a_command_is_part_of_the_spec_and_the_path_of_a_file_is_not() {
        let with = |source: SecretSource| {
            let mut pane = plain();
            pane.body.secret_sources.push(source);
            pane.spec()
        };
        let exec = |line: &str| SecretSource::Exec {
            name: "KEY".to_owned(),
            line: line.to_owned(),
        };
        let file = SecretSource::File(SecretFile {
            path: PathBuf::from("/.env"),
            optional: false,
            except: BTreeSet::new(),
        });
        assert_ne!(with(exec("a")), plain().spec());
        assert_ne!(with(exec("a")), with(exec("b")));
        assert_eq!(with(file), plain().spec());
    }

    #[test]
    fn deep_splits_are_read_and_what_is_deeper_takes_no_stack() {
        let nested = |count: usize| {
            (0..count).fold(Shape::Pane("[[\"".to_owned()), |inside, _| {
                let first = Shape::Pane("p".to_owned());
                let children = vec![(Size::Grow(1), first), (Size::Grow(1), inside)];
                Shape::Split(Direction::Rows, children)
            })
        };
        let tag = encode_tag(&nested(62));
        assert_eq!(decode_tag(&tag), Some(nested(62)));
        let hostile = "[".repeat(1 << 20);
        let tag = BASE64URL_NOPAD.encode(hostile.as_bytes());
        assert_eq!(decode_tag::<Shape>(&tag), None);
    }

    #[test]
    fn a_tag_of_the_first_release_is_read() {
        let text = r#"{"kind":"service","command":{"argv":["sleep","1"]},"cwd":"/w","env":{"A":"b"},"title":"t","focus":true,"needs":[{"target":"s/w/p","until":"ready"}],"ready":null}"#;
        let tag = BASE64URL_NOPAD.encode(text.as_bytes());
        let applied: AppliedPane = decode_tag(&tag).expect("a tag of the first release");
        assert_eq!(applied.stop, Stop::default());
        assert_eq!(decode_tag(&encode_tag(&applied)), Some(applied.clone()));
        assert_eq!(applied.spec(), "v1:OkqcHz8GaV9ZhZGu094Yng");
    }

    #[test]
    fn each_field_has_its_place_in_the_tag() {
        let text = r#"{"kind":"agent","command":{"shell":null},"cwd":"/w","env":{"A":"b"},"secrets":{"K":"s.h"},"title":"t","focus":true,"needs":[{"target":"s/w/p","until":"ready"}],"ready":{"probes":[{"port":1}],"pace":{"every":{"secs":1,"nanos":0},"timeout":{"secs":2,"nanos":0},"deadline":null}},"protect":true,"log":{"max_size":1,"keep":2},"history":3,"typed":[{"text":"x","enter":true}],"restart":{"when":"always","max":4,"delay":{"secs":5,"nanos":0}},"stop":{"how":{"signal":"INT"},"timeout":{"secs":6,"nanos":0}},"on_exit":"hold","secret_sources":[{"file":{"path":"/w/.env","optional":true,"except":["A"]}},{"exec":{"name":"P","line":"pass"}}]}"#;
        let tag = BASE64URL_NOPAD.encode(text.as_bytes());
        let applied: AppliedPane = decode_tag(&tag).expect("a whole tag");
        assert_eq!(encode_tag(&applied), tag);
    }
}
