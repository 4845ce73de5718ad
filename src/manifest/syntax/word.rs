//! Classifies an unquoted word: identifier, number, keyword, or a known mistake.

/// The kinds of [`Word`](super::lexer::Kind::Word).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Identifier,
    Number,
    /// A number that does not fit into 128 bits.
    HugeNumber,
    /// `#true`, `#false`, `#null`, `#inf`, `#-inf`, `#nan`
    Keyword,
    /// A word with `#` before it that is not a keyword.
    UnknownKeyword,
    /// A keyword without its `#`, as KDL 1 writes it.
    OldKeyword,
    Comma,
    /// Anything else: text without its quotes.
    Unquoted,
}

/// The kind of a word.
pub fn classify(word: &str) -> Word {
    if word == "," {
        return Word::Comma;
    }
    if let Some(keyword) = word.strip_prefix('#') {
        return if is_keyword(keyword) {
            Word::Keyword
        } else {
            Word::UnknownKeyword
        };
    }
    if is_keyword(word) {
        return Word::OldKeyword;
    }
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return number(unsigned);
    }
    let mut after_dot = unsigned.strip_prefix('.').unwrap_or_default().chars();
    let like_number = after_dot.next().is_some_and(|c| c.is_ascii_digit());
    if like_number || word.contains(['\\', '/', '[', ']', '#', '{', '=']) {
        return Word::Unquoted;
    }
    Word::Identifier
}

fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan")
}

/// The kind of a word that starts like an unsigned number.
fn number(word: &str) -> Word {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = word.strip_prefix(prefix) {
            return if is_digits(digits, radix) {
                sized(digits, radix)
            } else {
                Word::Unquoted
            };
        }
    }
    let lower = word.to_ascii_lowercase();
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (lower.as_str(), None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    let parts = [Some(whole), fraction, exponent];
    if !parts.into_iter().flatten().all(|part| is_digits(part, 10)) {
        return Word::Unquoted;
    }
    // The parser reads each part of a number as a separate integer.
    let huge = |part| sized(part, 10) == Word::HugeNumber;
    if parts.into_iter().flatten().any(huge) {
        return Word::HugeNumber;
    }
    Word::Number
}

fn is_digits(text: &str, radix: u32) -> bool {
    text.starts_with(|c: char| c.is_digit(radix))
        && text.chars().all(|c| c.is_digit(radix) || c == '_')
}

fn sized(digits: &str, radix: u32) -> Word {
    match i128::from_str_radix(&digits.replace('_', ""), radix) {
        Ok(_) => Word::Number,
        Err(_) => Word::HugeNumber,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], expected: Word) {
        for word in words {
            assert_eq!(classify(word), expected, "{word}");
        }
    }

    #[test]
    fn words_are_told_apart() {
        check(
            &["a", "-", "--model", "a.b", "-a", ".", "a,", "ü", "%"],
            Word::Identifier,
        );
        check(
            &["0", "-1_000", "+2.5e-3", "0xfF", "0b1_0", "0o7", "1E5"],
            Word::Number,
        );
        check(
            &["99999999999999999999999999999999999999999"],
            Word::HugeNumber,
        );
        check(&["#true", "#-inf"], Word::Keyword);
        check(&["#True", "#", "#yes"], Word::UnknownKeyword);
        check(&["true", "null", "-inf"], Word::OldKeyword);
        check(
            &[
                "./a",
                "/a",
                "~/a",
                "30%",
                "250ms",
                "127.0.0.1",
                ".5",
                "1.",
                "0x",
                "a[0]",
                "{{b}}",
            ],
            Word::Unquoted,
        );
        check(&[","], Word::Comma);
    }
}
