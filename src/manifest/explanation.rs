//! The explanation of a rule, read from the text file that the build includes for its code.
//!
//! A file holds a paragraph, optionally followed by examples: `Wrong:` and `Right:`, each on its own
//! line, with a manifest below that is indented by four spaces. Lines of the paragraph are joined.
//! Examples write control characters as their pictures, such as `␇`.

/// The explanation of a rule, shown by `triad check --explain CODE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// As in [`Diagnostic::code`](super::diagnostic::Diagnostic::code).
    pub code: &'static str,
    /// The rule and its reason, as a paragraph of plain text.
    pub text: String,
    /// A whole manifest that breaks this rule only. `None` if no such manifest fits on a page. If the
    /// mistake needs a certain command line, it is a comment on the first line.
    pub wrong: Option<String>,
    /// The same manifest, corrected.
    pub right: Option<String>,
}

/// The codes of a stage, each with the text file beside the caller that has its name.
macro_rules! texts {
    ($stage:literal, [$($name:literal),* $(,)?]) => {
        &[$((
            concat!("triad::", $stage, "::", $name),
            include_str!(concat!($name, ".md")),
        )),*]
    };
}
pub(crate) use texts;

impl Explanation {
    pub fn read(code: &'static str, file: &str) -> Self {
        let (text, examples) = match file.split_once("\nWrong:\n") {
            Some((text, examples)) => (text, examples.split_once("\nRight:\n")),
            None => (file, None),
        };
        Explanation {
            code,
            text: text.lines().collect::<Vec<_>>().join(" "),
            wrong: examples.map(|(wrong, _)| example(wrong)),
            right: examples.map(|(_, right)| example(right)),
        }
    }
}

/// A manifest without its indentation and the blank lines around it.
fn example(block: &str) -> String {
    let lines = block.trim_matches('\n').lines();
    let lines = lines.map(|line| line.strip_prefix("    ").unwrap_or(line));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.chars().map(pictured).collect()
}

/// The control character that a picture stands for, or else the character itself.
fn pictured(c: char) -> char {
    match c {
        '\u{2400}'..='\u{241F}' => char::from_u32(u32::from(c) - 0x2400).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &str, text: &str, examples: Option<(&str, &str)>) {
        let expected = Explanation {
            code: "triad::test",
            text: text.to_owned(),
            wrong: examples.map(|(wrong, _)| wrong.to_owned()),
            right: examples.map(|(_, right)| right.to_owned()),
        };
        assert_eq!(Explanation::read("triad::test", file), expected);
    }

    #[test]
    fn a_file_is_a_paragraph_and_two_examples() {
        check("A rule,\nand why.\n", "A rule, and why.", None);
        let file = "A rule.\n\nWrong:\n\n    a {\n\n        b ␇\n    }\n\nRight:\n\n    a\n";
        check(file, "A rule.", Some(("a {\n\n    b \u{7}\n}", "a")));
    }
}
