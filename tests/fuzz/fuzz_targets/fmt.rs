//! Any text formatted: the same manifest, and a second time the same text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use triad::manifest::fmt::{FormatError, format};
use triad::manifest::parse;
use triad::manifest::source::Source;

fuzz_target!(|text: &str| {
    let once = match format(&Source::new("t", text)) {
        Ok(once) => once,
        Err(FormatError::Invalid(errors)) => {
            assert!(!errors.is_empty());
            return;
        }
        Err(error @ FormatError::Unfaithful { .. }) => panic!("{error}"),
    };
    let twice = format(&Source::new("t", once.as_str()));
    assert_eq!(twice.as_deref(), Ok(once.as_str()));
    assert_eq!(said(text), said(&once));
});

/// What is decoded from a text, mistakes included, whatever its places.
fn said(text: &str) -> String {
    let parsed = parse(&Source::new("t", text));
    let codes = parsed.errors.iter().map(|error| error.diagnostic().code);
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    let shown = format!("{:?} {codes:?}", parsed.manifest);
    let mut parts = shown.split("Span { ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once('}').map_or("", |(_, rest)| rest))
}
