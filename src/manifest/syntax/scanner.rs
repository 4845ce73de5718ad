//! What all of the scan shares: where it is, the corrected text, and the mistakes so far.

use std::collections::HashMap;

use super::token::{Fault, Token};
use crate::manifest::ast::ScalarValue;
use crate::manifest::error::SyntaxError;
use crate::manifest::source::{Source, Span};

/// The most blocks within one another.
pub const DEPTH_MAX: usize = 64;
/// The most nodes and values.
pub const ITEMS_MAX: usize = 50_000;

/// The most mistakes that are kept; nobody reads further, and memory stays bounded.
pub const ERRORS_MAX: usize = 500;

/// What is known of a value, or of a node's name, that has been reported.
#[derive(Debug, Clone, PartialEq)]
pub enum Correction {
    Value(ScalarValue),
    /// Nothing; and nothing more is to be said about it.
    Unknown,
}

/// Where in a node the scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    NodeStart,
    /// Right after the node's name.
    AfterName,
    InNode,
    /// After what may only be a property's name, which starts here.
    AfterKey(usize),
    /// After the `=` of the property that starts here.
    AfterEquals(usize),
    /// After the `}` of the node's block.
    AfterBlock,
}

/// A block that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub offset: usize,
    pub indent: usize,
}

/// Reads a text token by token.
pub(super) struct Scanner<'a> {
    pub source: &'a Source,
    pub tokens: Vec<Token>,
    /// The index of the next token.
    pub at: usize,
    pub place: Place,
    /// Whether the next newline does not end the node.
    pub continues: bool,
    /// The last name, value or brace that no `;` follows: what a block on a line of its own
    /// belongs to.
    pub last: Option<Token>,
    pub blocks: Vec<Block>,
    pub suspect: Option<usize>,
    /// How far the line is indented.
    pub indent: usize,
    pub items: usize,
    /// The corrected text.
    pub text: Vec<u8>,
    pub corrections: HashMap<usize, Correction>,
    pub errors: Vec<SyntaxError>,
    /// Whether the structure is in doubt.
    pub broken: bool,
}

impl Scanner<'_> {
    pub(super) fn comment(&mut self, token: Token) {
        self.blank(token.start, token.end);
        if token.fault == Some(Fault::Unclosed) {
            let span = self.source.span(token.start..token.start + 2);
            self.fail(SyntaxError::UnclosedComment { span });
        }
    }

    pub(super) fn semicolon(&mut self, token: Token) {
        if self.place == Place::NodeStart {
            self.blank(token.start, token.end);
            let span = self.span(token);
            self.report(SyntaxError::StraySemicolon { span });
        }
        self.end_node(token.start);
        self.last = None;
    }

    /// The node ends, or with it the line it stands on.
    pub(super) fn end_node(&mut self, end: usize) {
        self.end_property(end);
        self.place = Place::NodeStart;
        self.continues = false;
    }

    /// What comes next is no value for a property that still has none.
    pub(super) fn end_property(&mut self, end: usize) {
        if let Place::AfterEquals(start) = self.place {
            let written = self.source.text[start..end].trim_end().len();
            let span = self.source.span(start..start + written);
            self.blank(start, end);
            self.report(SyntaxError::MissingValue { span });
        }
    }

    pub(super) fn equals(&mut self, token: Token) {
        match self.place {
            Place::AfterKey(start) => self.place = Place::AfterEquals(start),
            Place::AfterName => {
                self.blank(token.start, token.end);
                let span = self.span(token);
                self.report(SyntaxError::StrayEquals { span });
            }
            _ => self.unexpected(token),
        }
    }

    pub(super) fn unexpected(&mut self, token: Token) {
        let text = self.source.text[token.start..token.end].to_owned();
        let span = self.span(token);
        self.fail(SyntaxError::Unexpected { span, text });
    }

    pub(super) fn span(&self, token: Token) -> Span {
        self.source.span(token.start..token.end)
    }

    /// Reports a mistake, as long as anybody will read on.
    pub(super) fn report(&mut self, error: SyntaxError) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(error);
        }
    }

    /// Reports a mistake after which the structure is in doubt.
    pub(super) fn fail(&mut self, error: SyntaxError) {
        self.report(error);
        self.broken = true;
    }

    /// Makes spaces of a range of the corrected text.
    pub(super) fn blank(&mut self, start: usize, end: usize) {
        self.text[start..end].fill(b' ');
    }

    /// Makes a placeholder of a range of the corrected text.
    pub(super) fn correct(&mut self, token: Token, correction: Correction) {
        self.text[token.start..token.end].fill(b'_');
        self.corrections.insert(token.start, correction);
    }
}
