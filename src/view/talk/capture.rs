//! The screen of a pane as text, with or without colours.

use crate::layout::Address;
use crate::talk::capture::Capture;
use crate::tmux::styled::{Color, Row, Span, Style, Underline};

/// Returns the lines as plain text, without empty ones at the end.
pub fn text(capture: &Capture) -> String {
    ended(capture.lines.iter().map(Row::text))
}

/// Returns the lines with escape sequences for their colours. Each line begins without a colour and
/// ends without one.
pub fn ansi(capture: &Capture) -> String {
    ended(capture.lines.iter().map(colored))
}

/// Says that a dead pane may show less than its program printed: tmux scrolls the screen up to write
/// that the program has exited.
pub fn scrolled(address: &Address) -> String {
    format!("`{address}` has exited; `--history` shows what scrolled off its screen")
}

/// Returns one line with escape sequences.
pub fn colored(row: &Row) -> String {
    row.0.iter().map(span).collect()
}

fn ended(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<String> = lines.collect();
    let last = lines.iter().rposition(|line| !line.is_empty());
    lines.truncate(last.map_or(0, |last| last + 1));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn span(span: &Span) -> String {
    let codes = codes(&span.style);
    match codes.is_empty() {
        true => span.text.clone(),
        false => format!("\x1b[{}m{}\x1b[0m", codes.join(";"), span.text),
    }
}

/// Returns the parameters that select a style.
fn codes(style: &Style) -> Vec<String> {
    let mut codes = Vec::new();
    let attributes = [
        (style.is_bold, "1"),
        (style.is_dim, "2"),
        (style.is_italic, "3"),
        (style.is_blinking, "5"),
        (style.is_reversed, "7"),
        (style.is_hidden, "8"),
        (style.is_struck, "9"),
        (style.is_overlined, "53"),
    ];
    let set = attributes.iter().filter(|(is_set, _)| *is_set);
    codes.extend(set.map(|(_, code)| (*code).to_owned()));
    codes.extend(underline(style.underline).map(str::to_owned));
    codes.extend(color(style.foreground, 30));
    codes.extend(color(style.background, 40));
    codes.extend(color(style.underline_color, 50));
    codes
}

fn underline(underline: Underline) -> Option<&'static str> {
    match underline {
        Underline::None => None,
        Underline::Single => Some("4"),
        Underline::Double => Some("4:2"),
        Underline::Curly => Some("4:3"),
        Underline::Dotted => Some("4:4"),
        Underline::Dashed => Some("4:5"),
    }
}

/// Returns the parameters of a colour; `base` is 30 for characters, 40 for what is behind them, and
/// 50 for the line below.
fn color(color: Color, base: u8) -> Option<String> {
    match color {
        Color::Default => None,
        Color::Indexed(index @ 0..8) if base < 50 => Some((base + index).to_string()),
        Color::Indexed(index @ 8..16) if base < 50 => Some((base + 52 + index).to_string()),
        Color::Indexed(index) => Some(format!("{};5;{index}", base + 8)),
        Color::Rgb(red, green, blue) => Some(format!("{};2;{red};{green};{blue}", base + 8)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tmux::styled::Reader;

    /// Checks that a row in tmux's words is written so that it means the same again.
    #[track_caller]
    fn check(row: &str, expected: &str) {
        let row = Reader::default().row(row);
        let written = colored(&row);
        assert_eq!(written, expected);
        assert_eq!(Reader::default().row(&written), row);
    }

    #[test]
    fn each_part_of_a_line_has_its_own_color() {
        check("plain", "plain");
        check(
            "\x1b[1;31mred\x1b[0m \x1b[97;104mx",
            "\x1b[1;31mred\x1b[0m \x1b[97;104mx\x1b[0m",
        );
        check(
            "\x1b[2;3;7;8;9;38;5;200;48;2;1;2;3ma",
            "\x1b[2;3;7;8;9;38;5;200;48;2;1;2;3ma\x1b[0m",
        );
        check("\x1b[4:3;58;5;3ma", "\x1b[4:3;58;5;3ma\x1b[0m");
    }

    #[test]
    fn empty_lines_at_the_end_are_left_out() {
        let rows = ["", "a ", "", ""].map(|row| Reader::default().row(row));
        assert_eq!(ended(rows.iter().map(Row::text)), "\na\n");
        assert_eq!(ended(rows[2..].iter().map(Row::text)), "");
    }
}
