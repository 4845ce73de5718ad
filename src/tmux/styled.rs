//! The rows of a pane with their colours, read from the escape sequences of `capture-pane -e`.
//!
//! tmux writes only what changes, so that colours run on from row to row, and line-drawing
//! characters as letters between two shift characters. Here each row is complete in itself.

use std::mem;

/// A part of a row in one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    pub style: Style,
    /// Without control characters.
    pub text: String,
}

/// A row: its parts, without blanks at its end that show nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(pub Vec<Span>);

impl Row {
    /// Returns the text without its colours.
    pub fn text(&self) -> String {
        let text: String = self.0.iter().map(|span| span.text.as_str()).collect();
        text.trim_end_matches(' ').to_owned()
    }
}

/// The way in which characters are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    pub foreground: Color,
    pub background: Color,
    pub is_bold: bool,
    pub is_dim: bool,
    pub is_italic: bool,
    pub underline: Underline,
    pub underline_color: Color,
    pub is_blinking: bool,
    pub is_reversed: bool,
    pub is_hidden: bool,
    pub is_struck: bool,
    pub is_overlined: bool,
}

impl Style {
    /// Whether a blank in this style looks like nothing at all.
    fn is_blank(&self) -> bool {
        self.background == Color::Default
            && self.underline == Underline::None
            && !self.is_reversed
            && !self.is_struck
            && !self.is_overlined
    }
}

/// A colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Color {
    #[default]
    Default,
    /// Of the terminal's palette of 256.
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// The line under characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Underline {
    #[default]
    None,
    Single,
    Double,
    Curly,
    Dotted,
    Dashed,
}

const ESCAPE: char = '\x1b';
/// Ends an operating system command, as ESC and `\` do.
const BELL: char = '\x07';
/// Shifts to the line-drawing characters, and back.
const SHIFT_OUT: char = '\x0e';
const SHIFT_IN: char = '\x0f';

/// The reader of rows: colours run on from one row to the next.
#[derive(Debug, Default)]
pub struct Reader {
    style: Style,
    draws_lines: bool,
}

impl Reader {
    /// Reads the next row, without its line break.
    pub fn row(&mut self, text: &str) -> Row {
        let mut spans = Vec::new();
        let mut span = Span::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            rest = match c {
                ESCAPE => self.sequence(after),
                SHIFT_OUT | SHIFT_IN => {
                    self.draws_lines = c == SHIFT_OUT;
                    after
                }
                c if c.is_control() => after,
                c => {
                    if span.style != self.style {
                        spans.push(mem::take(&mut span));
                        span.style = self.style;
                    }
                    span.text.push(match self.draws_lines {
                        true => line_drawing(c),
                        false => c,
                    });
                    after
                }
            };
        }
        spans.push(span);
        trimmed(spans)
    }

    /// Takes in what follows an escape character, and returns the rest.
    fn sequence<'t>(&mut self, text: &'t str) -> &'t str {
        if let Some(parameters) = text.strip_prefix('[') {
            // A final byte is a letter or another character from `@` on.
            let Some(end) = parameters.find(|c: char| ('@'..='~').contains(&c)) else {
                return "";
            };
            if parameters[end..].starts_with('m') {
                self.render(&parameters[..end]);
            }
            return &parameters[end + 1..];
        }
        if let Some(command) = text.strip_prefix(']') {
            let Some(end) = command.find([ESCAPE, BELL]) else {
                return "";
            };
            let rest = &command[end..];
            let rest = rest.strip_prefix("\x1b\\");
            return rest.unwrap_or(&command[end + 1..]);
        }
        let mut rest = text.chars();
        rest.next();
        rest.as_str()
    }

    /// Takes in the parameters of a sequence that selects a style.
    fn render(&mut self, parameters: &str) {
        let mut all = parameters.split(';');
        while let Some(parameter) = all.next() {
            let mut parts = parameter.split(':');
            let code = parts.next().unwrap_or_default().parse().unwrap_or(0);
            let parts: Vec<&str> = parts.collect();
            let style = &mut self.style;
            match (code, &parts[..]) {
                // tmux writes 53, the line above, as it writes the kinds of lines below.
                (5, ["3"]) => style.is_overlined = true,
                (4, [kind, ..]) => style.underline = underline(kind),
                (38 | 48 | 58, []) => {
                    let color = color(&mut all);
                    self.paint(code, color);
                }
                (38 | 48 | 58, _) => {
                    // `2::R:G:B` has an empty place for a colour space, `2:R:G:B` has none.
                    let given = parts.into_iter().filter(|part| !part.is_empty());
                    let color = color(&mut given.collect::<Vec<_>>().into_iter());
                    self.paint(code, color);
                }
                (code, _) => style.set(code),
            }
        }
    }

    fn paint(&mut self, code: u32, color: Option<Color>) {
        let place = match code {
            38 => &mut self.style.foreground,
            48 => &mut self.style.background,
            _ => &mut self.style.underline_color,
        };
        *place = color.unwrap_or_default();
    }
}

