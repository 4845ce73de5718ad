//! The output of a hook, as it comes. It may be coloured: a hook belongs to the manifest, and its
//! colours have meaning. Everything else that a terminal would interpret is made visible.

use crate::view::text::printable::{Printable, printable};

/// The largest number of bytes that are held back: no character and no colour is longer.
const HELD_MAX: usize = 64;

/// The output of one hook.
#[derive(Debug, Default)]
pub struct HookOutput {
    /// The last bytes, if the next ones may belong to the same character, colour or line end.
    held: Vec<u8>,
    is_in_color: bool,
}

impl HookOutput {
    /// Takes in bytes, and returns the text that can be shown now.
    pub fn take(&mut self, bytes: &[u8]) -> Printable {
        self.held.extend_from_slice(bytes);
        let ready = self.held.len() - unfinished(&self.held);
        let rest = self.held.split_off(ready);
        let ready = std::mem::replace(&mut self.held, rest);
        self.shown(&ready)
    }

    /// Returns the rest at the end of the output, and ends its colour.
    pub fn end(&mut self) -> Printable {
        let held = std::mem::take(&mut self.held);
        let mut shown = self.shown(&held);
        if std::mem::take(&mut self.is_in_color) {
            shown.push(printable!("\x1b[0m"));
        }
        shown
    }

    fn shown(&mut self, bytes: &[u8]) -> Printable {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let shown = Printable::keeping_colors(&text.replace('\t', "    "));
        self.is_in_color |= shown.as_str().contains('\x1b');
        shown
    }
}

/// Returns the number of bytes at the end that may be the beginning of something longer.
fn unfinished(bytes: &[u8]) -> usize {
    if bytes.last() == Some(&b'\r') {
        return 1;
    }
    let end = &bytes[bytes.len().saturating_sub(HELD_MAX)..];
    let escape = end.iter().rposition(|&byte| byte == b'\x1b');
    if let Some(begun) = escape.map(|at| &end[at..])
        && begins_color(begun)
    {
        return begun.len();
    }
    let last = bytes.utf8_chunks().last();
    let invalid = last.map_or(&[][..], |chunk| chunk.invalid());
    let error = std::str::from_utf8(invalid).err();
    let is_cut = error.is_some_and(|error| error.error_len().is_none());
    if is_cut { invalid.len() } else { 0 }
}

/// Whether an escape sequence for a colour may begin like this.
fn begins_color(bytes: &[u8]) -> bool {
    let is_parameter = |&byte: &u8| byte.is_ascii_digit() || byte == b';';
    match bytes {
        [b'\x1b'] => true,
        [b'\x1b', b'[', parameters @ ..] => parameters.iter().all(is_parameter),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what is shown of an output that comes in these parts.
    #[track_caller]
    fn check(parts: &[&[u8]], expected: &[&str]) {
        let mut output = HookOutput::default();
        let mut shown: Vec<Printable> = parts.iter().map(|part| output.take(part)).collect();
        shown.push(output.end());
        let shown: Vec<&str> = shown.iter().map(Printable::as_str).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn colours_stay_and_end_and_all_else_is_made_visible() {
        check(&[b"a\n\tb\r\n"], &["a\n    b\n", ""]);
        check(
            &[b"\x1b[1;31mred\x1b[0m"],
            &["\x1b[1;31mred\x1b[0m", "\x1b[0m"],
        );
        check(
            &[b"\x1b]2;x\x07\x1b[2J\r1\x08\xff\xe2\x80\xae."],
            &["␛]2;x␇␛[2J␍1␈\u{fffd}‹U+202E›.", ""],
        );
    }

    #[test]
    fn what_comes_in_parts_is_taken_as_a_whole() {
        check(&[b"\xc3", b"\xb6\r", b"\n"], &["", "ö", "\n", ""]);
        check(
            &[b"a\x1b", b"[3", b"1mb"],
            &["a", "", "\x1b[31mb", "\x1b[0m"],
        );
        check(&[b"\x1b", b"]2;", b"\x1b["], &["", "␛]2;", "", "␛["]);
        check(&[b"\xe2\x80"], &["", "\u{fffd}"]);
        check(&[b"\xff"], &["\u{fffd}", ""]);
    }
}
