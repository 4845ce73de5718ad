//! Regular expressions of manifests, within a size that keeps a search of text from others short.

use regex_lite::{Error, Regex, RegexBuilder};

/// How many bytes an expression may take when it is compiled: a search takes as many steps as this
/// and the text together allow.
const SIZE_MAX: usize = 64 * 1024;

/// # Errors
/// When the text is no regular expression, or too large a one.
pub fn expression(text: &str) -> Result<Regex, Error> {
    RegexBuilder::new(text).size_limit(SIZE_MAX).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_fits_and_what_takes_for_ever_does_not() {
        for text in [
            "ready",
            r"listening on .*:\d+",
            ".{0,500}up",
            "^(?i)(up|ready|started)$",
        ] {
            assert!(expression(text).is_ok(), "{text}");
        }
        for text in ["(a{0,100}){100}", "(", ".{0,100000}"] {
            assert!(expression(text).is_err(), "{text}");
        }
    }
}
