//! The tokens of KDL 2, and the characters between them.

/// A piece of the text. The tokens of a text follow one another without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub fault: Option<Fault>,
}

/// The kind of a [`Token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Space,
    Newline,
    /// `// …` without its newline, or `/* … */` with nested comments.
    Comment,
    /// A backslash that continues the line.
    Continuation,
    Slashdash,
    /// An identifier, a number, a keyword, or something meant as one.
    Word,
    /// `"…"`, `"""…"""`, `#"…"#`
    Text,
    /// `r"…"`, which is KDL 1 syntax.
    OldRaw,
    /// `'…'`, which is not valid KDL.
    SingleQuoted,
    Equals,
    Semicolon,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
}

/// A mistake within a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A string or comment without its end.
    Unclosed,
    /// `"""` with text on the same line.
    OpeningLine,
    /// A backslash that starts no known escape.
    Escape { start: usize, end: usize },
}

/// Whether KDL counts this character as a space within a line; here a byte order mark is one too.
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
