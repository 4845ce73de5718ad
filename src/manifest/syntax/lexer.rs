//! Cuts a text into KDL 2 tokens: without recursion, without giving up, and without losing a byte.
//!
//! Invalid text becomes a token with a [`Fault`], or a [`Kind::Word`] that [`word`](super::word)
//! then classifies as neither identifier nor number.

use super::cursor::Cursor;
pub use super::token::{Fault, Kind, Token, is_newline, is_space};

/// The tokens of a whole text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Cursor { text, at: 0 };
    let mut tokens = Vec::new();
    while lexer.at < text.len() {
        let start = lexer.at;
        let (kind, fault) = lexer.next();
        tokens.push(Token {
            kind,
            start,
            end: lexer.at,
            fault,
        });
    }
    tokens
}

impl Cursor<'_> {
    fn next(&mut self) -> (Kind, Option<Fault>) {
        let rest = self.rest();
        let first = self.peek().expect("the caller checked for the end");
        match first {
            c if is_newline(c) => {
                self.at += if rest.starts_with("\r\n") {
                    2
                } else {
                    c.len_utf8()
                };
                (Kind::Newline, None)
            }
            c if is_space(c) => {
                self.skip(is_space);
                (Kind::Space, None)
            }
            '"' => (Kind::Text, self.quoted()),
            '#' if opens_raw(rest) => (Kind::Text, self.raw()),
            'r' if opens_raw(&rest[1..]) => {
                self.at += 1;
                (Kind::OldRaw, self.raw())
            }
            '/' if rest.starts_with("//") => {
                self.skip(|c| !is_newline(c));
                (Kind::Comment, None)
            }
            '/' if rest.starts_with("/*") => (Kind::Comment, self.block_comment()),
            '/' if rest.starts_with("/-") => self.single(2, Kind::Slashdash),
            '\\' if self.continues_line() => self.single(1, Kind::Continuation),
            '=' => self.single(1, Kind::Equals),
            ';' => self.single(1, Kind::Semicolon),
            '{' if template_len(rest).is_none() => self.single(1, Kind::OpenBrace),
            '}' => self.single(1, Kind::CloseBrace),
            '(' => self.single(1, Kind::OpenParen),
            ')' => self.single(1, Kind::CloseParen),
            '\'' if single_quoted_len(rest).is_some() => {
                let len = single_quoted_len(rest).unwrap_or(1);
                self.single(len, Kind::SingleQuoted)
            }
            _ => {
                self.word();
                (Kind::Word, None)
            }
        }
    }

    fn single(&mut self, len: usize, kind: Kind) -> (Kind, Option<Fault>) {
        self.at += len;
        (kind, None)
    }

    /// Whether only spaces or a comment stand between this backslash and the end of its line.
    fn continues_line(&self) -> bool {
        let rest = self.rest()[1..].trim_start_matches(is_space);
        rest.is_empty() || rest.starts_with(is_newline) || rest.starts_with("//")
    }

    /// Reads a word. A word that can no longer be an identifier also includes `=`: it is a path or a
    /// URL without its quotes.
    fn word(&mut self) {
        let start = self.at;
        let mut is_path = false;
        while let Some(c) = self.peek() {
            let rest = self.rest();
            let after_colon = self.text[start..self.at].ends_with(':');
            is_path |= matches!(c, '/' | '\\');
            match c {
                '{' => match template_len(rest) {
                    Some(len) => {
                        self.at += len;
                        continue;
                    }
                    None => break,
                },
                '"' | ';' | '}' | '(' | ')' => break,
                '=' if !is_path => break,
                '/' if rest.starts_with("/*") => break,
                // A comment may follow a word at once, but `http://` was meant as a URL.
                '/' if rest.starts_with("//") && !after_colon => break,
                '\\' if self.continues_line() => break,
                c if is_space(c) || is_newline(c) => break,
                _ => self.at += c.len_utf8(),
            }
        }
        if self.at == start {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
    }
}

/// Whether a raw string opens here: any number of `#` and a quote.
fn opens_raw(rest: &str) -> bool {
    rest.trim_start_matches('#').starts_with('"')
}

