//! Checks that formatting keeps the meaning of a text, and every word and comment in it.

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

use super::read::written;
use crate::manifest::error::{ManifestError, SyntaxError};
use crate::manifest::source::Source;
use crate::manifest::syntax::lexer::{Kind, is_space, tokens};
use crate::manifest::{on_large_stack, reworded, syntax};

/// The KDL document of a text.
///
/// # Errors
/// If it is not valid KDL.
pub(super) fn tree(source: &Source) -> Result<KdlDocument, Vec<ManifestError>> {
    let scanned = syntax::scan(source);
    let text = scanned.text.filter(|_| scanned.errors.is_empty());
    let Some(text) = text else {
        return Err(scanned.errors.into_iter().map(Into::into).collect());
    };
    let parsed = on_large_stack(|| KdlDocument::parse_v2(&text));
    let span = source.span(0..0);
    let error = match parsed {
        Some(Ok(document)) => return Ok(document),
        Some(Err(error)) => reworded(source, &error),
        None => SyntaxError::NoThread { span },
    };
    Err(vec![error.into()])
}

/// Whether two documents mean the same, whatever their spelling.
pub(super) fn is_same_tree(left: &KdlDocument, right: &KdlDocument) -> bool {
    let (left, right) = (left.nodes(), right.nodes());
    left.len() == right.len() && left.iter().zip(right).all(|(l, r)| is_same_node(l, r))
}

fn is_same_node(left: &KdlNode, right: &KdlNode) -> bool {
    let children = match (left.children(), right.children()) {
        (Some(left), Some(right)) => is_same_tree(left, right),
        (left, right) => left.is_none() && right.is_none(),
    };
    let (l, r) = (left.entries(), right.entries());
    children
        && left.name().value() == right.name().value()
        && left.ty().map(KdlIdentifier::value) == right.ty().map(KdlIdentifier::value)
        && l.len() == r.len()
        && l.iter().zip(r).all(|(l, r)| is_same_entry(l, r))
}

fn is_same_entry(left: &KdlEntry, right: &KdlEntry) -> bool {
    let is_same_value = match (left.value(), right.value()) {
        // `#nan` is not equal to itself.
        (KdlValue::Float(left), KdlValue::Float(right)) => left.to_bits() == right.to_bits(),
        (left, right) => left == right,
    };
    is_same_value
        && left.name().map(KdlIdentifier::value) == right.name().map(KdlIdentifier::value)
        && left.ty().map(KdlIdentifier::value) == right.ty().map(KdlIdentifier::value)
}

/// Every word and comment as written, in order, also those after `/-`.
pub(super) fn words(text: &str) -> Vec<String> {
    let blank = [
        Kind::Space,
        Kind::Newline,
        Kind::Semicolon,
        Kind::Continuation,
    ];
    let tokens = tokens(text).into_iter();
    tokens
        .filter(|token| !blank.contains(&token.kind))
        .map(|token| {
            let word = &text[token.start..token.end];
            if token.kind == Kind::Comment && word.starts_with("//") {
                word.trim_end_matches(is_space).to_owned()
            } else {
                written(word)
            }
        })
        .collect()
}
