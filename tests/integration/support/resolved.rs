//! Manifests resolved in an environment that is the same everywhere: its own home, variables and
//! path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use triad::layout::{EnvFile, Layout, Secret};
use triad::load::{self, Loaded};
use triad::manifest;
use triad::manifest::diagnostic::Diagnostic;
use triad::manifest::error::ManifestError;
use triad::manifest::source::{Source, SourceId, Sources};
use triad::resolve::{self, EnvFiles, FromEnv, ResolveError};

/// A manifest that was read, with all results.
pub struct Resolved {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    /// The layout, without mistakes.
    pub layout: Option<Layout>,
    /// The files that it includes, and its environment files.
    pub included: Vec<PathBuf>,
}

/// The arguments for resolving a manifest.
#[derive(Debug, Default)]
pub struct Given {
    pub vars: BTreeMap<String, String>,
    pub profiles: BTreeSet<String>,
    pub env_files: Vec<String>,
    pub is_homeless: bool,
}

/// The caller's environment.
const CALLER: [(&str, &str); 4] = [
    ("HOME", "/home/me"),
    ("EDITOR", "vi"),
    ("API_KEY", SECRET),
    ("TRIAD_VAR_FROM_ENV", "told"),
];
/// The only secret.
pub const SECRET: &str = "not to be seen";

/// Where every manifest is.
const FOLDER: &str = "/project/layouts";
/// Environment files that are there for a text that is nowhere.
const ENV_FILES: [(&str, &str); 2] = [
    (".env", "DB_PASSWORD=not to be seen\n"),
    ("api/ports.env", "PORT=8080\n"),
];

/// Resolves a text without includes.
pub fn resolve_text(text: &str, given: &Given) -> Resolved {
    let loaded = loaded(Source::new("manifest.kdl", text));
    resolve(&loaded, given, FromEnv::Caller)
}

/// Resolves these bytes as the file at `path`, with its includes from there.
pub fn resolve_file(
    path: &Path,
    bytes: Vec<u8>,
    given: &Given,
    from_env: FromEnv,
) -> io::Result<Resolved> {
    let (source, error) = manifest::text(SourceId::default(), "manifest.kdl", bytes);
    // A made-up file cannot be found on the disk.
    let file = fs::canonicalize(path).ok();
    let loaded = Loaded {
        error,
        place: file.clone(),
        file,
        folder: fs::canonicalize(path.parent().unwrap_or(Path::new("/")))?,
        ..loaded(source)
    };
    Ok(resolve(&loaded, given, from_env))
}

fn loaded(source: Source) -> Loaded {
    Loaded {
        source,
        error: None,
        path: "/project/layouts/manifest.kdl".to_owned(),
        file: None,
        identity: None,
        place: None,
        folder: PathBuf::from("/project/layouts"),
        stem: "manifest".to_owned(),
        is_found: false,
    }
}

fn resolve(loaded: &Loaded, given: &Given, from_env: FromEnv) -> Resolved {
    let included = load::with_included(loaded);
    let (parsed, sources) = (included.parsed, included.sources);
    let environment = CALLER
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let last = given.env_files.iter();
    let last = last.map(|name| Path::new(FOLDER).join(name));
    let mut env_files = EnvFiles {
        last: last.collect(),
        ..EnvFiles::default()
    };
    let before = env_files.clone();
    let conditions = resolve::Conditions {
        vars: &given.vars,
        profiles: &given.profiles,
        environment: &environment,
        from_env,
        env_files: &before,
        home: (!given.is_homeless).then_some(Path::new("/home/me")),
        manifest: &loaded.path,
        folder: Path::new(FOLDER),
        stem: &loaded.stem,
    };
    let mut places = included.places;
    for (path, is_secret) in resolve::env_files(&parsed.manifest, &sources, &conditions) {
        env_files.secret.extend(is_secret.then(|| path.clone()));
        let (found, place) = env_file(loaded, &path);
        places.extend(place);
        env_files.read.insert(path, found);
    }
    let resolved = resolve::resolve(
        &parsed.manifest,
        &sources,
        &resolve::Conditions {
            env_files: &env_files,
            ..conditions
        },
    );
    let mut diagnostics: Vec<_> = parsed
        .errors
        .iter()
        .map(ManifestError::diagnostic)
        .collect();
    // A file that is not text has nothing to resolve.
    let mistakes = resolved.as_ref().err().into_iter().flatten();
    diagnostics.extend(mistakes.map(ResolveError::diagnostic));
    diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
    let layout = resolved.ok().filter(|_| diagnostics.is_empty());
    Resolved {
        sources,
        diagnostics,
        layout,
        included: places,
    }
}

/// An environment file, and where it really is.
fn env_file(loaded: &Loaded, path: &Path) -> (EnvFile, Option<PathBuf>) {
    let Ok(below) = path.strip_prefix(FOLDER) else {
        return (load::env_file(path, false), None);
    };
    if loaded.file.is_some() {
        let place = loaded.folder.join(below);
        return (load::env_file(&place, false), Some(place));
    }
    let mut known = ENV_FILES.into_iter();
    let text = known.find(|(name, _)| below == Path::new(name));
    let found = text.map(|(_, text)| EnvFile::Text(Secret::new(text.to_owned())));
    (found.unwrap_or(EnvFile::Missing), None)
}
