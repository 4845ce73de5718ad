//! The two functions that quote every string on its way to tmux.
//!
//! [`word`] makes a text one word of a command; [`in_format`] keeps tmux from expanding a text as a
//! format, in which `#(…)` would run a shell command.

/// Quotes `text` as exactly one word for tmux's parser (`source-file`, hooks, `run-shell -C`).
///
/// Exact for every character except NUL, which no manifest can contain.
pub fn word(text: &str) -> String {
    format!("\"{}\"", inside(text, true))
}

/// Whether a text is one word without quotes: nothing in it is special to tmux's parser, at the start
/// of a word or within. The first word of a command never has a `=`.
pub fn is_plain(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/@=+".contains(c);
    !text.is_empty() && text.chars().all(is_plain)
}

/// Escapes `text` for use within the quotes of such a word; `is_start`: directly after the first of
/// them.
pub fn inside(text: &str, is_start: bool) -> String {
    let mut quoted = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        match c {
            '"' | '\\' | '$' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '~' if is_start && index == 0 => quoted.push_str("\\~"),
            // C1 controls too, byte by byte: a terminal would obey them when the script is shown.
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    quoted.push_str(&format!("\\{byte:03o}"));
                }
            }
            c => quoted.push(c),
        }
    }
    quoted
}

/// Writes bytes, which need not be UTF-8, for use within the quotes of such a word.
pub fn bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
}

/// Escapes `text` so that tmux's format expansion returns it unchanged.
///
/// For the arguments that tmux expands: names and directories of `new-session`, `new-window`,
/// `split-window`, `respawn-pane` and `rename-window`. Each run of `#` is doubled unless `[`
/// follows, where tmux does not expand the run.
pub fn in_format(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('#') {
        let (before, from_hash) = rest.split_at(start);
        let after = from_hash.trim_start_matches('#');
        let run = &from_hash[..from_hash.len() - after.len()];
        escaped.push_str(before);
        escaped.push_str(run);
        if !after.starts_with('[') {
            escaped.push_str(run);
        }
        rest = after;
    }
    escaped.push_str(rest);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_quoted_as_one_word() {
        assert_eq!(word("a b;c"), r#""a b;c""#);
        assert_eq!(word(r#"say "$HOME" \"#), r#""say \"\$HOME\" \\""#);
        assert_eq!(word("~/x~"), r#""\~/x~""#);
        assert_eq!(word("a\nb\u{1b}[0m\u{7f}\t"), r#""a\012b\033[0m\177\011""#);
        assert_eq!(word("\u{9b}m"), r#""\302\233m""#);
        assert_eq!(word(""), r#""""#);
        assert_eq!(word("größe 🧠"), r#""größe 🧠""#);
    }

    #[test]
    fn bytes_are_written_one_by_one() {
        assert_eq!(bytes(b"a\xff\x01"), r"\141\377\001");
    }

    #[test]
    fn formats_are_inert() {
        assert_eq!(in_format("#(touch x)"), "##(touch x)");
        assert_eq!(in_format("##{x}"), "####{x}");
        assert_eq!(in_format("#[fg=red]"), "#[fg=red]");
        assert_eq!(in_format("##[x] # é"), "##[x] ## é");
        assert_eq!(in_format("plain"), "plain");
    }
}
