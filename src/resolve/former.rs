//! `was`: the addresses that an object may have had.
//!
//! An object that is renamed takes what is inside with it: a pane of a renamed window had the old
//! window's address before, whether it has a `was` of its own or not.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, is_name};
use crate::manifest::ast::Scalar;
use crate::manifest::source::Span;
use crate::resolve::ResolveError;
use crate::resolve::build::Builder;

/// An object's address, and those that it may have had.
#[derive(Debug, Clone)]
pub struct Former {
    pub now: Address,
    /// The likeliest first; without the present one.
    pub addresses: Vec<Address>,
}

impl Former {
    pub fn of_session(builder: &mut Builder, now: &Address, was: Option<&Scalar>) -> Self {
        let explicit = was.and_then(|was| {
            let text = builder.resolver.text(was)?;
            let address = is_name(&text).then(|| Address::of_session(&text));
            builder.claim("session", address, &text, was)
        });
        Former {
            now: now.clone(),
            addresses: explicit.into_iter().collect(),
        }
    }

    pub fn of_window(
        builder: &mut Builder,
        session: &Former,
        now: &Address,
        was: Option<&Scalar>,
    ) -> Self {
        let explicit = was.and_then(|was| {
            let text = builder.resolver.text(was)?;
            let address = match text.split('/').collect::<Vec<_>>()[..] {
                [name] if is_name(name) => Some(session.now.window(name)),
                [_, _] => text.parse().ok(),
                _ => None,
            };
            builder.claim("window", address, &text, was)
        });
        let own = explicit.as_ref().map(|address| address.name().to_owned());
        let names = [own.as_deref(), Some(now.name())];
        let mut former = Former::within(now, explicit);
        for session in session.with_former() {
            for name in names.iter().flatten() {
                former.add(session.window(name));
            }
        }
        former
    }

    pub fn of_pane(
        builder: &mut Builder,
        window: &Former,
        now: &Address,
        was: Option<&Scalar>,
    ) -> Self {
        let explicit = was.and_then(|was| {
            let text = builder.resolver.text(was)?;
            let within = format!("{}/{text}", now.session_name());
            let address = match text.split('/').count() {
                1 => is_name(&text).then(|| window.now.pane(&text)),
                2 => within.parse().ok(),
                3 => text.parse().ok(),
                _ => None,
            };
            builder.claim("pane", address, &text, was)
        });
        let own = explicit.as_ref().map(|address| address.name().to_owned());
        let names = [own.as_deref(), Some(now.name())];
        let mut former = Former::within(now, explicit);
        for window in window.with_former() {
            for name in names.iter().flatten() {
                former.add(window.pane(name));
            }
        }
        former
    }

    fn within(now: &Address, explicit: Option<Address>) -> Self {
        Former {
            now: now.clone(),
            addresses: explicit.into_iter().collect(),
        }
    }

    fn with_former(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.now).chain(&self.addresses)
    }

    fn add(&mut self, address: Address) {
        if address != self.now && !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }
}

/// Who says to have been what.
#[derive(Debug, Default)]
pub struct Claims {
    /// By the address as a text and the kind of object.
    by_address: BTreeMap<(String, &'static str), Span>,
}

impl Claims {
    /// Reports what is claimed and still there: it cannot have been renamed.
    pub fn check(&self, wanted: &BTreeSet<(String, &'static str)>, errors: &mut Vec<ResolveError>) {
        for ((address, what), span) in &self.by_address {
            // Pane names are unique in their session, whatever their window.
            let parts: Vec<&str> = address.split('/').collect();
            let key = match parts[..] {
                [session] => format!("/{session}"),
                [session, .., name] => format!("{session}/{name}"),
                [] => continue,
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

impl Builder<'_> {
    /// Notes a former address, unless it is none or another's.
    fn claim(
        &mut self,
        what: &'static str,
        address: Option<Address>,
        written: &str,
        at: &Scalar,
    ) -> Option<Address> {
        let Some(address) = address else {
            let help = format!("write the {what}'s former name, or its former address");
            self.resolver
                .wrong(written, "a former name", at, Some(help));
            return None;
        };
        let key = (address.to_string(), what);
        let claims = &mut self.claims.by_address;
        if let Some(&first) = claims.get(&key) {
            self.resolver.errors.push(ResolveError::WasTwice {
                address: key.0,
                span: at.span,
                first,
            });
            return None;
        }
        claims.insert(key, at.span);
        Some(address)
    }
}
