//! Finds tokens of a line that belong together without a space between them.

use super::reader::{Reader, written};
use crate::manifest::error::SyntaxError;
use crate::manifest::syntax::lexer::Kind;
use crate::manifest::syntax::word::{self, Word};

impl Reader<'_> {
    /// One value with its annotation, one property with its value, or else one token.
    pub(super) fn atom(&mut self) -> String {
        let mut text = String::new();
        if let Some(end) = self.value_end(self.at) {
            self.join(end, &mut text);
            let equals = self.after_spaces(end);
            let is_property = self.is_name(end - 1) && self.is(equals, Kind::Equals);
            let value = self.after_spaces(equals + 1);
            if let (true, Some(end)) = (is_property, self.value_end(value)) {
                self.join(end, &mut text);
            }
        } else {
            self.join(self.at + 1, &mut text);
        }
        text
    }

    /// Refuses a word that ends in a backslash, which could continue the line. Such a word is not valid
    /// KDL, but parts after `/-` have not been checked.
    pub(super) fn check_word(&self, at: usize) -> Result<(), SyntaxError> {
        let text = self.text(at);
        if !self.is(at, Kind::Word) || !text.ends_with('\\') {
            return Ok(());
        }
        let token = self.tokens[at];
        let span = self.source.span(token.start..token.end);
        let text = text.to_owned();
        Err(SyntaxError::Unquoted { span, text })
    }

    /// Joins the tokens up to `end` without spaces.
    fn join(&mut self, end: usize, text: &mut String) {
        for at in self.at..end {
            if !self.is(at, Kind::Space) {
                text.push_str(&written(self.text(at)));
            }
        }
        self.at = end;
    }

    /// The end of the value that starts with this token, if one does.
    fn value_end(&self, start: usize) -> Option<usize> {
        let mut at = start;
        if self.is(at, Kind::OpenParen) {
            at = self.after_spaces(at + 1);
            if !self.is_word(at) {
                return None;
            }
            at = self.after_spaces(at + 1);
            if !self.is(at, Kind::CloseParen) {
                return None;
            }
            at = self.after_spaces(at + 1);
        }
        self.is_word(at).then_some(at + 1)
    }

    fn after_spaces(&self, at: usize) -> usize {
        at + usize::from(self.is(at, Kind::Space))
    }

    fn is_word(&self, at: usize) -> bool {
        [Kind::Word, Kind::Text, Kind::OldRaw, Kind::SingleQuoted]
            .iter()
            .any(|&kind| self.is(at, kind))
    }

    /// Whether `=` may follow this token directly: a word that is a path would include it.
    fn is_name(&self, at: usize) -> bool {
        self.is(at, Kind::Text)
            || self.is(at, Kind::Word) && word::classify(self.text(at)) == Word::Identifier
    }
}
