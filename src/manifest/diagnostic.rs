//! A mistake in a manifest as data: what every stage reports and what the view renders.

use super::source::Span;

/// One mistake, with its places. Plain text: no colour, no layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the rule that was broken, such as `triad::manifest::unknown-node`.
    pub code: &'static str,
    /// What is wrong: a lowercase fragment without a period.
    pub message: String,
    /// Where; the first is the place of the mistake, the others are what it conflicts with.
    pub labels: Vec<Label>,
    /// What to do next.
    pub help: Option<String>,
}

/// A place with a few words on its part in the mistake.
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
