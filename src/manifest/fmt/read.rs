//! Groups tokens into lines and blocks, as far as the layout needs it.
//!
//! Parts after `/-` are read like everything else, but nobody has checked them: any order of tokens
//! is accepted and kept.

mod atom;
mod reader;

use reader::Reader;
pub(super) use reader::written;

use crate::manifest::error::SyntaxError;
use crate::manifest::source::Source;
use crate::manifest::syntax::DEPTH_MAX;
use crate::manifest::syntax::lexer::{self, Kind, is_newline, is_space};

/// A node with the comments on its line, or comments alone.
#[derive(Debug)]
pub(super) struct Line {
    /// Whether a blank line sets it apart from the one before.
    pub is_apart: bool,
    pub pieces: Vec<Piece>,
}

/// A part of a line, with one space after it or none.
#[derive(Debug)]
pub(super) enum Piece {
    /// A name, a value or a property.
    Atom(String),
    /// `/* … */`
    Comment(String),
    /// `// …`; nothing but a newline can follow.
    LineComment(String),
    Slashdash,
    /// A backslash: the node continues on the next line.
    Continuation,
    Block(Block),
}

/// The content of a pair of braces.
#[derive(Debug)]
pub(super) struct Block {
    /// Comments on the line of the opening brace.
    pub opening: Vec<Piece>,
    pub lines: Vec<Line>,
    pub is_on_one_line: bool,
}

impl Piece {
    pub(super) fn is_comment(&self) -> bool {
        matches!(self, Piece::Comment(_) | Piece::LineComment(_))
    }
}

/// The lines of a KDL text.
///
/// # Errors
/// If a part after `/-` is nested too deep or cannot be laid out; the rest has been checked before.
pub(super) fn lines(source: &Source) -> Result<Vec<Line>, SyntaxError> {
    let mut reader = Reader {
        source,
        tokens: lexer::tokens(&source.text),
        at: 0,
        depth: 0,
        newlines: 0,
        looked: (0, false),
    };
    Ok(reader.block()?.lines)
}

