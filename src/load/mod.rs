//! Finds and reads manifests: the only file reader of the pipeline. A file is opened once, and all
//! checks are made on the open file.

mod env_file;
mod file;
mod include;
mod opened;
mod trust;

pub use env_file::env_file;
pub use file::Loaded;
pub use include::{Included, with_included};

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use self::file::{bounded, shown};
use self::opened::{Opened, distrust, opened, opened_file, regular};
use crate::layout::UsedFolder;
use crate::manifest::source::SourceId;
use crate::manifest::{self, syntax};

/// The names of a manifest that triad finds by itself.
const NAMES: [&str; 2] = ["triad.kdl", ".triad.kdl"];
/// The folder whose only manifest is used where none is named.
const FOLDER: &str = "layouts";
const ENDING: &str = "kdl";

/// The folders to search.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    pub current: &'a Path,
    /// `$XDG_CONFIG_HOME/triad`.
    pub config: Option<&'a Path>,
}

/// The reason why no manifest could be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("manifest `{name}` not found")]
    NotFound { name: String, looked: Vec<PathBuf> },
    #[error("no manifest found in this folder or a parent folder")]
    NoneHere,
    #[error("no manifest found in the folder `{name}`")]
    NoneIn { name: String },
    #[error("found several manifests in `{}`", folder.display())]
    Several { folder: PathBuf, names: Vec<String> },
    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("path `{}` is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error("manifest `{}` is not trusted: {why}", path.display())]
    Untrusted { path: PathBuf, why: String },
    #[error("plan `{}` is not trusted: {why}", path.display())]
    UntrustedPlan { path: PathBuf, why: String },
}

impl LoadError {
    /// The next step for the user.
    pub fn help(&self) -> String {
        match self {
            LoadError::NotFound { looked, .. } => {
                let looked: Vec<String> = looked
                    .iter()
                    .map(|path| path.display().to_string())
                    .collect();
                format!("looked for {}", looked.join(", "))
            }
            LoadError::NoneHere => {
                "run `triad init` to create one, or name one by its path".to_owned()
            }
            LoadError::NoneIn { .. } => {
                format!("looked for {} and {FOLDER}/*.{ENDING}", NAMES.join(", "))
            }
            LoadError::Several { names, .. } => format!("name one of them: {}", names.join(", ")),
            LoadError::NotUtf8 { .. } => {
                "rename the folder: triad stores the path as text in tmux".to_owned()
            }
            LoadError::Read { source, .. } if source.kind() == io::ErrorKind::ResourceBusy => {
                "find the program that keeps replacing the file, then try again".to_owned()
            }
            LoadError::Read { .. } => "check the path and its permissions".to_owned(),
            LoadError::UntrustedPlan { .. } => {
                "create it again with `triad plan --out FILE`: a plan runs programs".to_owned()
            }
            LoadError::Untrusted { path, .. } => {
                format!(
                    "review it, then name it on the command line to run it: {}",
                    path.display()
                )
            }
        }
    }
}

/// Reads the manifest that `argument` names, or else searches from the current folder. A folder
/// stands for the manifest in it, which counts as found by searching, not as named.
///
/// # Errors
/// If there is none, there are several, or it cannot be read.
pub fn load(argument: Option<&str>, places: Places) -> Result<Loaded, LoadError> {
    match argument {
        Some("-") => read_stdin(places.current),
        Some(name) => match named(name, places)? {
            path if path.is_dir() => read_found(&found_in_named(name, &path, places.current)?),
            path => read(&path),
        },
        None => read_found(&found_upwards(places.current)?),
    }
}

/// Reads the manifest at this place again.
///
/// # Errors
/// If it is gone, cannot be read, or was found by searching and may no longer be the user's own.
pub fn again(place: &Path, is_found: bool) -> Result<Loaded, LoadError> {
    if is_found {
        read_found(place)
    } else {
        read(place)
    }
}

