//! The tokens of a text. Comments are skipped, so that links in the documentation name nothing.

/// A word, a literal, `::`, or any other character, and the number of its line.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    pub text: &'a str,
    pub line: usize,
}

impl Token<'_> {
    pub fn is_word(&self) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        self.text.chars().all(is_part) && !self.text.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// Returns the tokens of a text.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let length = length(rest).unwrap_or(first.len_utf8());
        let (token, after) = rest.split_at(length);
        let is_comment = token.starts_with("//") || token.starts_with("/*");
        if !is_comment && !first.is_whitespace() {
            let text = token.strip_prefix("r#").filter(|word| !word.ends_with('#'));
            let text = text.unwrap_or(token);
            tokens.push(Token { text, line });
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

/// Returns the length of the comment, literal or word at the start of a text; `None`: it is one
/// character.
fn length(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(comment(text));
    }
    if text.starts_with("::") {
        return Some(2);
    }
    if let Some(length) = literal(text) {
        return Some(length);
    }
    let raw = if text.starts_with("r#") { 2 } else { 0 };
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let word = text[raw..].find(|c| !is_part(c));
    let word = word.unwrap_or(text.len() - raw);
    (word > 0).then_some(raw + word)
}

/// Comments may be nested.
fn comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// Returns the length of a string or a character.
fn literal(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""];
    let prefix = prefix.into_iter().find(|prefix| {
        let rest = text.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.starts_with(['"', '\'', '#']))
    })?;
    let body = &text[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = &body[..body.find(|c| c != '#')?];
        let inner = body[hashes.len()..].strip_prefix('"')?;
        let end = inner.find(&format!("\"{hashes}"))? + 1 + hashes.len();
        return Some(prefix.len() + hashes.len() + 1 + end);
    }
    let quote = body.chars().next().filter(|quote| *quote != '#')?;
    let is_lifetime = !body.starts_with("'\\") && body.chars().nth(2) != Some('\'');
    if quote == '\'' && is_lifetime {
        return None;
    }
    let mut characters = body.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            c if c == quote => return Some(prefix.len() + at + 1),
            _ => {}
        }
    }
    None
}

/// Returns the tokens after the bracket that closes the one at `open`.
pub fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}
