//! The file of a saved plan: its contents, writing and reading.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::comparable::comparable;
use crate::layout::{
    FileSecret, Layout, Salt, Secret, SecretHash, SecretHashes, SecretSource, Variable, is_key_of,
};
use crate::live::{LivePane, LiveSession, Snapshot};
use crate::plan::{self, Conditions, Machine, Plan, Refusal, Request};

/// The beginning of a saved plan, which no manifest has.
const MAGIC: &str = "{\"triad_plan\":";
/// The version of the format.
const FORMAT: u32 = 1;
/// The release that writes and reads the file: another one may plan differently.
const RELEASE: &str = env!("CARGO_PKG_VERSION");
/// The largest file that is read.
pub const SIZE_MAX: usize = 64 << 20;

/// The contents of a saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The place of the server, for headings.
    pub place: String,
    /// The words that name the server, as in `-L NAME`.
    pub flags: Vec<String>,
    /// The path of its socket.
    pub socket: PathBuf,
    pub conditions: Conditions,
    /// The requests besides the manifest.
    pub wishes: Request,
    /// The facts about the machine that tmux does not know.
    machine: Machine,
    /// The layout, whose secrets are only hashes, in `secrets`.
    layout: Layout,
    /// The hashes of each secret, by the keys that it is compared with.
    secrets: BTreeMap<String, SecretHashes>,
    /// The live state, as far as the plan depends on it.
    pub snapshot: Snapshot,
}

/// A reason why a file cannot be used as a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    #[error("it is not a saved plan")]
    NotOne,
    #[error("it is larger than {} MiB", SIZE_MAX >> 20)]
    TooLarge,
    #[error("it was made by triad {release}, and this is triad {RELEASE}")]
    OtherVersion { release: String },
    #[error("it is damaged: truncated or edited")]
    Damaged,
    #[error("it cannot be read as a plan: {0}")]
    Unreadable(String),
}

/// A secret that differs from the one that the plan was made with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("`{0}` is not set in the environment, and the plan needs it")]
    Missing(String),
    #[error("secret `{0}` has changed since the plan was made")]
    Another(String),
    #[error("{0}")]
    File(String),
}

/// Whether a text is a saved plan, or was one.
pub fn is_one(text: &[u8]) -> bool {
    text.starts_with(b"{\"")
}

/// Whether a file is a saved plan of any version, which may be overwritten.
pub fn is_replaceable(text: &[u8]) -> bool {
    text.starts_with(MAGIC.as_bytes())
}

impl Saved {
    /// Returns the contents to save for a plan of `layout` against `snapshot`.
    pub fn new(
        layout: &Layout,
        snapshot: &Snapshot,
        (conditions, wishes, machine): (&Conditions, &Request, &Machine),
        (place, flags, socket): (String, Vec<String>, &Path),
    ) -> Self {
        let mut saved = Saved {
            place,
            flags,
            socket: socket.to_owned(),
            conditions: *conditions,
            wishes: wishes.clone(),
            machine: machine.clone(),
            layout: layout.clone(),
            secrets: BTreeMap::new(),
            snapshot: without_others(layout, snapshot),
        };
        let whole = saved.planned(layout, snapshot, conditions, machine);
        let part = saved.planned(layout, &saved.snapshot, conditions, machine);
        let (whole, part) = (whole.map(comparable), part.map(comparable));
        if whole != part {
            saved.snapshot = snapshot.clone();
        }
        saved.secrets = saved.hashes();
        saved.hash_files();
        saved.seal();
        saved
    }

    /// Returns the text of the file.
    ///
    /// # Errors When a path in it is not UTF-8.
    pub fn text(&self) -> Result<String, SavedError> {
        let body = serde_json::to_string(self);
        let body = body.map_err(|error| SavedError::Unreadable(error.to_string()))?;
        let head = head();
        let sum = checksum(&head, &body);
        Ok(format!("{head}\"{sum}\",\"body\":{body}}}\n"))
    }

    /// Reads a saved plan.
    ///
    /// # Errors When it is not exactly as this release wrote it.
    pub fn read(text: &[u8]) -> Result<Self, SavedError> {
        if text.len() > SIZE_MAX {
            return Err(SavedError::TooLarge);
        }
        if !text.starts_with(MAGIC.as_bytes()) {
            return Err(SavedError::NotOne);
        }
        let text = std::str::from_utf8(text).map_err(|_| SavedError::Damaged)?;
        let Some(rest) = text.strip_prefix(head().as_str()) else {
            return Err(other_version(text));
        };
        let body = rest.strip_prefix('"').and_then(|rest| {
            let (sum, rest) = rest.split_once("\",\"body\":")?;
            let body = rest.strip_suffix("}\n")?;
            (checksum(&head(), body) == sum).then_some(body)
        });
        let body = body.ok_or(SavedError::Damaged)?;
        let mut saved: Saved = serde_json::from_str(body)
            .map_err(|error| SavedError::Unreadable(error.to_string()))?;
        let sessions = &saved.layout.sessions;
        if sessions.is_empty() || sessions.iter().any(|session| session.windows.is_empty()) {
            return Err(SavedError::Unreadable(
                "a session without windows".to_owned(),
            ));
        }
        saved.seal();
        Ok(saved)
    }

