//! Two texts, line by line: what was there and what would be.

use std::time::Duration;

use similar::TextDiff;

use crate::view::text::diagnostic::Look;
use crate::view::text::excerpt::visible;
use crate::view::text::paint::{Paint, Tone};

/// How long the shortest difference is looked for; after that any will do.
const PATIENCE: Duration = Duration::from_secs(1);

/// What changes in a file, as `diff -u` writes it. Without colour `patch` reads it; with colour
/// it is for a terminal, which gets no control characters.
pub fn unified(name: &str, before: &str, after: &str, look: Look) -> String {
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(before, after);
    let mut unified = diff.unified_diff();
    unified.header(name, name);
    let text = unified.to_string();
    if !look.color {
        return text;
    }
    let paint = Paint { color: true };
    let lines = text.split_terminator('\n').enumerate();
    let lines = lines.map(|(index, line)| {
        let tone = match line.chars().next() {
            // The names stand in the first two lines.
            _ if index < 2 => Some(Tone::Strong),
            Some('@') => Some(Tone::Move),
            Some('-') => Some(Tone::Bad),
            Some('+') => Some(Tone::Good),
            _ => None,
        };
        let line = visible(line);
        tone.map_or_else(|| line.clone(), |tone| paint.paint(tone, &line)) + "\n"
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(color: bool, expected: &str) {
        let look = Look { color, width: 100 };
        assert_eq!(unified("f", "a\nb\r\n", "a\nb\n", look), expected);
    }

    #[test]
    fn a_patch_is_exact_and_a_terminal_safe() {
        check(false, "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\r\n+b\n");
        let painted = "\x1b[1m--- f\x1b[0m\n\x1b[1m+++ f\x1b[0m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n \
                       a\n\x1b[31m-b␍\x1b[0m\n\x1b[32m+b\x1b[0m\n";
        check(true, painted);
    }
}
