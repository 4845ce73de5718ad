//! Colours and widths. A text without colour says the same: signs and words carry the meaning.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::view::text::printable::{Piece, Printable, printable, visible};

/// The meaning of a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Change,
    Move,
    Bad,
    Faint,
    Strong,
}

/// Paints texts, or leaves them plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    pub color: bool,
}

impl Paint {
    pub fn paint(self, tone: Tone, text: impl Piece) -> Printable {
        self.styled(tone.style(), text.into_printable())
    }

    /// Marks a difference in a text that is otherwise plain, also for those who see no colours.
    pub fn mark(self, tone: Tone, text: impl Piece) -> Printable {
        self.styled(tone.style().bold().underline(), text.into_printable())
    }

    /// Paints the start of a text, and leaves the rest.
    pub fn paint_start(self, tone: Tone, start: &str, text: &Printable) -> Printable {
        match text.strip_prefix(start) {
            Some(rest) => printable!("{}{}", self.paint(tone, start), rest),
            None => text.clone(),
        }
    }

    fn styled(self, style: Style, text: Printable) -> Printable {
        match self.color && !text.is_empty() {
            true => Printable::styled(style, text),
            false => text,
        }
    }
}

impl Tone {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Tone::Good => color(AnsiColor::Green),
            Tone::Change => color(AnsiColor::Yellow),
            Tone::Move => color(AnsiColor::Cyan),
            Tone::Bad => color(AnsiColor::Red),
            Tone::Faint => Style::new().dimmed(),
            Tone::Strong => Style::new().bold(),
        }
    }
}

/// Returns the width of a text, in cells.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Pads a text with blanks up to `cells`.
pub fn padded(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

/// Returns the text on one line of at most `cells`, its control characters made visible, cut with
/// `…`.
pub fn fitted(text: &str, cells: usize) -> String {
    cut(&visible(text), cells)
}

/// Cuts a text with `…` if it is wider than `cells`.
pub fn cut(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        let next = UnicodeWidthChar::width(c).unwrap_or(0);
        if used + next + 1 > cells {
            break;
        }
        used += next;
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// Wraps a text at words, with its later lines behind `indent` blanks. A word that is longer than a
/// line stays whole, and so does one with a hyphen: it is a path, a flag or a command, to be
/// copied.
pub fn wrapped(text: &str, cells: usize, indent: usize) -> Printable {
    let room = cells.saturating_sub(indent).max(20);
    let options = textwrap::Options::new(room)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let visible = visible(text);
    let between = printable!("\n{}", " ".repeat(indent));
    Printable::join(textwrap::wrap(&visible, options), &between)
}