impl Reader<'_> {
    /// Reads up to the brace that closes the block, or to the end of the text.
    fn block(&mut self) -> Result<Block, SyntaxError> {
        let start = self.newlines;
        let mut block = Block {
            opening: Vec::new(),
            lines: Vec::new(),
            is_on_one_line: false,
        };
        let mut last = self.newlines;
        while let Some(kind) = self.kind() {
            match kind {
                Kind::CloseBrace => {
                    self.at += 1;
                    break;
                }
                Kind::Newline => {
                    self.at += 1;
                    self.newlines += 1;
                }
                // A backslash before a node continues nothing.
                Kind::Space | Kind::Semicolon | Kind::Continuation => self.at += 1,
                _ => {
                    let skipped = self.newlines - last;
                    let pieces = self.line()?;
                    self.push(&mut block, skipped, pieces);
                    last = self.newlines;
                }
            }
        }
        block.is_on_one_line = start == self.newlines;
        Ok(block)
    }

    /// Adds a line after this number of newlines. Comments after no newline belong to the line before,
    /// or to the opening brace.
    fn push(&self, block: &mut Block, newlines: usize, pieces: Vec<Piece>) {
        let is_trailing = newlines == 0 && pieces.iter().all(Piece::is_comment);
        match block.lines.last_mut() {
            Some(line) if is_trailing => line.pieces.extend(pieces),
            None if is_trailing && self.depth > 0 && self.kind() == Some(Kind::Newline) => {
                block.opening = pieces;
            }
            last => {
                let is_apart = newlines > 1 && last.is_some();
                block.lines.push(Line { is_apart, pieces });
            }
        }
    }

    /// Reads up to the end of the node, without consuming it.
    fn line(&mut self) -> Result<Vec<Piece>, SyntaxError> {
        let mut pieces = Vec::new();
        let mut continues = false;
        let mut is_left_out = false;
        while let Some(kind) = self.kind() {
            match kind {
                Kind::Newline if continues => {
                    continues = false;
                    self.at += 1;
                    self.newlines += 1;
                }
                Kind::Newline | Kind::Semicolon | Kind::CloseBrace => break,
                Kind::Space => self.at += 1,
                Kind::Continuation => {
                    self.at += 1;
                    if self.goes_on() {
                        continues = true;
                        if !matches!(pieces.last(), Some(Piece::Continuation)) {
                            pieces.push(Piece::Continuation);
                        }
                    }
                }
                Kind::Comment => pieces.push(self.comment()),
                Kind::Slashdash => {
                    let is_before =
                        |piece: &Piece| piece.is_comment() || matches!(piece, Piece::Continuation);
                    is_left_out |= pieces.iter().all(is_before);
                    self.slashdash(&mut pieces)?;
                }
                Kind::OpenBrace => {
                    let mut before = pieces.iter().rev().skip_while(|piece| piece.is_comment());
                    let ends_node = !matches!(before.next(), Some(Piece::Slashdash));
                    let block = self.braces()?;
                    // The brace belongs on the node's line.
                    if matches!(pieces.last(), Some(Piece::Continuation)) {
                        pieces.pop();
                    }
                    pieces.push(Piece::Block(block));
                    // After a skipped node, another may follow on the same line.
                    if is_left_out && ends_node {
                        break;
                    }
                }
                _ => {
                    let start = self.at;
                    pieces.push(Piece::Atom(self.atom()));
                    (start..self.at).try_for_each(|at| self.check_word(at))?;
                }
            }
        }
        Ok(pieces)
    }

    /// Reads a block with its braces.
    fn braces(&mut self) -> Result<Block, SyntaxError> {
        let open = self.tokens[self.at];
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let span = self.source.span(open.start..open.end);
            let limit = DEPTH_MAX;
            return Err(SyntaxError::TooDeep { span, limit });
        }
        let block = self.block();
        self.depth -= 1;
        block
    }

    /// Reads `/-`, and the comments between it and the part that it skips.
    fn slashdash(&mut self, pieces: &mut Vec<Piece>) -> Result<(), SyntaxError> {
        let token = self.tokens[self.at];
        self.at += 1;
        pieces.push(Piece::Slashdash);
        while let Some(kind) = self.kind() {
            match kind {
                Kind::Space | Kind::Continuation => self.at += 1,
                Kind::Newline => {
                    self.at += 1;
                    self.newlines += 1;
                }
                Kind::Comment => pieces.push(self.comment()),
                Kind::Semicolon | Kind::CloseBrace => break,
                _ => return Ok(()),
            }
        }
        let span = self.source.span(token.start..token.end);
        Err(SyntaxError::StraySlashdash { span })
    }

    fn comment(&mut self) -> Piece {
        let text = self.text(self.at);
        let piece = if text.starts_with("//") {
            Piece::LineComment(text.trim_end_matches(is_space).to_owned())
        } else {
            Piece::Comment(written(text))
        };
        self.at += 1;
        piece
    }

    /// Whether anything but comments follows the backslash before the next token, in the same
    /// node.
    fn goes_on(&mut self) -> bool {
        if self.at <= self.looked.0 {
            return self.looked.1;
        }
        let mut continues = true;
        let mut at = self.at;
        let found = loop {
            match self.tokens.get(at).map(|token| token.kind) {
                Some(Kind::Space | Kind::Comment) => {}
                Some(Kind::Continuation) => continues = true,
                Some(Kind::Newline) if continues => continues = false,
                None | Some(Kind::Newline | Kind::Semicolon | Kind::CloseBrace) => break false,
                Some(_) => break true,
            }
            at += 1;
        };
        self.looked = (at, found);
        found
    }
}

/// Whether a piece's text takes more than one line.
pub(super) fn has_newline(text: &str) -> bool {
    text.contains(is_newline)
}