    /// Returns the layout, whose secrets are only hashes.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Returns the layout with the secrets of an environment and of files, which must be those of the
    /// plan.
    ///
    /// # Errors Each secret that is missing or has changed.
    pub fn filled(
        &self,
        value: impl Fn(&str) -> Option<String>,
        in_files: impl Fn(
            &[SecretSource],
            &BTreeMap<String, Variable>,
        ) -> Result<BTreeMap<String, String>, String>,
    ) -> Result<Layout, Vec<SecretError>> {
        let mut layout = self.layout.clone();
        let mut errors = self.fill_from_files(&mut layout, in_files);
        for (name, variable) in layout.variables_mut() {
            if !variable.is_handed_over() {
                continue;
            }
            let Some(value) = value(name).filter(|value| !value.is_empty()) else {
                errors.insert(name.clone(), SecretError::Missing(name.clone()));
                continue;
            };
            let new = Variable::Secret(Secret::new(value));
            if !self.is_same(name, variable, &new) {
                errors.insert(name.clone(), SecretError::Another(name.clone()));
            }
            *variable = new;
        }
        if errors.is_empty() {
            Ok(layout)
        } else {
            Err(errors.into_values().collect())
        }
    }

    /// Fills in what files say, each error under what it is about.
    fn fill_from_files(
        &self,
        layout: &mut Layout,
        in_files: impl Fn(
            &[SecretSource],
            &BTreeMap<String, Variable>,
        ) -> Result<BTreeMap<String, String>, String>,
    ) -> BTreeMap<String, SecretError> {
        let mut errors = BTreeMap::new();
        let of_panes = layout.sessions.iter_mut();
        let of_panes = of_panes.flat_map(|session| &mut session.windows);
        let of_panes = of_panes.flat_map(|window| window.root.panes_mut());
        let of_panes = of_panes.map(|pane| (&pane.body.secret_sources, &mut pane.env));
        let of_layout = std::iter::once((&layout.secret_sources, &mut layout.env));
        for (sources, env) in of_layout.chain(of_panes) {
            if sources.is_empty() {
                continue;
            }
            let mut said = match in_files(sources, env) {
                Ok(said) => said,
                Err(why) => {
                    errors.insert(why.clone(), SecretError::File(why));
                    continue;
                }
            };
            // A command says it, whatever a file says.
            said.retain(|name, _| !prints(sources, name));
            let known = env.iter_mut();
            let known = known.filter(|(_, variable)| matches!(variable, Variable::OfFile(_)));
            for (name, variable) in known {
                let new = said.remove(name).map(Secret::new);
                let new = new.map(|secret| Variable::OfFile(FileSecret::Known(secret)));
                let is_same = new
                    .as_ref()
                    .is_some_and(|new| self.is_same(name, variable, new));
                if let Some(new) = new.filter(|_| is_same) {
                    *variable = new;
                } else {
                    errors.insert(name.clone(), SecretError::Another(name.clone()));
                }
            }
            let more = said.into_keys();
            errors.extend(more.map(|name| (name.clone(), SecretError::Another(name))));
        }
        errors
    }

    /// Whether a secret is the one that the plan was made with.
    fn is_same(&self, name: &str, planned: &Variable, now: &Variable) -> bool {
        let key = self.key();
        key.is_some_and(|key| planned.hash(name, &key) == now.hash(name, &key))
    }

    /// Returns the plan as it was saved.
    ///
    /// # Errors
    /// When the plan refuses to be made; it was made before it was saved.
    pub fn plan(&self) -> Result<Plan, SavedError> {
        let plan = self.made(&self.layout);
        plan.map_err(|refusals| {
            let first = refusals.first().map(ToString::to_string);
            SavedError::Unreadable(first.unwrap_or_default())
        })
    }

    /// Plans the same requests for another layout or live state.
    ///
    /// # Errors
    /// As [`plan::plan`].
    pub fn planned(
        &self,
        layout: &Layout,
        snapshot: &Snapshot,
        conditions: &Conditions,
        machine: &Machine,
    ) -> Result<Plan, Vec<Refusal>> {
        plan::plan_as_asked(layout, snapshot, conditions, &self.wishes, machine)
    }

    /// Makes the plan again as it was made.
    pub(super) fn made(&self, layout: &Layout) -> Result<Plan, Vec<Refusal>> {
        self.planned(layout, &self.snapshot, &self.conditions, &self.machine)
    }

    fn key(&self) -> Option<Salt> {
        self.conditions.salt
    }

