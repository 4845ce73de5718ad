//! Recognises a numbered choice on the screen of a program: text and Enter would answer it.

/// The signs that point at the chosen entry.
const POINTERS: [char; 8] = ['❯', '›', '>', '▶', '▸', '→', '●', '◉'];
/// The lines of a box around a choice.
const BORDERS: [char; 5] = ['│', '┃', '|', '║', '▌'];

/// How far from the end of the screen a choice is looked for, in rows that are not empty.
const ROWS_MAX: usize = 20;
/// How far the entries of a choice are from each other, at most: a long one takes several rows.
const APART_MAX: usize = 3;

/// Returns the chosen entry if the screen ends with a choice: an entry with a sign before its number,
/// beside one with the number before or after it.
pub fn picker(rows: &[String]) -> Option<String> {
    let rows: Vec<&str> = rows.iter().map(|row| unboxed(row)).collect();
    let rows: Vec<&str> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    let rows = &rows[rows.len().saturating_sub(ROWS_MAX)..];
    rows.iter().enumerate().find_map(|(at, row)| {
        let rest = row.strip_prefix(POINTERS)?.trim_start();
        let number = number(rest)?;
        let near = &rows[at.saturating_sub(APART_MAX)..rows.len().min(at + APART_MAX + 1)];
        let is_beside = |other: &&str| {
            let other = self::number(other);
            other.is_some_and(|other| other + 1 == number || other == number + 1)
        };
        near.iter().any(is_beside).then(|| rest.to_owned())
    })
}

/// Returns a row without the blanks and the lines of a box around it.
fn unboxed(row: &str) -> &str {
    let is_around = |c: char| c.is_whitespace() || BORDERS.contains(&c);
    row.trim_matches(is_around)
}

/// Returns the number that an entry begins with: `1. Yes` or `1) Yes`.
fn number(entry: &str) -> Option<u32> {
    let end = entry.find(|c: char| !c.is_ascii_digit())?;
    let (digits, rest) = entry.split_at(end);
    let rest = rest.strip_prefix(['.', ')'])?;
    rest.starts_with(' ').then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(screen: &str, expected: Option<&str>) {
        let rows: Vec<String> = screen.lines().map(str::to_owned).collect();
        assert_eq!(picker(&rows).as_deref(), expected, "{screen}");
    }

    #[test]
    fn a_choice_is_a_sign_before_one_of_several_numbers() {
        check(
            "Do you want to proceed?\n❯ 1. Yes\n  2. No, and tell it what to do\n\n",
            Some("1. Yes"),
        );
        check(
            "│ Allow this?      │\n│   1) Yes         │\n│ › 2) No          │\n╰──────────╯",
            Some("2) No"),
        );
        check(
            "> 1. Yes, and do not ask again\n     for this command\n  2. No\n  Esc to cancel",
            Some("1. Yes, and do not ask again"),
        );
    }

    #[test]
    fn prose_prompts_and_old_choices_are_none() {
        check("❯ ls\n1. a\n2. b\n❯ ", None);
        check("> 1. quoted\n> 2. quoted", None);
        check("1. one\n2. two\n> say 1. one", None);
        check("❯ 1. alone\n", None);
        check("❯ 3. x\n  1. y\n", None);
        check("", None);
        let old = format!("❯ 1. Yes\n  2. No\n{}", "output\n".repeat(30));
        check(&old, None);
    }
}
