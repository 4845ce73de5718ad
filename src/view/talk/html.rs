//! The screens of panes as one HTML file that needs no other.

use crate::layout::Address;
use crate::talk::capture::Capture;
use crate::tmux::styled::{Color, Row, Span, Style, Underline};

/// The colours of a terminal that has set none, and the first 16 of its palette.
const FOREGROUND: &str = "#d4d4d4";
const BACKGROUND: &str = "#1e1e1e";
const PALETTE: [&str; 16] = [
    "#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5",
    "#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
];

/// The brightness of each step of the 6×6×6 colours in the palette.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Returns the file.
pub fn page(captures: &[(&Address, &Capture)]) -> String {
    let names: Vec<String> = captures.iter().map(|(name, _)| name.to_string()).collect();
    let title = escaped(&names.join(", "));
    let style = format!(
        "body{{margin:1em;background:{BACKGROUND};color:{FOREGROUND}}}\
         h2{{font:bold 1em sans-serif}}\
         pre{{font-family:ui-monospace,monospace;line-height:1.2;border:1px solid #555;\
         padding:.5em;display:inline-block}}"
    );
    let sections: String = captures
        .iter()
        .map(|(name, capture)| section(name, capture))
        .collect();
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{style}</style>\n</head>\n<body>\n{sections}</body>\n</html>\n"
    )
}

fn section(name: &Address, capture: &Capture) -> String {
    let title = match capture.title.is_empty() {
        true => String::new(),
        false => format!(" <small>{}</small>", escaped(&capture.title)),
    };
    let rows: String = capture.lines.iter().map(row).collect();
    let (columns, height) = (capture.columns, capture.rows);
    // The first line break of a `pre` is not part of it.
    format!(
        "<h2>{}{title}</h2>\n<pre data-columns=\"{columns}\" data-rows=\"{height}\">\n{rows}</pre>\n",
        escaped(&name.to_string())
    )
}

fn row(row: &Row) -> String {
    let spans: String = row.0.iter().map(span).collect();
    spans + "\n"
}

fn span(span: &Span) -> String {
    let rules = rules(&span.style);
    let text = escaped(&span.text);
    match rules.is_empty() {
        true => text,
        false => format!("<span style=\"{}\">{text}</span>", rules.join(";")),
    }
}

/// Returns the CSS of a style.
fn rules(style: &Style) -> Vec<String> {
    let mut rules = Vec::new();
    let (front, back) = match style.is_reversed {
        true => (style.background, style.foreground),
        false => (style.foreground, style.background),
    };
    let front = hex(front).or_else(|| style.is_reversed.then(|| BACKGROUND.to_owned()));
    let back = hex(back).or_else(|| style.is_reversed.then(|| FOREGROUND.to_owned()));
    rules.extend(front.map(|color| format!("color:{color}")));
    rules.extend(back.map(|color| format!("background:{color}")));
    let attributes = [
        (style.is_bold, "font-weight:bold"),
        (style.is_dim, "opacity:.6"),
        (style.is_italic, "font-style:italic"),
        (style.is_hidden, "visibility:hidden"),
    ];
    let set = attributes.iter().filter(|(is_set, _)| *is_set);
    rules.extend(set.map(|(_, rule)| (*rule).to_owned()));
    rules.extend(decoration(style));
    rules
}

fn decoration(style: &Style) -> Option<String> {
    let lines = [
        (style.underline != Underline::None, "underline"),
        (style.is_overlined, "overline"),
        (style.is_struck, "line-through"),
    ];
    let lines: Vec<&str> = lines
        .iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, line)| *line)
        .collect();
    let kind = match style.underline {
        Underline::None | Underline::Single => "",
        Underline::Double => " double",
        Underline::Curly => " wavy",
        Underline::Dotted => " dotted",
        Underline::Dashed => " dashed",
    };
    let color = hex(style.underline_color).map(|color| format!(" {color}"));
    let color = color.unwrap_or_default();
    let lines = (!lines.is_empty()).then(|| lines.join(" "))?;
    Some(format!("text-decoration:{lines}{kind}{color}"))
}

/// Returns a colour as CSS; `None` for the default one.
fn hex(color: Color) -> Option<String> {
    let (red, green, blue) = match color {
        Color::Default => return None,
        Color::Indexed(index @ 0..16) => return Some(PALETTE[usize::from(index)].to_owned()),
        Color::Indexed(index @ 16..232) => {
            let step = |weight: u8| STEPS[usize::from((index - 16) / weight % 6)];
            (step(36), step(6), step(1))
        }
        Color::Indexed(index @ 232..) => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
        Color::Rgb(red, green, blue) => (red, green, blue),
    };
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

/// Escapes a text for HTML, also within quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tmux::styled::Reader;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(row(&Reader::default().row(text)), format!("{expected}\n"));
    }

    #[test]
    fn text_is_never_markup() {
        check(
            "<b> & \"'</pre><script>",
            "&lt;b&gt; &amp; &quot;&#39;&lt;/pre&gt;&lt;script&gt;",
        );
    }

    #[test]
    fn colors_are_those_of_a_terminal() {
        check(
            "\x1b[1;31mred\x1b[0m!",
            "<span style=\"color:#cd3131;font-weight:bold\">red</span>!",
        );
        check(
            "\x1b[38;5;196;48;5;244mx",
            "<span style=\"color:#ff0000;background:#808080\">x</span>",
        );
        check(
            "\x1b[7mx",
            "<span style=\"color:#1e1e1e;background:#d4d4d4\">x</span>",
        );
        check(
            "\x1b[4:3;9;58;2;1;2;3mx",
            "<span style=\"text-decoration:underline line-through wavy #010203\">x</span>",
        );
    }
}
