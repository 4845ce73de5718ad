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

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonTemplate {
    pub name: &'static str,
    pub about: String,
    /// What is written besides the manifest, from its folder.
    pub companions: Vec<&'static str>,
}

/// A manifest that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonInit {
    pub format: u32,
    /// Null where it was printed and not written.
    pub path: Option<String>,
    pub layout: String,
    /// Null where it is from the folder.
    pub template: Option<&'static str>,
    /// What the folder says runs there.
    pub programs: Vec<JsonProgram>,
    pub skipped: Vec<JsonSkipped>,
    pub companions: Vec<JsonCompanion>,
    /// The manifest, where it was not written.
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonProgram {
    pub name: String,
    pub kind: &'static str,
    pub file: String,
    /// Null where it is the folder itself.
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
    /// Whether it was written; else one of that name was there.
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
