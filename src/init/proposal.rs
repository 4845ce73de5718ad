//! The programs of a folder: the panes of a first manifest.

use super::draft::{Run, Skipped};
use crate::layout::PaneKind;

/// The programs that could run in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    pub programs: Vec<Program>,
    pub skipped: Vec<Skipped>,
}

impl Proposal {
    /// The files that the programs come from, each once, in the order of the programs.
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
    /// A unique name.
    pub name: String,
    /// The file that names the program.
    pub file: String,
    /// Its folder, if it differs from the manifest's.
    pub cwd: Option<String>,
    pub kind: PaneKind,
    pub run: Run,
    pub env: Vec<(String, String)>,
    pub needs: Vec<Need>,
    /// Its port, if the file names one.
    pub port: Option<u16>,
}

/// A program that has to start first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub name: String,
    /// Whether it only has to be started, not ready.
    pub is_started_enough: bool,
}

/// The name of the shell pane.
pub(super) const SHELL: &str = "shell";
