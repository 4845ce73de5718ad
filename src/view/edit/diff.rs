//! The difference of two texts, line by line.

use std::borrow::Cow;
use std::time::Duration;

use similar::TextDiff;

use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone};
use crate::view::text::printable::{Printable, printable, visible};

/// The time limit for the shortest difference; after it any difference will do.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns the changes in a file, as `diff -u` writes and `patch` reads them.
pub fn unified(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(before, after);
    let mut unified = diff.unified_diff();
    // A name with a line break would add lines to the patch.
    let name = match name.contains(char::is_control) {
        true => Cow::Owned(visible(name)),
        false => Cow::Borrowed(name),
    };
    unified.header(&name, &name);
    unified.to_string()
}

/// Returns the same for people.
pub fn shown(unified: &str, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let lines = unified.split_terminator('\n').enumerate();
    let lines = lines.map(|(index, line)| {
        let tone = match line.chars().next() {
            // The first two lines have the names.
            _ if index < 2 => Some(Tone::Strong),
            Some('@') => Some(Tone::Move),
            Some('-') => Some(Tone::Bad),
            Some('+') => Some(Tone::Good),
            _ => None,
        };
        match tone {
            Some(tone) => printable!("{}\n", paint.paint(tone, line)),
            None => printable!("{}\n", line),
        }
    });
    Printable::join(lines, &Printable::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_exact_and_a_terminal_safe() {
        let patch = unified("f", "a\nb\r\n", "a\nb\n");
        assert_eq!(patch, "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\r\n+b\n");
        let look = |color| Look { color, width: 100 };
        let plain = "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b␍\n+b\n";
        assert_eq!(shown(&patch, look(false)).as_str(), plain);
        let painted = "\x1b[1m--- f\x1b[0m\n\x1b[1m+++ f\x1b[0m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n \
                       a\n\x1b[31m-b␍\x1b[0m\n\x1b[32m+b\x1b[0m\n";
        assert_eq!(shown(&patch, look(true)).as_str(), painted);
    }
}
