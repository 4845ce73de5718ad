//! Braces: the open blocks, the nodes they belong to, and the block that was not closed.

use super::scanner::{Block, DEPTH_MAX, ITEMS_MAX, Place, Scanner};
use super::token::{Kind, Token};
use crate::manifest::error::SyntaxError;

impl Scanner<'_> {
    pub(super) fn open(&mut self, token: Token) {
        let span = self.span(token);
        match (self.place, self.last) {
            (Place::NodeStart, Some(last)) if last.kind != Kind::CloseBrace => {
                self.blank(last.end, token.start);
                let node = self.span(last);
                self.report(SyntaxError::BraceOnOwnLine { span, node });
            }
            (Place::NodeStart | Place::AfterBlock, _) => {
                self.fail(SyntaxError::BlockWithoutNode { span });
            }
            (Place::AfterEquals(_), _) => self.end_node(token.start),
            _ => {}
        }
        self.blocks.push(Block {
            offset: token.start,
            indent: self.indent,
        });
        self.place = Place::NodeStart;
        self.last = None;
    }

    pub(super) fn close(&mut self, token: Token) {
        self.end_node(token.start);
        self.last = Some(token);
        self.place = Place::AfterBlock;
        let Some(block) = self.blocks.pop() else {
            if !self.broken {
                let span = self.span(token);
                self.fail(SyntaxError::ExtraBrace { span });
            }
            return;
        };
        if self.indent < block.indent && self.suspect.is_none() {
            self.suspect = Some(block.offset);
        }
    }

    /// Reports blocks that are open at the end of the text.
    pub(super) fn check_closed_blocks(&mut self) {
        if let (Some(block), false) = (self.blocks.last().copied(), self.broken) {
            let suspect = self.suspect.map(|at| self.source.span(at..at + 1));
            self.fail(SyntaxError::UnclosedBrace {
                span: self.source.span(block.offset..block.offset + 1),
                suspect: suspect.filter(|span| span.offset != block.offset),
            });
        }
    }

    pub(super) fn over_bounds(&mut self, token: Token) {
        let span = self.span(token);
        self.fail(if self.items > ITEMS_MAX {
            let limit = ITEMS_MAX;
            SyntaxError::TooMany { span, limit }
        } else {
            let limit = DEPTH_MAX;
            SyntaxError::TooDeep { span, limit }
        });
    }
}
