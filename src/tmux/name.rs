//! Names as tmux shows them: with a backslash doubled in a window's name, and from 3.4 on with one
//! before a `$` that a letter follows.

/// Whether a name that tmux shows is the given one.
pub fn is_same(shown: &str, given: &str) -> bool {
    shown == given || plain(shown) == given
}

/// Returns the name without tmux's escapes.
fn plain(shown: &str) -> String {
    let mut plain = String::with_capacity(shown.len());
    let mut rest = shown.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('\\' | '$')) => plain.extend(rest.next()),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_tmux_do_not_change_a_name() {
        assert!(is_same("web", "web"));
        assert!(is_same(r"a\\b \$HOME", r"a\b $HOME"));
        assert!(is_same(r"a\b", r"a\b"));
        assert!(!is_same(r"a\\b", r"a\\\b"));
        assert!(!is_same("web", "webapp"));
    }
}
