//! The tokens of a text and the position in them.

use crate::manifest::source::Source;
use crate::manifest::syntax::lexer::{Kind, Token};

/// Reads tokens one after the other.
pub(super) struct Reader<'a> {
    pub source: &'a Source,
    pub tokens: Vec<Token>,
    /// The index of the next token.
    pub at: usize,
    pub depth: usize,
    /// The number of newlines so far.
    pub newlines: usize,
    /// The token up to which a continuation has looked ahead, and whether the node continues there.
    /// The continuations before that token need not look again.
    pub looked: (usize, bool),
}

impl Reader<'_> {
    pub(super) fn is(&self, at: usize, kind: Kind) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == kind)
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    pub(super) fn text(&self, at: usize) -> &str {
        let token = self.tokens[at];
        &self.source.text[token.start..token.end]
    }
}

/// A token's text with Unix newlines, which KDL reads in strings anyway.
pub(crate) fn written(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