    /// Returns the hashes of each secret: by the plan's own key, and by those of the sessions, for
    /// comparing live objects.
    fn hashes(&self) -> BTreeMap<String, SecretHashes> {
        let salts = self.salts();
        let secrets = self.layout.variables();
        let secrets = secrets.filter(|(_, variable)| variable.is_handed_over());
        let secrets = secrets.map(|(name, secret)| (name.clone(), hashes(name, secret, &salts)));
        secrets.collect()
    }

    /// Leaves of the secrets of files their hashes.
    fn hash_files(&mut self) {
        let salts = self.salts();
        for (name, variable) in self.layout.variables_mut() {
            if let Variable::OfFile(_) = variable {
                let hashes = hashes(name, variable, &salts);
                *variable = Variable::OfFile(FileSecret::Hashed(hashes));
            }
        }
    }

    /// The plan's own key, and those of the sessions.
    fn salts(&self) -> Vec<Salt> {
        let live = self.snapshot.sessions.iter().filter_map(|live| live.salt);
        let new = self.key().into_iter().flat_map(|key| {
            let sessions = self.layout.sessions.iter();
            let sessions = sessions.map(move |session| key.of_session(&session.address));
            std::iter::once(key).chain(sessions)
        });
        new.chain(live).collect()
    }

    /// Replaces the secrets that are handed over by their hashes.
    fn seal(&mut self) {
        for (name, variable) in self.layout.variables_mut() {
            if variable.is_handed_over() {
                let hashes = self.secrets.get(name).cloned();
                *variable = Variable::Hashed(hashes.unwrap_or_default());
            }
        }
    }
}

/// The hashes of a secret by these keys.
fn hashes(name: &str, secret: &Variable, salts: &[Salt]) -> SecretHashes {
    let hashes = salts.iter().filter_map(|salt| secret.hash(name, salt));
    let hashes: Vec<SecretHash> = hashes.collect();
    SecretHashes::new(hashes)
}

/// Whether a command among these prints the variable.
fn prints(sources: &[SecretSource], name: &str) -> bool {
    let mut sources = sources.iter();
    sources.any(|source| matches!(source, SecretSource::Exec { name: other, .. } if other == name))
}

fn head() -> String {
    format!("{MAGIC}{FORMAT},\"triad\":\"{RELEASE}\",\"checksum\":")
}

/// Returns the checksum of the rest of the file. It finds accidental damage: whoever may write to
/// the file may write anything.
fn checksum(head: &str, body: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [head, body] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Returns the error for a file of another release, if its version can be read.
fn other_version(text: &str) -> SavedError {
    let release = text.split_once("\"triad\":\"").map(|(_, rest)| rest);
    let release = release.and_then(|rest| rest.split_once('"'));
    let is_version = |release: &str| {
        (1..=32).contains(&release.len())
            && release
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c))
    };
    match release.filter(|(release, _)| is_version(release)) {
        Some((release, _)) => SavedError::OtherVersion {
            release: release.to_owned(),
        },
        None => SavedError::Damaged,
    }
}

/// Returns the live state without the parts that no plan of the layout looks at: other sessions,
/// and clients.
fn without_others(layout: &Layout, snapshot: &Snapshot) -> Snapshot {
    let is_named = |live: &LiveSession| {
        let mut sessions = layout.sessions.iter();
        sessions.any(|session| session.address.name() == live.name)
    };
    let is_meant = |live: &LiveSession| {
        let owner = live.owner.as_ref();
        owner.is_some_and(|owner| owner.layout == layout.name) || is_named(live)
    };
    // A person may have moved a pane of the layout anywhere.
    let is_own = |pane: &&LivePane| {
        let key = pane.owner.as_deref();
        key.is_some_and(|key| is_key_of(key, &layout.name))
    };
    let own = snapshot.panes.iter().filter(is_own);
    let homes: BTreeSet<_> = own
        .filter_map(|pane| Some(snapshot.window(pane.window)?.session))
        .collect();
    let mut part = snapshot.clone();
    part.clients.clear();
    let is_needed = |live: &&LiveSession| is_meant(live) || homes.contains(&live.id);
    let sessions = snapshot.sessions.iter().filter(is_needed);
    let sessions: Vec<LiveSession> = sessions.cloned().collect();
    let of_sessions: BTreeSet<_> = sessions.iter().map(|session| session.id).collect();
    part.sessions = sessions;
    part.windows
        .retain(|window| of_sessions.contains(&window.session));
    let of_windows: BTreeSet<_> = part.windows.iter().map(|window| window.id).collect();
    part.panes.retain(|pane| of_windows.contains(&pane.window));
    let ids = part.sessions.iter().map(|live| live.id.to_string());
    let ids = ids.chain(part.windows.iter().map(|live| live.id.to_string()));
    let ids: BTreeSet<String> = ids
        .chain(part.panes.iter().map(|live| live.id.to_string()))
        .collect();
    part.options.values.retain(|id, _| ids.contains(id));
    part
}
