//! The lines of a `"""` string: each starts with the indentation of the closing quotes.

use std::ops::Range;

use super::token::{is_newline, is_space};

/// A mistake in the lines of a string; offsets are relative to the string as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    /// A line with other indentation.
    Line(Range<usize>),
    /// Closing quotes with text before them.
    Quotes(usize),
}

/// The mistake in a closed multi-line string, if there is one.
pub(super) fn misplaced(written: &str) -> Option<Misplaced> {
    let hashes = written.len() - written.trim_start_matches('#').len();
    let is_raw = hashes > 0;
    let quotes = written.len().checked_sub(hashes + 3)?;
    let inner = written.get(hashes + 3..quotes)?;
    if !written[hashes..].starts_with("\"\"\"") || !inner.starts_with(is_newline) {
        return None;
    }
    let mut lines = lines(inner);
    let (_, prefix) = lines.pop()?;
    let mut is_continued = lines
        .last()
        .is_some_and(|(_, line)| !is_raw && continues(line));
    if !prefix.chars().all(is_space) {
        // After a continuation only the parser knows the start of the line.
        return (!is_continued).then_some(Misplaced::Quotes(quotes));
    }
    if is_continued {
        return None;
    }
    for (start, line) in lines {
        let is_free = is_continued || line.chars().all(is_space);
        if !is_free && !line.starts_with(prefix) {
            let start = hashes + 3 + start;
            return Some(Misplaced::Line(start..start + line.len()));
        }
        is_continued = !is_raw && continues(line);
    }
    None
}

/// The lines with their offsets.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive(is_newline) {
        lines.push((start, line.trim_end_matches(is_newline)));
        start += line.len();
    }
    if text.ends_with(is_newline) {
        lines.push((start, ""));
    }
    lines
}

/// Whether a line ends in a backslash that takes the newline away.
fn continues(line: &str) -> bool {
    let line = line.trim_end_matches(is_space);
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Option<&Misplaced>) {
        assert_eq!(misplaced(written).as_ref(), expected, "{written}");
    }

    #[test]
    fn lines_start_with_what_precedes_the_closing_quotes() {
        check("\"one line\"", None);
        check("\"\"", None);
        check("\"\"\"\n  a\n\n    b\n  \"\"\"", None);
        check("\"\"\"\r\n  a\r\n  \"\"\"", None);
        check("\"\"\"\n\"\"\"", None);
        check("\"\"\"\n  a \\\n b\n  \"\"\"", None);
        check("\"\"\"\n a\n  \"\"\"", Some(&Misplaced::Line(4..6)));
        check("#\"\"\"\n a\\\n b\n  \"\"\"#", Some(&Misplaced::Line(5..8)));
        check("#\"\"\"\n a\\\n b\"\"\"#", Some(&Misplaced::Quotes(11)));
        check("\"\"\"\n a\\\n b\"\"\"", None);
        check("\"\"\"\n  a\"\"\"", Some(&Misplaced::Quotes(7)));
    }
}
