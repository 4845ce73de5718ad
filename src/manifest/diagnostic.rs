//! A mistake in a manifest as data, reported by the stages and rendered by the view.

use super::source::Span;

/// One mistake, with its places. Plain text: no colour, no layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable name of the broken rule, such as `triad::manifest::unknown-node`.
    pub code: &'static str,
    /// The problem: a lowercase fragment without a period.
    pub message: String,
    /// The places: first that of the mistake, then those that it conflicts with.
    pub labels: Vec<Label>,
    /// The next step for the user.
    pub help: Option<String>,
}

/// A place with a few words about its part in the mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

impl Label {
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Label {
            span,
            text: text.into(),
        }
    }
}
