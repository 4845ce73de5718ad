//! Skips the node, value, property or block after `/-`.

use super::scanner::{Place, Scanner};
use super::token::{Fault, Kind, Token};
use crate::manifest::error::SyntaxError;

impl Scanner<'_> {
    /// Replaces `/-` and the element after it by spaces.
    pub(super) fn slashdash(&mut self, slashdash: Token) {
        self.skip_while(|kind| {
            matches!(
                kind,
                Kind::Space | Kind::Newline | Kind::Comment | Kind::Continuation
            )
        });
        let start = self.at;
        let is_node = self.place == Place::NodeStart;
        if is_node {
            self.skip_node();
        } else {
            self.skip_entry();
        }
        if self.at == start {
            let span = self.span(slashdash);
            self.fail(SyntaxError::StraySlashdash { span });
            return;
        }
        let is_ended = |token: &Token| token.kind == Kind::Semicolon;
        if is_node && self.tokens.get(self.at).is_some_and(is_ended) {
            self.at += 1;
        }
        let last = self.tokens[self.at - 1];
        self.last = None;
        self.blank(slashdash.start, last.end);
    }

    /// Skips up to the node's terminator, or to the end of its block.
    fn skip_node(&mut self) {
        let start = self.at;
        let mut continues = false;
        while let Some(&token) = self.tokens.get(self.at) {
            match token.kind {
                Kind::OpenBrace => return self.skip_block(),
                Kind::Newline if continues => continues = false,
                Kind::Newline | Kind::Semicolon | Kind::CloseBrace => return,
                Kind::Slashdash if self.at == start => return,
                Kind::Slashdash => {
                    self.skip_inner_slashdash();
                    continue;
                }
                Kind::Continuation => continues = true,
                _ => self.check_closed(token),
            }
            self.at += 1;
        }
    }

    /// Skips `/-` and the entry after it in a node that is skipped as a whole. A block after it is not
    /// the node's own.
    fn skip_inner_slashdash(&mut self) {
        let slashdash = self.tokens[self.at];
        self.at += 1;
        while let Some(&token) = self.tokens.get(self.at) {
            match token.kind {
                Kind::Space | Kind::Newline | Kind::Continuation => {}
                Kind::Comment => self.check_closed(token),
                _ => break,
            }
            self.at += 1;
        }
        let start = self.at;
        self.skip_entry();
        if self.at == start {
            let span = self.span(slashdash);
            self.fail(SyntaxError::StraySlashdash { span });
        }
    }

    /// Skips a block, a value or a property.
    fn skip_entry(&mut self) {
        let next = self.tokens.get(self.at).map(|token| token.kind);
        if next == Some(Kind::OpenBrace) {
            return self.skip_block();
        }
        self.skip_value();
        let value = self.at;
        self.skip_while(|kind| matches!(kind, Kind::Space | Kind::Comment));
        let next = self.tokens.get(self.at).map(|token| token.kind);
        if next == Some(Kind::Equals) {
            self.at += 1;
            self.skip_while(|kind| matches!(kind, Kind::Space | Kind::Comment));
            self.skip_value();
        } else {
            self.at = value;
        }
    }

    /// Skips a word with the type annotation before it.
    fn skip_value(&mut self) {
        let blank = |kind| matches!(kind, Kind::Space | Kind::Comment);
        if self.tokens.get(self.at).map(|token| token.kind) == Some(Kind::OpenParen) {
            self.at += 1;
            self.skip_while(blank);
            self.skip_word();
            self.skip_while(blank);
            // Anything else in there is not an annotation, and is reported as elsewhere.
            if self.tokens.get(self.at).map(|token| token.kind) != Some(Kind::CloseParen) {
                return;
            }
            self.at += 1;
            self.skip_while(blank);
        }
        self.skip_word();
    }

    fn skip_word(&mut self) {
        let Some(&token) = self.tokens.get(self.at) else {
            return;
        };
        if matches!(
            token.kind,
            Kind::Word | Kind::Text | Kind::OldRaw | Kind::SingleQuoted
        ) {
            self.check_closed(token);
            self.at += 1;
        }
    }

    /// Skips from `{` to its `}`. Braces are counted, not recursed into, so that depth does not matter.
    fn skip_block(&mut self) {
        let open = self.tokens[self.at];
        let mut depth = 0_usize;
        while let Some(&token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::OpenBrace => depth += 1,
                Kind::CloseBrace => depth -= 1,
                _ => self.check_closed(token),
            }
            if depth == 0 {
                return;
            }
        }
        if !self.broken {
            let span = self.span(open);
            self.fail(SyntaxError::UnclosedBrace {
                span,
                suspect: None,
            });
        }
    }

    /// Reports a skipped token that has no end.
    fn check_closed(&mut self, token: Token) {
        if token.fault != Some(Fault::Unclosed) {
            return;
        }
        if token.kind == Kind::Comment {
            self.comment(token);
        } else {
            self.unclosed(token);
        }
    }

    fn skip_while(&mut self, accepts: impl Fn(Kind) -> bool) {
        while let Some(&token) = self.tokens.get(self.at)
            && accepts(token.kind)
        {
            self.check_closed(token);
            self.at += 1;
        }
    }
}
