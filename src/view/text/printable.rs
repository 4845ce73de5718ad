//! Text for a terminal, which always passes through [`visible`]: printing takes a [`Printable`],
//! which is made from triad's own literals and styles, and from other texts only with their control
//! characters and unseen characters made visible.

use std::borrow::Cow;
use std::fmt;

use anstyle::Style;

/// Text that a terminal shows without interpreting it: its only control characters are newlines,
/// and escape sequences for colours that triad put there. Tabs stay in [`Printable::lines`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printable(String);

/// A part of a text.
pub trait Piece {
    /// Returns the part as text for a terminal.
    fn printable(&self) -> Cow<'_, str>;

    /// Converts the part, which is made for one call.
    fn into_printable(self) -> Printable
    where
        Self: Sized,
    {
        Printable(self.printable().into_owned())
    }
}

/// A text that is not a [`Printable`] may come from anywhere, so all of it is made visible,
/// newlines too.
impl<T: fmt::Display + ?Sized> Piece for T {
    fn printable(&self) -> Cow<'_, str> {
        Cow::Owned(visible(&self.to_string()))
    }
}

impl Piece for Printable {
    fn printable(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }

    fn into_printable(self) -> Printable {
        self
    }
}

impl Piece for &Printable {
    fn printable(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl From<Printable> for String {
    fn from(text: Printable) -> Self {
        text.0
    }
}

/// `format!` for a terminal: makes a [`Printable`] of a literal and of the [`Piece`]s for its `{}`.
/// A variable cannot be named within the braces.
macro_rules! printable {
    ($format:literal $(, $piece:expr)* $(,)?) => {{
        // No runtime effect: the compiler counts the braces, and sees that no variable is named in
        // them.
        let _ = format_args!(concat!($format) $(, stringify!($piece))*);
        $crate::view::text::printable::Printable::format($format, &[$(&$piece),*])
    }};
}
pub(crate) use printable;

impl Printable {
    /// Returns the format with each `{}` replaced by the next piece; `printable!` makes sure that
    /// the counts agree.
    pub fn format(format: &'static str, pieces: &[&dyn Piece]) -> Self {
        let mut pieces = pieces.iter();
        let mut text = String::new();
        for (index, literal) in format.split("{}").enumerate() {
            if index > 0 {
                let piece = pieces.next().expect("`printable!` has counted them");
                text.push_str(&piece.printable());
            }
            text.push_str(literal);
        }
        Printable(text)
    }

    /// Makes a text of several lines visible, such as a file: newlines and tabs stay.
    pub fn lines(text: &str) -> Self {
        Printable(kept(text, |c| matches!(c, '\n' | '\t')))
    }

    /// Makes a text visible that a library has laid out and coloured. Its newlines and colours
    /// stay, so whatever the library was given must have been [`visible`] before.
    pub fn keeping_colors(text: &str) -> Self {
        let mut shown = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('\x1b') {
            shown.push_str(&kept(&rest[..at], |c| c == '\n'));
            rest = &rest[at..];
            let length = color_length(rest).unwrap_or_else(|| {
                push_visible(&mut shown, '\x1b');
                0
            });
            shown.push_str(&rest[..length]);
            rest = &rest[length.max('\x1b'.len_utf8())..];
        }
        shown.push_str(&kept(rest, |c| c == '\n'));
        Printable(shown)
    }

    /// Returns a piece in this style.
    pub fn styled(style: Style, piece: impl Piece) -> Self {
        Printable(format!("{style}{}{style:#}", piece.into_printable().0))
    }

    /// Joins the parts with `between`.
    pub fn join(parts: impl IntoIterator<Item: Piece>, between: &Printable) -> Self {
        let mut joined = Printable::default();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                joined.push(between);
            }
            joined.push(part);
        }
        joined
    }

    pub fn push(&mut self, piece: impl Piece) {
        self.0.push_str(&piece.into_printable().0);
    }

