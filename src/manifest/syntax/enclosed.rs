//! Tokens with explicit ends: strings of all kinds, and block comments.

use super::cursor::Cursor;
use super::token::{Fault, is_newline, is_space};

impl Cursor<'_> {
    pub(super) fn quoted(&mut self) -> Option<Fault> {
        if !self.rest().starts_with("\"\"\"") {
            self.at += 1;
            return self.quoted_body("\"", is_newline);
        }
        self.at += 3;
        let is_opened_well = self.peek().is_some_and(is_newline);
        match self.quoted_body("\"\"\"", |_| false) {
            Some(Fault::Unclosed) => Some(Fault::Unclosed),
            fault if is_opened_well => fault,
            _ => Some(Fault::OpeningLine),
        }
    }

    /// Reads up to the closing quotes, or to the point where the string cannot continue.
    fn quoted_body(&mut self, close: &str, ends: impl Fn(char) -> bool) -> Option<Fault> {
        let mut fault = None;
        loop {
            let Some(c) = self.peek().filter(|&c| !ends(c)) else {
                return Some(Fault::Unclosed);
            };
            if self.rest().starts_with(close) {
                self.at += close.len();
                return fault;
            }
            if c == '\\' {
                fault = fault.or(self.escape());
            } else {
                self.at += c.len_utf8();
            }
        }
    }

    fn escape(&mut self) -> Option<Fault> {
        let start = self.at;
        self.at += 1;
        let c = self.peek()?;
        if is_space(c) || is_newline(c) {
            self.skip(|c| is_space(c) || is_newline(c));
            return None;
        }
        self.at += c.len_utf8();
        let known = match c {
            'u' => self.unicode_escape(),
            _ => matches!(c, '\\' | '"' | 'b' | 'f' | 'n' | 'r' | 't' | 's'),
        };
        (!known).then_some(Fault::Escape {
            start,
            end: self.at,
        })
    }

    fn unicode_escape(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix('{') else {
            return false;
        };
        let len = rest
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(rest.len());
        if !(1..=6).contains(&len) || !rest[len..].starts_with('}') {
            return false;
        }
        self.at += len + 2;
        u32::from_str_radix(&rest[..len], 16).is_ok_and(|code| char::from_u32(code).is_some())
    }

    /// Reads a raw string from its first `#`, or in KDL 1 from its quote.
    pub(super) fn raw(&mut self) -> Option<Fault> {
        let old = self.text[..self.at].ends_with('r');
        let hashes = self.rest().len() - self.rest().trim_start_matches('#').len();
        self.at += hashes;
        let rest = self.rest();
        let many_lines = rest
            .strip_prefix("\"\"\"")
            .is_some_and(|rest| rest.starts_with(is_newline));
        let quotes = if many_lines { 3 } else { 1 };
        self.at += quotes;
        let close = "\"".repeat(quotes) + &"#".repeat(hashes);
        self.raw_body(&close, |c| is_newline(c) && !many_lines && !old)
    }

    fn raw_body(&mut self, close: &str, ends: impl Fn(char) -> bool) -> Option<Fault> {
        let rest = self.rest();
        for (offset, c) in rest.char_indices() {
            if c == '"' && rest[offset..].starts_with(close) {
                self.at += offset + close.len();
                return None;
            }
            if ends(c) {
                self.at += offset;
                return Some(Fault::Unclosed);
            }
        }
        self.at = self.text.len();
        Some(Fault::Unclosed)
    }

    /// Reads a block comment. Nested ones are counted, not recursed into, so that depth does not matter.
    pub(super) fn block_comment(&mut self) -> Option<Fault> {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while self.at < bytes.len() {
            match &bytes[self.at..bytes.len().min(self.at + 2)] {
                b"/*" => {
                    depth += 1;
                    self.at += 2;
                }
                b"*/" => {
                    depth -= 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
            if depth == 0 {
                return None;
            }
        }
        Some(Fault::Unclosed)
    }
}
