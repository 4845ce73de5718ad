//! Texts of others in a manifest, in its comments and on command lines: as they are, or not at all.

/// A string of KDL that says just this, and is no template.
pub(super) fn string(text: &str) -> String {
    // Braces are a template's, unless the string says that it is none.
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

/// A text as it may stand in a comment: what would end the line, or hide, is a `?`.
pub(super) fn comment(text: &str) -> String {
    let shown = |c: char| if is_hidden(c) { '?' } else { c };
    text.chars().map(shown).collect()
}

/// Whether a text can be shown in a comment as it is, and typed from there.
pub fn is_shown(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || is_hidden(c))
        && !text.starts_with('-')
        && shell_word(text) == text
}

/// What KDL takes for a line's end, refuses, or nobody sees.
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