impl Style {
    /// Takes in a code that has no parameters of its own.
    fn set(&mut self, code: u32) {
        match code {
            0 => *self = Style::default(),
            1 => self.is_bold = true,
            2 => self.is_dim = true,
            3 => self.is_italic = true,
            4 => self.underline = Underline::Single,
            5 | 6 => self.is_blinking = true,
            7 => self.is_reversed = true,
            8 => self.is_hidden = true,
            9 => self.is_struck = true,
            21 => self.underline = Underline::Double,
            22 => (self.is_bold, self.is_dim) = (false, false),
            23 => self.is_italic = false,
            24 => self.underline = Underline::None,
            25 => self.is_blinking = false,
            27 => self.is_reversed = false,
            28 => self.is_hidden = false,
            29 => self.is_struck = false,
            30..=37 => self.foreground = indexed(code - 30),
            39 => self.foreground = Color::Default,
            40..=47 => self.background = indexed(code - 40),
            49 => self.background = Color::Default,
            53 => self.is_overlined = true,
            55 => self.is_overlined = false,
            59 => self.underline_color = Color::Default,
            90..=97 => self.foreground = indexed(code - 90 + 8),
            100..=107 => self.background = indexed(code - 100 + 8),
            _ => {}
        }
    }
}

fn indexed(index: u32) -> Color {
    u8::try_from(index).map_or(Color::Default, Color::Indexed)
}

fn underline(kind: &str) -> Underline {
    match kind {
        "0" => Underline::None,
        "2" => Underline::Double,
        "3" => Underline::Curly,
        "4" => Underline::Dotted,
        "5" => Underline::Dashed,
        _ => Underline::Single,
    }
}

/// Reads a colour: `5;INDEX` or `2;RED;GREEN;BLUE`.
fn color<'p>(parameters: &mut impl Iterator<Item = &'p str>) -> Option<Color> {
    let kind = parameters.next()?;
    let mut byte = || parameters.next()?.parse::<u8>().ok();
    match kind {
        "5" => Some(Color::Indexed(byte()?)),
        "2" => Some(Color::Rgb(byte()?, byte()?, byte()?)),
        _ => None,
    }
}

/// Removes what shows nothing from the end of a row, and empty parts.
fn trimmed(mut spans: Vec<Span>) -> Row {
    while let Some(last) = spans.last_mut() {
        if last.style.is_blank() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
        }
        if !last.text.is_empty() {
            break;
        }
        spans.pop();
    }
    spans.retain(|span| !span.text.is_empty());
    Row(spans)
}

/// Returns the character that a terminal draws for a letter of the line-drawing set (VT100).
fn line_drawing(letter: char) -> char {
    match letter {
        '+' => '→',
        ',' => '←',
        '-' => '↑',
        '.' => '↓',
        '0' => '█',
        '`' => '◆',
        'a' => '▒',
        'b' => '␉',
        'c' => '␌',
        'd' => '␍',
        'e' => '␊',
        'f' => '°',
        'g' => '±',
        'h' => '␤',
        'i' => '␋',
        'j' => '┘',
        'k' => '┐',
        'l' => '┌',
        'm' => '└',
        'n' => '┼',
        'o' => '⎺',
        'p' => '⎻',
        'q' => '─',
        'r' => '⎼',
        's' => '⎽',
        't' => '├',
        'u' => '┤',
        'v' => '┴',
        'w' => '┬',
        'x' => '│',
        'y' => '≤',
        'z' => '≥',
        '{' => 'π',
        '|' => '≠',
        '}' => '£',
        '~' => '·',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the spans of a row, each as its text and the code of its style.
    #[track_caller]
    fn check(row: &Row, expected: &[(&str, Style)]) {
        let spans: Vec<(&str, Style)> = row
            .0
            .iter()
            .map(|span| (span.text.as_str(), span.style))
            .collect();
        assert_eq!(spans, expected);
    }

    fn plain() -> Style {
        Style::default()
    }

    #[test]
    fn a_row_is_read_with_its_colors() {
        let mut reader = Reader::default();
        let row = reader.row("\x1b[1m\x1b[31mred\x1b[0m\x1b[39m\x1b[49m plain \x1b[44m bg ");
        let red = Style {
            foreground: Color::Indexed(1),
            is_bold: true,
            ..plain()
        };
        let blue = Style {
            background: Color::Indexed(4),
            ..plain()
        };
        check(&row, &[("red", red), (" plain ", plain()), (" bg ", blue)]);
        // The colour runs on.
        check(&reader.row("x\x1b[49m  "), &[("x", blue)]);
        assert_eq!(row.text(), "red plain  bg");
    }

    #[test]
    fn every_kind_of_color_and_line_is_known() {
        let mut reader = Reader::default();
        let row = reader
            .row("\x1b[38;2;1;2;3ma\x1b[39;4:3m\x1b[58;5;3mb\x1b[0;5:3mc\x1b[0;4;97;48:2::4:5:6md");
        let rgb = Style {
            foreground: Color::Rgb(1, 2, 3),
            ..plain()
        };
        let curly = Style {
            underline: Underline::Curly,
            underline_color: Color::Indexed(3),
            ..plain()
        };
        let overlined = Style {
            is_overlined: true,
            ..plain()
        };
        let last = Style {
            underline: Underline::Single,
            foreground: Color::Indexed(15),
            background: Color::Rgb(4, 5, 6),
            ..plain()
        };
        check(
            &row,
            &[("a", rgb), ("b", curly), ("c", overlined), ("d", last)],
        );
    }

    #[test]
    fn drawn_lines_links_and_other_sequences_are_read() {
        let mut reader = Reader::default();
        let row =
            reader.row("\x0elqk\x0fq \x1b]8;;http://x.y/\x1b\\link\x1b]8;;\x07!\x1b[2Jx\x1b=y");
        check(&row, &[("┌─┐q link!xy", plain())]);
        check(&reader.row("\x1b[31"), &[]);
        check(&reader.row("\x1b]8;"), &[]);
        check(&reader.row("a\x1b"), &[("a", plain())]);
    }
}
