//! The state of a scan: its position, the corrected text and the mistakes so far.

use std::collections::HashMap;

use super::token::{Fault, Token};
use crate::manifest::ast::ScalarValue;
use crate::manifest::error::SyntaxError;
use crate::manifest::source::{Source, Span};

/// The most nested blocks.
pub const DEPTH_MAX: usize = 64;
/// The most nodes and values.
pub const ITEMS_MAX: usize = 50_000;

/// The most mistakes that are kept: nobody reads more, and memory stays bounded.
pub const ERRORS_MAX: usize = 500;

/// The replacement for a value or a node's name that was reported.
#[derive(Debug, Clone, PartialEq)]
pub enum Correction {
    Value(ScalarValue),
    /// Unknown; later stages report nothing more about it.
    Unknown,
}

/// The position of the scan within a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    NodeStart,
    /// Right after the node's name.
    AfterName,
    InNode,
    /// After a text that can only be a property's name; it starts here.
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
    /// The last name, value or brace without a `;` after it: a block on its own line belongs to it.
    pub last: Option<Token>,
    pub blocks: Vec<Block>,
    pub suspect: Option<usize>,
    /// The indentation of the line.
    pub indent: usize,
    pub items: usize,
    /// The corrected text.
    pub text: Vec<u8>,
    pub corrections: HashMap<usize, Correction>,
    pub errors: Vec<SyntaxError>,
    /// Whether the structure is unclear.
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

    /// Ends the node, and perhaps its line.
    pub(super) fn end_node(&mut self, end: usize) {
        self.end_property(end);
        self.place = Place::NodeStart;
        self.continues = false;
    }

    /// Reports a property that still has no value.
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

    /// Reports a mistake, up to the limit.
    pub(super) fn report(&mut self, error: SyntaxError) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(error);
        }
    }

    /// Reports a mistake that leaves the structure unclear.
    pub(super) fn fail(&mut self, error: SyntaxError) {
        self.report(error);
        self.broken = true;
    }

    /// Replaces a range of the corrected text by spaces.
    pub(super) fn blank(&mut self, start: usize, end: usize) {
        self.text[start..end].fill(b' ');
    }

    /// Replaces a range of the corrected text by a placeholder.
    pub(super) fn correct(&mut self, token: Token, correction: Correction) {
        self.text[token.start..token.end].fill(b'_');
        self.corrections.insert(token.start, correction);
    }
}
