//! Names as tmux keeps them: a backslash in a window's name comes back doubled, and from 3.4 on a
//! `$` before a letter comes back with one before it.

/// Whether a name that tmux shows is the one that was given to it.
pub fn is_same(shown: &str, given: &str) -> bool {
    shown == given || plain(shown) == given
}

/// The name without what tmux added.
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
    fn what_tmux_added_makes_no_other_name() {
        assert!(is_same("web", "web"));
        assert!(is_same(r"a\\b \$HOME", r"a\b $HOME"));
        assert!(is_same(r"a\b", r"a\b"));
        assert!(!is_same(r"a\\b", r"a\\\b"));
        assert!(!is_same("web", "webapp"));
    }
}
