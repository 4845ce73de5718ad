//! Stage 1: the manifest as it was written, from text, with the place of everything.
//!
//! [`parse`] never stops at a mistake: it returns the readable part together with all mistakes, so
//! that the next stage can add its own. Any text takes bounded time and memory: [`syntax`] reads it
//! first, and the KDL parser only gets text within its limits.

mod assemble;
pub mod ast;
mod decode;
pub mod diagnostic;
pub mod error;
pub mod explanation;
pub mod fmt;
mod parsed;
pub mod source;
pub mod syntax;
pub mod table;
pub mod value;

pub use assemble::assemble;
pub use parsed::{Parsed, ParsedFile};

#[cfg(test)]
mod tests;

use std::thread;

use kdl::{KdlDocument, KdlError};

use decode::Decoded;
use error::{ManifestError, SyntaxError};
use source::{Source, SourceId, Span};

/// The stack that the KDL parser gets: it recurses with the nesting, up to
/// [`syntax::DEPTH_MAX`].
const STACK: usize = 64 << 20;

/// The text of a file. If it is not UTF-8, the printable part of it and the mistake.
pub fn text(
    id: SourceId,
    name: impl Into<String>,
    bytes: Vec<u8>,
) -> (Source, Option<ManifestError>) {
    let source = |text| Source {
        id,
        ..Source::new(name, text)
    };
    match String::from_utf8(bytes) {
        Ok(text) => (source(text), None),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let source = source(String::from_utf8_lossy(error.as_bytes()).into_owned());
            let span = source.span(valid..valid + char::REPLACEMENT_CHARACTER.len_utf8());
            (source, Some(SyntaxError::InvalidUtf8 { span }.into()))
        }
    }
}

/// Reads a manifest of one file, without the files that it includes.
pub fn parse(source: &Source) -> Parsed {
    let file = parse_file(source);
    assemble(source, file, Vec::new())
}

/// Reads one file of a manifest.
pub fn parse_file(source: &Source) -> ParsedFile {
    let scanned = syntax::scan(source);
    let mut file = ParsedFile {
        errors: scanned.errors.into_iter().map(Into::into).collect(),
        has_skipped: scanned.text.is_none(),
        ..ParsedFile::default()
    };
    if let Some(text) = &scanned.text {
        let decoded = on_large_stack(|| match KdlDocument::parse_v2(text) {
            Ok(document) => {
                let decoded = decode::decode(source, &document, &scanned.corrections);
                (document.nodes().is_empty(), decoded)
            }
            Err(error) => (false, unreadable(reworded(source, &error))),
        });
        let (is_empty, decoded) = decoded.unwrap_or_else(|| {
            let span = source.span(0..0);
            (false, unreadable(SyntaxError::NoThread { span }))
        });
        file.is_empty = is_empty;
        file.has_skipped = decoded.has_skipped;
        file.items = decoded.items;
        file.errors.extend(decoded.errors);
    }
    file.errors.sort_by_key(ManifestError::span);
    file.errors.truncate(syntax::ERRORS_MAX);
    file
}

fn unreadable(error: SyntaxError) -> Decoded {
    Decoded {
        items: Vec::new(),
        errors: vec![error.into()],
        has_skipped: true,
    }
}

/// Runs a pure computation on its own thread; `None` if the system cannot create one.
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

/// The parser's first mistake, for texts in which [`syntax`] found none. Later ones follow from it.
fn reworded(source: &Source, error: &KdlError) -> SyntaxError {
    let diagnostics = error.diagnostics.iter();
    let first = diagnostics.min_by_key(|found| found.span.offset());
    let size = source.text.len();
    let span = first.map_or(Span::default(), |found| {
        let start = found.span.offset().min(size);
        source.span(start..(start + found.span.len()).min(size))
    });
    let message = first.and_then(|found| found.message.clone());
    let mut message = message.unwrap_or_else(|| "not valid KDL".to_owned());
    if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
        message.replace_range(..1, &first);
    }
    SyntaxError::Other {
        span,
        message: message.trim_end_matches('.').to_owned(),
        help: first.and_then(|found| found.help.clone()),
    }
}
