//! Manifests resolved in an environment that is the same everywhere: its own home, variables and
//! path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use triad::layout::Layout;
use triad::load::{self, Loaded};
use triad::manifest;
use triad::manifest::diagnostic::Diagnostic;
use triad::manifest::error::ManifestError;
use triad::manifest::source::{Source, SourceId, Sources};
use triad::resolve::{self, FromEnv, ResolveError};

/// A manifest that was read, with all results.
pub struct Resolved {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    /// The layout, without mistakes.
    pub layout: Option<Layout>,
    /// The files that it includes.
    pub included: Vec<PathBuf>,
}

/// The arguments for resolving a manifest.
#[derive(Debug, Default)]
pub struct Given {
    pub vars: BTreeMap<String, String>,
    pub profiles: BTreeSet<String>,
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
    let resolved = resolve::resolve(
        &parsed.manifest,
        &sources,
        &resolve::Conditions {
            vars: &given.vars,
            profiles: &given.profiles,
            environment: &environment,
            from_env,
            home: (!given.is_homeless).then_some(Path::new("/home/me")),
            manifest: &loaded.path,
            folder: Path::new("/project/layouts"),
            stem: &loaded.stem,
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
        included: included.places,
    }
}
