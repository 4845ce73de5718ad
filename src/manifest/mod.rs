//! Stage 1: the manifest as it was written, from text, with the place of everything.
//!
//! [`parse`] never stops at a mistake: it returns what it could read together with all that is
//! wrong, so that the next stage can add what it finds. Any text is answered in bounded time and
//! memory: [`syntax`] sees it first, and the KDL parser gets only what it has bounded.

pub mod ast;
mod decode;
pub mod diagnostic;
pub mod error;
pub mod fmt;
pub mod source;
pub mod syntax;
pub mod table;
pub mod value;

#[cfg(test)]
mod tests;

use std::thread;

use kdl::{KdlDocument, KdlError};

use ast::Manifest;
use error::{ManifestError, SyntaxError};
use source::{Source, Span};

/// The stack that the KDL parser gets: it recurses with the nesting, up to
/// [`syntax::DEPTH_MAX`].
const STACK: usize = 64 << 20;

/// What could be read of a manifest, and all that is wrong with it, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    pub manifest: Manifest,
    pub errors: Vec<ManifestError>,
}

/// The text of a file. Where it is not UTF-8: what can be shown of it, and the mistake.
pub fn text(name: impl Into<String>, bytes: Vec<u8>) -> (Source, Option<ManifestError>) {
    match String::from_utf8(bytes) {
        Ok(text) => (Source::new(name, text), None),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let source = Source::new(name, String::from_utf8_lossy(error.as_bytes()));
            let span = source.span(valid..valid + char::REPLACEMENT_CHARACTER.len_utf8());
            (source, Some(SyntaxError::InvalidUtf8 { span }.into()))
        }
    }
}

/// Reads a manifest.
pub fn parse(source: &Source) -> Parsed {
    let scanned = syntax::scan(source);
    let mut parsed = Parsed {
        manifest: Manifest::default(),
        errors: scanned.errors.into_iter().map(Into::into).collect(),
    };
    if let Some(text) = &scanned.text {
        let decoded = on_large_stack(|| match KdlDocument::parse_v2(text) {
            Ok(document) => decode::decode(source, &document, &scanned.corrections),
            Err(error) => (Manifest::default(), vec![reworded(source, &error).into()]),
        });
        let (manifest, errors) = decoded.unwrap_or_else(|| {
            let span = source.span(0..0);
            (
                Manifest::default(),
                vec![SyntaxError::NoThread { span }.into()],
            )
        });
        parsed.manifest = manifest;
        parsed.errors.extend(errors);
    }
    parsed.errors.sort_by_key(ManifestError::span);
    parsed.errors.truncate(syntax::ERRORS_MAX);
    parsed
}

/// Runs a pure computation on a thread of its own; `None` where the system gives none.
fn on_large_stack<T: Send>(compute: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        let thread = builder.spawn_scoped(scope, compute).ok()?;
        match thread.join() {
            Ok(value) => Some(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The parser's first complaint, where [`syntax`] had none: those after it follow from it.
fn reworded(source: &Source, error: &KdlError) -> SyntaxError {
    let diagnostics = error.diagnostics.iter();
    let first = diagnostics.min_by_key(|found| found.span.offset());
    let size = source.text.len();
    let span = first.map_or(Span::default(), |found| {
        let start = found.span.offset().min(size);
        source.span(start..(start + found.span.len()).min(size))
    });
    let message = first.and_then(|found| found.message.clone());
    let mut message = message.unwrap_or_else(|| "this is not KDL".to_owned());
    if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
        message.replace_range(..1, &first);
    }
    SyntaxError::Other {
        span,
        message: message.trim_end_matches('.').to_owned(),
        help: first.and_then(|found| found.help.clone()),
    }
}
