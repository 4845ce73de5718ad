//! What can be wrong with the files that a manifest includes.

use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;

/// A file that cannot take its place in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncludeError {
    #[error("the included file `{path}` is not there")]
    Missing { span: Span, path: String },
    #[error("the included file `{path}` cannot be read: {why}")]
    Unreadable {
        span: Span,
        path: String,
        why: String,
    },
    #[error("the included file `{path}` is outside of the manifest's folder")]
    Outside {
        span: Span,
        path: String,
        /// The manifest in that folder.
        manifest: String,
    },
    /// `chain` begins and ends with the file that comes back to itself.
    #[error("files that include each other: {}", arrows(chain))]
    Cycle {
        span: Span,
        chain: Vec<String>,
        /// The other `include` nodes of the circle, in its order.
        links: Vec<Span>,
    },
    #[error("the file `{path}` is included twice")]
    Twice {
        span: Span,
        path: String,
        first: Span,
    },
    #[error("more than {most} files")]
    TooMany { span: Span, most: usize },
    #[error("the files of the manifest are larger than {most} bytes together")]
    TooLarge { span: Span, most: usize },
    #[error("the included file `{path}` is not safe to use: {why}")]
    Untrusted {
        span: Span,
        path: String,
        why: String,
    },
}

fn arrows(chain: &[String]) -> String {
    let names: Vec<String> = chain.iter().map(|name| format!("`{name}`")).collect();
    names.join(" → ")
}

impl IncludeError {
    pub(super) fn span(&self) -> Span {
        match self {
            IncludeError::Missing { span, .. }
            | IncludeError::Unreadable { span, .. }
            | IncludeError::Outside { span, .. }
            | IncludeError::Cycle { span, .. }
            | IncludeError::Twice { span, .. }
            | IncludeError::TooMany { span, .. }
            | IncludeError::TooLarge { span, .. }
            | IncludeError::Untrusted { span, .. } => *span,
        }
    }

    pub(super) fn code(&self) -> &'static str {
        match self {
            IncludeError::Missing { .. } => "triad::manifest::include-missing",
            IncludeError::Unreadable { .. } => "triad::manifest::include-unreadable",
            IncludeError::Outside { .. } => "triad::manifest::include-outside",
            IncludeError::Cycle { .. } => "triad::manifest::include-cycle",
            IncludeError::Twice { .. } => "triad::manifest::include-twice",
            IncludeError::TooMany { .. } => "triad::manifest::include-too-many",
            IncludeError::TooLarge { .. } => "triad::manifest::include-too-large",
            IncludeError::Untrusted { .. } => "triad::manifest::include-untrusted",
        }
    }

    pub(super) fn diagnostic(&self) -> Diagnostic {
        Diagnostic {
            code: self.code(),
            message: self.to_string(),
            labels: self.labels(),
            help: Some(self.help()),
        }
    }

    fn labels(&self) -> Vec<Label> {
        let own = |text: &str| vec![Label::new(self.span(), text)];
        match self {
            IncludeError::Missing { .. } => own("no such file"),
            IncludeError::Unreadable { .. } => own("not readable"),
            IncludeError::Outside { .. } => own("leads out of the folder"),
            IncludeError::Cycle { links, .. } => {
                let mut labels = own("closes the circle");
                labels.extend(links.iter().map(|link| Label::new(*link, "on the way")));
                labels
            }
            IncludeError::Twice { first, .. } => {
                let mut labels = own("again here");
                labels.push(Label::new(*first, "first here"));
                labels
            }
            IncludeError::TooMany { .. } => own("one too many"),
            IncludeError::TooLarge { .. } => own("this one is too much"),
            IncludeError::Untrusted { .. } => own("included here"),
        }
    }

    fn help(&self) -> String {
        match self {
            IncludeError::Missing { path, .. } => {
                format!("make it, or let it be missing: `include \"{path}\" optional=#true`")
            }
            IncludeError::Unreadable { .. } => "check the file and its permissions".to_owned(),
            IncludeError::Outside { manifest, .. } => format!(
                "what a manifest consists of lies in the folder of `{manifest}` or below, so that \
                 it can be reviewed and moved as a whole"
            ),
            IncludeError::Cycle { .. } => "take one of the includes out".to_owned(),
            IncludeError::Twice { .. } => "include it once, where the last word is due".to_owned(),
            IncludeError::TooMany { .. } | IncludeError::TooLarge { .. } => {
                "a manifest is written by people: generate less, or make several layouts of it"
                    .to_owned()
            }
            IncludeError::Untrusted { .. } => {
                "read it, and name the manifest if you want to run it".to_owned()
            }
        }
    }
}
