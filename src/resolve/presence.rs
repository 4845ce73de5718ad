//! `each` and `profile`: the number of copies of a node, possibly none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::layout::{is_name, nearest};
use crate::manifest::ast::{EachDecl, Scalar, ScalarValue};
use crate::manifest::source::Span;
use crate::resolve::error::ResolveError;
use crate::resolve::resolver::Resolver;

/// The most objects of a resolved manifest: no tmux server holds more.
const COPIES_MAX: usize = 5_000;

/// The copies and omissions so far.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// The `each` nodes around the current node, innermost last.
    each: Vec<Span>,
    /// Every profile that a node uses.
    profiles: BTreeSet<String>,
    /// The names of objects that a profile leaves out, with that profile as written.
    left_out: BTreeMap<String, String>,
    made: usize,
}

impl Presence {
    /// The `each` nodes around the current node, innermost last.
    pub(super) fn copy(&self) -> &[Span] {
        &self.each
    }

    pub(super) fn left_out(&self) -> &BTreeMap<String, String> {
        &self.left_out
    }

    /// The chosen profiles that no node uses.
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

    /// Whether the chosen profiles include a node. `names` are the panes that would be missing
    /// otherwise.
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
            let help = "write a name, with `!` before it to leave the node out in that profile";
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

    /// Counts one more object: copies of copies can become more than any machine can hold.
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

    /// Starts a copy: binds `it` and the properties.
    pub(super) fn enter(&mut self, resolver: &mut Resolver, each: &EachDecl) -> Outer {
        self.each.push(each.span);
        let value = resolver.text(&each.value);
        let mut values = vec![("it".to_owned(), value)];
        for (name, scalar) in &each.bindings {
            let value = resolver.text(scalar);
            values.push((name.text.clone(), value));
        }
        // It is bound even if it is wrong, or each use of it would be another message.
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

/// The values outside a copy of the names that it binds.
pub(super) struct Outer(Vec<(String, Option<Value>)>);

fn literal(scalar: &Scalar) -> Option<&str> {
    match &scalar.value {
        ScalarValue::Raw(text) => Some(text),
        ScalarValue::Template(text) if !text.contains("{{") => Some(text),
        _ => None,
    }
}
