//! Finds and reads manifests: the only file reader of the pipeline. A file is opened once, and what
//! is known of it is known of the open file.

mod file;
mod include;
mod opened;
mod trust;

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

/// What a manifest is called where none is named.
const NAMES: [&str; 2] = ["triad.kdl", ".triad.kdl"];
/// The folder whose only manifest is taken where none is named.
const FOLDER: &str = "layouts";
const ENDING: &str = "kdl";

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    pub current: &'a Path,
    /// `$XDG_CONFIG_HOME/triad`.
    pub config: Option<&'a Path>,
}

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("there is no manifest `{name}`")]
    NotFound { name: String, looked: Vec<PathBuf> },
    #[error("there is no manifest here or in a parent folder")]
    NoneHere,
    #[error("there is no manifest in the folder `{name}`")]
    NoneIn { name: String },
    #[error("there are several manifests in `{}`", folder.display())]
    Several { folder: PathBuf, names: Vec<String> },
    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the path `{}` is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error("the manifest `{}` was found by searching, and {why}", path.display())]
    Untrusted { path: PathBuf, why: String },
    #[error("the plan `{}` may not be yours: {why}", path.display())]
    UntrustedPlan { path: PathBuf, why: String },
}

impl LoadError {
    /// What to do next.
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
                "`triad init` writes one here; one in another place is named by its path".to_owned()
            }
            LoadError::NoneIn { .. } => {
                format!("looked for {} and {FOLDER}/*.{ENDING}", NAMES.join(", "))
            }
            LoadError::Several { names, .. } => format!("name one of them: {}", names.join(", ")),
            LoadError::NotUtf8 { .. } => {
                "tmux keeps what triad writes down as text: give the folder another name".to_owned()
            }
            LoadError::Read { source, .. } if source.kind() == io::ErrorKind::ResourceBusy => {
                "find out which program replaces it, and try again".to_owned()
            }
            LoadError::Read { .. } => "check the path and its permissions".to_owned(),
            LoadError::UntrustedPlan { .. } => {
                "a plan runs what it says: make it again with `triad plan --out FILE`".to_owned()
            }
            LoadError::Untrusted { path, .. } => {
                format!(
                    "read it, and name it on the command line if you want to run it: {}",
                    path.display()
                )
            }
        }
    }
}

/// Reads the manifest that `argument` names, or the one that is found from the current folder. A folder
/// stands for the manifest in it, which is found there: nobody named the file.
///
/// # Errors
/// When there is none, several, or it cannot be read.
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

/// Reads a manifest again that was at this place, and no other.
///
/// # Errors
/// When it is not there any more, cannot be read, or was found by looking and may not be the
/// user's own any more.
pub fn again(place: &Path, is_found: bool) -> Result<Loaded, LoadError> {
    if is_found {
        read_found(place)
    } else {
        read(place)
    }
}

/// What a path leads to, by links of its own or of the folders that it is in; `None` where that is
/// not there.
pub fn target(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// The folder that is called `used`, if that is another path to it than `real`: as far up as the two
/// differ.
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

/// What a file holds, if it is one that can be read; of a large one, the first part.
pub fn content(path: &Path) -> Option<Vec<u8>> {
    let file = regular(path).ok()??;
    bounded(file, syntax::SIZE_MAX).ok()
}

/// Reads a template for scripts.
///
/// # Errors
/// When it cannot be read as text.
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

/// Reads a saved plan of at most `most` bytes, and one more; `None` where the file is none, as it
/// does not begin with `begins`.
///
/// # Errors
/// When it cannot be read, or somebody else may have written it: it runs what it says.
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
    // A bare word may stand for a layout of this project, or of this user.
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

/// The manifest in a folder that was named: one of a project, or the only one of a folder of layouts.
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

/// Reads a manifest that nobody named. It runs programs: it must be this user's own, and nobody else
/// may have had a hand in which file was found.
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

/// Paths of a layout are written down on what it makes, as text.
fn readable(path: PathBuf) -> Result<PathBuf, LoadError> {
    if path.to_str().is_none() {
        return Err(LoadError::NotUtf8 { path });
    }
    Ok(path)
}

/// Whether there is no manifest, or folder of one, at this path any more. One that came from standard input, or that
/// is out of reach, may be.
pub fn is_gone(path: &str) -> bool {
    let is_missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    path.starts_with('/') && fs::symlink_metadata(path).is_err_and(is_missing)
}
