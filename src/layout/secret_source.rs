//! Where a pane reads secrets from at each start of its program, so that nobody has to keep them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// A file or a command that gives secrets. Later ones win over earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
    /// An environment file.
    File(SecretFile),
    /// A line for `/bin/sh`, which prints the value of a variable.
    Exec { name: String, line: String },
}

/// An environment file of which every value is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFile {
    pub path: PathBuf,
    /// It may be missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Names that something nearer to the pane gives a value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<String>,
}

/// An environment file that was looked for when a manifest was spelled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvFile {
    Text(Secret),
    Missing,
    /// Why it cannot be read.
    Unreadable(String),
    /// Why somebody else may have written it.
    Untrusted(String),
}
