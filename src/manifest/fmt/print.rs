//! Lays lines and blocks out: four spaces a level, one space between entries.

use unicode_width::UnicodeWidthStr;

use super::read::{Block, Line, Piece, has_newline};

/// The longest line that a block may be kept on, in columns.
pub const LINE_MAX: usize = 100;

const INDENT: &str = "    ";
/// A line of more bytes than this counts as too long without measuring its width, so that very long
/// lines are not measured again and again.
const BYTES_MAX: usize = 10 * LINE_MAX;

/// The text of these lines.
pub(super) fn text(lines: &[Line]) -> String {
    let mut printer = Printer {
        text: String::new(),
        line_start: 0,
    };
    printer.lines(lines, 0);
    printer.text
}

/// The separator between two pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    Space,
    Newline,
}

fn gap(piece: &Piece, next: &Piece) -> Gap {
    match piece {
        Piece::LineComment(_) => Gap::Newline,
        Piece::Continuation if matches!(next, Piece::LineComment(_)) => Gap::Space,
        Piece::Continuation => Gap::Newline,
        Piece::Slashdash if next.is_comment() || is_version_marker(next) => Gap::Space,
        Piece::Slashdash => Gap::Nothing,
        Piece::Atom(_) | Piece::Comment(_) | Piece::Block(_) => Gap::Space,
    }
}

/// `/- kdl-version 2` is written with a space, to show that it does not comment anything out.
fn is_version_marker(piece: &Piece) -> bool {
    matches!(piece, Piece::Atom(name) if name == "kdl-version")
}

struct Printer {
    text: String,
    /// The start of the last line of the text.
    line_start: usize,
}

impl Printer {
    fn lines(&mut self, lines: &[Line], depth: usize) {
        for line in lines {
            if line.is_apart {
                self.newline(0);
            }
            self.text.push_str(&INDENT.repeat(depth));
            self.line(&line.pieces, depth);
            self.newline(0);
        }
    }

    fn line(&mut self, pieces: &[Piece], depth: usize) {
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Atom(text) | Piece::Comment(text) | Piece::LineComment(text) => {
                    self.push(text);
                }
                Piece::Slashdash => self.push("/-"),
                Piece::Continuation => self.push("\\"),
                Piece::Block(block) => self.block(block, depth),
            }
            match pieces.get(index + 1).map(|next| gap(piece, next)) {
                Some(Gap::Space) => self.push(" "),
                Some(Gap::Newline) => self.newline(depth + 1),
                Some(Gap::Nothing) | None => {}
            }
        }
    }

    /// Keeps the block on one line if it was written that way and fits.
    fn block(&mut self, block: &Block, depth: usize) {
        if block.lines.is_empty() && block.opening.is_empty() {
            return self.push("{}");
        }
        let line = &self.text[self.line_start..];
        let mut flat = String::new();
        if line.len() <= BYTES_MAX
            && push_flat(&mut flat, block)
            && line.width() + flat.width() <= LINE_MAX
        {
            return self.push(&flat);
        }
        self.push("{");
        for comment in &block.opening {
            self.push(" ");
            self.line(std::slice::from_ref(comment), depth);
        }
        self.newline(0);
        self.lines(&block.lines, depth + 1);
        self.push(&INDENT.repeat(depth));
        self.push("}");
    }

    fn push(&mut self, text: &str) {
        if let Some(newline) = text.rfind('\n') {
            self.line_start = self.text.len() + newline + 1;
        }
        self.text.push_str(text);
    }

    fn newline(&mut self, depth: usize) {
        self.push("\n");
        self.text.push_str(&INDENT.repeat(depth));
    }
}

/// Writes a block on one line; returns `false` if it cannot be on one line.
fn push_flat(text: &mut String, block: &Block) -> bool {
    if !block.is_on_one_line {
        return false;
    }
    if block.lines.is_empty() {
        text.push_str("{}");
        return true;
    }
    text.push_str("{ ");
    for (index, line) in block.lines.iter().enumerate() {
        if index > 0 {
            text.push_str("; ");
        }
        if !push_flat_line(text, &line.pieces) {
            return false;
        }
    }
    text.push_str(" }");
    true
}

fn push_flat_line(text: &mut String, pieces: &[Piece]) -> bool {
    for (index, piece) in pieces.iter().enumerate() {
        let fits = match piece {
            Piece::Atom(piece) | Piece::Comment(piece) if !has_newline(piece) => {
                text.push_str(piece);
                true
            }
            Piece::Slashdash => {
                text.push_str("/-");
                true
            }
            Piece::Block(block) => push_flat(text, block),
            Piece::Atom(_) | Piece::Comment(_) | Piece::LineComment(_) | Piece::Continuation => {
                false
            }
        };
        if !fits || text.len() > BYTES_MAX {
            return false;
        }
        match pieces.get(index + 1).map(|next| gap(piece, next)) {
            Some(Gap::Space) => text.push(' '),
            Some(Gap::Newline) => return false,
            Some(Gap::Nothing) | None => {}
        }
    }
    true
}
