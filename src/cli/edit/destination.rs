//! The path of the manifest that `triad init` writes, and the folder that it describes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::init;

/// The name of a manifest that is found without being named.
pub(super) const NAME: &str = "triad.kdl";
/// The name of a folder whose manifests describe the folder around it.
const LAYOUTS: &str = "layouts";

/// The path of the manifest, and the folder that it describes.
#[derive(Debug)]
pub(super) struct Destination {
    /// `None` for standard output.
    pub path: Option<PathBuf>,
    /// The path, for messages.
    pub shown: String,
    /// The folder that is described.
    pub subject: PathBuf,
    /// The path from the manifest's folder to the folder that it describes.
    pub root: Option<&'static str>,
    /// The name of the manifest in that folder, if it can be typed as it is.
    pub file: Option<String>,
}

impl Destination {
    /// Returns the destination that a path on the command line means.
    ///
    /// # Errors
    /// When the path is neither a folder nor the name of a manifest.
    pub(super) fn of(
        current: &Path,
        given: Option<&str>,
        is_printed: bool,
    ) -> Result<Self, Failure> {
        if is_printed || given == Some("-") {
            return Ok(Destination {
                path: None,
                shown: "-".to_owned(),
                subject: real(current),
                root: None,
                file: None,
            });
        }
        let given = given.unwrap_or_default();
        let mut path = current.join(given);
        if given.is_empty() || given.ends_with('/') || path.is_dir() {
            path.push(NAME);
        } else if path.extension().is_none_or(|ending| ending != "kdl") {
            return Err(no_manifest(given));
        }
        Ok(Destination::at(path))
    }

    fn at(path: PathBuf) -> Self {
        let folder = real(path.parent().unwrap_or(Path::new("/")));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_in_layouts = folder.file_name().is_some_and(|name| name == LAYOUTS);
        let around = folder
            .parent()
            .filter(|_| is_in_layouts)
            .map(Path::to_owned);
        let (subject, root, file) = match around {
            Some(around) => (around, Some(".."), format!("{LAYOUTS}/{name}")),
            None => (folder, None, name.into_owned()),
        };
        let here = std::env::current_dir().unwrap_or_default();
        let shown = path.strip_prefix(&here).unwrap_or(&path);
        Destination {
            shown: shown.display().to_string(),
            subject,
            root,
            file: Some(file).filter(|file| init::is_shown(file)),
            path: Some(path),
        }
    }
}

/// Returns the canonical path, if the folder exists.
fn real(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

fn no_manifest(given: &str) -> Failure {
    let help = match init::gallery::template(given) {
        Some(_) => format!("`triad init --from {given}` starts from the template of that name"),
        None => format!("call it `{given}.kdl`, or `{given}/` for a folder"),
    };
    let message = format!("`{given}` is neither a folder nor a file that ends in `.kdl`");
    Failure::new(Exit::Usage, message, help)
}
