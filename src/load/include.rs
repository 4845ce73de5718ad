//! Reads included files: bounded in number and size, only from the manifest's folder, and never in
//! a cycle.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::file::{Loaded, bounded, shown};
use super::opened::{Opened, opened_file};
use crate::manifest::ast::{IncludeDecl, Item};
use crate::manifest::error::{IncludeError, ManifestError};
use crate::manifest::source::{Source, Sources, Span};
use crate::manifest::{self, Parsed, ParsedFile, syntax, value};

/// The most files that a manifest may consist of.
const FILES_MAX: usize = 100;

/// A manifest with all files that it includes.
#[derive(Debug)]
pub struct Included {
    /// Its declarations and its mistakes.
    pub parsed: Parsed,
    /// The texts that the spans refer to.
    pub sources: Sources,
    /// The paths of all included files, also of missing and unread ones.
    pub places: Vec<PathBuf>,
}

/// Reads a manifest with all files that it includes.
pub fn with_included(loaded: &Loaded) -> Included {
    let sources = Sources::new(loaded.source.clone());
    if let Some(error) = &loaded.error {
        let parsed = Parsed {
            errors: vec![error.clone()],
            ..Parsed::default()
        };
        return Included {
            parsed,
            sources,
            places: Vec::new(),
        };
    }
    let main = manifest::parse_file(&loaded.source);
    let mut reader = Reader {
        loaded,
        left: syntax::SIZE_MAX.saturating_sub(loaded.source.text.len()),
        sources,
        errors: Vec::new(),
        open: vec![Open {
            path: loaded.file.clone().unwrap_or_default(),
            name: loaded.source.name.clone(),
            by: None,
        }],
        seen: Vec::new(),
        places: Vec::new(),
    };
    let items = reader.spliced(main.items, &loaded.folder);
    let main = ParsedFile { items, ..main };
    let parsed = manifest::assemble(&loaded.source, main, reader.errors);
    Included {
        parsed,
        sources: reader.sources,
        places: reader.places,
    }
}

struct Reader<'a> {
    loaded: &'a Loaded,
    /// The bytes that the remaining files may have together.
    left: usize,
    sources: Sources,
    errors: Vec<ManifestError>,
    /// The files from the manifest down to the current one.
    open: Vec<Open>,
    /// The files included so far, with the place of each `include`.
    seen: Vec<(PathBuf, Span)>,
    /// The paths that were tried.
    places: Vec<PathBuf>,
}

struct Open {
    path: PathBuf,
    name: String,
    /// The `include` that led to it.
    by: Option<Span>,
}

impl Reader<'_> {
    /// The items, with those of included files in place of each `include`. The recursion is no
    /// deeper than the number of files.
    fn spliced(&mut self, items: Vec<Item>, folder: &Path) -> Vec<Item> {
        let mut spliced = Vec::new();
        for item in items {
            match item {
                Item::Include(include) => match self.included(&include, folder) {
                    Ok(inner) => spliced.extend(inner),
                    Err(error) => self.errors.push(error.into()),
                },
                other => spliced.push(other),
            }
        }
        spliced
    }

    fn included(
        &mut self,
        include: &IncludeDecl,
        folder: &Path,
    ) -> Result<Vec<Item>, IncludeError> {
        let span = include.span;
        let path = self.place(include, folder)?;
        self.places.push(path.clone());
        let Some(opened) = open(&path, include)? else {
            return Ok(Vec::new());
        };
        self.is_safe(include, &opened)?;
        let Opened {
            file, canonical, ..
        } = opened;
        self.is_new(include, &canonical)?;
        let Some(source) = self.read(include, &path, file)? else {
            return Ok(Vec::new());
        };
        let name = source.name.clone();
        let parsed = manifest::parse_file(&source);
        self.errors.extend(parsed.errors);
        self.seen.push((canonical.clone(), span));
        self.open.push(Open {
            path: canonical,
            name,
            by: Some(span),
        });
        let inner = path.parent().unwrap_or(folder).to_owned();
        let items = self.spliced(parsed.items, &inner);
        self.open.pop();
        Ok(items)
    }

    /// The path of the file in the manifest's folder or below. A link in there may lead elsewhere:
    /// its owner made it.
    fn place(&self, include: &IncludeDecl, folder: &Path) -> Result<PathBuf, IncludeError> {
        let path = value::joined(folder, &include.path);
        if path.starts_with(&self.loaded.folder) && !include.path.starts_with('~') {
            return Ok(path);
        }
        Err(IncludeError::Outside {
            span: include.span,
            path: include.path.clone(),
            manifest: self.loaded.source.name.clone(),
        })
    }

    /// Checks that files included by a manifest that was found by searching are the user's own.
    fn is_safe(&self, include: &IncludeDecl, opened: &Opened) -> Result<(), IncludeError> {
        let is_asked = self.loaded.is_found;
        match is_asked.then(|| opened.distrust()).flatten() {
            None => Ok(()),
            Some(why) => Err(IncludeError::Untrusted {
                span: include.span,
                path: include.path.clone(),
                why,
            }),
        }
    }

    fn is_new(&self, include: &IncludeDecl, path: &Path) -> Result<(), IncludeError> {
        let span = include.span;
        if let Some(start) = self.open.iter().position(|open| open.path == *path) {
            let circle = &self.open[start..];
            let names = circle.iter().chain(circle.first());
            return Err(IncludeError::Cycle {
                span,
                chain: names.map(|open| open.name.clone()).collect(),
                links: circle[1..].iter().filter_map(|open| open.by).collect(),
            });
        }
        if let Some((_, first)) = self.seen.iter().find(|(seen, _)| seen == path) {
            let (path, first) = (include.path.clone(), *first);
            return Err(IncludeError::Twice { span, path, first });
        }
        let most = FILES_MAX;
        if self.seen.len() + 1 >= most {
            return Err(IncludeError::TooMany { span, most });
        }
        Ok(())
    }

    /// The text; `None` if it is not text, which is reported.
    fn read(
        &mut self,
        include: &IncludeDecl,
        path: &Path,
        file: File,
    ) -> Result<Option<Source>, IncludeError> {
        let span = include.span;
        let bytes = bounded(file, self.left).map_err(|error| unreadable(include, &error))?;
        let most = syntax::SIZE_MAX;
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or(IncludeError::TooLarge { span, most })?;
        let (source, error) = manifest::text(self.sources.next_id(), shown(path), bytes);
        self.sources.add(source.clone());
        let is_text = error.is_none();
        self.errors.extend(error);
        Ok(is_text.then_some(source))
    }
}

/// Opens the file; `None` if an optional one is missing.
fn open(path: &Path, include: &IncludeDecl) -> Result<Option<Opened>, IncludeError> {
    match opened_file(path) {
        Ok(opened) => Ok(Some(opened)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && include.is_optional => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(IncludeError::Missing {
            span: include.span,
            path: include.path.clone(),
        }),
        Err(error) => Err(unreadable(include, &error)),
    }
}

fn unreadable(include: &IncludeDecl, error: &io::Error) -> IncludeError {
    IncludeError::Unreadable {
        span: include.span,
        path: include.path.clone(),
        why: error.to_string(),
    }
}
