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

/// What there is to say about a rule, for who asks by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// As in [`Diagnostic::code`].
    pub code: &'static str,
    /// What the rule is and why it is there, as a paragraph of plain text.
    pub text: &'static str,
    /// A whole manifest that breaks the rule and no other. `None` where none fits a page. Where
    /// the mistake needs a certain command line, a comment on the first line has it.
    pub wrong: Option<&'static str>,
    /// The same manifest, put right.
    pub right: Option<&'static str>,
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
