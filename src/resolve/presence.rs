//! `each` and `profile`: how often a node is there, if at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::layout::{is_name, nearest};
use crate::manifest::ast::{EachDecl, Scalar, ScalarValue};
use crate::manifest::source::Span;
use crate::resolve::error::ResolveError;
use crate::resolve::resolver::Resolver;

/// The most objects that a manifest may spell out: no tmux server holds more.
const COPIES_MAX: usize = 5_000;

/// What has been copied and left out so far.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// The `each` nodes around what is being spelled out, innermost last.
    each: Vec<Span>,
    /// Every profile that a node names.
    profiles: BTreeSet<String>,
    /// The names of objects that a profile leaves out, with that profile as written.
    left_out: BTreeMap<String, String>,
    made: usize,
}

impl Presence {
    /// The `each` nodes around what is being spelled out, innermost last.
    pub(super) fn copy(&self) -> &[Span] {
        &self.each
    }

    pub(super) fn left_out(&self) -> &BTreeMap<String, String> {
        &self.left_out
    }

    /// Profiles that were chosen and that no node names.
    pub(super) fn unknown_profiles(&self, resolver: &Resolver) -> Vec<ResolveError> {
        let chosen = resolver.conditions.profiles.iter();
        let unknown = chosen.filter(|name| !self.profiles.contains(*name));
        unknown
            .map(|name| ResolveError::UnknownProfile {
                name: name.clone(),
                nearest: nearest(name, self.profiles.iter().map(String::as_str)).map(str::to_owned),
            })
            .collect()
    }

    /// Whether the profiles that were chosen have a node in them. `names` are those of the panes
    /// that would be missing.
    pub(super) fn is_chosen(
        &mut self,
        resolver: &mut Resolver,
        profile: Option<&Scalar>,
        names: &[&Scalar],
    ) -> bool {
        let Some(scalar) = profile else { return true };
        let Some(text) = resolver.text(scalar) else {
            return true;
        };
        let (name, is_wanted) = match text.strip_prefix('!') {
            Some(name) => (name, false),
            None => (text.as_str(), true),
        };
        if !is_name(name) {
            let help = "a profile is a name, with `!` before it for who is left out by it";
            let help = Some(help.to_owned());
            resolver.wrong(&text, "a profile", scalar, help);
            return true;
        }
        self.profiles.insert(name.to_owned());
        let is_chosen = resolver.conditions.profiles.contains(name) == is_wanted;
        if !is_chosen {
            let literal = names.iter().filter_map(|name| literal(name));
            let left_out = literal.map(|name| (name.to_owned(), text.clone()));
            self.left_out.extend(left_out);
        }
        is_chosen
    }

    /// Counts one more object. Copies of copies can be more than any machine has room for.
    pub(super) fn has_room(&mut self, names: &[&Scalar], errors: &mut Vec<ResolveError>) -> bool {
        self.made += 1;
        if self.made == COPIES_MAX + 1 {
            let span = self.copy().last().copied();
            let span = span.or_else(|| names.first().map(|name| name.span));
            let (max, span) = (COPIES_MAX, span.unwrap_or_default());
            errors.push(ResolveError::TooMany { max, span });
        }
        self.made <= COPIES_MAX
    }

    /// Begins a copy: binds `it` and the properties.
    pub(super) fn enter(&mut self, resolver: &mut Resolver, each: &EachDecl) -> Outer {
        self.each.push(each.span);
        let value = resolver.text(&each.value);
        let mut values = vec![("it".to_owned(), value)];
        for (name, scalar) in &each.bindings {
            let value = resolver.text(scalar);
            values.push((name.text.clone(), value));
        }
        // Bound even where it is wrong, or each use of it would be one more message.
        let values = values.into_iter().map(|(name, value)| {
            let value = Value::String(value.unwrap_or_default());
            let outer = resolver.templates.replace(&name, value);
            (name, outer)
        });
        Outer(values.collect())
    }

    /// Ends a copy.
    pub(super) fn leave(&mut self, resolver: &mut Resolver, outer: Outer) {
        self.each.pop();
        for (name, value) in outer.0 {
            resolver.templates.restore(&name, value);
        }
    }
}

/// What the names that a copy binds stand for outside of it.
pub(super) struct Outer(Vec<(String, Option<Value>)>);

fn literal(scalar: &Scalar) -> Option<&str> {
    match &scalar.value {
        ScalarValue::Raw(text) => Some(text),
        ScalarValue::Template(text) if !text.contains("{{") => Some(text),
        _ => None,
    }
}
