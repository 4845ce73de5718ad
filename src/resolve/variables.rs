//! `vars`: each variable's value, and the part of the caller's environment that templates can use.

use serde_json::{Map, Value};

use crate::layout::{Vars, nearest};
use crate::manifest::ast::Manifest;
use crate::resolve::error::{ResolveError, environment_name};
use crate::resolve::resolver::Resolver;

/// Binds `env`, and then the variables in their order, so that a default can use those before it.
pub(super) fn bind(resolver: &mut Resolver, manifest: &Manifest) -> Vars {
    let mut vars = Vars::default();
    let conditions = resolver.conditions;
    let is_shown = |name: &String| !resolver.secret_names.contains(name);
    let environment: Map<String, Value> = conditions
        .environment
        .iter()
        .filter(|(name, _)| is_shown(name))
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    resolver.templates.set("env", Value::Object(environment));
    for decl in &manifest.vars {
        let name = decl.name.text.as_str();
        let span = decl.name.span;
        let variable = format!("TRIAD_VAR_{}", environment_name(name));
        let given = conditions
            .vars
            .get(name)
            .or_else(|| conditions.environment.get(&variable));
        let value = match (given, &decl.default) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(default)) => resolver.text(default),
            (None, None) => {
                let name = name.to_owned();
                resolver
                    .errors
                    .push(ResolveError::MissingVariable { name, span });
                None
            }
        };
        // It is bound even without a value, or each use of it would be another message.
        let value = value.unwrap_or_default();
        resolver.bind(name, &value);
        if given.is_some() {
            vars.given.insert(name.to_owned(), value.clone());
        }
        vars.values.insert(name.to_owned(), value);
    }
    let declared = || manifest.vars.iter().map(|decl| decl.name.text.as_str());
    for given in conditions.vars.keys() {
        if !declared().any(|name| name == given) {
            resolver.errors.push(ResolveError::UnusedVariable {
                name: given.clone(),
                nearest: nearest(given, declared()).map(str::to_owned),
            });
        }
    }
    vars
}
