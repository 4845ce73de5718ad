//! `was`: the former addresses of an object.
//!
//! Renaming an object changes the addresses of everything inside: a pane of a renamed window had the
//! old window's address before, with or without a `was` of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, is_name};
use crate::manifest::ast::Scalar;
use crate::manifest::source::Span;
use crate::resolve::error::ResolveError;
use crate::resolve::resolver::Resolver;

/// An object's address, and its possible former addresses.
#[derive(Debug, Clone)]
pub(super) struct Former {
    pub now: Address,
    /// The likeliest first, without the present one.
    pub addresses: Vec<Address>,
}

impl Former {
    pub(super) fn of_session(
        resolver: &mut Resolver,
        claims: &mut Claims,
        now: &Address,
        was: Option<&Scalar>,
    ) -> Self {
        let explicit = claims.claim(resolver, "session", was, |text| {
            is_name(text).then(|| Address::of_session(text))
        });
        Former {
            now: now.clone(),
            addresses: explicit.into_iter().collect(),
        }
    }

    pub(super) fn of_window(
        resolver: &mut Resolver,
        claims: &mut Claims,
        session: &Former,
        now: &Address,
        was: Option<&Scalar>,
    ) -> Self {
        let explicit = claims.claim(resolver, "window", was, |text| {
            match text.split('/').collect::<Vec<_>>()[..] {
                [name] if is_name(name) => Some(session.now.window(name)),
                [_, _] => text.parse().ok(),
                _ => None,
            }
        });
        Former::inside(session, Address::window, now, explicit)
    }

    pub(super) fn of_pane(
        resolver: &mut Resolver,
        claims: &mut Claims,
        window: &Former,
        now: &Address,
        was: Option<&Scalar>,
    ) -> Self {
        let explicit = claims.claim(resolver, "pane", was, |text| {
            let within = format!("{}/{text}", now.session_name());
            match text.split('/').count() {
                1 => is_name(text).then(|| window.now.pane(text)),
                2 => within.parse().ok(),
                3 => text.parse().ok(),
                _ => None,
            }
        });
        Former::inside(window, Address::pane, now, explicit)
    }

    /// The possible former addresses of an object inside another: its former name and its present one
    /// in each address of the outer object. `address` joins an outer address and a name.
    fn inside(
        outer: &Former,
        address: fn(&Address, &str) -> Address,
        now: &Address,
        explicit: Option<Address>,
    ) -> Self {
        let own = explicit.as_ref().map(|address| address.name().to_owned());
        let names = [own.as_deref(), Some(now.name())];
        let mut former = Former {
            now: now.clone(),
            addresses: explicit.into_iter().collect(),
        };
        for outer in std::iter::once(&outer.now).chain(&outer.addresses) {
            for name in names.iter().flatten() {
                former.add(address(outer, name));
            }
        }
        former
    }

    fn add(&mut self, address: Address) {
        if address != self.now && !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }
}

/// The former name of a layout, which differs from its present one.
pub(super) fn of_layout(
    resolver: &mut Resolver,
    now: &str,
    was: Option<&Scalar>,
) -> Option<String> {
    let at = was?;
    let written = resolver.text(at)?;
    if is_name(&written) && written != now {
        return Some(written);
    }
    let help = "write the layout's former name, or remove `was`".to_owned();
    resolver.wrong(&written, "a former name", at, Some(help));
    None
}

/// Former addresses claimed by `was`.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// The claims by address, as a text, and kind of object.
    by_address: BTreeMap<(String, &'static str), Span>,
}

impl Claims {
    /// Registers the former address in `was`; `None` if it is not valid or already claimed.
    fn claim(
        &mut self,
        resolver: &mut Resolver,
        what: &'static str,
        was: Option<&Scalar>,
        address_of: impl FnOnce(&str) -> Option<Address>,
    ) -> Option<Address> {
        let at = was?;
        let written = resolver.text(at)?;
        let Some(address) = address_of(&written) else {
            let help = format!("write the {what}'s former name, or its former address");
            resolver.wrong(&written, "a former name", at, Some(help));
            return None;
        };
        let key = (address.to_string(), what);
        if let Some(&first) = self.by_address.get(&key) {
            resolver.errors.push(ResolveError::WasTwice {
                address: key.0,
                span: at.span,
                first,
            });
            return None;
        }
        self.by_address.insert(key, at.span);
        Some(address)
    }

    /// Reports claimed objects that still exist: they cannot have been renamed.
    pub(super) fn check(
        &self,
        wanted: &BTreeSet<(String, &'static str)>,
        errors: &mut Vec<ResolveError>,
    ) {
        for ((address, what), span) in &self.by_address {
            let key = match address.contains('/') {
                true => address.clone(),
                false => format!("/{address}"),
            };
            if wanted.contains(&(key, *what)) {
                errors.push(ResolveError::StillThere {
                    what,
                    address: address.clone(),
                    span: *span,
                });
            }
        }
    }
}
