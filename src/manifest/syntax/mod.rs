//! Reads a text token by token before the KDL parser does: it limits the text, and reports the
//! mistakes for which that parser has no good message.
//!
//! The result is a corrected text of the same length: comments and parts after `/-` become spaces,
//! and a value with a known mistake becomes a placeholder whose meaning is in
//! [`Scanned::corrections`]. So one wrong value hides no other mistake, every span is valid in the
//! original text, and the parser never backtracks through nested comments.

mod blocks;
mod cursor;
mod enclosed;
pub mod lexer;
mod multiline;
mod scanner;
mod skip;
mod token;
mod values;
pub mod word;

pub use scanner::{Correction, DEPTH_MAX, ERRORS_MAX, ITEMS_MAX};

use std::collections::HashMap;

use super::error::SyntaxError;
use super::source::Source;
use scanner::{Place, Scanner};
use token::Kind;

/// The largest text that is read, in bytes: the parser manages it in well under a second.
pub const SIZE_MAX: usize = 512 << 10;

/// The result of scanning a text.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The corrected text; `None` if a mistake leaves the structure unclear.
    pub text: Option<String>,
    /// The meaning of the placeholders, by the offset of the value or name.
    pub corrections: HashMap<usize, Correction>,
    pub errors: Vec<SyntaxError>,
}

/// Scans a whole text.
pub fn scan(source: &Source) -> Scanned {
    if let Some(error) = unreadable(source) {
        return Scanned {
            errors: vec![error],
            ..Scanned::default()
        };
    }
    let mut scanner = Scanner::new(source);
    scanner.run();
    scanner.finish()
}

/// Rejects a text that is not UTF-8, not text, or too large.
fn unreadable(source: &Source) -> Option<SyntaxError> {
    let size = source.text.len();
    if size > SIZE_MAX {
        return Some(SyntaxError::TooLarge {
            span: source.span(0..0),
            limit: SIZE_MAX,
        });
    }
    let nul = source.text.find('\0')?;
    Some(SyntaxError::NotText {
        span: source.span(nul..nul + 1),
    })
}

impl<'a> Scanner<'a> {
    fn new(source: &'a Source) -> Self {
        let (text, errors) = without_controls(source);
        Scanner {
            source,
            tokens: lexer::tokens(&text),
            at: 0,
            place: Place::NodeStart,
            continues: false,
            last: None,
            blocks: Vec::new(),
            suspect: None,
            indent: 0,
            items: 0,
            text: text.into_bytes(),
            corrections: HashMap::new(),
            errors,
            broken: false,
        }
    }

    fn run(&mut self) {
        while let Some(&token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::Space => {
                    if self.source.text[..token.start].ends_with('\n') {
                        self.indent = token.end - token.start;
                    }
                    self.blank(token.start, token.end);
                }
                Kind::Comment => self.comment(token),
                Kind::Continuation => {
                    self.blank(token.start, token.end);
                    self.continues = true;
                }
                Kind::Newline if self.continues => {
                    self.blank(token.start, token.end);
                    self.continues = false;
                }
                Kind::Newline => {
                    self.end_node(token.start);
                    self.indent = 0;
                }
                Kind::Semicolon => self.semicolon(token),
                Kind::Slashdash => self.slashdash(token),
                Kind::Equals => self.equals(token),
                Kind::OpenBrace => self.open(token),
                Kind::CloseBrace => self.close(token),
                Kind::OpenParen => self.annotation(token),
                Kind::CloseParen => self.unexpected(token),
                Kind::Word | Kind::Text | Kind::OldRaw | Kind::SingleQuoted => self.word(token),
            }
            if self.blocks.len() > DEPTH_MAX || self.items > ITEMS_MAX {
                self.over_bounds(token);
                return;
            }
        }
        self.end_node(self.source.text.len());
        self.check_closed_blocks();
    }

    fn finish(mut self) -> Scanned {
        self.errors.sort_by_key(SyntaxError::span);
        let text = String::from_utf8(self.text).expect("whole characters were replaced by ASCII");
        Scanned {
            text: (!self.broken).then_some(text),
            corrections: self.corrections,
            errors: self.errors,
        }
    }
}

/// The text with underscores for the characters that KDL forbids, and an error for each run of
/// one of them.
fn without_controls(source: &Source) -> (String, Vec<SyntaxError>) {
    let mut text = String::with_capacity(source.text.len());
    let mut errors: Vec<SyntaxError> = Vec::new();
    let mut last = None;
    for (offset, character) in source.text.char_indices() {
        if offset == 0 && character == '\u{FEFF}' || !is_forbidden(character) {
            text.push(character);
            last = None;
            continue;
        }
        // The replacement is as long as the character, so that no token can end within it.
        text.push(if character.is_ascii() {
            '_'
        } else {
            '\u{FF3F}'
        });
        if last != Some(character) && errors.len() < ERRORS_MAX {
            let span = source.span(offset..offset + character.len_utf8());
            errors.push(SyntaxError::ControlCharacter { span, character });
        }
        last = Some(character);
    }
    (text, errors)
}

/// KDL's disallowed literal code points: control and direction characters.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{08}' | '\u{0E}'..='\u{1F}' | '\u{7F}' | '\u{FEFF}')
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
