//! The text that is sent to a program: what a terminal would obey is taken out of it.

/// A text to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Lines that LF separates, without any other control character but TAB.
    pub text: String,
    /// The number of control characters that were taken out.
    pub removed: usize,
}

/// The bytes are not UTF-8, from this position on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not valid UTF-8 at byte {at}")]
pub struct NotUtf8 {
    /// Counted from 0.
    pub at: usize,
}

impl Text {
    /// Takes in bytes. CR LF and CR are line breaks, too.
    ///
    /// # Errors
    /// Returns an error if they are not UTF-8.
    pub fn new(bytes: &[u8]) -> Result<Self, NotUtf8> {
        let text = std::str::from_utf8(bytes).map_err(|error| NotUtf8 {
            at: error.valid_up_to(),
        })?;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let count = text.chars().count();
        let text: String = text.chars().filter(|c| is_sent(*c)).collect();
        let removed = count - text.chars().count();
        Ok(Text { text, removed })
    }

    /// Removes the line break at the end, which Enter takes the place of.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        if self.text.ends_with('\n') {
            self.text.pop();
        }
        self
    }

    /// Returns the first line with more bytes than this: its number, counted from 1, and its length.
    pub fn line_longer_than(&self, bytes: usize) -> Option<(usize, usize)> {
        let mut lines = self.text.split('\n').map(str::len).enumerate();
        let (at, length) = lines.find(|(_, length)| *length > bytes)?;
        Some((at + 1, length))
    }
}

/// Whether a character is sent: no program would take it for a command of the terminal's.
fn is_sent(c: char) -> bool {
    matches!(c, '\n' | '\t') || !c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str, removed: usize) {
        let text = Text::new(bytes).expect("UTF-8");
        assert_eq!((text.text.as_str(), text.removed), (expected, removed));
    }

    #[test]
    fn control_characters_are_taken_out() {
        check(b"a\tb\n\xc3\xa9", "a\tb\n\u{e9}", 0);
        check(b"a\r\nb\rc\n", "a\nb\nc\n", 0);
        check(b"\x1b[201~x\x00\x07\x7f\xc2\x9b", "[201~x", 5);
        assert_eq!(Text::new(b"ab\xffc"), Err(NotUtf8 { at: 2 }));
    }

    #[test]
    fn one_line_break_at_the_end_gives_way_to_enter() {
        let text = |bytes| Text::new(bytes).expect("UTF-8").without_end().text;
        assert_eq!(text(b"a\n"), "a");
        assert_eq!(text(b"a\n\n"), "a\n");
        assert_eq!(text(b"a"), "a");
    }

    #[test]
    fn a_line_that_does_not_fit_is_found() {
        let text = Text::new("a\nééé\nb".as_bytes()).expect("UTF-8");
        assert_eq!(text.line_longer_than(5), Some((2, 6)));
        assert_eq!(text.line_longer_than(6), None);
    }
}
