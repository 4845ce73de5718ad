//! Regular expressions of manifests, limited in size so that searching untrusted text stays fast.

use regex_lite::{Error, Regex, RegexBuilder};

/// The largest compiled expression, in bytes, which bounds the steps of a search.
const SIZE_MAX: usize = 64 * 1024;

/// # Errors
/// If the text is not a regular expression, or is too large.
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
