//! Suggests the name that was probably meant.

/// The longest name that is compared: comparing takes quadratic time, and nobody types longer ones.
const LENGTH_MAX: usize = 64;

/// The one candidate that is clearly nearest: few edits away, and no other as near.
pub fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = written.chars().count();
    if length > LENGTH_MAX {
        return None;
    }
    let written = written.to_lowercase();
    let mut near: Vec<(usize, &str)> = candidates
        .map(|name| (strsim::damerau_levenshtein(&written, name), name))
        .filter(|(edits, name)| {
            let length = length.max(name.chars().count());
            *edits <= edits_max(length) || is_swapped(&written, name)
        })
        .collect();
    near.sort_unstable();
    match near[..] {
        [(_, only)] => Some(only),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}

/// The number of edits up to which it counts as the same word.
fn edits_max(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// Whether two-letter words differ by swapped letters. For such short words no other edit counts as a
/// typo.
fn is_swapped(written: &str, name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    letters.len() == 2 && letters.iter().rev().copied().eq(written.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(written, candidates.iter().copied()), expected);
    }

    #[test]
    fn one_clearly_nearest_name_is_found() {
        check("servce", &["service", "session"], Some("service"));
        check("Pane", &["pane", "rows"], Some("pane"));
        check("column", &["columns", "rows"], Some("columns"));
        check("ru", &["run"], Some("run"));
        check("grwo", &["grow", "rows"], Some("grow"));
        check("bd", &["db", "ui"], Some("db"));
        check("da", &["db", "ui"], None);
        check("command", &["columns"], None);
        check("cat", &["bat", "rat"], None);
        check("x", &["y"], None);
        check(&"x".repeat(70), &["y"], None);
    }
}