/// The distance within which an unquoted `{{…}}` has to end: a bound, so that a line of braces is
/// read in linear time.
const TEMPLATE_MAX: usize = 200;

/// The length of a `{{…}}` that opens here and closes on the same line.
fn template_len(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix("{{")?;
    let near = inner.char_indices().take(TEMPLATE_MAX);
    let mut near = near.take_while(|&(_, c)| !is_newline(c));
    let (len, _) = near.find(|&(at, _)| inner[at..].starts_with("}}"))?;
    Some(2 + len + 2)
}

/// The length of a `'…'` that opens here and closes at the end of a word of the same line.
fn single_quoted_len(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let len = inner.find(|c| c == '\'' || is_newline(c))?;
    if !inner[len..].starts_with('\'') {
        return None;
    }
    let after = &inner[len + 1..];
    let ends = after.is_empty()
        || after.starts_with(|c| is_space(c) || is_newline(c))
        || after.starts_with([';', '{', '}', '(', ')', '"', '\\'])
        || after.starts_with("//")
        || after.starts_with("/*");
    ends.then_some(len + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens as `kind:text`, spaces left out.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let tokens = tokens(text);
        let whole: String = tokens.iter().map(|t| &text[t.start..t.end]).collect();
        assert_eq!(whole, text, "no byte is lost");
        let found: Vec<String> = tokens
            .iter()
            .filter(|token| token.kind != Kind::Space)
            .map(|token| {
                let fault = token.fault.map_or("", |_| "!");
                format!("{:?}{fault}:{}", token.kind, &text[token.start..token.end])
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn strings_of_all_kinds_are_one_token() {
        check(r#"a "b \" c" d"#, &["Word:a", r#"Text:"b \" c""#, "Word:d"]);
        check("#\"a\"b\"#", &["Text:#\"a\"b\"#"]);
        check(
            "\"\"\"\n{ \"\" }\n\"\"\"",
            &["Text:\"\"\"\n{ \"\" }\n\"\"\""],
        );
        check("#\"\"\"\n\"#\n\"\"\"#", &["Text:#\"\"\"\n\"#\n\"\"\"#"]);
        check("\"a\\\n  b\"", &["Text:\"a\\\n  b\""]);
        check("r#\"a\nb\"#", &["OldRaw:r#\"a\nb\"#"]);
        check("'a b' c'd", &["SingleQuoted:'a b'", "Word:c'd"]);
        check("'a'//b", &["SingleQuoted:'a'", "Comment://b"]);
    }

    #[test]
    fn a_string_without_its_end_stops_at_the_line() {
        check(
            "a \"b {\nc",
            &["Word:a", "Text!:\"b {", "Newline:\n", "Word:c"],
        );
        check("#\"b\nc", &["Text!:#\"b", "Newline:\n", "Word:c"]);
        check("\"\"\"a\"\"\"", &["Text!:\"\"\"a\"\"\""]);
        check(r#""\d""#, &[r#"Text!:"\d""#]);
        check(r#""\u{110000}""#, &[r#"Text!:"\u{110000}""#]);
    }

    #[test]
    fn comments_nest_and_continuations_are_seen() {
        check(
            "/* a /* b */ c */d",
            &["Comment:/* a /* b */ c */", "Word:d"],
        );
        check("a// b", &["Word:a", "Comment:// b"]);
        check(
            "a \\ // b\nc",
            &[
                "Word:a",
                "Continuation:\\",
                "Comment:// b",
                "Newline:\n",
                "Word:c",
            ],
        );
        check("/-a", &["Slashdash:/-", "Word:a"]);
        check("/* a\nb", &["Comment!:/* a\nb"]);
    }

    #[test]
    fn a_word_without_quotes_is_taken_whole() {
        check("a=/x?b=c", &["Word:a", "Equals:=", "Word:/x?b=c"]);
        check("http://x {", &["Word:http://x", "OpenBrace:{"]);
        check("{{a b}}/c", &["Word:{{a b}}/c"]);
        check("a{b}", &["Word:a", "OpenBrace:{", "Word:b", "CloseBrace:}"]);
        check("C:\\x", &["Word:C:\\x"]);
    }
}
