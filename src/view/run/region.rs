//! Lines at the bottom of a terminal that are refreshed: lines in, bytes out. The cursor rests
//! below them and stays visible, and lines never wrap, so nothing has to be restored, however triad
//! ends.

use crate::view::text::paint::{Paint, Tone, cut, width};
use crate::view::text::printable::{Printable, visible};

/// The size of a terminal, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

/// A line of parts that are painted one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strip(Vec<(Option<Tone>, String)>);

/// A drawing on a terminal: printable text between triad's own movements of the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing(String);

/// The lines that are on the terminal now.
#[derive(Debug, Default)]
pub struct Region {
    /// The width of each line.
    widths: Vec<usize>,
}

impl Strip {
    pub fn push(&mut self, tone: Option<Tone>, text: &str) {
        self.0.push((tone, visible(text)));
    }

    /// Returns the line in no more than `cells`, painted, and its width.
    fn painted(&self, cells: usize, paint: Paint) -> (Printable, usize) {
        let mut line = Printable::default();
        let mut used = 0;
        for (tone, text) in &self.0 {
            let room = cells - used;
            if room == 0 {
                break;
            }
            let shown = cut(text, room);
            used += width(&shown);
            match tone {
                Some(tone) => line.push(paint.paint(*tone, &shown)),
                None => line.push(&shown),
            }
            if shown != *text {
                break;
            }
        }
        (line, used)
    }
}

impl Drawing {
    /// Returns the number of lines that fit on this many rows: the cursor has one of its own.
    pub fn room(rows: usize) -> usize {
        rows.saturating_sub(1).max(1)
    }

    /// Draws a text from the first row on, over the previous drawing, as far as it fits on the
    /// rows.
    pub fn over_all(text: &Printable, rows: usize) -> Self {
        let lines = text.as_str().lines().take(Self::room(rows));
        let lines: String = lines.map(|line| format!("{line}\x1b[K\n")).collect();
        Drawing(format!("\x1b[H{lines}\x1b[J"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Printable> for Drawing {
    fn from(text: Printable) -> Self {
        Drawing(text.as_str().to_owned())
    }
}

impl Region {
    /// Whether there are lines on the terminal.
    pub fn is_drawn(&self) -> bool {
        !self.widths.is_empty()
    }

    /// Returns the number of lines that fit: the cursor has one of its own, and so has the line
    /// before.
    pub fn room(size: Size) -> usize {
        size.rows.saturating_sub(2).max(1)
    }

    /// Draws `lines` in place of the ones before.
    pub fn draw(&mut self, lines: &[Strip], size: Size, paint: Paint) -> Drawing {
        let mut out = self.to_top(size);
        // A terminal remembers that its last column was written and wraps at the next character.
        let cells = size.columns.saturating_sub(1);
        self.widths.clear();
        for line in lines.iter().take(Region::room(size)) {
            let (line, used) = line.painted(cells, paint);
            out.push_str(line.as_str());
            out.push_str("\x1b[K\r\n");
            self.widths.push(used);
        }
        out.push_str("\x1b[J");
        Drawing(out)
    }

    /// Clears the lines.
    pub fn clear(&mut self, size: Size) -> Drawing {
        if self.widths.is_empty() {
            return Drawing::default();
        }
        let out = self.to_top(size);
        self.widths.clear();
        Drawing(format!("{out}\x1b[J"))
    }

    /// Returns the movement to the first cell of the lines. A terminal that has become narrower has
    /// wrapped them.
    fn to_top(&self, size: Size) -> String {
        let columns = size.columns.max(1);
        let rows = self
            .widths
            .iter()
            .map(|width| width.div_ceil(columns).max(1));
        match rows.sum::<usize>() {
            0 => "\r".to_owned(),
            rows => format!("\r\x1b[{rows}A"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size {
        columns: 20,
        rows: 5,
    };

    fn strip(parts: &[&str]) -> Strip {
        let mut strip = Strip::default();
        for part in parts {
            strip.push(None, part);
        }
        strip
    }

    /// Checks the drawing of a line at this width.
    #[track_caller]
    fn check(parts: &[&str], columns: usize, expected: &str) {
        let size = Size { columns, rows: 5 };
        let drawn = Region::default().draw(&[strip(parts)], size, Paint { color: false });
        assert_eq!(drawn.as_str(), format!("\r{expected}\x1b[K\r\n\x1b[J"));
        assert!(width(expected) < columns);
    }

    #[test]
    fn a_line_never_reaches_the_last_column() {
        check(&["  … db", "  1.2 s"], 20, "  … db  1.2 s");
        check(&["0123456789"], 10, "01234567…");
        check(&["01234", "56789"], 10, "01234567…");
        check(&["012345678", "9"], 10, "012345678");
        check(&["🚀🚀🚀", "ab"], 7, "🚀🚀🚀");
        check(&["🚀🚀🚀", "ab"], 6, "🚀🚀…");
        check(&["a"], 1, "");
    }

    #[test]
    fn what_stands_is_drawn_over_and_taken_away() {
        let paint = Paint { color: false };
        let mut region = Region::default();
        assert_eq!(region.clear(SIZE).as_str(), "", "nothing stands");
        region.draw(&[strip(&["a"]), strip(&["b"])], SIZE, paint);
        assert!(region.is_drawn());
        let less = region.draw(&[strip(&["c"])], SIZE, paint);
        assert_eq!(less.as_str(), "\r\x1b[2Ac\x1b[K\r\n\x1b[J");
        assert_eq!(region.clear(SIZE).as_str(), "\r\x1b[1A\x1b[J");
        assert!(!region.is_drawn());
    }

    #[test]
    fn it_is_never_higher_than_the_terminal() {
        let lines: Vec<Strip> = (0..9).map(|_| strip(&["a"])).collect();
        let mut region = Region::default();
        let drawn = region.draw(&lines, SIZE, Paint { color: false });
        assert_eq!(drawn.as_str().matches("\r\n").count(), 3);
    }

    #[test]
    fn lines_that_a_narrower_terminal_has_broken_go_too() {
        let mut region = Region::default();
        let lines = [strip(&["0123456789012345"]), strip(&["ab"])];
        region.draw(&lines, SIZE, Paint { color: false });
        let narrow = Size {
            columns: 6,
            rows: 5,
        };
        assert_eq!(region.clear(narrow).as_str(), "\r\x1b[4A\x1b[J");
    }

    #[test]
    fn each_part_is_painted_on_its_own() {
        let mut line = strip(&["a"]);
        line.push(Some(Tone::Faint), "bcdef");
        let size = Size {
            columns: 5,
            rows: 5,
        };
        let drawn = Region::default().draw(&[line], size, Paint { color: true });
        assert_eq!(drawn.as_str(), "\ra\x1b[2mbc…\x1b[0m\x1b[K\r\n\x1b[J");
    }
}