/// The target of a path after following all links in it; `None` if there is none.
pub fn target(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// The topmost folder in which the paths `used` and `real` of the same folder differ; `None` if the
/// paths are equal.
pub fn used_folder(real: &Path, used: &Path) -> Option<UsedFolder> {
    let is_same = |real: &Path, used: &Path| target(used).is_some_and(|target| target == real);
    if real == used || !is_same(real, used) {
        return None;
    }
    let (mut real, mut used) = (real, used);
    while let (Some(above_real), Some(above_used)) = (real.parent(), used.parent())
        && real.file_name() == used.file_name()
        && is_same(above_real, above_used)
    {
        (real, used) = (above_real, above_used);
    }
    Some(UsedFolder {
        real: real.to_owned(),
        used: used.to_owned(),
    })
}

/// The content of a file, if it can be read; of a large file, the first part.
pub fn content(path: &Path) -> Option<Vec<u8>> {
    let file = regular(path).ok()??;
    bounded(file, syntax::SIZE_MAX).ok()
}

/// Reads a template for scripts.
///
/// # Errors
/// If it cannot be read as text.
pub fn template(path: &Path) -> Result<String, LoadError> {
    let bytes = File::open(path).and_then(|file| bounded(file, syntax::SIZE_MAX));
    let text = bytes.and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    });
    text.map_err(|source| LoadError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads a saved plan, up to one byte more than `most`; `None` if the file is no plan because it
/// does not start with `begins`.
///
/// # Errors
/// If it cannot be read, or somebody else may have written it: a plan runs programs.
pub fn plan(path: &Path, begins: &[u8], most: usize) -> Result<Option<Vec<u8>>, LoadError> {
    let failed = |source| LoadError::Read {
        path: path.to_owned(),
        source,
    };
    let Some(mut file) = regular(path).map_err(failed)? else {
        return Ok(None);
    };
    let mut bytes = bounded(&mut file, begins.len().saturating_sub(1)).map_err(failed)?;
    if bytes != begins {
        return Ok(None);
    }
    if let Some(why) = distrust(&file).map_err(failed)? {
        let path = path.to_owned();
        return Err(LoadError::UntrustedPlan { path, why });
    }
    bytes.extend(bounded(file, most).map_err(failed)?);
    Ok(Some(bytes))
}

/// The file or folder that a name stands for: a file of that path, a layout, a folder.
fn named(name: &str, places: Places) -> Result<PathBuf, LoadError> {
    let path = places.current.join(name);
    if path.exists() && !path.is_dir() {
        return Ok(path);
    }
    let mut looked = vec![path];
    // A bare word may name a layout of this project, or of this user.
    if !name.contains('/') && !name.contains('.') {
        let file = format!("{name}.{ENDING}");
        looked.push(places.current.join(FOLDER).join(&file));
        looked.extend(places.config.map(|config| config.join(FOLDER).join(&file)));
    }
    let found = looked.iter().find(|path| path.is_file());
    let found = found
        .or(Some(&looked[0]).filter(|path| path.is_dir()))
        .cloned();
    let name = name.to_owned();
    found.ok_or(LoadError::NotFound { name, looked })
}

fn found_upwards(current: &Path) -> Result<PathBuf, LoadError> {
    for folder in current.ancestors() {
        if let Some(found) = found_in(folder, current)? {
            return Ok(found);
        }
    }
    Err(LoadError::NoneHere)
}

/// The manifest in a named folder: that of a project, or the only one in a folder of layouts.
fn found_in_named(name: &str, folder: &Path, current: &Path) -> Result<PathBuf, LoadError> {
    let found = match found_in(folder, current)? {
        None if folder.file_name().is_some_and(|name| name == FOLDER) => only_in(folder, current)?,
        found => found,
    };
    let name = name.to_owned();
    found.ok_or(LoadError::NoneIn { name })
}

/// The manifest of the project in a folder.
fn found_in(folder: &Path, current: &Path) -> Result<Option<PathBuf>, LoadError> {
    let paths = NAMES.map(|name| folder.join(name));
    match paths.into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(Some(path)),
        None => only_in(&folder.join(FOLDER), current),
    }
}

/// The only manifest in a folder of layouts.
fn only_in(folder: &Path, current: &Path) -> Result<Option<PathBuf>, LoadError> {
    let mut manifests = manifests_in(folder);
    if manifests.len() <= 1 {
        return Ok(manifests.pop());
    }
    let shown = |path: &PathBuf| {
        let below = path.strip_prefix(current).unwrap_or(path);
        below.display().to_string()
    };
    Err(LoadError::Several {
        folder: folder.to_owned(),
        names: manifests.iter().map(shown).collect(),
    })
}

fn manifests_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut manifests: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING) && path.is_file())
        .collect();
    manifests.sort();
    manifests
}

/// Reads a manifest that was found by searching. It runs programs, so it must be the user's own, and
/// nobody else may have been able to choose which file is found.
fn read_found(path: &Path) -> Result<Loaded, LoadError> {
    let opened = opened_file(path).map_err(|source| unreadable(path, source))?;
    if let Some(why) = opened.distrust() {
        let path = path.to_owned();
        return Err(LoadError::Untrusted { path, why });
    }
    Ok(Loaded {
        is_found: true,
        ..loaded(path, opened)?
    })
}

/// Reads a manifest that was named.
fn read(path: &Path) -> Result<Loaded, LoadError> {
    let opened = opened(path).map_err(|source| unreadable(path, source))?;
    loaded(path, opened)
}

fn unreadable(path: &Path, source: io::Error) -> LoadError {
    LoadError::Read {
        path: path.to_owned(),
        source,
    }
}

fn loaded(path: &Path, opened: Opened) -> Result<Loaded, LoadError> {
    let identity = opened.identity();
    let canonical = readable(opened.canonical)?;
    let bytes =
        bounded(opened.file, syntax::SIZE_MAX).map_err(|source| unreadable(path, source))?;
    let (source, error) = manifest::text(SourceId::default(), shown(path), bytes);
    let folder = canonical.parent().unwrap_or(Path::new("/")).to_owned();
    let stem = canonical.file_stem().unwrap_or_default();
    Ok(Loaded {
        source,
        error,
        path: canonical.to_string_lossy().into_owned(),
        stem: stem.to_string_lossy().trim_start_matches('.').to_owned(),
        folder,
        file: Some(canonical),
        identity: Some(identity),
        place: Some(path.to_owned()),
        is_found: false,
    })
}

fn read_stdin(current: &Path) -> Result<Loaded, LoadError> {
    let bytes =
        bounded(io::stdin().lock(), syntax::SIZE_MAX).map_err(|source| LoadError::Read {
            path: PathBuf::from("-"),
            source,
        })?;
    let (source, error) = manifest::text(SourceId::default(), "-", bytes);
    Ok(Loaded {
        source,
        error,
        path: "-".to_owned(),
        file: None,
        identity: None,
        place: None,
        folder: readable(current.to_owned())?,
        stem: "stdin".to_owned(),
        is_found: false,
    })
}

/// Checks that a path is UTF-8, because tmux options store it as text.
fn readable(path: PathBuf) -> Result<PathBuf, LoadError> {
    if path.to_str().is_none() {
        return Err(LoadError::NotUtf8 { path });
    }
    Ok(path)
}

/// Whether the manifest at this path, or its folder, is gone. The answer is no for standard input and
/// for a path that cannot be reached.
pub fn is_gone(path: &str) -> bool {
    let is_missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    path.starts_with('/') && fs::symlink_metadata(path).is_err_and(is_missing)
}
