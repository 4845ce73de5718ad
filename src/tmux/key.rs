//! The names of keys, as `send-keys` takes them. tmux types an unknown name as text, letter by
//! letter, so it is checked before.

/// The keys that have a name, in tmux's own spelling; upper and lower case are the same.
const NAMES: [&str; 50] = [
    "Enter", "Escape", "Tab", "BTab", "BSpace", "Space", "Up", "Down", "Left", "Right", "Home",
    "End", "PageUp", "PageDown", "PgUp", "PgDn", "PPage", "NPage", "Insert", "Delete", "IC", "DC",
    "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "KP0", "KP1", "KP2",
    "KP3", "KP4", "KP5", "KP6", "KP7", "KP8", "KP9", "KPEnter", "KP/", "KP*", "KP-", "KP+", "KP.",
];

/// Names that people write for keys, each with tmux's.
const OTHERS: [(&str, &str); 8] = [
    ("Return", "Enter"),
    ("Ret", "Enter"),
    ("Esc", "Escape"),
    ("Backspace", "BSpace"),
    ("Del", "Delete"),
    ("Ins", "Insert"),
    ("Backtab", "BTab"),
    ("Spacebar", "Space"),
];

/// Whether this is a key: a name or one character, after any of `C-`, `M-` and `S-`, or `^` and a
/// character.
pub fn is_key(text: &str) -> bool {
    let mut base = text;
    while let Some(rest) = ["C-", "M-", "S-"]
        .iter()
        .find_map(|modifier| base.strip_prefix(modifier).filter(|rest| !rest.is_empty()))
    {
        base = rest;
    }
    if let Some(rest) = base.strip_prefix('^').filter(|rest| !rest.is_empty()) {
        base = rest;
    }
    let mut characters = base.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => !only.is_control(),
        _ => is_name(base),
    }
}

fn is_name(text: &str) -> bool {
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(text))
}

/// Returns the key that was probably meant.
pub fn meant(text: &str) -> Option<String> {
    let (modifiers, base) = text
        .rsplit_once('-')
        .map_or(("", text), |(modifiers, base)| {
            (&text[..=modifiers.len()], base)
        });
    let control = ["Ctrl", "Control", "Alt", "Meta", "Shift"];
    let (modifiers, base) = match text.split_once(['-', '+']) {
        Some((word, base)) if control.iter().any(|name| name.eq_ignore_ascii_case(word)) => {
            let sign = match word.to_ascii_lowercase().as_str() {
                "ctrl" | "control" => "C-",
                "shift" => "S-",
                _ => "M-",
            };
            (sign, base)
        }
        _ => (modifiers, base),
    };
    let other = OTHERS
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(base));
    let key = format!("{modifiers}{}", other.map_or(base, |(_, name)| name));
    (key != text && is_key(&key)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_names() {
        for key in [
            "C-c", "Enter", "enter", "^C", "M-x", "C-M-Left", "y", "ß", "-", "C--", "F12", ";", "^",
        ] {
            assert!(is_key(key), "{key}");
        }
        for text in [
            "", "Ctrl-c", "yes", "C-", "F13", "\x1b", "C-hello", "Return",
        ] {
            assert!(!is_key(text), "{text}");
        }
    }

    #[test]
    fn other_words_lead_to_the_names() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        };
        check("Ctrl-c", Some("C-c"));
        check("ctrl+c", Some("C-c"));
        check("Alt-Left", Some("M-Left"));
        check("Return", Some("Enter"));
        check("C-Esc", Some("C-Escape"));
        check("yes", None);
    }
}
