//! Any bytes as a manifest: an answer, with every place in the text, and a layout or a reason.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use triad::manifest::error::ManifestError;
use triad::manifest::source::{SourceId, Sources};
use triad::manifest::diagnostic::Diagnostic;
use triad::resolve::{self, Conditions, EnvFiles, FromEnv, ResolveError};
use triad::view::text::diagnostic::{self, Look};
use triad::manifest;

fuzz_target!(|bytes: &[u8]| {
    let (source, error) = manifest::text(SourceId::default(), "fuzz.kdl", bytes.to_vec());
    let sources = Sources::new(source);
    let parsed = manifest::parse(sources.main());
    let resolved = resolve::resolve(
        &parsed.manifest,
        &sources,
        &Conditions {
            vars: &BTreeMap::new(),
            profiles: &BTreeSet::from(["gpu".to_owned()]),
            from_env: FromEnv::Caller,
            env_files: &EnvFiles::default(),
            environment: &BTreeMap::from([("HOME".to_owned(), "/home/me".to_owned())]),
            home: Some(Path::new("/home/me")),
            manifest: "/project/fuzz.kdl",
            folder: Path::new("/project"),
            stem: "fuzz",
        },
    );
    let mut all: Vec<Diagnostic> = error.iter().map(ManifestError::diagnostic).collect();
    all.extend(parsed.errors.iter().map(ManifestError::diagnostic));
    match &resolved {
        Ok(layout) => assert!(!all.is_empty() || layout.sessions.iter().all(|s| !s.windows.is_empty())),
        Err(errors) => {
            assert!(!errors.is_empty());
            all.extend(errors.iter().map(ResolveError::diagnostic));
        }
    }
    for label in all.iter().flat_map(|found| &found.labels) {
        let text = &sources.of(label.span).text;
        assert!(text.get(label.span.offset..label.span.end()).is_some(), "{label:?}");
    }
    let look = Look { color: false, width: 80 };
    let shown = diagnostic::text(&all, &sources, look);
    assert!(shown.as_str().chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
});
