//! Quotes texts from other files for a manifest, its comments and command lines.

/// A KDL string with exactly this text, which is not a template.
pub(super) fn string(text: &str) -> String {
    // Braces start a template unless the string is marked as raw.
    let mut quoted = if text.contains("{{") { "(raw)\"" } else { "\"" }.to_owned();
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_hidden(c) => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text for a comment: characters that would end the line or be invisible become `?`.
pub(super) fn comment(text: &str) -> String {
    let shown = |c: char| if is_hidden(c) { '?' } else { c };
    text.chars().map(shown).collect()
}

/// Whether a text can be shown unchanged in a comment, and copied from there.
pub fn is_shown(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || is_hidden(c))
        && !text.starts_with('-')
        && shell_word(text) == text
}

/// Whether KDL treats a character as a newline or refuses it, or it is invisible.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text as one word of a shell.
pub fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_say_what_they_hold() {
        assert_eq!(string("a \"b\" \\ c"), r#""a \"b\" \\ c""#);
        assert_eq!(string("{{x}}"), r#"(raw)"{{x}}""#);
        assert_eq!(
            string("a\tb\u{202e}c\u{2028}"),
            r#""a\tb\u{202e}c\u{2028}""#
        );
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("a b/\u{2028}\n\u{202e}é"), "a b/???é");
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        assert!(is_shown("layouts/dev_1.kdl"));
        for text in [
            "",
            "a b.kdl",
            "-a.kdl",
            "a\nb.kdl",
            "a'b.kdl",
            "\u{202e}.kdl",
        ] {
            assert!(!is_shown(text), "{text:?}");
        }
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
