//! Files and commands that give variables, on their way from outer to inner nodes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::layout::SecretFile;
use crate::manifest::source::Span;

/// A file or command that flows inwards, in the order in which they count.
#[derive(Debug, Clone)]
pub(super) enum Source {
    File(File),
    Exec { name: String, line: String },
}

/// An environment file of a manifest, or of `--env-file`.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub file: SecretFile,
    pub is_secret: bool,
    /// Where it is written; `None`: on the command line.
    pub span: Option<Span>,
}

impl Source {
    /// A file that gives all that it says.
    pub(super) fn of_file(
        path: PathBuf,
        (is_secret, optional): (bool, bool),
        span: Option<Span>,
    ) -> Self {
        Source::File(File {
            file: SecretFile {
                path,
                optional,
                except: BTreeSet::new(),
            },
            is_secret,
            span,
        })
    }

    /// Leaves this variable to what comes later; says whether the source still gives anything.
    pub(super) fn is_left_by(&mut self, name: &str) -> bool {
        match self {
            Source::File(file) => {
                file.file.except.insert(name.to_owned());
                true
            }
            Source::Exec { .. } => !self.prints(name),
        }
    }

    pub(super) fn prints(&self, name: &str) -> bool {
        matches!(self, Source::Exec { name: printed, .. } if printed == name)
    }

    /// The file, if its values are as secret as that.
    pub(super) fn file(&self, is_secret: bool) -> Option<&File> {
        match self {
            Source::File(file) if file.is_secret == is_secret => Some(file),
            Source::File(_) | Source::Exec { .. } => None,
        }
    }
}
