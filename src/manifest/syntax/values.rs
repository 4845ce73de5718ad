//! Names and values: each is kept, or reported and corrected.

use super::multiline::{self, Misplaced};
use super::scanner::{Correction, Place, Scanner};
use super::token::{Fault, Kind, Token, is_newline};
use super::word::{Word, classify};
use crate::manifest::ast::ScalarValue;
use crate::manifest::error::SyntaxError;

impl Scanner<'_> {
    /// A name or a value.
    pub(super) fn word(&mut self, token: Token) {
        if self.is_hash_comment(token) {
            self.hash_comment(token);
            return;
        }
        self.check_glued(token);
        self.last = Some(token);
        self.items += 1;
        match self.place {
            Place::NodeStart => self.node_name(token),
            Place::AfterBlock => {
                self.separate(token);
                self.node_name(token);
            }
            Place::AfterName | Place::InNode | Place::AfterKey(_) if self.is_key(token) => {
                self.key(token);
            }
            Place::AfterEquals(_) if self.is_key(token) => {
                self.end_property(token.start);
                self.key(token);
            }
            _ => {
                self.value(token);
                self.place = Place::InNode;
            }
        }
    }

    /// `(name)`: a type annotation, which the decoder interprets.
    pub(super) fn annotation(&mut self, token: Token) {
        let rest = &self.tokens[self.at..];
        let len = rest
            .iter()
            .take_while(|token| matches!(token.kind, Kind::Space | Kind::Word | Kind::Text))
            .count();
        let words = rest[..len].iter().filter(|token| token.kind != Kind::Space);
        let named = words.clone().count() == 1 && words.clone().all(|token| self.is_name(*token));
        let closed = rest.get(len).is_some_and(|t| t.kind == Kind::CloseParen);
        let mut after = rest.iter().skip(len + 1);
        let next = after.find(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
        let annotates = next.is_some_and(|token| is_word(*token));
        let before = self.at.checked_sub(2).map(|index| self.tokens[index]);
        let glued = before.is_some_and(is_word);
        if !named || !closed || !annotates || glued || self.place == Place::AfterBlock {
            self.unexpected(token);
        }
        self.at += len + usize::from(closed);
    }

    fn node_name(&mut self, token: Token) {
        self.place = Place::AfterName;
        if token.fault == Some(Fault::Unclosed) {
            self.unclosed(token);
        } else if !self.is_name(token) {
            let text = self.text_of(token).to_owned();
            let span = self.span(token);
            self.report(SyntaxError::BadNodeName { span, text });
            self.correct(token, Correction::Unknown);
        }
    }

    fn key(&mut self, token: Token) {
        self.place = Place::AfterKey(token.start);
        if !self.is_name(token) {
            let text = self.text_of(token).to_owned();
            let span = self.span(token);
            self.fail(SyntaxError::BadKey { span, text });
        }
    }

    fn value(&mut self, token: Token) {
        let span = self.span(token);
        let written = self.text_of(token).to_owned();
        let inner = || unwrapped(&written, token.kind);
        let template = |text: String| Correction::Value(ScalarValue::Template(text));
        let (error, correction) = match (token.kind, token.fault) {
            (_, Some(Fault::Unclosed)) => return self.unclosed(token),
            (Kind::Text, None) => match multiline::misplaced(&written) {
                None => return,
                Some(Misplaced::Line(range)) => {
                    let range = token.start + range.start..token.start + range.end;
                    let line = self.source.span(range);
                    (SyntaxError::Indentation { line, span }, template(inner()))
                }
                Some(Misplaced::Quotes(at)) => {
                    let at = token.start + at;
                    let quotes = self.source.span(at..at + 3);
                    let error = SyntaxError::MultilineClosing { span: quotes };
                    (error, template(inner()))
                }
            },
            (Kind::Text, Some(Fault::Escape { start, end })) => {
                let correction = template(inner());
                let span = self.source.span(start..end);
                let text = self.source.slice(span).to_owned();
                (SyntaxError::BadEscape { span, text }, correction)
            }
            (Kind::Text, Some(Fault::OpeningLine)) => {
                (SyntaxError::MultilineOpening { span }, template(inner()))
            }
            (Kind::OldRaw, _) => (SyntaxError::OldRaw { span }, template(inner())),
            (Kind::SingleQuoted, _) => (SyntaxError::SingleQuoted { span }, template(inner())),
            _ => return self.bare(token, written),
        };
        self.report(error);
        self.correct(token, correction);
    }

    /// A value without quotes.
    fn bare(&mut self, token: Token, text: String) {
        let span = self.span(token);
        let (error, correction) = match classify(&text) {
            Word::Identifier | Word::Number | Word::Keyword => return,
            Word::Comma if !matches!(self.place, Place::AfterEquals(_)) => {
                self.blank(token.start, token.end);
                self.report(SyntaxError::Comma { span });
                return;
            }
            Word::OldKeyword => {
                let correction = match text.as_str() {
                    "true" => Correction::Value(ScalarValue::Bool(true)),
                    "false" => Correction::Value(ScalarValue::Bool(false)),
                    _ => Correction::Unknown,
                };
                (SyntaxError::OldKeyword { span, text }, correction)
            }
            Word::HugeNumber => (SyntaxError::HugeNumber { span, text }, Correction::Unknown),
            Word::UnknownKeyword => {
                let error = SyntaxError::UnknownKeyword { span, text };
                (error, Correction::Unknown)
            }
            Word::Comma | Word::Unquoted => {
                let value = ScalarValue::Template(text.clone());
                (
                    SyntaxError::Unquoted { span, text },
                    Correction::Value(value),
                )
            }
        };
        self.report(error);
        self.correct(token, correction);
    }

    /// An unclosed multi-line string may extend to the end, so its first line is reported.
    pub(super) fn unclosed(&mut self, token: Token) {
        let first = self.text_of(token).split(is_newline).next();
        let len = first.unwrap_or_default().trim_end().len();
        let span = self.source.span(token.start..token.start + len);
        self.fail(SyntaxError::UnclosedQuote { span });
    }

    /// Reports two words with nothing between them.
    fn check_glued(&mut self, token: Token) {
        let Some(before) = self.at.checked_sub(2).map(|index| self.tokens[index]) else {
            return;
        };
        let is_comma = self.text_of(token) == "," || self.text_of(before) == ",";
        if !is_word(before) || token.fault == Some(Fault::Unclosed) || is_comma {
            return;
        }
        // A chain of glued words is one mistake.
        let earlier = self.at.checked_sub(3).map(|index| self.tokens[index]);
        if !earlier.is_some_and(is_word) {
            let span = self.span(before).to(self.span(token));
            self.fail(SyntaxError::RunTogether { span });
        }
    }

    /// Reports a node that follows another node's block without a newline or `;` between.
    fn separate(&mut self, token: Token) {
        let span = self.span(token);
        let error = SyntaxError::NotSeparated { span };
        let before = self.tokens[self.at - 2];
        if before.kind == Kind::Space {
            // A space may have several bytes.
            self.blank(before.start, before.end);
            self.text[before.start] = b';';
            self.report(error);
        } else {
            self.fail(error);
        }
    }

    /// Reports `# words`, which KDL writes as `// words`.
    fn is_hash_comment(&self, token: Token) -> bool {
        let text = self.text_of(token);
        let at_start = matches!(self.place, Place::NodeStart | Place::AfterBlock);
        token.kind == Kind::Word
            && (text == "#" || at_start && classify(text) == Word::UnknownKeyword)
    }

    fn hash_comment(&mut self, token: Token) {
        let rest = &self.tokens[self.at..];
        let len = rest
            .iter()
            .take_while(|token| token.kind != Kind::Newline)
            .count();
        let end = rest[..len].last().map_or(token.end, |last| last.end);
        self.at += len;
        self.blank(token.start, end);
        let span = self.span(token);
        self.report(SyntaxError::HashComment { span });
    }

    /// Whether `=` follows, which makes this a property's name.
    fn is_key(&self, token: Token) -> bool {
        let mut rest = self.tokens[self.at..].iter();
        let next = rest.find(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
        token.fault.is_none() && next.is_some_and(|token| token.kind == Kind::Equals)
    }

    /// Whether this can be the name of a node, a property or a type.
    fn is_name(&self, token: Token) -> bool {
        match token.kind {
            Kind::Text => {
                token.fault.is_none() && multiline::misplaced(self.text_of(token)).is_none()
            }
            Kind::Word => classify(self.text_of(token)) == Word::Identifier,
            _ => false,
        }
    }

    fn text_of(&self, token: Token) -> &str {
        &self.source.text[token.start..token.end]
    }
}

fn is_word(token: Token) -> bool {
    matches!(
        token.kind,
        Kind::Word | Kind::Text | Kind::OldRaw | Kind::SingleQuoted
    )
}

/// A string without its quotes.
fn unwrapped(written: &str, kind: Kind) -> String {
    let text = match kind {
        Kind::OldRaw => written[1..].trim_matches('#'),
        _ => written,
    };
    let quotes: &[char] = if kind == Kind::SingleQuoted {
        &['\'']
    } else {
        &['"']
    };
    text.trim_matches(quotes).to_owned()
}
