//! `triad fmt`: formats manifests.

use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, What};
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::load::Loaded;
use crate::manifest;
use crate::manifest::error::ManifestError;
use crate::manifest::fmt::{self, FormatError};
use crate::manifest::source::Source;
use crate::resolve;
use crate::save;
use crate::view::edit::diff;
use crate::view::json::{FORMAT, JsonFmt, JsonFmtFile};

/// Format manifests in one style
#[derive(Debug, clap::Args)]
#[command(before_help = "triad fmt --check", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    /// Manifests: paths, names of layouts, or `-` to format standard input to standard output
    files: Vec<String>,
    /// Write nothing; list the files that differ, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; show the changes
    #[arg(long)]
    diff: bool,
}

const DETAILS: &str = "\
Only spaces and line breaks change: comments, the order of nodes and every value stay as written.";

pub(crate) fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let named: Vec<Option<&str>> = if own.files.is_empty() {
        vec![None]
    } else {
        own.files.iter().map(|file| Some(file.as_str())).collect()
    };
    let mut files = Vec::new();
    let mut failed = None;
    for name in named {
        // A file that cannot be formatted does not keep the others from being formatted.
        match format(&world, name, own, output) {
            Ok(file) => files.push(file),
            Err(failure) => {
                output.failure(&failure);
                failed = failed.or(Some(failure.exit));
            }
        }
    }
    let differs = files.iter().any(|file| file.differs);
    output.json(&JsonFmt {
        format: FORMAT,
        files,
    });
    let otherwise = if own.check && differs {
        Exit::Error
    } else {
        Exit::Success
    };
    Ok(failed.unwrap_or(otherwise))
}

/// Formats one file, and reports the result.
fn format(
    world: &World,
    name: Option<&str>,
    own: &Arguments,
    output: &Output,
) -> Result<JsonFmtFile, Failure> {
    let loaded = world.load(name)?;
    let text = formatted(&loaded)?;
    let Source {
        name: file,
        text: before,
        ..
    } = &loaded.source;
    let differs = text != *before;
    for note in notes(&loaded) {
        output.news(note);
    }
    let mut told = JsonFmtFile {
        file: file.clone(),
        differs,
        text: None,
        diff: None,
    };
    if own.diff {
        let patch = diff::unified(file, before, &text);
        output.patch(&patch);
        told.diff = Some(patch);
    } else if own.check {
        if differs {
            output.text(file);
        }
    } else if let Some(path) = &loaded.file {
        if differs {
            save::replace(path, &text, loaded.identity)?;
            output.news(format!("formatted {file}"));
        }
    } else {
        output.data(&text);
        told.text = Some(text);
    }
    Ok(told)
}

/// Returns notes that write the layout strings of a manifest as splits, which people can read; one
/// line each.
fn notes(loaded: &Loaded) -> Vec<String> {
    let manifest = manifest::parse(&loaded.source).manifest;
    let windows = manifest
        .sessions
        .iter()
        .flat_map(|session| &session.windows);
    let notes = windows.filter_map(|window| {
        let lines = resolve::written_layout(window)?;
        let before = &loaded.source.text[..window.span.offset];
        let line = before.matches('\n').count() + 1;
        let name = &loaded.source.name;
        let first = format!("note: the `layout` at {name}:{line} is the same as");
        let lines = lines.into_iter().map(|line| format!("    {line}"));
        Some(std::iter::once(first).chain(lines).collect::<Vec<_>>())
    });
    notes.flatten().collect()
}

fn formatted(loaded: &Loaded) -> Result<String, Failure> {
    let invalid = |errors: &[ManifestError]| {
        let diagnostics = errors.iter().map(ManifestError::diagnostic).collect();
        Failure {
            exit: Exit::Invalid,
            what: What::Diagnostics(loaded.source.clone().into(), diagnostics),
        }
    };
    if let Some(error) = &loaded.error {
        return Err(invalid(std::slice::from_ref(error)));
    }
    fmt::format(&loaded.source).map_err(|error| match &error {
        FormatError::Invalid(errors) => invalid(errors),
        FormatError::Unfaithful { .. } => Failure::new(
            Exit::Error,
            error.to_string(),
            "this is a bug in triad; please report it with the manifest, which was not changed",
        ),
    })
}
