//! The tokens of a text, and how far they have been read.

use crate::manifest::source::Source;
use crate::manifest::syntax::lexer::{Kind, Token};

/// Reads tokens one after the other.
pub(super) struct Reader<'a> {
    pub source: &'a Source,
    pub tokens: Vec<Token>,
    /// The index of the next token.
    pub at: usize,
    pub depth: usize,
    /// How many newlines there were so far.
    pub newlines: usize,
    /// Up to which token a continuation has looked, and whether it found more of the node
    /// there. The continuations before it need not look again.
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

/// A token's text with the newlines of Unix. In strings KDL reads them so anyway.
pub(crate) fn written(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
