//! Mistakes in the files that a manifest includes.

use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;

/// A file that cannot be included.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncludeError {
    #[error("included file `{path}` not found")]
    Missing { span: Span, path: String },
    #[error("included file `{path}` cannot be read: {why}")]
    Unreadable {
        span: Span,
        path: String,
        why: String,
    },
    #[error("included file `{path}` is outside the manifest's folder")]
    Outside {
        span: Span,
        path: String,
        /// The manifest in that folder.
        manifest: String,
    },
    /// `chain` starts and ends with the file that includes itself.
    #[error("files include each other: {}", arrows(chain))]
    Cycle {
        span: Span,
        chain: Vec<String>,
        /// The other `include` nodes of the cycle, in its order.
        links: Vec<Span>,
    },
    #[error("file `{path}` is included twice")]
    Twice {
        span: Span,
        path: String,
        first: Span,
    },
    #[error("the manifest has more than {most} files")]
    TooMany { span: Span, most: usize },
    #[error("the manifest's files are larger than {most} bytes together")]
    TooLarge { span: Span, most: usize },
    #[error("included file `{path}` is not trusted: {why}")]
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
            IncludeError::Unreadable { .. } => own("cannot be read"),
            IncludeError::Outside { .. } => own("outside the folder"),
            IncludeError::Cycle { links, .. } => {
                let mut labels = own("closes the cycle");
                labels.extend(
                    links
                        .iter()
                        .map(|link| Label::new(*link, "part of the cycle")),
                );
                labels
            }
            IncludeError::Twice { first, .. } => {
                let mut labels = own("second time here");
                labels.push(Label::new(*first, "first here"));
                labels
            }
            IncludeError::TooMany { .. } => own("one too many"),
            IncludeError::TooLarge { .. } => own("exceeds the limit"),
            IncludeError::Untrusted { .. } => own("included here"),
        }
    }

    fn help(&self) -> String {
        match self {
            IncludeError::Missing { path, .. } => {
                format!("create it, or write `include \"{path}\" optional=#true`")
            }
            IncludeError::Unreadable { .. } => "check the file and its permissions".to_owned(),
            IncludeError::Outside { manifest, .. } => format!(
                "move it into the folder of `{manifest}` or below, so that a manifest can be \
                 reviewed and moved as a whole"
            ),
            IncludeError::Cycle { .. } => "remove one of the includes".to_owned(),
            IncludeError::Twice { .. } => {
                "include it once, after the files that it overrides".to_owned()
            }
            IncludeError::TooMany { .. } | IncludeError::TooLarge { .. } => {
                "generate less, or split it into several layouts".to_owned()
            }
            IncludeError::Untrusted { .. } => {
                "review it, then name the manifest on the command line to run it".to_owned()
            }
        }
    }
}
