//! What could run in a folder: the panes of a first manifest.

use super::draft::{Run, Skipped};
use crate::layout::PaneKind;

/// What could run in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    pub programs: Vec<Program>,
    pub skipped: Vec<Skipped>,
}

impl Proposal {
    /// The files that it is from, each once, in the order of the programs.
    pub fn files(&self) -> Vec<&str> {
        let mut files = Vec::new();
        for program in &self.programs {
            if !files.contains(&program.file.as_str()) {
                files.push(&program.file);
            }
        }
        files
    }
}

/// One pane of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Unlike any other's.
    pub name: String,
    /// The file that says so.
    pub file: String,
    /// Where it runs, if not where the manifest is about.
    pub cwd: Option<String>,
    pub kind: PaneKind,
    pub run: Run,
    pub env: Vec<(String, String)>,
    pub needs: Vec<Need>,
    /// Where it listens, if the file says so.
    pub port: Option<u16>,
}

/// Another program that has to be there first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub name: String,
    /// It is enough that it has started.
    pub is_started_enough: bool,
}

/// What the pane that waits for commands is called.
pub(super) const SHELL: &str = "shell";
