//! `each` and `profile`: how often a node is there, if at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::layout::{is_name, nearest};
use crate::manifest::ast::{EachDecl, PresenceDecl, Scalar, ScalarValue};
use crate::manifest::source::Span;
use crate::resolve::ResolveError;
use crate::resolve::build::Builder;
use crate::resolve::scope::Resolver;

/// The most objects that a manifest may spell out: no tmux server holds more.
pub const COPIES_MAX: usize = 5_000;

/// What has been copied and left out so far.
#[derive(Debug, Default)]
pub struct Presence {
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
    pub fn copy(&self) -> &[Span] {
        &self.each
    }

    pub fn left_out(&self) -> &BTreeMap<String, String> {
        &self.left_out
    }

    /// Profiles that were chosen and that no node names.
    pub fn unknown_profiles(&self, resolver: &Resolver) -> Vec<ResolveError> {
        let chosen = resolver.conditions.profiles.iter();
        let unknown = chosen.filter(|name| !self.profiles.contains(*name));
        unknown
            .map(|name| ResolveError::UnknownProfile {
                name: name.clone(),
                nearest: nearest(name, self.profiles.iter().map(String::as_str)).map(str::to_owned),
            })
            .collect()
    }
}

impl Builder<'_> {
    /// Runs `make` once for each copy of a node, with what the copy binds in scope: not at all
    /// where a profile leaves the node out. `names` are those of the panes that would be missing.
    pub fn copies(
        &mut self,
        presence: &PresenceDecl,
        names: &[&Scalar],
        mut make: impl FnMut(&mut Self),
    ) {
        if !self.is_chosen(presence.profile.as_ref(), names) {
            return;
        }
        if presence.each.is_empty() {
            if self.has_room(names) {
                make(self);
            }
            return;
        }
        for each in &presence.each {
            if !self.has_room(names) {
                return;
            }
            let outer = self.bind_copy(each);
            self.presence.each.push(each.span);
            make(self);
            self.presence.each.pop();
            for (name, value) in outer {
                self.resolver.templates.restore(&name, value);
            }
        }
    }

    /// Whether the profiles that were chosen have this node in them.
    fn is_chosen(&mut self, profile: Option<&Scalar>, names: &[&Scalar]) -> bool {
        let Some(scalar) = profile else { return true };
        let Some(text) = self.resolver.text(scalar) else {
            return true;
        };
        let (name, is_wanted) = match text.strip_prefix('!') {
            Some(name) => (name, false),
            None => (text.as_str(), true),
        };
        if !is_name(name) {
            let help = "a profile is a name, with `!` before it for who is left out by it";
            let help = Some(help.to_owned());
            self.resolver.wrong(&text, "a profile", scalar, help);
            return true;
        }
        self.presence.profiles.insert(name.to_owned());
        let is_chosen = self.resolver.conditions.profiles.contains(name) == is_wanted;
        if !is_chosen {
            let literal = names.iter().filter_map(|name| literal(name));
            let left_out = literal.map(|name| (name.to_owned(), text.clone()));
            self.presence.left_out.extend(left_out);
        }
        is_chosen
    }

    /// Copies of copies can be more than any machine has room for.
    fn has_room(&mut self, names: &[&Scalar]) -> bool {
        self.presence.made += 1;
        if self.presence.made == COPIES_MAX + 1 {
            let span = self.presence.copy().last().copied();
            let span = span.or_else(|| names.first().map(|name| name.span));
            let span = span.unwrap_or_default();
            self.resolver.errors.push(ResolveError::TooMany { span });
        }
        self.presence.made <= COPIES_MAX
    }

    /// Binds `it` and the properties; gives back what the names stood for outside.
    fn bind_copy(&mut self, each: &EachDecl) -> Vec<(String, Option<Value>)> {
        let value = self.resolver.text(&each.value);
        let mut values = vec![("it".to_owned(), value)];
        for (name, scalar) in &each.bindings {
            let value = self.resolver.text(scalar);
            values.push((name.text.clone(), value));
        }
        // Bound even where it is wrong, or each use of it would be one more message.
        let values = values.into_iter().map(|(name, value)| {
            let value = Value::String(value.unwrap_or_default());
            let outer = self.resolver.templates.replace(&name, value);
            (name, outer)
        });
        values.collect()
    }
}

fn literal(scalar: &Scalar) -> Option<&str> {
    match &scalar.value {
        ScalarValue::Raw(text) => Some(text),
        ScalarValue::Template(text) if !text.contains("{{") => Some(text),
        _ => None,
    }
}
