//! The lines of a source around some places, as they are shown: control characters made visible,
//! long lines cut to a window around the place.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::manifest::source::{Source, Span};
use crate::view::text::printable::push_visible;

/// The sign for a part of a line that is not shown.
const CUT: char = '…';

/// Lines of a source as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The lines from the first to the last needed one; lines between them that are not needed are
    /// empty.
    pub text: String,
    /// The number of lines of the source before them.
    pub lines_before: usize,
    /// The places in the text: offset and length.
    pub places: Vec<(usize, usize)>,
}

/// Returns the first line of each place, with one more line on both sides. The first of `spans`
/// decides which part of a long line is shown.
pub(crate) fn excerpt(
    source: &Source,
    starts: &LineStarts,
    spans: &[Span],
    width: usize,
) -> Excerpt {
    let lines: Vec<usize> = spans.iter().map(|span| starts.line(span.offset)).collect();
    let first = lines.iter().min().map_or(0, |line| line.saturating_sub(1));
    let last = lines.iter().max().map_or(0, |line| line + 1);
    let mut excerpt = Excerpt {
        text: String::new(),
        lines_before: first,
        places: vec![(0, 0); spans.len()],
    };
    for line in first..=last.min(starts.count() - 1) {
        let is_near = lines.iter().any(|near| near.abs_diff(line) <= 1);
        if is_near {
            let range = starts.range(line, &source.text);
            let on_line = (0..spans.len()).find(|&index| lines[index] == line);
            let anchor = on_line.map_or(range.start, |index| spans[index].offset);
            let shown = Shown::new(&source.text[range.clone()], anchor - range.start, width);
            for index in (0..spans.len()).filter(|&index| lines[index] == line) {
                let span = spans[index];
                let start = shown.position(span.offset - range.start);
                let end = span.end().min(range.end) - range.start;
                let end = shown.position(end).max(start);
                excerpt.places[index] = (excerpt.text.len() + start, end - start);
            }
            excerpt.text.push_str(&shown.text);
        }
        excerpt.text.push('\n');
    }
    excerpt
}

/// The offsets of the lines of a text, so that a place is found without counting again.
#[derive(Debug, Clone)]
pub(crate) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(crate) fn new(text: &str) -> Self {
        let after_newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        LineStarts(std::iter::once(0).chain(after_newlines).collect())
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the line of a byte, counted from 0.
    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|&start| start <= offset) - 1
    }

    /// Returns the bytes of a line, without its end.
    fn range(&self, line: usize, text: &str) -> std::ops::Range<usize> {
        let start = self.0[line];
        let end = self.0.get(line + 1).map_or(text.len(), |&next| next - 1);
        let line = &text[start..end];
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Returns the line and column of a byte, both counted from 1, the column in characters.
    pub(crate) fn position(&self, source: &Source, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let before = source.text.get(self.0[line]..offset).unwrap_or_default();
        (line + 1, before.chars().count() + 1)
    }
}

/// A line as it is shown.
struct Shown {
    text: String,
    /// The offset in the line and in `text`, for each character that is shown.
    offsets: Vec<(usize, usize)>,
}

impl Shown {
    fn new(line: &str, anchor: usize, width: usize) -> Self {
        let start = window_start(line, anchor, width);
        let mut shown = Shown {
            text: String::new(),
            offsets: Vec::new(),
        };
        if start > 0 {
            shown.text.push(CUT);
        }
        // One cell on each side is for the sign of the rest.
        let mut room = width.saturating_sub(2);
        for (offset, c) in line[start..].char_indices() {
            let at = shown.text.len();
            shown.offsets.push((start + offset, at));
            match c {
                '\t' => shown.text.push_str("    "),
                c => push_visible(&mut shown.text, c),
            }
            let cells = shown.text[at..].width();
            if cells > room {
                shown.text.truncate(at);
                shown.text.push(CUT);
                return shown;
            }
            room -= cells;
        }
        shown.offsets.push((line.len(), shown.text.len()));
        shown
    }

    /// Returns the offset in the text for an offset in the line; the cut, if it is not shown.
    fn position(&self, offset: usize) -> usize {
        let next = self.offsets.partition_point(|(from, _)| *from < offset);
        self.offsets
            .get(next)
            .or(self.offsets.last())
            .map_or(0, |(_, at)| *at)
    }
}

/// Returns the start in a line at which the anchor is within the first half of the width.
fn window_start(line: &str, anchor: usize, width: usize) -> usize {
    let cells = |c: char| c.width().unwrap_or(8);
    let fits = line.len() < width && !line.contains(|c: char| c.is_control());
    let before = &line[..anchor.min(line.len())];
    if fits || before.chars().map(cells).sum::<usize>() < width * 2 / 3 {
        return 0;
    }
    let mut room = width / 3;
    for (offset, c) in before.char_indices().rev() {
        match room.checked_sub(cells(c)) {
            Some(left) => room = left,
            None => return offset + c.len_utf8(),
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that the part of the text at `from` is shown as `expected`, and the first place as
    /// `place`.
    #[track_caller]
    fn check(text: &str, from: &str, width: usize, expected: &str, place: &str) {
        let source = Source::new("t", text);
        let at = text.find(from).expect("the part is in the text");
        let span = source.span(at..at + from.len());
        let excerpt = excerpt(&source, &LineStarts::new(text), &[span], width);
        assert_eq!(excerpt.text, expected);
        let (start, len) = excerpt.places[0];
        assert_eq!(&excerpt.text[start..start + len], place);
    }

    #[test]
    fn a_short_line_is_shown_with_its_neighbours() {
        check("a\nb\nc\nd\ne", "c", 80, "b\nc\nd\n", "c");
        check("a\r\nb", "b", 80, "a\nb\n", "b");
        check("\tb", "b", 80, "    b\n", "b");
    }

    #[test]
    fn what_a_terminal_would_act_on_is_made_visible() {
        check("a\u{1b}[2Jb", "b", 80, "a␛[2Jb\n", "b");
        check("\u{202e}a", "a", 80, "‹U+202E›a\n", "a");
        check("a\u{7f}b", "b", 80, "a␡b\n", "b");
        check("a\u{1b}", "\u{1b}", 80, "a␛\n", "␛");
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let line = "x".repeat(50) + "HERE" + &"y".repeat(50);
        check(&line, "HERE", 24, "…xxxxxxxxHEREyyyyyyyyyy…\n", "HERE");
        check(&line, "xx", 12, "xxxxxxxxxx…\n", "xx");
        let place = "z".repeat(40);
        check(&place, &place, 12, "zzzzzzzzzz…\n", "zzzzzzzzzz");
    }

    #[test]
    fn lines_between_distant_places_are_empty() {
        let text = "a\nb\nc\nd\ne\nf\ng\nh\ni";
        let source = Source::new("t", text);
        let spans = [source.span(16..17), source.span(0..1)];
        let excerpt = excerpt(&source, &LineStarts::new(text), &spans, 80);
        assert_eq!(excerpt.text, "a\nb\n\n\n\n\n\nh\ni\n");
        assert_eq!(excerpt.places, [(11, 1), (0, 1)]);
    }
}
