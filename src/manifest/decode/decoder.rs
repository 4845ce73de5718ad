//! The state of the decoder: the source and the mistakes found so far.

use std::collections::HashMap;

use kdl::{KdlEntry, KdlIdentifier};

use crate::manifest::ast::{Scalar, ScalarValue};
use crate::manifest::error::ManifestError;
use crate::manifest::source::{Source, Span};
use crate::manifest::syntax::{Correction, ERRORS_MAX};

/// Collects mistakes while declarations are read.
pub(super) struct Decoder<'a> {
    pub source: &'a Source,
    pub corrections: &'a HashMap<usize, Correction>,
    pub errors: Vec<ManifestError>,
    /// The number of nameless objects that were given a name.
    pub unnamed: usize,
}

impl Decoder<'_> {
    pub(super) fn name_span(&self, name: &KdlIdentifier) -> Span {
        let span = name.span();
        self.source.span(span.offset()..span.offset() + span.len())
    }

    pub(super) fn entry_span(&self, entry: &KdlEntry) -> Span {
        let span = entry.span();
        self.source.span(span.offset()..span.offset() + span.len())
    }

    pub(super) fn report(&mut self, error: ManifestError) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(error);
        }
    }
}

pub(super) fn is_true(scalar: &Scalar) -> bool {
    scalar.value == ScalarValue::Bool(true)
}
