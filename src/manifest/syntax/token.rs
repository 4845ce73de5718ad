//! The tokens of KDL 2, and the characters between them.

/// A piece of the text. The tokens of a text follow one another without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub fault: Option<Fault>,
}

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Space,
    Newline,
    /// `// …` without its newline, or `/* … */` with all that is nested in it.
    Comment,
    /// A backslash that continues the line.
    Continuation,
    Slashdash,
    /// An identifier, a number, a keyword, or what was meant as one.
    Word,
    /// `"…"`, `"""…"""`, `#"…"#`
    Text,
    /// `r"…"`, which is KDL 1.
    OldRaw,
    /// `'…'`, which is not KDL.
    SingleQuoted,
    Equals,
    Semicolon,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
}

/// What is wrong within a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A string or comment without its end.
    Unclosed,
    /// `"""` with text on the same line.
    OpeningLine,
    /// A backslash with something after it that is no escape.
    Escape { start: usize, end: usize },
}

/// Whether KDL counts this character as a space within a line; so is a byte order mark here.
pub fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}'
    ) || matches!(c, '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{FEFF}')
}

/// Whether this character ends a line in KDL.
pub fn is_newline(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
