//! A first manifest and the gallery of templates, for programs.

use serde::Serialize;

use super::FORMAT;
use crate::init::gallery::{GALLERY, Template};
use crate::init::{Need, Program, Proposal, Skipped};

/// The templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonGallery {
    pub format: u32,
    pub templates: Vec<JsonTemplate>,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonTemplate {
    pub name: &'static str,
    pub about: String,
    /// The files that are written besides the manifest, relative to its folder.
    pub companions: Vec<&'static str>,
}

/// A manifest that was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonInit {
    pub format: u32,
    /// Null if it was only printed.
    pub path: Option<String>,
    pub layout: String,
    /// Null if it was made from the folder.
    pub template: Option<&'static str>,
    /// The programs that were found in the folder.
    pub programs: Vec<JsonProgram>,
    pub skipped: Vec<JsonSkipped>,
    pub companions: Vec<JsonCompanion>,
    /// The manifest, if it was only printed.
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonProgram {
    pub name: String,
    pub kind: &'static str,
    pub file: String,
    /// Null for the folder itself.
    pub cwd: Option<String>,
    pub run: String,
    pub port: Option<u16>,
    pub needs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonSkipped {
    pub file: String,
    pub why: String,
}

/// A file that a template needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonCompanion {
    pub path: String,
    /// Whether it was written; otherwise a file with that name existed.
    pub written: bool,
}

pub fn gallery() -> JsonGallery {
    let template = |template: &Template| JsonTemplate {
        name: template.name,
        about: template.about(),
        companions: template.companions.iter().map(|file| file.path).collect(),
    };
    JsonGallery {
        format: FORMAT,
        templates: GALLERY.iter().map(template).collect(),
    }
}

pub fn programs(proposal: &Proposal) -> Vec<JsonProgram> {
    let name = |need: &Need| need.name.clone();
    let program = |program: &Program| JsonProgram {
        name: program.name.clone(),
        kind: program.kind.as_str(),
        file: program.file.clone(),
        cwd: program.cwd.clone(),
        run: program.run.text(),
        port: program.port,
        needs: program.needs.iter().map(name).collect(),
    };
    proposal.programs.iter().map(program).collect()
}

pub fn skipped(proposal: &Proposal) -> Vec<JsonSkipped> {
    let skipped = |skipped: &Skipped| JsonSkipped {
        file: skipped.file.clone(),
        why: skipped.why.clone(),
    };
    proposal.skipped.iter().map(skipped).collect()
}