    /// Returns the text without blanks and newlines at its end.
    #[must_use]
    pub fn trim_end(mut self) -> Self {
        self.0.truncate(self.0.trim_end().len());
        self
    }

    /// Returns the rest of a text that begins with `start`.
    pub fn strip_prefix(&self, start: &str) -> Option<Self> {
        let rest = self.0.strip_prefix(start)?;
        Some(Printable(rest.to_owned()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the length of the escape sequence for a colour that the text begins with, if any.
fn color_length(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\x1b[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && !matches!(c, ';' | ':'))?;
    parameters[end..].starts_with('m').then_some(end + 3)
}

/// Replaces every character that a terminal would interpret or not show by one that shows it.
pub fn visible(text: &str) -> String {
    kept(text, |_| false)
}

/// Does the same, except for the characters to keep.
fn kept(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match stays(c) {
            true => shown.push(c),
            false => push_visible(&mut shown, c),
        }
    }
    shown
}

/// Adds a character, or its visible form.
pub(crate) fn push_visible(shown: &mut String, c: char) {
    match c {
        '\0'..='\u{1F}' => {
            let symbol = char::from_u32(0x2400 + u32::from(c));
            shown.push(symbol.expect("each control character has a symbol"));
        }
        '\u{7F}' => shown.push('␡'),
        c if is_unseen(c) => {
            shown.push_str(&format!("‹U+{:04X}›", u32::from(c)));
        }
        c => shown.push(c),
    }
}

/// Control, direction and zero-width characters that Unicode has beyond ASCII: the 8-bit controls,
/// the separators of lines, and what the property `Default_Ignorable_Code_Point` has (UAX #44), but
/// for the two selectors that say whether an emoji is drawn in colour.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}' | '\u{2028}'..='\u{2029}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}'
        )
        || matches!(c, '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0D}')
        || matches!(c, '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}')
        || matches!(c, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}')
        || matches!(c, '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &Printable, expected: &str) {
        assert_eq!(text.as_str(), expected);
    }

    #[test]
    fn only_literals_and_other_printable_text_are_taken_as_they_are() {
        let own = Printable::styled(Style::new().bold(), "a\x1b[31mb\n");
        check(&own, "\x1b[1ma␛[31mb␊\x1b[0m");
        let foreign = "\x1b]2;x\x07\u{9b}31m\u{202e}";
        check(
            &printable!("{}\n{}: {}", own, foreign, 7),
            "\x1b[1ma␛[31mb␊\x1b[0m\n␛]2;x␇‹U+009B›31m‹U+202E›: 7",
        );
        check(&printable!("{}", "{}"), "{}");
    }

    #[test]
    fn what_was_made_visible_stays_as_it_is() {
        let once = visible("a\u{1b}\u{7f}\u{200b}\u{e0041}\n\t");
        assert_eq!(once, "a␛␡‹U+200B›‹U+E0041›␊␉");
        assert_eq!(visible(&once), once);
        // The second sign is drawn in colour.
        assert_eq!(
            visible("größe e\u{301} ⚠\u{fe0f}"),
            "größe e\u{301} ⚠\u{fe0f}"
        );
    }

    #[test]
    fn lines_keep_what_lays_them_out() {
        check(&Printable::lines("a\n\tb\r\n\x1b[31m"), "a\n\tb␍\n␛[31m");
    }

    #[test]
    fn of_what_a_library_keeping_colors_colours_stay() {
        let text = "\x1b[1;31ma\x1b[0m\n\x1b[2Jb\x1b]2;c\x07\x1b";
        check(
            &Printable::keeping_colors(text),
            "\x1b[1;31ma\x1b[0m\n␛[2Jb␛]2;c␇␛",
        );
    }

    #[test]
    fn texts_are_joined_and_cut() {
        let comma = printable!(", ");
        check(&Printable::join(["a", "b\n"], &comma), "a, b␊");
        check(&printable!("a {}\n", " ").trim_end(), "a");
    }
}
